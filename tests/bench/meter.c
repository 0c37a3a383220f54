// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "meter.h"

#include <stdlib.h>
#include <string.h>

void sv_meter_start(struct sv_meter *m, uint64_t now, double ghz)
{
	memset(m, 0, sizeof(*m));
	m->ghz = ghz;
	m->slice_ticks = (uint64_t)(METER_SLICE_NS * ghz);
	m->slice_start = now;
}

void sv_meter_end_slice(struct sv_meter *m, uint64_t now)
{
	if (m->nr_slices < METER_MAX_SLICES)
		m->slice[m->nr_slices++] =
			(double)m->slice_nr * m->ghz / (double)(now - m->slice_start);
	m->slice_nr = 0;
	m->slice_start = now;
}

/* Lowest value that sv_meter_bucket() puts into bucket @i. */
static double bucket_start(unsigned int i)
{
	unsigned int log;

	if (i < METER_SUB)
		return i;
	log = i / METER_SUB - 1;
	return (double)((uint64_t)(METER_SUB + i % METER_SUB) << log);
}

/* Latency in ticks below which @share (0 to 1) of all requests lie. */
static double quantile(const struct sv_meter *m, double share)
{
	double want = share * (double)m->total;
	double seen = 0;
	unsigned int i;

	for (i = 0; i < METER_NR - 1; i++) {
		if (m->count[i] && seen + m->count[i] >= want)
			break;
		seen += m->count[i];
	}
	if (!m->count[i])
		return 0;
	return bucket_start(i) +
	       (bucket_start(i + 1) - bucket_start(i)) * (want - seen) / m->count[i];
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double sv_median(double *v, unsigned int n)
{
	if (!n)
		return 0;
	qsort(v, n, sizeof(*v), compare);
	return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

struct sv_sample sv_meter_sample(struct sv_meter *m, uint64_t bytes)
{
	return (struct sv_sample){
		.gbps = sv_median(m->slice, m->nr_slices) * (double)bytes,
		.p50_ns = quantile(m, 0.5) / m->ghz,
		.p99_ns = quantile(m, 0.99) / m->ghz,
	};
}

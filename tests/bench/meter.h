/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Latency and throughput of one measurement.
 *
 * Latencies go into a histogram of TSC ticks, to 1/64 of the value: small
 * enough not to push the buffers under test out of the cache. Throughput is the
 * median over slices of time, so that a thread that loses its CPU for a while
 * spoils one slice and not the measurement.
 */
#ifndef BENCH_METER_H
#define BENCH_METER_H

#include <stdint.h>

enum {
	METER_SUB_BITS = 6,
	METER_SUB = 1 << METER_SUB_BITS,
	METER_NR = 32 * METER_SUB,
	METER_MAX_SLICES = 512,
	METER_SLICE_NS = 250000,
};

struct sv_meter {
	double ghz;
	uint64_t slice_ticks;
	uint64_t slice_start;
	uint64_t slice_nr;	/* requests in this slice so far */
	uint64_t total;
	unsigned int nr_slices;
	double slice[METER_MAX_SLICES];	/* requests per ns */
	uint32_t count[METER_NR];
};

/* What came out of a measurement. Throughput in 10^9 bytes per second. */
struct sv_sample {
	double gbps;
	double p50_ns;
	double p99_ns;
};

/* Begin at @now; @ghz is TSC ticks per nanosecond. */
void sv_meter_start(struct sv_meter *m, uint64_t now, double ghz);

void sv_meter_end_slice(struct sv_meter *m, uint64_t now);

static inline unsigned int sv_meter_bucket(uint64_t ticks)
{
	unsigned int log;

	if (ticks < METER_SUB)
		return (unsigned int)ticks;
	if (ticks >> (METER_SUB_BITS + 24))
		return METER_NR - 1;
	log = 63 - (unsigned int)__builtin_clzll(ticks) - METER_SUB_BITS;
	return (log + 1) * METER_SUB + ((unsigned int)(ticks >> log) & (METER_SUB - 1));
}

/* A request that took @ticks was completed at @now. */
static inline void sv_meter_add(struct sv_meter *m, uint64_t now, uint64_t ticks)
{
	m->total++;
	m->count[sv_meter_bucket(ticks)]++;
	m->slice_nr++;
	if (now - m->slice_start >= m->slice_ticks)
		sv_meter_end_slice(m, now);
}

/* Requests were of @bytes each. */
struct sv_sample sv_meter_sample(struct sv_meter *m, uint64_t bytes);

/* Median of @n values, which get sorted. */
double sv_median(double *v, unsigned int n);

#endif /* BENCH_METER_H */

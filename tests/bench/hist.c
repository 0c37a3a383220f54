// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "hist.h"

#include <string.h>

void sv_hist_reset(struct sv_hist *h)
{
	memset(h, 0, sizeof(*h));
}

/* Lowest value that sv_hist_index() puts into bucket @i. */
static double bucket_start(unsigned int i)
{
	unsigned int log;

	if (i < HIST_SUB)
		return i;
	log = i / HIST_SUB - 1;
	return (double)((uint64_t)(HIST_SUB + i % HIST_SUB) << log);
}

double sv_hist_quantile(const struct sv_hist *h, double share)
{
	double want = share * (double)h->total;
	double seen = 0;
	unsigned int i;

	for (i = 0; i < HIST_NR - 1; i++) {
		if (h->count[i] && seen + h->count[i] >= want)
			break;
		seen += h->count[i];
	}
	if (!h->count[i])
		return 0;
	return bucket_start(i) +
	       (bucket_start(i + 1) - bucket_start(i)) * (want - seen) / h->count[i];
}

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Histogram of latencies in TSC ticks, to 1/64 of the value: small enough not
 * to push the buffers under test out of the cache.
 */
#ifndef BENCH_HIST_H
#define BENCH_HIST_H

#include <stdint.h>

enum {
	HIST_SUB_BITS = 6,
	HIST_SUB = 1 << HIST_SUB_BITS,
	HIST_NR = 32 * HIST_SUB,
};

struct sv_hist {
	uint64_t total;
	uint32_t count[HIST_NR];
};

void sv_hist_reset(struct sv_hist *h);

/* Value below which @share (0 to 1) of all entries lie; 0 when empty. */
double sv_hist_quantile(const struct sv_hist *h, double share);

static inline unsigned int sv_hist_index(uint64_t ticks)
{
	unsigned int log;

	if (ticks < HIST_SUB)
		return (unsigned int)ticks;
	if (ticks >> (HIST_SUB_BITS + 24))
		return HIST_NR - 1;
	log = 63 - (unsigned int)__builtin_clzll(ticks) - HIST_SUB_BITS;
	return (log + 1) * HIST_SUB + ((unsigned int)(ticks >> log) & (HIST_SUB - 1));
}

static inline void sv_hist_add(struct sv_hist *h, uint64_t ticks)
{
	h->total++;
	h->count[sv_hist_index(ticks)]++;
}

#endif /* BENCH_HIST_H */

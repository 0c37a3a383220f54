/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef BENCH_CLOCK_H
#define BENCH_CLOCK_H

#include <stdint.h>

/* Not serialising: good to about 10 ns, which is what it costs. */
static inline uint64_t sv_clock_now(void)
{
	return __builtin_ia32_rdtsc();
}

/* TSC ticks per nanosecond; takes 20 ms. */
double sv_clock_calibrate(void);

#endif /* BENCH_CLOCK_H */

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The CPU: what it must have, what is turned on, what it can do.
 */
#ifndef PLAT_CPU_H
#define PLAT_CPU_H

#include <port.h>

/* Instructions that may be used after sv_cpu_init(), registers enabled. */
enum sv_cpu_can {
	SV_CPU_CAN_SSSE3 = 1 << 0,
	SV_CPU_CAN_SSE41 = 1 << 1,
	SV_CPU_CAN_AES = 1 << 2,
	SV_CPU_CAN_PCLMUL = 1 << 3,
	SV_CPU_CAN_AVX2 = 1 << 4,
	SV_CPU_CAN_AVX512 = 1 << 5,	/* F, DQ, BW, VL */
	SV_CPU_CAN_VAES = 1 << 6,
	SV_CPU_CAN_VPCLMUL = 1 << 7,
};

/*
 * Turn on every protection and every register file that the CPU has; return
 * SV_CPU_CAN_*. Dies with SV_DEATH_CPU when something indispensable is
 * missing. Once.
 */
u32 sv_cpu_init(void);

/*
 * Not predictable where the CPU has a generator; else at least not constant,
 * which only the plain machine puts up with. Dies if the generator fails.
 */
u64 sv_cpu_random(void);

static inline u64 sv_cpu_tsc(void)
{
	u32 lo, hi;

	__asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi));
	return (u64)hi << 32 | lo;
}

#endif /* PLAT_CPU_H */

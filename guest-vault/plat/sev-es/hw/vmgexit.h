/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The instructions and the address behind ghcb.c. The include path chooses:
 * tests put a hostile host here.
 */
#ifndef PLAT_SEV_ES_HW_VMGEXIT_H
#define PLAT_SEV_ES_HW_VMGEXIT_H

#include <port.h>
#include <mach.h>

enum { SV_MSR_GHCB = 0xc0010130 };

/* The GHCB MSR never exits by itself. */
static inline void sv_ghcb_msr_write(u64 v)
{
	__asm__ volatile("wrmsr" :: "c"(SV_MSR_GHCB), "a"((u32)v), "d"((u32)(v >> 32)) : "memory");
}

static inline u64 sv_ghcb_msr_read(void)
{
	u32 lo, hi;

	__asm__ volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(SV_MSR_GHCB) : "memory");
	return (u64)hi << 32 | lo;
}

static inline void sv_vmgexit(void)
{
	__asm__ volatile("rep; vmmcall" ::: "memory");
}

/* The page, and what the host knows it by. */
static inline void *sv_ghcb_page(void)
{
	return (void *)SV_GHCB_VA;
}

static inline u64 sv_ghcb_pa(void)
{
	return SV_GHCB_PA;
}

#endif /* PLAT_SEV_ES_HW_VMGEXIT_H */

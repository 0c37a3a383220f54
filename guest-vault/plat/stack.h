/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef PLAT_STACK_H
#define PLAT_STACK_H

#include "cpu.h"

/* What the compiler puts between a frame's arrays and its return address. */
extern u64 __stack_chk_guard;

/*
 * Choose the canary. For a function that never returns: its own frame, and
 * those of its callers, hold the old value. The zero byte stops strings.
 */
static __always_inline void sv_stack_init(void)
{
	__stack_chk_guard = sv_cpu_random() & ~0xffULL;
}

#endif /* PLAT_STACK_H */

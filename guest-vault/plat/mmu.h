/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The final page tables: nothing is both writable and executable, nothing is
 * mapped that is not used, and the tables themselves are not mapped at all.
 */
#ifndef PLAT_MMU_H
#define PLAT_MMU_H

#include <port.h>

enum sv_mmu_kind {
	SV_MMU_PRIVATE,		/* RAM of ours */
	SV_MMU_SHARED,		/* RAM that the host reads and writes */
	SV_MMU_DEVICE,		/* registers */
};

/* What a machine maps on its own, whole pages, never executable. */
struct sv_mmu_range {
	u64 va;
	u64 pa;
	u64 len;
	enum sv_mmu_kind kind;
};

/*
 * Build the final tables and switch to them. @window_pa and @window_len are
 * multiples of 2 MiB; the window is mapped at its physical address. Once,
 * after sv_trap_init().
 */
void sv_mmu_init(u64 window_pa, u64 window_len);

#endif /* PLAT_MMU_H */

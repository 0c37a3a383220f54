/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The plain machine: a VM whose memory the host can read. For development.
 * The machine of the SEV-ES image has the same names; the include path
 * chooses. Used by C and assembly.
 */
#ifndef PLAT_PLAIN_MACH_H
#define PLAT_PLAIN_MACH_H

#define SV_MACH_MODE 1		/* SV_MODE_PLAIN */
#define SV_MACH_CBIT 0		/* no such bit */
#define SV_MACH_PTE_PRIVATE 0

#ifndef __ASSEMBLER__

#include <port.h>

#include "../layout.h"

/* What mmu.c maps besides the image, its RAM and the window. */
#define SV_MACH_RANGES { \
	{ SV_MMIO_PA, SV_MMIO_PA, SV_MMIO_LEN, SV_MMU_DEVICE }, \
}

/* First of all: is this the machine that the image was built for? */
static inline void sv_mach_init(void)
{
}

/* Once the final tables are in use. */
static inline void sv_mach_open(void)
{
}

/* Load final tables at @pa. */
static inline void sv_mach_set_tables(u64 pa)
{
	__asm__ volatile("mov %0, %%cr3" :: "r"(pa) : "memory");
}

/* [va, va + len) was mapped shared just now. */
static inline void sv_mach_share(u64 va, u64 len)
{
	(void)va;
	(void)len;
}

/* Where the owner's secret is, SV_SECRET_AREA_LEN bytes; NULL: not here. */
static inline u8 *sv_mach_secret_area(void)
{
	return NULL;
}

#endif /* __ASSEMBLER__ */
#endif /* PLAT_PLAIN_MACH_H */

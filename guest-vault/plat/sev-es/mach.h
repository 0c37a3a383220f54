/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The SEV-ES machine: memory and registers of the VM are encrypted, and the
 * host is reached through one shared page, the GHCB (ghcb.h). This header has
 * the names of plain/mach.h; the include path chooses. Used by C and assembly.
 *
 * The position of the C-bit is a constant of the image, so that no answer of
 * the host decides what is encrypted. It is 51 on Milan and later, 47 before:
 * make SV_CBIT=47.
 */
#ifndef PLAT_SEV_ES_MACH_H
#define PLAT_SEV_ES_MACH_H

#include "../layout.h"

#define SV_MACH_MODE 3		/* SV_MODE_SEV_ES */
#define SV_MACH_CBIT SV_CBIT
#define SV_MACH_PTE_PRIVATE (1 << (SV_MACH_CBIT - 32))	/* upper half of a PTE */

/*
 * The last pages of RAM. The linker script ends the vault's own RAM before
 * them; the page between the two is not mapped.
 */
#define SV_SECRET_PA (SV_RAM_TOTAL - 0x3000)
#define SV_SECRET_VA (SV_RAM_VA + (SV_SECRET_PA - SV_RAM_PA))
#define SV_GHCB_PA (SV_RAM_TOTAL - 0x1000)
#define SV_GHCB_VA (SV_RAM_VA + (SV_GHCB_PA - SV_RAM_PA))

#ifndef __ASSEMBLER__

#include <port.h>

/* What mmu.c maps besides the image, its RAM and the window. No device. */
#define SV_MACH_RANGES { \
	{ SV_SECRET_VA, SV_SECRET_PA, SV_PAGE_LEN, SV_MMU_PRIVATE }, \
	{ SV_GHCB_VA, SV_GHCB_PA, SV_PAGE_LEN, SV_MMU_SHARED }, \
}

/*
 * First of all: agree with the host on the GHCB's version and hold its C-bit
 * against ours. Dies with SV_DEATH_HOST or SV_DEATH_PLATFORM.
 */
void sv_mach_init(void);

/* Once the final tables are in use: open the GHCB. */
void sv_mach_open(void);

/*
 * Load final tables at @pa, whose C-bits are then proven by a random number
 * that was written through the tables in use so far. Does not return if they
 * disagree.
 */
void sv_mach_set_tables(u64 pa);

/*
 * [va, va + len) was mapped shared just now: drop what a cache may hold of it
 * from another mapping.
 */
void sv_mach_share(u64 va, u64 len);

/* Where the secure processor puts the owner's secret. */
static inline u8 *sv_mach_secret_area(void)
{
	return (u8 *)SV_SECRET_VA;
}

#endif /* __ASSEMBLER__ */
#endif /* PLAT_SEV_ES_MACH_H */

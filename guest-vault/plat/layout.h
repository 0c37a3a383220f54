/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Where things are in the vault's physical and virtual memory, as defines for
 * C, assembly and vault.lds.S alike. docs/boot.md has the picture.
 *
 * Everything private lives in the top 2 GiB of the virtual address space, as
 * -mcmodel=kernel wants it; a null pointer and its neighbours are never
 * mapped. What the host shares (window, device registers) is mapped at its
 * physical address.
 */
#ifndef PLAT_LAYOUT_H
#define PLAT_LAYOUT_H

/* The image: the last 64 KiB below 4 GiB, read-only in a plain VM. */
#define SV_ROM_PA 0xffff0000
#define SV_ROM_VA 0xffffffffbfff0000
#define SV_ROM_LEN 0x10000

/*
 * Private RAM: from 1 MiB, clear of the legacy holes, to nearly 4 MiB. The
 * last pages belong to the machine: see <mach.h>.
 */
#define SV_RAM_PA 0x100000
#define SV_RAM_VA 0xffffffff80100000
#define SV_RAM_LEN 0x2fc000
#define SV_RAM_TOTAL 0x400000

/* First three pages of RAM: the tables that reset.S builds. */
#define SV_EARLY_TABLES_PA SV_RAM_PA
#define SV_EARLY_TABLES_LEN 0x3000

/* Device registers: the BARs that we assign, and nothing else. */
#define SV_MMIO_PA 0xe0000000
#define SV_MMIO_LEN 0x10000

#define SV_PAGE_LEN 0x1000
#define SV_STACK_LEN 0x8000
#define SV_DIE_STACK_LEN 0x1000

/* reset.S: code, GDT and reset vector at the very end of the image. */
#define SV_RESET_LEN 0x280
#define SV_RESET_OFF (SV_ROM_LEN - SV_RESET_LEN)

/* Segment selectors, the same in the early and the final GDT. */
#define SV_SEL_CODE32 0x08
#define SV_SEL_DATA 0x10
#define SV_SEL_CODE64 0x18
#define SV_SEL_TSS 0x20

/* The interrupt of the device. */
#define SV_VECTOR_WAKE 0x40

#endif /* PLAT_LAYOUT_H */

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Descriptor tables. Every exception ends the vault, and so does every
 * interrupt unless the vault sleeps: docs/boot.md says why.
 */
#ifndef PLAT_TRAP_H
#define PLAT_TRAP_H

/*
 * Load the final GDT, TSS and IDT. Once, on the early page tables: the final
 * ones make all three read-only.
 */
void sv_trap_init(void);

#endif /* PLAT_TRAP_H */

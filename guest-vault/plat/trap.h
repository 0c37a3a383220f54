/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Descriptor tables. Every vector ends the vault but SV_VECTOR_WAKE.
 */
#ifndef PLAT_TRAP_H
#define PLAT_TRAP_H

/*
 * Load the final GDT, TSS and IDT. Once, on the early page tables: the final
 * ones make all three read-only.
 */
void sv_trap_init(void);

#endif /* PLAT_TRAP_H */

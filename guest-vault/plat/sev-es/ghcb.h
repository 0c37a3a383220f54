/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Calls to the host by the GHCB (AMD publication 56421), protocol versions 1
 * and 2: the MSR protocol until the page is open, the page afterwards. Every
 * answer is judged; one that breaks the rules ends the vault with
 * SV_DEATH_HOST. What an answer says is the host's word nevertheless.
 */
#ifndef PLAT_SEV_ES_GHCB_H
#define PLAT_SEV_ES_GHCB_H

#include <port.h>

enum sv_ghcb_cpuid_reg {
	SV_GHCB_EAX = 0,
	SV_GHCB_EBX = 1,
	SV_GHCB_ECX = 2,
	SV_GHCB_EDX = 3,
};

/*
 * Choose the version; die with SV_DEATH_PLATFORM if the host names another
 * C-bit than @cbit. Before everything else here.
 */
void sv_ghcb_negotiate(u32 cbit);

/* One register of CPUID leaf @leaf, sub-leaf 0. Before sv_ghcb_open(). */
u32 sv_ghcb_cpuid(u32 leaf, enum sv_ghcb_cpuid_reg reg);

/* Zero the page, which is mapped shared, and use it from now on. */
void sv_ghcb_open(void);

bool sv_ghcb_is_open(void);

/* Port, MSR and device register; @len is 1, 2 or 4 bytes. After sv_ghcb_open(). */
void sv_ghcb_out(u16 port, u32 v, u32 len);
u32 sv_ghcb_in(u16 port, u32 len);
u64 sv_ghcb_msr_get(u32 msr);
void sv_ghcb_msr_set(u32 msr, u64 v);
void sv_ghcb_mmio_write(u64 pa, u32 v, u32 len);
u32 sv_ghcb_mmio_read(u64 pa, u32 len);

#endif /* PLAT_SEV_ES_GHCB_H */

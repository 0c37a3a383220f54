/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Ports, device registers, MSRs and CPUID of the SEV-ES machine: calls to the
 * host by the GHCB. Same names as plain/io.h. None of these instructions is
 * executed here, so nothing needs an exception handler, and #VC is as fatal
 * as any other exception.
 */
#ifndef PLAT_SEV_ES_IO_H
#define PLAT_SEV_ES_IO_H

#include "ghcb.h"

/* Until then there are CPUID and nothing else. */
static inline bool sv_io_is_open(void)
{
	return sv_ghcb_is_open();
}

static inline void sv_io_out8(u16 port, u8 v)
{
	sv_ghcb_out(port, v, 1);
}

static inline void sv_io_out32(u16 port, u32 v)
{
	sv_ghcb_out(port, v, 4);
}

static inline u32 sv_io_in32(u16 port)
{
	return sv_ghcb_in(port, 4);
}

static inline u8 sv_mmio_read8(u64 pa)
{
	return (u8)sv_ghcb_mmio_read(pa, 1);
}

static inline u16 sv_mmio_read16(u64 pa)
{
	return (u16)sv_ghcb_mmio_read(pa, 2);
}

static inline u32 sv_mmio_read32(u64 pa)
{
	return sv_ghcb_mmio_read(pa, 4);
}

static inline void sv_mmio_write8(u64 pa, u8 v)
{
	sv_ghcb_mmio_write(pa, v, 1);
}

static inline void sv_mmio_write16(u64 pa, u16 v)
{
	sv_ghcb_mmio_write(pa, v, 2);
}

static inline void sv_mmio_write32(u64 pa, u32 v)
{
	sv_ghcb_mmio_write(pa, v, 4);
}

static inline u64 sv_msr_read(u32 msr)
{
	return sv_ghcb_msr_get(msr);
}

static inline void sv_msr_write(u32 msr, u64 v)
{
	sv_ghcb_msr_set(msr, v);
}

struct sv_cpuid {
	u32 eax, ebx, ecx, edx;
};

/*
 * SECURITY: the host can say anything. A feature that it denies makes the
 * vault slower, or takes away a second line of defence (SMEP, SMAP, UMIP), of
 * use only against code that the vault does not have. One that it invents ends
 * it with #UD or #GP. All engines take the same time for every key. @subleaf
 * is 0: the MSR protocol has no other.
 */
struct sv_cpuid sv_cpuid(u32 leaf, u32 subleaf);

#endif /* PLAT_SEV_ES_IO_H */

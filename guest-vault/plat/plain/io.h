/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Ports, device registers, MSRs and CPUID of the plain machine. This header
 * is the seam between the vault and whatever it runs on: plat/ reaches the
 * outside by these calls only and never relies on a trap. The include path
 * chooses the world; tests/native has one that plays a hostile machine.
 *
 * Device registers are named by physical address, which is also their virtual
 * one here.
 */
#ifndef PLAT_PLAIN_IO_H
#define PLAT_PLAIN_IO_H

#include <port.h>

static inline bool sv_io_is_open(void)
{
	return true;
}

static inline void sv_io_out8(u16 port, u8 v)
{
	__asm__ volatile("outb %0, %1" :: "a"(v), "Nd"(port) : "memory");
}

static inline void sv_io_out32(u16 port, u32 v)
{
	__asm__ volatile("outl %0, %1" :: "a"(v), "Nd"(port) : "memory");
}

static inline u32 sv_io_in32(u16 port)
{
	u32 v;

	__asm__ volatile("inl %1, %0" : "=a"(v) : "Nd"(port) : "memory");
	return v;
}

/* One mov each, so that an emulator of any kind sees a plain access. */
static inline u8 sv_mmio_read8(u64 pa)
{
	u8 v;

	__asm__ volatile("movb (%1), %0" : "=q"(v) : "r"(pa) : "memory");
	return v;
}

static inline u16 sv_mmio_read16(u64 pa)
{
	u16 v;

	__asm__ volatile("movw (%1), %0" : "=r"(v) : "r"(pa) : "memory");
	return v;
}

static inline u32 sv_mmio_read32(u64 pa)
{
	u32 v;

	__asm__ volatile("movl (%1), %0" : "=r"(v) : "r"(pa) : "memory");
	return v;
}

static inline void sv_mmio_write8(u64 pa, u8 v)
{
	__asm__ volatile("movb %0, (%1)" :: "q"(v), "r"(pa) : "memory");
}

static inline void sv_mmio_write16(u64 pa, u16 v)
{
	__asm__ volatile("movw %0, (%1)" :: "r"(v), "r"(pa) : "memory");
}

static inline void sv_mmio_write32(u64 pa, u32 v)
{
	__asm__ volatile("movl %0, (%1)" :: "r"(v), "r"(pa) : "memory");
}

static inline u64 sv_msr_read(u32 msr)
{
	u32 lo, hi;

	__asm__ volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(msr) : "memory");
	return (u64)hi << 32 | lo;
}

static inline void sv_msr_write(u32 msr, u64 v)
{
	__asm__ volatile("wrmsr" :: "c"(msr), "a"((u32)v), "d"((u32)(v >> 32))
			 : "memory");
}

struct sv_cpuid {
	u32 eax, ebx, ecx, edx;
};

static inline struct sv_cpuid sv_cpuid(u32 leaf, u32 subleaf)
{
	struct sv_cpuid r;

	__asm__ volatile("cpuid"
			 : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx)
			 : "a"(leaf), "c"(subleaf));
	return r;
}

#endif /* PLAT_PLAIN_IO_H */

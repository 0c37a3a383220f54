// SPDX-License-Identifier: GPL-2.0 OR MIT
#include <mach.h>
#include <io.h>

enum {
	CACHE_LINE = 64,
	/* In every CPU with SEV-ES, and the vault's randomness comes from it. */
	L1C_RDRAND = 1 << 30,
};

struct sv_cpuid sv_cpuid(u32 leaf, u32 subleaf)
{
	struct sv_cpuid r = {
		.eax = sv_ghcb_cpuid(leaf, SV_GHCB_EAX),
		.ebx = sv_ghcb_cpuid(leaf, SV_GHCB_EBX),
		.ecx = sv_ghcb_cpuid(leaf, SV_GHCB_ECX),
		.edx = sv_ghcb_cpuid(leaf, SV_GHCB_EDX),
	};

	(void)subleaf;
	if (leaf == 1)
		r.ecx |= L1C_RDRAND;
	return r;
}

void sv_mach_init(void)
{
	sv_ghcb_negotiate(SV_MACH_CBIT);
}

void sv_mach_share(u64 va, u64 len)
{
	u64 p;

	for (p = va; p < va + len; p += CACHE_LINE)
		__asm__ volatile("clflush (%0)" :: "r"(p) : "memory");
	__asm__ volatile("mfence" ::: "memory");
}

void sv_mach_open(void)
{
	sv_ghcb_open();
}

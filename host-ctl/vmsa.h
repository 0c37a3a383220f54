/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The state a SEV-ES CPU starts with, as QEMU and KVM set it up and the secure
 * processor measures it: one page for each CPU (AMD64 manual, volume 2,
 * appendix B, table B-4).
 */
#ifndef HOST_CTL_VMSA_H
#define HOST_CTL_VMSA_H

#include <stdbool.h>

#include <port.h>

enum { SV_VMSA_LEN = 4096 };

/*
 * Which of its variants the page has. Kernels and QEMUs differ: the older
 * interface leaves the x87 and SSE control words out, and for a while set the
 * DebugSwap feature wherever the CPU had it.
 */
enum sv_vmsa_profile {
	SV_VMSA_LEGACY,
	SV_VMSA_LEGACY_DEBUGSWAP,
	SV_VMSA_INIT2,
	SV_VMSA_INIT2_DEBUGSWAP,
	SV_VMSA_NR_PROFILES
};

/* "legacy", "legacy+debugswap", ..; NULL beyond the last. */
const char *sv_vmsa_profile_name(enum sv_vmsa_profile profile);

/* And back; SV_VMSA_NR_PROFILES if there is none of that name. */
enum sv_vmsa_profile sv_vmsa_profile_from_name(const char *name);

/*
 * The signature (CPUID 1, EAX) of a CPU model of QEMU's, with or without a
 * version such as -v1; or of a number written like 0x800f12. 0 if unknown.
 */
u32 sv_vmsa_signature(const char *model);

/* "EPYC EPYC-Rome ..", for messages */
const char *sv_vmsa_models(void);

/* The first CPU with @reset 0, others with the image's reset address. */
void sv_vmsa_fill(u8 page[SV_VMSA_LEN], enum sv_vmsa_profile profile,
		  u32 signature, u32 reset);

#endif /* HOST_CTL_VMSA_H */

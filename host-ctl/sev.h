/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* What this machine offers a SEV-ES guest, and what the owner's policy is. */
#ifndef HOST_CTL_SEV_H
#define HOST_CTL_SEV_H

#include "device.h"
#include "user.h"

/* CPUID function 0x8000001f */
struct sv_sev_cpu {
	bool has_es;
	unsigned int cbit;
	unsigned int reduced_bits;	/* of physical addresses; at least 1, as QEMU wants */
};

/* Bits of the guest policy (SEV API, chapter 2). */
enum sv_sev_policy {
	SV_SEV_NODBG = 1 << 0,
	SV_SEV_NOKS = 1 << 1,
	SV_SEV_ES = 1 << 2,
	SV_SEV_NOSEND = 1 << 3,
};

void sv_sev_query(struct sv_sev_cpu *cpu);

/*
 * Can KVM start a SEV-ES guest from that image, and may QEMU's user ask it to?
 * The first thing that is missing is the answer. An @image without a C-bit is
 * not judged: there is none, or it is one for another mode.
 */
void sv_sev_judge(const struct sv_sev_cpu *cpu, const struct sv_image *image,
		  const struct sv_paths *paths, const struct sv_user *user,
		  struct sv_verdict *v);

/* Judge a policy as written in the configuration; a debug image may have a weak one. */
void sv_sev_judge_policy(const char *text, bool is_debug, struct sv_verdict *v);

/* Of a policy that was judged */
unsigned int sv_sev_policy(const char *text);

#endif /* HOST_CTL_SEV_H */

// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "sev.h"

#include <cpuid.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <port.h>

#include "config.h"

enum {
	CPUID_SEV = 0x8000001f,
	CPUID_SEV_ES = 1 << 3,		/* EAX */
	CPUID_CBIT = 0x3f,		/* EBX */
	CPUID_REDUCED_SHIFT = 6,
	POLICY_RESERVED = 0xffc0,	/* bits 6 to 15; above them, the lowest firmware version */
};

void sv_sev_query(struct sv_sev_cpu *cpu)
{
	unsigned int eax, ebx, ecx, edx;

	memset(cpu, 0, sizeof(*cpu));
	if (__get_cpuid(CPUID_SEV, &eax, &ebx, &ecx, &edx)) {
		cpu->has_es = eax & CPUID_SEV_ES;
		cpu->cbit = ebx & CPUID_CBIT;
		cpu->reduced_bits = ebx >> CPUID_REDUCED_SHIFT & CPUID_CBIT;
	}
	if (!cpu->reduced_bits)
		cpu->reduced_bits = 1;
}

/* A boolean parameter of kvm_amd: 1 or 0, -1 if there is no such thing. */
static int read_parameter(const struct sv_paths *paths, const char *name)
{
	char path[SV_TEXT_LEN], value = 0;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/module/kvm_amd/parameters/%s", paths->sys, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	n = read(fd, &value, 1);
	close(fd);
	return n == 1 && (value == 'Y' || value == '1');
}

void sv_sev_judge(const struct sv_sev_cpu *cpu, const struct sv_image *image,
		  const struct sv_paths *paths, const struct sv_user *user,
		  struct sv_verdict *v)
{
	int es = read_parameter(paths, "sev_es");

	if (!cpu->has_es)
		sv_verdict_fail(v, "this CPU has no SEV-ES, or the firmware hides it\n"
				"use an EPYC 7002 or later and enable SEV-ES in its setup; 'mode = plain' is for development only");
	else if (es < 0)
		sv_verdict_fail(v, "kvm_amd is not loaded, or too old for SEV-ES\nmodprobe kvm_amd sev=1 sev_es=1");
	else if (!es)
		sv_verdict_fail(v, "kvm_amd runs with SEV-ES off\n"
				"modprobe -r kvm_amd && modprobe kvm_amd sev=1 sev_es=1; if it stays off: dmesg | grep -i sev, and reserve ASIDs for SEV-ES in the firmware's setup");
	else if (access(paths->sev, F_OK))
		sv_verdict_fail(v, "%s is missing: the driver of the secure processor does not run\n"
				"modprobe ccp; dmesg | grep -i ccp", paths->sev);
	else if (!sv_user_may_open(user, paths->sev))
		sv_verdict_fail(v, "%s: QEMU's user cannot open it\nchgrp kvm %s && chmod 660 %s",
				paths->sev, paths->sev, paths->sev);
	else if (image->cbit && image->cbit != cpu->cbit)
		sv_verdict_fail(v, "the image is built for C-bit %u, this CPU has C-bit %u\n"
				"make -C guest-vault SV_CBIT=%u, and tell the owner the new digest",
				image->cbit, cpu->cbit, cpu->cbit);
	else
		sv_verdict_pass(v, "SEV-ES: KVM and %s are ready, C-bit %u", paths->sev, cpu->cbit);
}

unsigned int sv_sev_policy(const char *text)
{
	unsigned long policy = 0;

	(void)sv_vm_config_number(text, 0, UINT_MAX, &policy);
	return (unsigned int)policy;
}

void sv_sev_judge_policy(const char *text, bool is_debug, struct sv_verdict *v)
{
	static const struct {
		unsigned int bit;
		const char *without;
	} bits[] = {
		{ SV_SEV_ES, "lets the host read and write the vault's registers" },
		{ SV_SEV_NODBG, "lets the host decrypt the vault's memory" },
		{ SV_SEV_NOKS, "lets other guests share the vault's memory key" },
		{ SV_SEV_NOSEND, "lets the host move the vault to another machine" },
	};
	unsigned long policy;
	size_t i;

	if (!sv_vm_config_number(text, 0, UINT_MAX, &policy) || policy & POLICY_RESERVED) {
		sv_verdict_fail(v, "'policy = %s' is no policy of a SEV guest\n"
				"use 0xf, plus lowest firmware version: minor << 24 | major << 16", text);
		return;
	}
	for (i = 0; i < ARRAY_SIZE(bits); i++) {
		if (policy & bits[i].bit || (is_debug && bits[i].bit != SV_SEV_ES))
			continue;
		sv_verdict_fail(v, "'policy = %s' %s\nset bit 0x%x: 'policy = 0x%lx'", text,
				bits[i].without, bits[i].bit, policy | 0xf);
		return;
	}
	sv_verdict_pass(v, "policy %#lx", policy);
}

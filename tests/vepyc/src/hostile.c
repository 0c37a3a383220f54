// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * A hostile hypervisor: what one could do between the guest and an honest KVM, done here so that
 * KVM needs no change. Names are given to the sev-emulation object, separated by colons. An unknown
 * name is an error.
 */
#include "qemu/osdep.h"
#include "vepyc.h"
#include "internal.h"

enum {
	VMCB_GHCB = 0xa0,
	VMCB_EVENT_INJ = 0xa8,
	GHCB_SEV_INFO = 0x001,
	GHCB_CPUID = 0x005,
	GHCB_CODE_MASK = 0xfff,
	INJECT_EVERY = 64,
};

static const char *const names[] = {
	"lie-cbit", /* the GHCB MSR's answer names another C-bit */
	"forge-cpuid", /* the GHCB MSR's answers to CPUID are inverted */
	"inject-vc", /* a #VC for CPUID that no instruction caused, every 64th entry */
	"inject-ud", /* the same with #UD */
	"withhold-interrupts", /* external interrupts are never delivered */
	"image-bit", /* one bit of the image differs from what was handed in */
	"vmsa-bit", /* the same for the VMSA */
	"omit-secret", /* the launch secret is reported as injected and is not */
	"move-secret", /* it is written 16 bytes beside where it belongs */
};

bool vepyc_hostile_valid(const char *list)
{
	g_auto(GStrv) given = g_strsplit(list, ":", 0);
	size_t i, j;

	for (i = 0; given[i]; i++) {
		for (j = 0; j < ARRAY_SIZE(names) && strcmp(given[i], names[j]); j++)
			;
		if (j == ARRAY_SIZE(names))
			return false;
	}
	return true;
}

bool vepyc_hostile(const char *name)
{
	g_auto(GStrv) list = NULL;

	if (!vepyc || !vepyc->hostile)
		return false;
	list = g_strsplit(vepyc->hostile, ":", 0);
	return g_strv_contains((const char *const *)list, name);
}

static void forge_ghcb_msr(CPUX86State *env)
{
	CPUState *cs = env_cpu(env);
	uint64_t val = x86_ldq_phys(cs, env->vm_vmcb + VMCB_GHCB);

	if ((val & GHCB_CODE_MASK) == GHCB_SEV_INFO && vepyc_hostile("lie-cbit"))
		x86_stq_phys(cs, env->vm_vmcb + VMCB_GHCB, val ^ 1 << 24);
	if ((val & GHCB_CODE_MASK) == GHCB_CPUID && vepyc_hostile("forge-cpuid"))
		x86_stq_phys(cs, env->vm_vmcb + VMCB_GHCB, val ^ 0xffffffff00000000ULL);
}

void vepyc_hostile_entry(CPUX86State *env)
{
	CPUState *cs = env_cpu(env);
	uint32_t inj = x86_ldl_phys(cs, env->vm_vmcb + VMCB_EVENT_INJ);
	static unsigned int entries;

	forge_ghcb_msr(env);
	if (inj & SVM_EVTINJ_VALID) {
		if ((inj & SVM_EVTINJ_TYPE_MASK) == SVM_EVTINJ_TYPE_INTR &&
		    vepyc_hostile("withhold-interrupts"))
			x86_stl_phys(cs, env->vm_vmcb + VMCB_EVENT_INJ, 0);
		return;
	}
	if (qatomic_fetch_inc(&entries) % INJECT_EVERY != INJECT_EVERY - 1)
		return;
	if (vepyc_hostile("inject-vc")) {
		x86_stl_phys(cs, env->vm_vmcb + VMCB_EVENT_INJ + 4, SVM_EXIT_CPUID);
		x86_stl_phys(cs, env->vm_vmcb + VMCB_EVENT_INJ,
			     SVM_EVTINJ_VALID | SVM_EVTINJ_VALID_ERR | SVM_EVTINJ_TYPE_EXEPT |
				     VEPYC_EXCP_VC);
	} else if (vepyc_hostile("inject-ud")) {
		x86_stl_phys(cs, env->vm_vmcb + VMCB_EVENT_INJ,
			     SVM_EVTINJ_VALID | SVM_EVTINJ_TYPE_EXEPT | EXCP06_ILLOP);
	}
}

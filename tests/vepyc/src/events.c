// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * A hostile hypervisor's events: what VMRUN injects into the guest is not what KVM meant.
 */
#include "qemu/osdep.h"
#include "vepyc.h"
#include "internal.h"

enum {
	VMCB_EVENT_INJ = 0xa8,
	VMCB_EVENT_INJ_ERR = 0xac,
	DEFAULT_WAKE_VECTOR = 0x40,
	WRONG_VECTOR = 0x55,
	PF_WRITE_PRESENT = 3,
};

#define EXCEPTION(n) (SVM_EVTINJ_VALID | SVM_EVTINJ_TYPE_EXEPT | (n))
#define WITH_ERROR(n) (EXCEPTION(n) | SVM_EVTINJ_VALID_ERR)

/* In the order of the names in hostile.c. */
static const struct {
	uint32_t event, error;
} events[] = {
	{ WITH_ERROR(VEPYC_EXCP_VC), SVM_EXIT_CPUID },
	{ EXCEPTION(EXCP06_ILLOP), 0 },
	{ SVM_EVTINJ_VALID | SVM_EVTINJ_TYPE_NMI | EXCP02_NMI, 0 },
	{ EXCEPTION(EXCP01_DB), 0 },
	{ EXCEPTION(EXCP12_MCHK), 0 },
	{ WITH_ERROR(EXCP0D_GPF), 0 },
	{ WITH_ERROR(EXCP0E_PAGE), PF_WRITE_PRESENT },
	{ WITH_ERROR(EXCP11_ALGN), 0 },
	{ SVM_EVTINJ_VALID | SVM_EVTINJ_TYPE_INTR | WRONG_VECTOR, 0 },
};

G_STATIC_ASSERT(ARRAY_SIZE(events) == HOSTILE_INJECT_LAST - HOSTILE_INJECT_FIRST + 1);
G_STATIC_ASSERT(ARRAY_SIZE(events) == HOSTILE_ANSWER_LAST - HOSTILE_ANSWER_FIRST + 1);
G_STATIC_ASSERT(ARRAY_SIZE(events) == HOSTILE_IDLE_LAST - HOSTILE_IDLE_FIRST + 1);

static void set_event(CPUX86State *env, uint32_t event, uint32_t error)
{
	x86_stl_phys(env_cpu(env), env->vm_vmcb + VMCB_EVENT_INJ_ERR, error);
	x86_stl_phys(env_cpu(env), env->vm_vmcb + VMCB_EVENT_INJ, event);
}

static void set_interrupt(CPUX86State *env, uint8_t vector)
{
	set_event(env, SVM_EVTINJ_VALID | SVM_EVTINJ_TYPE_INTR | vector, 0);
}

static bool replace(CPUX86State *env, enum vepyc_behaviour first)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(events); i++) {
		if (vepyc_hostile(first + i)) {
			set_event(env, events[i].event, events[i].error);
			return true;
		}
	}
	return false;
}

static void forge_interrupt(CPUX86State *env, uint8_t vector)
{
	struct vepyc_cpu *v = &env->vepyc;

	v->wake_vector = vector;
	if (vepyc_hostile(HOSTILE_WITHHOLD))
		set_event(env, 0, 0);
	else if (!v->halted || !replace(env, HOSTILE_IDLE_FIRST))
		v->wake_again = vepyc_hostile(HOSTILE_DOUBLE_WAKE);
}

void vepyc_events_forge(CPUX86State *env, bool answered)
{
	uint32_t event = x86_ldl_phys(env_cpu(env), env->vm_vmcb + VMCB_EVENT_INJ);
	struct vepyc_cpu *v = &env->vepyc;

	if (event & SVM_EVTINJ_VALID) {
		if ((event & SVM_EVTINJ_TYPE_MASK) == SVM_EVTINJ_TYPE_INTR)
			forge_interrupt(env, event & SVM_EVTINJ_VEC_MASK);
		return;
	}
	if (v->wake_again) {
		v->wake_again = false;
		set_interrupt(env, v->wake_vector);
		return;
	}
	if (answered && vepyc_hostile(HOSTILE_MASKED_WAKE)) {
		set_interrupt(env, v->wake_vector ? v->wake_vector : DEFAULT_WAKE_VECTOR);
		return;
	}
	if (answered && replace(env, HOSTILE_ANSWER_FIRST))
		return;
	replace(env, HOSTILE_INJECT_FIRST);
}

// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * What happens when an intercept hits: automatic exits go to the hypervisor, all others to the
 * guest as #VC. Also the decode assists and the next RIP, which KVM needs for guests whose
 * instructions it cannot read.
 */
#include "qemu/osdep.h"
#include "accel/tcg/getpc.h"
#include "exec/address-spaces.h"
#include "exec/cpu_ldst.h"
#include "exec/exec-all.h"
#include "tcg/helper-tcg.h"
#include "vepyc.h"
#include "internal.h"

enum {
	VMCB_NEXT_RIP = 0xc8,
	VMCB_INSN = 0xd0,
	INSN_MAX = 15,
	NPF_RSVD = 1 << 3,
	NPF_FETCH = 1 << 4,
	EXIT_MC = 0x52,
	EXIT_EFER_TRAP = 0x8f,
	EXIT_CR_TRAP_FIRST = 0x90,
	EXIT_CR_TRAP_LAST = 0x9f,
};

static bool is_automatic(uint64_t code, uint64_t info1)
{
	switch (code) {
	case EXIT_MC:
	case SVM_EXIT_INTR ... SVM_EXIT_VINTR:
	case SVM_EXIT_PAUSE:
	case SVM_EXIT_HLT:
	case SVM_EXIT_SHUTDOWN:
	case EXIT_EFER_TRAP:
	case EXIT_CR_TRAP_FIRST ... EXIT_CR_TRAP_LAST:
	case VEPYC_EXIT_VMGEXIT:
	case (uint64_t)SVM_EXIT_ERR:
		return true;
	case SVM_EXIT_NPF:
		return !(info1 & NPF_RSVD);
	default:
		return false;
	}
}

bool vepyc_is_nae(CPUX86State *env, uint64_t code, uint64_t info1)
{
	return env->vepyc.es && env->vepyc.vmsa_loaded && !is_automatic(code, info1);
}

static bool is_insn_exit(uint64_t code)
{
	return code < SVM_EXIT_EXCP_BASE ||
	       (code > SVM_EXIT_VINTR && code < EXIT_EFER_TRAP && code != SVM_EXIT_SHUTDOWN);
}

static bool is_cr_or_dr(uint64_t code)
{
	return code < SVM_EXIT_EXCP_BASE || code == SVM_EXIT_CR0_SEL_WRITE;
}

/* The bytes of the instruction that hit a nested page fault, as far as they can be read without a
 * fault. */
static void store_insn_bytes(CPUX86State *env)
{
	uint8_t b[INSN_MAX + 1] = { 0 };
	target_ulong pc = env->segs[R_CS].base + env->eip;
	int idx = cpu_mmu_index(env_cpu(env), true);
	unsigned int i;

	for (i = 0; i < INSN_MAX; i++) {
		uint8_t *p = tlb_vaddr_to_host(env, pc + i, MMU_INST_FETCH, idx);

		if (!p)
			break;
		b[i + 1] = *p;
	}
	b[0] = i;
	address_space_write(&address_space_memory, env->vm_vmcb + VMCB_INSN, MEMTXATTRS_UNSPECIFIED,
			    b, sizeof(b));
}

uint64_t vepyc_exit_begin(CPUX86State *env, uint64_t code, uint64_t info1)
{
	CPUState *cs = env_cpu(env);
	uint8_t len = env->vepyc.insn_len;

	if (!vepyc)
		return info1;
	if (vepyc_is_nae(env, code, info1))
		raise_exception_err(env, VEPYC_EXCP_VC, code);
	if (env->vepyc.es) {
		x86_stq_phys(cs, env->vm_vmcb + VMCB_NEXT_RIP, 0);
		env->vepyc.halted = code == SVM_EXIT_HLT;
		if (code == SVM_EXIT_HLT || code == SVM_EXIT_PAUSE)
			env->eip += len;
		return info1;
	}
	x86_stq_phys(cs, env->vm_vmcb + VMCB_NEXT_RIP,
		     len && is_insn_exit(code) ? env->eip + len : 0);
	if (is_cr_or_dr(code) && (env->vepyc.insn_assist & VEPYC_ASSIST_MOV))
		info1 = 1ULL << 63 | (env->vepyc.insn_assist & VEPYC_ASSIST_REG);
	if (code == SVM_EXIT_NPF && !(info1 & NPF_FETCH) && len)
		store_insn_bytes(env);
	else
		x86_stb_phys(cs, env->vm_vmcb + VMCB_INSN, 0);
	return info1;
}

void vepyc_trap_write(CPUX86State *env, uint32_t code, uint64_t val, uintptr_t ra)
{
	if (likely(!env->vepyc.es) || !cpu_svm_has_intercept(env, code))
		return;
	cpu_restore_state(env_cpu(env), ra);
	env->eip += env->vepyc.insn_len;
	cpu_vmexit(env, code, val, 0);
}

bool vepyc_vmgexit(CPUX86State *env, uintptr_t ra)
{
	if (!env->vepyc.es)
		return false;
	cpu_restore_state(env_cpu(env), ra);
	env->eip += env->vepyc.insn_len;
	vepyc_answers_note(env);
	cpu_vmexit(env, VEPYC_EXIT_VMGEXIT, 0, 0);
}

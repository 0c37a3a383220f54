// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * VMRUN and #VMEXIT of encrypted guests, and the VMSA of those with encrypted registers.
 *
 * Offsets are those of the VMSA, which begins like the save area of a VMCB and goes on where that
 * ends. The host's save area has the same layout at 0x400, and #VMEXIT loads from it what KVM
 * expects the hardware to load.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "exec/cputlb.h"
#include "tcg/helper-tcg.h"
#include "vepyc.h"
#include "internal.h"

enum {
	SEV_CTL_SEV = 1 << 1,
	SEV_CTL_ES = 1 << 2,
	VMCB_INT_STATE = 0x68,
	VMCB_INT_CTL = 0x60,
	VMCB_VMSA_PA = 0x108,
	INT_STATE_GUEST_IF = 1 << 1,
	HSAVE_STATE = 0x400,
	VMSA_CPL = 0xcb,
	VMSA_XSS = 0x140,
	VMSA_RSP = 0x1d8,
	VMSA_RAX = 0x1f8,
	VMSA_PAT = 0x268,
	VMSA_PKRU = 0x2e8,
	VMSA_GPR = 0x300,
	VMSA_XCR0 = 0x3e8,
	VMSA_MXCSR = 0x408,
	VMSA_FTW = 0x40c,
	VMSA_FSW = 0x40e,
	VMSA_FCW = 0x410,
	VMSA_X87 = 0x420,
	VMSA_XMM = 0x470,
	VMSA_YMM = 0x570,
};

/* 64-bit registers that are swapped as they are. */
static const struct {
	uint16_t vmsa;
	size_t env;
} plain_regs[] = {
	{ 0x200, offsetof(CPUX86State, star) },
	{ 0x208, offsetof(CPUX86State, lstar) },
	{ 0x210, offsetof(CPUX86State, cstar) },
	{ 0x218, offsetof(CPUX86State, fmask) },
	{ 0x220, offsetof(CPUX86State, kernelgsbase) },
	{ 0x230, offsetof(CPUX86State, sysenter_esp) },
	{ 0x238, offsetof(CPUX86State, sysenter_eip) },
	{ 0x140, offsetof(CPUX86State, xss) },
	{ 0x268, offsetof(CPUX86State, pat) },
	{ 0x3e8, offsetof(CPUX86State, xcr0) },
};

static uint64_t *env_u64(CPUX86State *env, size_t off)
{
	return (uint64_t *)((char *)env + off);
}

static uint16_t gpr_offset(int n)
{
	return n == R_EAX ? VMSA_RAX : n == R_ESP ? VMSA_RSP : VMSA_GPR + 8 * n;
}

static void seg_load(const uint8_t *p, SegmentCache *sc)
{
	uint32_t attr = lduw_le_p(p + 2);

	sc->selector = lduw_le_p(p);
	sc->flags = (attr & 0xff) << 8 | (attr & 0xf00) << 12;
	sc->limit = ldl_le_p(p + 4);
	sc->base = ldq_le_p(p + 8);
}

static void seg_load_cache(CPUX86State *env, const uint8_t *p, X86Seg reg)
{
	SegmentCache sc;

	seg_load(p, &sc);
	cpu_x86_load_seg_cache(env, reg, sc.selector, sc.base, sc.limit, sc.flags);
}

static void seg_save(uint8_t *p, const SegmentCache *sc)
{
	stw_le_p(p, sc->selector);
	stw_le_p(p + 2, (sc->flags >> 8 & 0xff) | (sc->flags >> 12 & 0xf00));
	stl_le_p(p + 4, sc->limit);
	stq_le_p(p + 8, sc->base);
}

/* FS, GS, TR, LDTR and the registers that VMLOAD would load, and XCR0, XSS and PKRU. */
static void load_extra(CPUX86State *env, const uint8_t *s, bool with_pat)
{
	size_t i;

	seg_load_cache(env, s + 0x40, R_FS);
	seg_load_cache(env, s + 0x50, R_GS);
	seg_load(s + 0x70, &env->ldt);
	seg_load(s + 0x90, &env->tr);
	for (i = 0; i < ARRAY_SIZE(plain_regs); i++)
		if (with_pat || plain_regs[i].vmsa != VMSA_PAT)
			*env_u64(env, plain_regs[i].env) = ldq_le_p(s + plain_regs[i].vmsa);
	env->sysenter_cs = ldq_le_p(s + 0x228);
	env->pkru = ldl_le_p(s + VMSA_PKRU);
	cpu_sync_avx_hflag(env);
}

static void load_gprs(CPUX86State *env, const uint8_t *s)
{
	int i;

	for (i = 0; i < CPU_NB_REGS; i++)
		env->regs[i] = ldq_le_p(s + gpr_offset(i));
}

/* Tags are by physical register, contents in the order of the stack, as in FXSAVE. */
static void load_fpu(CPUX86State *env, const uint8_t *s)
{
	unsigned int i, fsw = lduw_le_p(s + VMSA_FSW), ftw = lduw_le_p(s + VMSA_FTW);
	floatx80 *x87;

	cpu_set_fpuc(env, lduw_le_p(s + VMSA_FCW));
	env->fpus = fsw & ~0x3800;
	env->fpstt = fsw >> 11 & 7;
	for (i = 0; i < 8; i++) {
		env->fptags[i] = !(ftw >> i & 1);
		x87 = &env->fpregs[(env->fpstt + i) & 7].d;
		x87->low = ldq_le_p(s + VMSA_X87 + 8 * i);
		x87->high = lduw_le_p(s + VMSA_X87 + 64 + 2 * i);
	}
	for (i = 0; i < 16; i++) {
		memset(&env->xmm_regs[i], 0, sizeof(env->xmm_regs[i]));
		env->xmm_regs[i].ZMM_Q(0) = ldq_le_p(s + VMSA_XMM + 16 * i);
		env->xmm_regs[i].ZMM_Q(1) = ldq_le_p(s + VMSA_XMM + 16 * i + 8);
		env->xmm_regs[i].ZMM_Q(2) = ldq_le_p(s + VMSA_YMM + 16 * i);
		env->xmm_regs[i].ZMM_Q(3) = ldq_le_p(s + VMSA_YMM + 16 * i + 8);
	}
	cpu_set_mxcsr(env, ldl_le_p(s + VMSA_MXCSR));
}

static void save_fpu(CPUX86State *env, uint8_t *s)
{
	unsigned int i, ftw = 0;
	floatx80 *x87;

	update_mxcsr_from_sse_status(env);
	stw_le_p(s + VMSA_FCW, env->fpuc);
	stw_le_p(s + VMSA_FSW, (env->fpus & ~0x3800) | (env->fpstt & 7) << 11);
	for (i = 0; i < 8; i++) {
		ftw |= !env->fptags[i] << i;
		x87 = &env->fpregs[(env->fpstt + i) & 7].d;
		stq_le_p(s + VMSA_X87 + 8 * i, x87->low);
		stw_le_p(s + VMSA_X87 + 64 + 2 * i, x87->high);
	}
	stw_le_p(s + VMSA_FTW, ftw);
	for (i = 0; i < 16; i++) {
		stq_le_p(s + VMSA_XMM + 16 * i, env->xmm_regs[i].ZMM_Q(0));
		stq_le_p(s + VMSA_XMM + 16 * i + 8, env->xmm_regs[i].ZMM_Q(1));
		stq_le_p(s + VMSA_YMM + 16 * i, env->xmm_regs[i].ZMM_Q(2));
		stq_le_p(s + VMSA_YMM + 16 * i + 8, env->xmm_regs[i].ZMM_Q(3));
	}
	stl_le_p(s + VMSA_MXCSR, env->mxcsr);
}

/* The host must find nothing of the guest in the FPU and the vector registers. */
static void reset_fpu(CPUX86State *env)
{
	memset(env->fpregs, 0, sizeof(env->fpregs));
	memset(env->fptags, 1, sizeof(env->fptags));
	memset(env->xmm_regs, 0, sizeof(env->xmm_regs));
	env->fpus = 0;
	env->fpstt = 0;
	cpu_set_fpuc(env, 0x37f);
	cpu_set_mxcsr(env, 0x1f80);
}

bool vepyc_vmrun_begin(CPUX86State *env, uint64_t nested_ctl, uint32_t asid)
{
	bool es = nested_ctl & SEV_CTL_ES;

	if (!vepyc || !(nested_ctl & SEV_CTL_SEV))
		return true;
	if (!(nested_ctl & SVM_NPT_ENABLED) || asid > vepyc->max_asid || !vepyc->asids[asid].active)
		return false;
	if (vepyc->asids[asid].es != es || es != (asid < vepyc->min_sev_asid))
		return false;
	env->vepyc.cbit = 1ULL << vepyc->cbit;
	env->vepyc.asid = asid;
	env->vepyc.es = es;
	env->vepyc.vmsa_loaded = false;
	env->vepyc.host_pat = env->pat;
	vepyc_run_begin(asid);
	if (es)
		vepyc_hostile_entry(env);
	tlb_flush(env_cpu(env));
	return true;
}

static bool vmsa_is_acceptable(CPUX86State *env, const uint8_t *s)
{
	uint64_t cr0 = ldq_le_p(s + 0x158), cr4 = ldq_le_p(s + 0x148);

	if (cr0 & SVM_CR0_RESERVED_MASK || ((cr0 & CR0_NW_MASK) && !(cr0 & CR0_CD_MASK)))
		return false;
	if (cr4 & cr4_reserved_bits(env) || (ldq_le_p(s + 0x160) | ldq_le_p(s + 0x168)) >> 32)
		return false;
	return true;
}

int vepyc_vmsa_load(CPUX86State *env)
{
	uint8_t s[VEPYC_PAGE];

	if (!env->vepyc.es)
		return 0;
	env->vepyc.vmsa_pa = x86_ldq_phys(env_cpu(env), env->vm_vmcb + VMCB_VMSA_PA);
	if (env->vepyc.vmsa_pa & (VEPYC_PAGE - 1))
		return -1;
	vepyc_private_read(env->vepyc.asid, env->vepyc.vmsa_pa, s, sizeof(s));
	if (!vmsa_is_acceptable(env, s))
		return -1;

	cpu_x86_update_cr0(env, ldq_le_p(s + 0x158));
	cpu_x86_update_cr4(env, ldq_le_p(s + 0x148));
	cpu_x86_update_cr3(env, ldq_le_p(s + 0x150));
	env->cr[2] = ldq_le_p(s + 0x240);
	cpu_load_efer(env, ldq_le_p(s + 0xd0));
	env->eflags = 0;
	cpu_load_eflags(env, ldq_le_p(s + 0x170),
			~(CC_O | CC_S | CC_Z | CC_A | CC_P | CC_C | DF_MASK));
	seg_load_cache(env, s + 0x00, R_ES);
	seg_load_cache(env, s + 0x10, R_CS);
	seg_load_cache(env, s + 0x20, R_SS);
	seg_load_cache(env, s + 0x30, R_DS);
	seg_load(s + 0x60, &env->gdt);
	seg_load(s + 0x80, &env->idt);
	env->eip = ldq_le_p(s + 0x178);
	cpu_x86_update_dr7(env, ldq_le_p(s + 0x160));
	env->dr[6] = ldq_le_p(s + 0x168);
	load_gprs(env, s);
	load_extra(env, s, true);
	load_fpu(env, s);
	env->vepyc.vmsa_loaded = true;
	return 1;
}

static void vmsa_store(CPUX86State *env)
{
	uint8_t s[VEPYC_PAGE];
	size_t i;

	vepyc_private_read(env->vepyc.asid, env->vepyc.vmsa_pa, s, sizeof(s));
	seg_save(s + 0x00, &env->segs[R_ES]);
	seg_save(s + 0x10, &env->segs[R_CS]);
	seg_save(s + 0x20, &env->segs[R_SS]);
	seg_save(s + 0x30, &env->segs[R_DS]);
	seg_save(s + 0x40, &env->segs[R_FS]);
	seg_save(s + 0x50, &env->segs[R_GS]);
	seg_save(s + 0x60, &env->gdt);
	seg_save(s + 0x70, &env->ldt);
	seg_save(s + 0x80, &env->idt);
	seg_save(s + 0x90, &env->tr);
	stb_p(s + VMSA_CPL, env->hflags & HF_CPL_MASK);
	stq_le_p(s + 0xd0, env->efer);
	stq_le_p(s + 0x148, env->cr[4]);
	stq_le_p(s + 0x150, env->cr[3]);
	stq_le_p(s + 0x158, env->cr[0]);
	stq_le_p(s + 0x160, env->dr[7]);
	stq_le_p(s + 0x168, env->dr[6]);
	stq_le_p(s + 0x170, cpu_compute_eflags(env));
	stq_le_p(s + 0x178, env->eip);
	stq_le_p(s + 0x240, env->cr[2]);
	stq_le_p(s + 0x228, env->sysenter_cs);
	stl_le_p(s + VMSA_PKRU, env->pkru);
	for (i = 0; i < CPU_NB_REGS; i++)
		stq_le_p(s + gpr_offset(i), env->regs[i]);
	for (i = 0; i < ARRAY_SIZE(plain_regs); i++)
		stq_le_p(s + plain_regs[i].vmsa, *env_u64(env, plain_regs[i].env));
	save_fpu(env, s);
	vepyc_private_write(env->vepyc.asid, env->vepyc.vmsa_pa, s, sizeof(s));
}

bool vepyc_vmsa_save(CPUX86State *env)
{
	CPUState *cs = env_cpu(env);
	uint32_t state;

	if (!env->vepyc.es)
		return false;
	x86_stl_phys(cs, env->vm_vmcb + VMCB_INT_CTL, env->int_ctl);
	if (!env->vepyc.vmsa_loaded)
		return true;
	/* KVM cannot read the guest's RFLAGS, but it must know whether an interrupt can be
	 * injected. */
	state = x86_ldl_phys(cs, env->vm_vmcb + VMCB_INT_STATE) & ~INT_STATE_GUEST_IF;
	if (cpu_compute_eflags(env) & IF_MASK)
		state |= INT_STATE_GUEST_IF;
	x86_stl_phys(cs, env->vm_vmcb + VMCB_INT_STATE, state);
	vmsa_store(env);
	return true;
}

void vepyc_exit_end(CPUX86State *env)
{
	uint8_t s[VEPYC_PAGE - HSAVE_STATE];
	target_ulong rax = env->regs[R_EAX], rsp = env->regs[R_ESP];

	if (!env->vepyc.cbit)
		return;
	if (env->vepyc.es && env->vepyc.vmsa_loaded) {
		address_space_read(&address_space_memory, env->vm_hsave + HSAVE_STATE,
				   MEMTXATTRS_UNSPECIFIED, s, sizeof(s));
		load_gprs(env, s);
		env->regs[R_EAX] = rax;
		env->regs[R_ESP] = rsp;
		load_extra(env, s, false);
		env->pat = env->vepyc.host_pat;
		reset_fpu(env);
	}
	vepyc_run_end(env->vepyc.asid);
	env->vepyc.cbit = 0;
	env->vepyc.es = false;
	tlb_flush(env_cpu(env));
}

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The emulated SEV as the rest of the emulator sees it: each function here is called from one hook
 * in an upstream file. Without "-object sev-emulation" every one of them does nothing.
 */
#ifndef VEPYC_H
#define VEPYC_H

#include "cpu.h"

#define VEPYC_EXCP_VC 29
#define VEPYC_EXIT_VMGEXIT 0x403

/* cpu.c */
void vepyc_cpuid(CPUX86State *env, uint32_t leaf, uint32_t *eax, uint32_t *ebx, uint32_t *ecx,
		 uint32_t *edx);
uint32_t vepyc_min_xlevel(void);

/* tcg-cpu.c: how many address spaces a CPU has, and making the private one */
int vepyc_address_spaces(void);
void vepyc_cpu_realize(CPUState *cs);

/* excp_helper.c: page SPA is about to be mapped as private memory of the guest that runs */
void vepyc_page_claim(CPUX86State *env, hwaddr spa);

/* misc_helper.c: true if the access is done */
bool vepyc_rdmsr(CPUX86State *env, uint64_t *val);
bool vepyc_wrmsr(CPUX86State *env, uint64_t val);
/* After the write of a register that SEV-ES traps on: exits if the hypervisor asked for it. */
void vepyc_trap_write(CPUX86State *env, uint32_t code, uint64_t val, uintptr_t ra);

/* svm_helper.c */
/* VMRUN of a guest with these control bits; false: the VMCB is not acceptable. */
bool vepyc_vmrun_begin(CPUX86State *env, uint64_t nested_ctl, uint32_t asid);
/* hostile.c: before the entry of an encrypted guest */
void vepyc_hostile_entry(CPUX86State *env);
/* Load the guest's registers if they are in a VMSA; 0: they are not, 1: done, -1: not acceptable.
 */
int vepyc_vmsa_load(CPUX86State *env);
/* The same for saving them at #VMEXIT; true: done, the VMCB must not be written. */
bool vepyc_vmsa_save(CPUX86State *env);
/* After the host's registers have been reloaded as for any guest. */
void vepyc_exit_end(CPUX86State *env);
/* True if the event goes to the guest as #VC rather than to the hypervisor; then no VMCB field may
 * be written. */
bool vepyc_is_nae(CPUX86State *env, uint64_t code, uint64_t info1);
/* Called first thing in #VMEXIT, with the state restored; does not return when the event becomes a
 * #VC. */
uint64_t vepyc_exit_begin(CPUX86State *env, uint64_t code, uint64_t info1);
/* The prefixed VMMCALL; false: not a SEV-ES guest, to be taken for a plain VMMCALL. */
bool vepyc_vmgexit(CPUX86State *env, uintptr_t ra);

#endif

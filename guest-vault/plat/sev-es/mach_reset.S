/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * What reset.S does for the SEV-ES machine besides. No stack, no tables of
 * exceptions, and no instruction that the host can intercept.
 */
#include <mach.h>
#include <sevault/death.h>

#define MSR_SEV_STATUS 0xc0010131
#define SEV_AND_ES 0x3
#define DEBUG_SWAP 0x80		/* the one feature that changes nothing for us */
#define MSR_GHCB 0xc0010130
#define TERMINATE 0x100
#define PROBE_OFF SV_EARLY_TABLES_LEN	/* in RAM, zeroed by sv_entry */
#define PROBE_CONST 0x5e4a9c31

	/*
	 * 32-bit. SECURITY: the host cannot forge SEV_STATUS to a SEV-ES VM.
	 * Without SEV-ES it can, but then the image was launched with another
	 * measurement, and no owner gives it a secret.
	 */
	.macro	mach_check_platform
	movl	$MSR_SEV_STATUS, %ecx
	rdmsr
	andl	$~DEBUG_SWAP, %eax
	xorl	$SEV_AND_ES, %eax
	orl	%edx, %eax
	jz	platform_good
	movl	$MSR_GHCB, %ecx
	movl	$(SV_DEATH_PLATFORM_CODE << 16 | SV_DEATH_GHCB_SET << 12 | TERMINATE), %eax
	xorl	%edx, %edx
	wrmsr
	rep; vmmcall
	/* Without SEV-ES that was a hypercall: end by a triple fault. */
	lidtl	PA(gdt)			/* starts with a limit of zero */
	int3
platform_stop:
	cli
	hlt
	jmp	platform_stop
platform_good:
	.endm

	/* 32-bit, paging off: all data accesses are private by nature. */
	.macro	mach_set_probe
1:	rdrand	%esi
	jnc	1b
2:	rdrand	%ebp
	jnc	2b
	movl	%esi, SV_RAM_PA + PROBE_OFF
	movl	%ebp, SV_RAM_PA + PROBE_OFF + 4
	.endm

	/*
	 * 64-bit, paging on. SECURITY: with a wrong C-bit these reads are not
	 * decrypted. The registers cannot be changed by the host, so there is
	 * nothing it could do to make them agree. Then there is no memory to
	 * rely on, not even for an orderly end.
	 */
	.macro	mach_check_probe
	movq	$(SV_RAM_VA + PROBE_OFF), %rax
	cmpl	%esi, (%rax)
	jne	probe_stop
	cmpl	%ebp, 4(%rax)
	jne	probe_stop
	cmpl	$PROBE_CONST, probe_const(%rip)
	je	probe_good
probe_stop:
	cli
	hlt
	jmp	probe_stop
	.balign 4
probe_const:
	.long	PROBE_CONST
probe_good:
	.endm

	/*
	 * The GUIDed table (QEMU docs/specs/sev-guest-firmware.rst), which
	 * ends 32 bytes before the image does, and the code of further vCPUs:
	 * they have nothing to do here.
	 */
	.macro	mach_image_table
	.code16
ap_stop:
	cli
	hlt
	jmp	ap_stop

	.org	SV_RESET_LEN - 0x62, 0xcc
	.long	SV_SECRET_PA			/* secret block */
	.long	SV_PAGE_LEN
	.word	0x1a
	.quad	0x4cc37d9b4c2eb361, 0x94d2d3907c128180
	.long	PA(ap_stop)			/* reset block */
	.word	0x16
	.quad	0x4fcb1a7e00f771de, 0x4eb42f7ec7680e89
	.word	0x42				/* length of all */
	.quad	0x45f71fb296b582de, 0x2d085ac566a3eaba
	.endm

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The last instructions of the SEV-ES vault: all but the secret's page is
 * wiped, the reason is in ebx. Wipe that too; tell the launcher by the port,
 * as the plain vault does, if the GHCB was open; ask for termination; stop.
 */
#include <mach.h>
#include <sevault/death.h>

#define MSR_GHCB 0xc0010130
#define GHCB_RAX 0x1f8
#define GHCB_EXIT_CODE 0x390
#define GHCB_INFO1 0x398
#define GHCB_INFO2 0x3a0
#define GHCB_VALID 0x3f0
#define VALID_RAX_BYTE 0x80	/* of GHCB_VALID + 7 */
#define VALID_EXIT_BYTE 0x1c	/* of GHCB_VALID + 14 */
#define EXIT_IOIO 0x7b
#define OUT_DEATH_PORT (SV_DEATH_PORT << 16 | 0x210)	/* one byte */
#define TERMINATE 0x100

	.section .text.die, "ax", @progbits
	.code64
	.globl sv_mach_end
sv_mach_end:
	/* Mapped here by the early tables as by the final ones. */
	movq	$SV_SECRET_VA, %rdi
	movl	$SV_PAGE_LEN, %ecx
	xorl	%eax, %eax
	rep stosb

	/* The early tables do not map the GHCB shared: leave it alone then. */
	movq	%cr3, %rax
	cmpq	$SV_EARLY_TABLES_PA, %rax
	je	1f
	movq	$SV_GHCB_VA, %rdi
	movl	$(0x800 / 8), %ecx
	xorl	%eax, %eax
	rep stosq
	movq	$SV_GHCB_VA, %rdi
	movq	%rbx, GHCB_RAX(%rdi)
	movl	$EXIT_IOIO, GHCB_EXIT_CODE(%rdi)
	movl	$OUT_DEATH_PORT, GHCB_INFO1(%rdi)
	movb	$VALID_RAX_BYTE, (GHCB_VALID + 7)(%rdi)
	movb	$VALID_EXIT_BYTE, (GHCB_VALID + 14)(%rdi)
	movl	$MSR_GHCB, %ecx
	movl	$SV_GHCB_PA, %eax
	xorl	%edx, %edx
	wrmsr
	rep; vmmcall

1:	movl	%ebx, %eax
	shll	$16, %eax
	orl	$(SV_DEATH_GHCB_SET << 12 | TERMINATE), %eax
	xorl	%edx, %edx
	movl	$MSR_GHCB, %ecx
	wrmsr
	rep; vmmcall
2:	cli
	hlt
	jmp	2b

	.section .note.GNU-stack, "", @progbits

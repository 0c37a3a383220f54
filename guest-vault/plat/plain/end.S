/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The last instructions of the plain vault: all is wiped, the reason is in
 * ebx. Tell the launcher by the port, and stop.
 */
#include <sevault/death.h>

	.section .text.die, "ax", @progbits
	.code64
	.globl sv_mach_end
sv_mach_end:
	movl	%ebx, %eax
	movl	$SV_DEATH_PORT, %edx
	outb	%al, %dx

	/* No such device: end the VM by a triple fault, else stay halted. */
	lidt	no_idt(%rip)
	int3
1:	cli
	hlt
	jmp	1b

	.balign 8
no_idt:
	.word	0
	.quad	0

	.section .note.GNU-stack, "", @progbits

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The end of the vault. No stack is used: the stack is among the things to
 * wipe. How to tell the outside is the machine's part, sv_mach_end.
 */

	/* Between the ranges are guard pages. */
	.macro	wipe start, end
	movq	$\start, %rdi
	movq	$\end, %rcx
	subq	%rdi, %rcx
	rep stosb
	.endm

	.section .text.die, "ax", @progbits
	.code64

	/* void sv_die(enum sv_death reason): any context, never returns */
	.globl sv_die
sv_die:
	cli
	cld
	movl	%edi, %ebx
	xorl	%eax, %eax
	wipe	__data_start, __data_end
	wipe	__stack_start, __stack_end
	wipe	__die_stack_start, __die_stack_end

	/*
	 * Round keys may be in vector registers. With memory wiped, all zeros
	 * are a valid image that puts every state component into its initial
	 * state.
	 */
	movq	$__data_start, %rdi
	movq	%cr4, %rax
	btl	$18, %eax		/* OSXSAVE */
	jnc	1f
	movl	$-1, %eax
	movl	$-1, %edx
	xrstor	(%rdi)
1:	movq	%cr4, %rax
	btl	$9, %eax		/* OSFXSR */
	jnc	2f
	fxrstor	(%rdi)
2:	xorl	%ecx, %ecx
	xorl	%esi, %esi
	xorl	%edi, %edi
	xorl	%ebp, %ebp
	xorl	%r8d, %r8d
	xorl	%r9d, %r9d
	xorl	%r10d, %r10d
	xorl	%r11d, %r11d
	xorl	%r12d, %r12d
	xorl	%r13d, %r13d
	xorl	%r14d, %r14d
	xorl	%r15d, %r15d

	jmp	sv_mach_end

	.section .note.GNU-stack, "", @progbits

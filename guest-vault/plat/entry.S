/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * 64-bit entry, and the code behind every interrupt vector.
 */
#include "layout.h"

	.section .text.entry, "ax", @progbits
	.code64

	/* From reset.S: early tables, no stack, RAM undefined. Never returns. */
	.globl sv_entry
sv_entry:
	xorl	%eax, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	movl	%eax, %fs
	movl	%eax, %gs
	/* Everything from the descriptor tables to the end of .bss is zero. */
	movq	$__ram_start, %rdi
	movq	$__ram_end, %rcx
	subq	%rdi, %rcx
	rep stosb
	movq	$__stack_end, %rsp
	xorl	%ebp, %ebp
	call	sv_main
	ud2

	/*
	 * Exceptions: push the vector and let sv_trap() end the vault. Stubs
	 * are 8 bytes apart. They run on the die stack (IST 1), so that a
	 * stack overflow ends as orderly as anything else.
	 */
	.balign 16
	.globl sv_trap_stubs
sv_trap_stubs:
	vector = 0
	.rept	32
	.balign	8
	pushq	$vector
	jmp	trap_common
	vector = vector + 1
	.endr
trap_common:
	cld
	movq	%rsp, %rdi
	andq	$-16, %rsp
	call	sv_trap
	ud2

	/*
	 * void sv_idle_hlt(void): the one place where interrupts are on. sti
	 * takes effect after the next instruction, so an interrupt that came
	 * before hlt is taken by hlt and not lost between the two.
	 */
	.balign 16
	.globl sv_idle_hlt
sv_idle_hlt:
	sti
	hlt
idle_resume:
	cli
	ret

	/*
	 * Every interrupt, whatever its vector. A vault that is at work ends.
	 * One that sleeps counts it, with every register kept. If interrupts
	 * were on, sleep is over: on with idle_resume and no further interrupt,
	 * even if hlt was not reached. If they were off, this one came twice:
	 * back to where it came.
	 */
	.balign 16
	.globl sv_wake_stub
sv_wake_stub:
	cmpb	$0, sv_idle_asleep(%rip)
	je	stray
	incq	sv_wake_count(%rip)
	btrq	$9, 16(%rsp)		/* IF, in the flags that iretq loads */
	jnc	1f
	movq	$idle_resume, (%rsp)
1:	iretq
stray:
	cld
	andq	$-16, %rsp
	call	sv_stray
	ud2

	.section .note.GNU-stack, "", @progbits

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

	/* Every other vector, for which no device has a reason. */
	.balign 16
	.globl sv_stray_stub
sv_stray_stub:
	cld
	andq	$-16, %rsp
	call	sv_stray
	ud2

	/*
	 * void sv_idle_hlt(void). sti takes effect after the next instruction,
	 * so a wake-up that arrived before hlt is taken by hlt and not lost
	 * between the two: all of them find rip at the label.
	 */
	.globl sv_idle_hlt
sv_idle_hlt:
	sti
	hlt
idle_resume:
	cli
	ret

	/* The wake-up, which sv_idle_wait() acknowledges. */
	.balign 16
	.globl sv_wake_stub
sv_wake_stub:
	cmpq	$idle_resume, (%rsp)
	jne	sv_stray_stub
	incq	sv_wake_count(%rip)
	iretq

	.section .note.GNU-stack, "", @progbits

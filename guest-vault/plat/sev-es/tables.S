/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#include <mach.h>

	.section .text.tables, "ax", @progbits
	.code64

	/*
	 * void sv_mach_set_tables(u64 pa)
	 *
	 * SECURITY: if the C-bit of the new tables is not one, what they map
	 * is memory that the host reads, and the random number in it is not
	 * there. Then nothing is safe to do, not even to return: the stack is
	 * not ours.
	 */
	.globl sv_mach_set_tables
sv_mach_set_tables:
1:	rdrand	%rax
	jnc	1b
	movq	%rax, cbit_probe(%rip)
	movq	%rdi, %cr3
	cmpq	%rax, cbit_probe(%rip)
	jne	2f
	movq	$0, cbit_probe(%rip)
	ret
2:	cli
	hlt
	jmp	2b

	.section .bss.cbit_probe, "aw", @nobits
	.balign 8
cbit_probe:
	.quad	0

	.section .note.GNU-stack, "", @progbits

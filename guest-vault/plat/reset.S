/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * From the reset vector to 64-bit code. Runs in the last SV_RESET_LEN bytes
 * of the image; offsets are computed against reset_base, so no relocation is
 * needed before paging is on.
 *
 * On entry: real mode, CS base 0xffff0000, IP 0xfff0, caches off, nothing in
 * RAM. On exit: long mode, early tables, sv_entry in the high mapping.
 */
#include "layout.h"
#include <mach.h>

#define OFF(sym) ((sym) - reset_base + SV_RESET_OFF)
#define PA(sym) ((sym) - reset_base + SV_RESET_OFF + SV_ROM_PA)

#define PML4_PA SV_EARLY_TABLES_PA
#define PDPT_PA (SV_EARLY_TABLES_PA + 0x1000)
#define PD_PA (SV_EARLY_TABLES_PA + 0x2000)

#define PTE_TABLE 0x003		/* present, writable; leaves decide */
#define PDE_RAM 0x083		/* present, writable, 2 MiB */
#define PDE_ROM 0x081		/* present, read-only, 2 MiB */
/* Upper half of an entry: bit 63, and the bit that makes memory private. */
#define PDE_NX_HIGH (0x80000000 | SV_MACH_PTE_PRIVATE)
#define PDE_X_HIGH SV_MACH_PTE_PRIVATE

#define MSR_EFER 0xc0000080
#define EFER_LME_NXE 0x900
#define CR0_PE_NE 0x21
#define CR0_PG_WP_MP 0x80010002
#define CR4_PAE 0x20

#include <mach_reset.S>

	.section .reset, "ax", @progbits
	.globl sv_reset_base
sv_reset_base:
reset_base:

	.code16
start16:
	/* From here on an exception or an interrupt ends in a triple fault. */
	lidtl	%cs:OFF(gdt)		/* starts with a limit of zero */
	cli
	cld
	/* CS base is the image, so a CS override reaches the GDT in it. */
	lgdtl	%cs:OFF(gdt_pointer)
	/* Protection on; clearing CD and NW turns the caches on. */
	movl	$CR0_PE_NE, %eax
	movl	%eax, %cr0
	ljmpl	$SV_SEL_CODE32, $PA(start32)

	.code32
start32:
	movw	$SV_SEL_DATA, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	mach_check_platform

	/* RAM holds anything after reset: clear the early tables. */
	movl	$SV_EARLY_TABLES_PA, %edi
	xorl	%eax, %eax
	movl	$(SV_EARLY_TABLES_LEN / 4), %ecx
	rep stosl

	/*
	 * One table per level serves both views. The identity view of the
	 * image (PML4 0, PDPT 3) is needed for the two jumps below only; the
	 * high view (PML4 511, PDPT 510) is what the code is linked for.
	 */
	movl	$(PDPT_PA + PTE_TABLE), PML4_PA
	movl	$(PDPT_PA + PTE_TABLE), PML4_PA + 511 * 8
	movl	$(PD_PA + PTE_TABLE), PDPT_PA + 3 * 8
	movl	$(PD_PA + PTE_TABLE), PDPT_PA + 510 * 8
	/* RAM: writable, never executable. Image: executable, never writable. */
	movl	$PDE_RAM, PD_PA
	movl	$PDE_NX_HIGH, PD_PA + 4
	movl	$(0x200000 + PDE_RAM), PD_PA + 8
	movl	$PDE_NX_HIGH, PD_PA + 8 + 4
	movl	$((SV_ROM_PA & 0xffe00000) + PDE_ROM), PD_PA + 511 * 8
	movl	$PDE_X_HIGH, PD_PA + 511 * 8 + 4
	mach_set_probe

	/* Read-modify-write: some virtual CPUs preset bits that must stay. */
	movl	%cr4, %eax
	orl	$CR4_PAE, %eax
	movl	%eax, %cr4
	movl	$PML4_PA, %eax
	movl	%eax, %cr3
	movl	$MSR_EFER, %ecx
	rdmsr
	orl	$EFER_LME_NXE, %eax
	wrmsr
	movl	%cr0, %eax
	orl	$CR0_PG_WP_MP, %eax
	movl	%eax, %cr0
	ljmpl	$SV_SEL_CODE64, $PA(start64)

	.code64
start64:
	mach_check_probe
	movq	$sv_entry, %rax
	jmp	*%rax

	/*
	 * The accessed bits are preset (0x9b, 0x93): the table is in read-only
	 * memory, and a CPU that tried to set them would never get past here.
	 */
	.balign 8
gdt:
	.quad	0
	.quad	0x00cf9b000000ffff	/* SV_SEL_CODE32: flat */
	.quad	0x00cf93000000ffff	/* SV_SEL_DATA: flat */
	.quad	0x00af9b000000ffff	/* SV_SEL_CODE64 */
gdt_end:
gdt_pointer:
	.word	gdt_end - gdt - 1
	.long	PA(gdt)

	mach_image_table
	.org	SV_RESET_LEN - 16, 0xcc
	.globl sv_reset_vector
sv_reset_vector:
	.code16
	jmp	start16
	.org	SV_RESET_LEN, 0xcc

	.section .note.GNU-stack, "", @progbits

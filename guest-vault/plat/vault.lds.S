/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The memory map of the vault image. This file is the map: layout.h has the
 * numbers that code needs too, mmu.c maps exactly the ranges named here.
 */
#include "layout.h"

OUTPUT_FORMAT(elf64-x86-64)
ENTRY(sv_reset_vector)

PHDRS
{
	rodata PT_LOAD FLAGS(4);
	text PT_LOAD FLAGS(5);
	ram PT_LOAD FLAGS(6);
}

SECTIONS
{
	/*
	 * RAM. Nothing here is in the image: all of it is zeroed at entry.
	 * First the tables of reset.S, unmapped once mmu.c is done.
	 */
	. = SV_RAM_VA + SV_EARLY_TABLES_LEN;

	/* Descriptor tables. R-- */
	__ram_start = .;
	__tables_start = .;
	.tables (NOLOAD) : { *(.tables) } :ram
	. = ALIGN(SV_PAGE_LEN);
	__tables_end = .;

	/* The final page tables. Not mapped by themselves. */
	.pagetables (NOLOAD) : { *(.pagetables) } :ram
	. = ALIGN(SV_PAGE_LEN);

	/* Guard page, then the stack of those who die. RW- */
	. += SV_PAGE_LEN;
	__die_stack_start = .;
	. += SV_DIE_STACK_LEN;
	__die_stack_end = .;

	/* Guard page, then the stack. RW- */
	. += SV_PAGE_LEN;
	__stack_start = .;
	. += SV_STACK_LEN;
	__stack_end = .;

	/* Guard page, then keys, key schedules, server state. RW- */
	. += SV_PAGE_LEN;
	__data_start = .;
	.bss (NOLOAD) : { *(.bss .bss.* COMMON) } :ram
	. = ALIGN(SV_PAGE_LEN);
	__data_end = .;
	__ram_end = .;

	/* The image starts with its mark, which the launcher reads. R-- */
	. = SV_ROM_VA;
	__rodata_start = .;
	.rodata : AT(SV_ROM_PA) {
		KEEP(*(.mark))
		/* All but .rodata.cst*, which the compiler makes, see .text. */
		*(.rodata .rodata.[!c]*)
	} :rodata
	. = ALIGN(SV_PAGE_LEN);
	__rodata_end = .;

	/* Code, up to the reset vector in the last 16 bytes. R-X */
	__text_start = .;
	.text : AT(ADDR(.text) - SV_ROM_VA + SV_ROM_PA) {
		*(.text .text.*)
		/* Vector constants: a page of their own would cost 4 KiB. */
		*(.rodata.cst*)
	} :text
	__text_used = .;
	. = SV_ROM_VA + SV_RESET_OFF;
	.reset : AT(SV_ROM_PA + SV_RESET_OFF) {
		KEEP(*(.reset))
	} :text
	__text_end = SV_ROM_VA + SV_ROM_LEN;

	/* Initialised writable data would need copying: there is none. */
	.data : { *(.data .data.*) }

	/* Nothing is resolved at run time either. */
	.got : { *(.got .got.plt .igot.plt .plt .iplt) }
	.rela : { *(.rela.*) }

	/DISCARD/ : {
		*(.comment .note .note.* .eh_frame .eh_frame.* .llvm_addrsig)
	}
}

ASSERT(SIZEOF(.data) == 0, "initialised writable data in the image")
ASSERT(SIZEOF(.got) == 0 && SIZEOF(.rela) == 0, "run-time relocations in the image")
ASSERT(__text_used <= SV_ROM_VA + SV_RESET_OFF, "image larger than 64 KiB")
ASSERT(SIZEOF(.reset) == SV_RESET_LEN, "reset.S is not SV_RESET_LEN long")
ASSERT(sv_reset_vector == SV_ROM_VA + SV_ROM_LEN - 16, "reset vector misplaced")
ASSERT(__ram_end <= SV_RAM_VA + SV_RAM_LEN, "RAM budget of 4 MiB exceeded")

// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "trap.h"

#include <port.h>
#include <console.h>
#include "die.h"
#include "layout.h"

/* AMD64 APM volume 2, section 8.9 (interrupts in long mode) and 12.2.5. */
enum {
	NR_VECTORS = 256,
	NR_EXCEPTIONS = 32,
	STUB_LEN = 8,
	GATE_INTERRUPT = 0x8e,	/* present, DPL 0, clears IF */
	IST_DIE = 1,
	IST_NONE = 0,
	TSS_AVAILABLE = 0x89,
};

struct gate {
	u16 offset_0;
	u16 selector;
	u8 ist;
	u8 type;
	u16 offset_16;
	u32 offset_32;
	u32 reserved;
};

static_assert(sizeof(struct gate) == 16, "long mode gate");

struct tss {
	u32 reserved0;
	u64 rsp[3];
	u64 reserved1;
	u64 ist[7];
	u64 reserved2;
	u16 reserved3;
	u16 iomap;
} __packed;

static_assert(sizeof(struct tss) == 104, "64-bit TSS");

struct table_pointer {
	u16 limit;
	const void *base;
} __packed;

/* What the stubs in entry.S leave on the die stack. */
struct trap_frame {
	u64 vector;
	u64 word[6];	/* error code if the vector has one, rip, cs, ... */
};

extern const u8 sv_trap_stubs[], sv_wake_stub[];
extern u8 __die_stack_end[];

__attribute__((noreturn)) void sv_trap(const struct trap_frame *frame);
__attribute__((noreturn)) void sv_stray(void);

static struct gate idt[NR_VECTORS] __attribute__((section(".tables")));
static struct tss tss __attribute__((section(".tables")));
static u64 gdt[6] __attribute__((section(".tables")));

static void set_gate(unsigned int vector, const u8 *stub, u8 ist)
{
	u64 va = (u64)stub;

	idt[vector] = (struct gate){
		.offset_0 = (u16)va,
		.selector = SV_SEL_CODE64,
		.ist = ist,
		.type = GATE_INTERRUPT,
		.offset_16 = (u16)(va >> 16),
		.offset_32 = (u32)(va >> 32),
	};
}

static void fill_idt(void)
{
	unsigned int v;

	for (v = 0; v < NR_EXCEPTIONS; v++)
		set_gate(v, sv_trap_stubs + (size_t)v * STUB_LEN, IST_DIE);
	for (; v < NR_VECTORS; v++)
		set_gate(v, sv_wake_stub, IST_NONE);
}

static void fill_gdt(void)
{
	u64 base = (u64)&tss;

	gdt[SV_SEL_DATA / 8] = 0x00cf93000000ffff;
	gdt[SV_SEL_CODE64 / 8] = 0x00af9b000000ffff;
	gdt[SV_SEL_TSS / 8] = (sizeof(tss) - 1) | (base & 0xffffff) << 16 |
			      (u64)TSS_AVAILABLE << 40 |
			      (base >> 24 & 0xff) << 56;
	gdt[SV_SEL_TSS / 8 + 1] = base >> 32;
}

void sv_trap_init(void)
{
	struct table_pointer gdt_pointer = { sizeof(gdt) - 1, gdt };
	struct table_pointer idt_pointer = { sizeof(idt) - 1, idt };

	tss.ist[IST_DIE - 1] = (u64)__die_stack_end;
	tss.iomap = sizeof(tss);
	fill_gdt();
	fill_idt();
	__asm__ volatile("lgdt %0" :: "m"(gdt_pointer));
	__asm__ volatile("ltr %w0" :: "r"(SV_SEL_TSS));
	__asm__ volatile("lidt %0" :: "m"(idt_pointer));
}

void sv_trap(const struct trap_frame *frame)
{
	u64 cr2;

	__asm__ volatile("mov %%cr2, %0" : "=r"(cr2));
	sv_console_hex("exception", frame->vector);
	sv_console_hex("  word0", frame->word[0]);
	sv_console_hex("  word1", frame->word[1]);
	sv_console_hex("  cr2", cr2);
	sv_die(SV_DEATH_EXCEPTION);
}

void sv_stray(void)
{
	sv_die(SV_DEATH_INTERRUPT);
}

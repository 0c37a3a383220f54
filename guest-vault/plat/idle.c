// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "idle.h"

#include <io.h>
#include "die.h"
#include "layout.h"

/* AMD64 APM volume 2, sections 16.3 and 16.11: x2APIC registers as MSRs. */
enum {
	MSR_APIC_BASE = 0x1b,
	APIC_BASE_ENABLE_X2 = 1 << 11 | 1 << 10,
	MSR_X2APIC_ID = 0x802,
	MSR_X2APIC_EOI = 0x80b,
	MSR_X2APIC_SVR = 0x80f,
	MSR_X2APIC_LVT_TIMER = 0x832,	/* then thermal, counters, LINT0, LINT1 */
	MSR_X2APIC_LVT_ERROR = 0x837,
	SVR_ENABLE = 1 << 8,
	SVR_VECTOR = 0xff,
	LVT_MASKED = 1 << 16,
	MSI_MAX_ID = 0xfe,	/* 8 bits of destination, all ones is broadcast */
};

#define MSI_ADDR 0xfee00000ULL

/* In entry.S. */
void sv_idle_hlt(void);

/* Read and written by sv_wake_stub in entry.S. */
u64 sv_wake_count;
bool sv_idle_asleep;

void sv_idle_init(void)
{
	u64 base = sv_msr_read(MSR_APIC_BASE);
	u32 lvt;

	sv_msr_write(MSR_APIC_BASE, base | APIC_BASE_ENABLE_X2);
	/* LINT0 and LINT1, where the PIC and NMI come in, may be open after reset. */
	for (lvt = MSR_X2APIC_LVT_TIMER; lvt <= MSR_X2APIC_LVT_ERROR; lvt++)
		sv_msr_write(lvt, LVT_MASKED);
	sv_msr_write(MSR_X2APIC_SVR, SVR_ENABLE | SVR_VECTOR);
}

struct sv_idle_message sv_idle_message(void)
{
	u64 id = sv_msr_read(MSR_X2APIC_ID);

	if (id > MSI_MAX_ID)
		sv_die(SV_DEATH_CPU);
	return (struct sv_idle_message){
		.addr = MSI_ADDR | id << 12,	/* fixed, physical, edge */
		.data = SV_VECTOR_WAKE,
	};
}

/*
 * SECURITY: a host can make a vault run code at a time of its choosing, and
 * may do so even where interrupts are off. That code is sv_wake_stub, and
 * while the vault is at work it ends it. While it sleeps no key is in use and
 * nothing is half done: the stub counts and returns, with every register
 * kept, and a host gets by it another look at the rings, as by a request.
 *
 * Sleep lasts until the interrupt was acknowledged. An emulator may deliver it
 * a second time until the vault next leaves to the host, which it does there.
 * To acknowledge once is enough: the stub lets no second interrupt in. For a
 * spurious one it is not called for, and does no harm.
 */
void sv_idle_wait(void)
{
	u64 before = sv_idle_nr_wakes();

	WRITE_ONCE(sv_idle_asleep, true);
	sv_idle_hlt();
	if (sv_idle_nr_wakes() != before)
		sv_msr_write(MSR_X2APIC_EOI, 0);
	WRITE_ONCE(sv_idle_asleep, false);
}

u64 sv_idle_nr_wakes(void)
{
	return READ_ONCE(sv_wake_count);
}

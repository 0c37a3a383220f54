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
	MSR_X2APIC_LVT_LINT0 = 0x835,
	MSR_X2APIC_LVT_LINT1 = 0x836,
	SVR_ENABLE = 1 << 8,
	SVR_VECTOR = 0xff,
	LVT_MASKED = 1 << 16,
	MSI_MAX_ID = 0xfe,	/* 8 bits of destination, all ones is broadcast */
};

#define MSI_ADDR 0xfee00000ULL

/* In entry.S. */
void sv_idle_hlt(void);

/* Written by sv_wake_stub in entry.S, inside sv_idle_hlt() only. */
u64 sv_wake_count;

void sv_idle_init(void)
{
	u64 base = sv_msr_read(MSR_APIC_BASE);

	sv_msr_write(MSR_APIC_BASE, base | APIC_BASE_ENABLE_X2);
	/* Both may be open after reset, as a BIOS would leave them. */
	sv_msr_write(MSR_X2APIC_LVT_LINT0, LVT_MASKED);
	sv_msr_write(MSR_X2APIC_LVT_LINT1, LVT_MASKED);
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
 * may do so even where interrupts are off. That code is sv_wake_stub: it
 * counts and returns, on this stack, with every register kept, and it does so
 * only if it interrupted sv_idle_hlt at the one place where a wake-up is
 * expected. Anywhere else, and for any other vector, it ends the vault.
 */
void sv_idle_wait(void)
{
	u64 before = sv_idle_nr_wakes();

	sv_idle_hlt();
	if (sv_idle_nr_wakes() != before)
		sv_msr_write(MSR_X2APIC_EOI, 0);
}

u64 sv_idle_nr_wakes(void)
{
	return READ_ONCE(sv_wake_count);
}

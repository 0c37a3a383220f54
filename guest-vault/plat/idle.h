/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Sleep until the device signals. Interrupts are off at all times but inside
 * sv_idle_wait().
 */
#ifndef PLAT_IDLE_H
#define PLAT_IDLE_H

#include <port.h>

/* Local APIC in x2APIC mode, everything masked. Once. */
void sv_idle_init(void);

/* The message that makes the device's interrupt end sv_idle_wait(). */
struct sv_idle_message {
	u64 addr;
	u32 data;
};

struct sv_idle_message sv_idle_message(void);

/*
 * Halt until a wake-up arrives; one that arrived since the last call returns
 * at once, so arming and re-checking before this call loses nothing.
 */
void sv_idle_wait(void);

/* Wake-ups taken since boot. */
u64 sv_idle_nr_wakes(void);

#endif /* PLAT_IDLE_H */

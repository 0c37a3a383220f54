/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How long the vault is waited for, in ticks that the waiter has lived through itself.
 *
 * A tick is an eighth of timeout_ms. However much time has passed since the last look, it counts as
 * one tick: when the whole host stood still (its VM was stopped, a debugger held it, its clock
 * jumped), the vault stood still with it and is not to blame. Whoever waits looks first what the
 * vault has done, and judges after that.
 */
#ifndef HOST_KMOD_VAULT_PATIENCE_H
#define HOST_KMOD_VAULT_PATIENCE_H

#include <linux/types.h>

enum {
	SV_PATIENCE = 8,	/* ticks for an answer: timeout_ms */
	SV_PATIENCE_FOR_SLOT = 3 * SV_PATIENCE,	/* and all in all, if there is no slot */
};

/*
 * One writer. Others may read @now, with READ_ONCE().
 *
 * @ticked_at: jiffies
 * @now:       ticks, modulo 2^32
 */
struct sv_patience {
	unsigned long ticked_at;
	u32 now;
};

/* The length of a tick in jiffies, never zero. */
unsigned long sv_tick_jiffies(void);

/* From now on. */
void sv_patience_start(struct sv_patience *p);

/* Has a tick passed? Then it is counted. */
bool sv_patience_tick(struct sv_patience *p);

/* While @hold, no tick passes for anybody: user space is being frozen, and the vaults with it. */
void sv_patience_hold(bool hold);

/* Have more than @limit whole ticks passed since the tick @since? */
bool sv_patience_is_over(const struct sv_patience *p, u32 since, u32 limit);

#endif /* HOST_KMOD_VAULT_PATIENCE_H */

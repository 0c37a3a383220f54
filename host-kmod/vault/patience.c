// SPDX-License-Identifier: GPL-2.0
#include "vault/patience.h"
#include "params.h"

#include <linux/compiler.h>
#include <linux/jiffies.h>

/* No vault can answer, and none is to blame. */
static bool is_on_hold;

unsigned long sv_tick_jiffies(void)
{
	return sv_timeout_jiffies() / SV_PATIENCE ?: 1;
}

void sv_patience_start(struct sv_patience *p)
{
	p->ticked_at = jiffies;
	p->now = 0;
}

bool sv_patience_tick(struct sv_patience *p)
{
	if (READ_ONCE(is_on_hold)) {
		p->ticked_at = jiffies;
		return false;
	}
	if (time_before(jiffies, p->ticked_at + sv_tick_jiffies()))
		return false;
	p->ticked_at = jiffies;
	WRITE_ONCE(p->now, p->now + 1);
	return true;
}

void sv_patience_hold(bool hold)
{
	WRITE_ONCE(is_on_hold, hold);
}

bool sv_patience_is_over(const struct sv_patience *p, u32 since, u32 limit)
{
	/* The first tick was under way already. */
	return p->now - since > limit;
}

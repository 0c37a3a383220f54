// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "lib_world.h"

#include <setjmp.h>
#include <stdlib.h>

#include <port.h>

#include "plat/die.h"

static jmp_buf end;
static enum sv_death reason;
static bool is_alive;

enum sv_death world_run(void (*run)(void *arg), void *arg)
{
	reason = SV_DEATH_NONE;
	is_alive = true;
	if (!setjmp(end))
		run(arg);
	is_alive = false;
	return reason;
}

void sv_die(enum sv_death why)
{
	if (!is_alive)
		abort();
	reason = why;
	longjmp(end, 1);
}

void (*world_sleep)(void);

/* In place of the one in entry.S. */
void sv_idle_hlt(void);

void sv_idle_hlt(void)
{
	if (world_sleep)
		world_sleep();
}

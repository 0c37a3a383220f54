// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "stack.h"

#include "die.h"

u64 __stack_chk_guard;

__attribute__((noreturn)) void __stack_chk_fail(void);

void __stack_chk_fail(void)
{
	sv_die(SV_DEATH_STACK);
}

// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The SEV-ES machine: every way to the outside goes through the GHCB. */
#include "lib_host.h"
#include "lib_machine.h"
#include "lib_world.h"
#include "plat/sev-es/mach.h"

void world_reset(void)
{
	machine_reset();
	host_reset();
	sv_mach_init();
	sv_mach_open();
}

const char *world_violation(void)
{
	return machine.violation[0] ? machine.violation : host.violation;
}

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Sources of guest-vault/plat/ in a process: what they die of, their caller survives. */
#ifndef NATIVE_LIB_WORLD_H
#define NATIVE_LIB_WORLD_H

#include <sevault/death.h>

/* Call @run. The reason it died of, SV_DEATH_NONE if it returned. */
enum sv_death world_run(void (*run)(void *arg), void *arg);

#endif /* NATIVE_LIB_WORLD_H */

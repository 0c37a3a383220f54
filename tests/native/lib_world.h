/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Sources of guest-vault/plat/ in a process: what they die of, their caller
 * survives. world/ has two machines for them; a program is linked with one.
 */
#ifndef NATIVE_LIB_WORLD_H
#define NATIVE_LIB_WORLD_H

#include <sevault/death.h>

/* Call @run. The reason it died of, SV_DEATH_NONE if it returned. */
enum sv_death world_run(void (*run)(void *arg), void *arg);

/* The machine as it is before the vault attaches to its device, honest. */
void world_reset(void);

/* Where set, called while the vault sleeps. */
extern void (*world_sleep)(void);

/* The first thing that no driver may do, whatever it was told; empty if none. */
const char *world_violation(void);

#endif /* NATIVE_LIB_WORLD_H */

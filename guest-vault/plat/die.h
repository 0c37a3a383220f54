/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef PLAT_DIE_H
#define PLAT_DIE_H

#include <sevault/death.h>

/*
 * End the vault: wipe all of its memory and the vector registers, report
 * @reason, stop. Any context; uses no stack. Only for a broken world; a bad
 * request gets a status instead.
 */
__attribute__((noreturn)) void sv_die(enum sv_death reason);

#endif /* PLAT_DIE_H */

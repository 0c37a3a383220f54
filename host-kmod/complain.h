/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Messages about what a user can put right. Whoever runs a vault or has a key can cause them again
 * and again, so they have a rate. The next step is of no use without its reason: both are said, or
 * neither is.
 */
#ifndef HOST_KMOD_COMPLAIN_H
#define HOST_KMOD_COMPLAIN_H

#include <linux/compiler_attributes.h>

#define SV_SAME_RELEASE "start the vault image of the same release as this module"

/* About @name: what is wrong (@fmt, without a newline), and @next, what to type. Any context. */
__printf(3, 4) void sv_complain(const char *name, const char *next, const char *fmt, ...);

#endif /* HOST_KMOD_COMPLAIN_H */

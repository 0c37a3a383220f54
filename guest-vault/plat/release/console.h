/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* The release image says nothing: see plat/debug/console.h. */
#ifndef PLAT_CONSOLE_H
#define PLAT_CONSOLE_H

#include <port.h>

enum { SV_CONSOLE_PRESENT = 0 };

static inline void sv_console_str(const char *s)
{
	(void)s;
}

static inline void sv_console_hex(const char *name, u64 v)
{
	(void)name;
	(void)v;
}

#endif /* PLAT_CONSOLE_H */

// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "console.h"

#include <io.h>

enum { CONSOLE_PORT = 0xe9 };

void sv_console_str(const char *s)
{
	for (; *s && sv_io_is_open(); s++)
		sv_io_out8(CONSOLE_PORT, (u8)*s);
}

void sv_console_hex(const char *name, u64 v)
{
	int shift;

	if (!sv_io_is_open())
		return;
	sv_console_str(name);
	sv_console_str("=0x");
	for (shift = 60; shift >= 0; shift -= 4)
		sv_io_out8(CONSOLE_PORT,
			   (u8)"0123456789abcdef"[(v >> shift) & 15]);
	sv_console_str("\n");
}

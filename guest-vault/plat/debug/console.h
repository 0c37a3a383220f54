/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The debug image's console: text to QEMU's isa-debugcon. Chosen by include
 * path in the debug build only. Never given anything that depends on a key.
 */
#ifndef PLAT_CONSOLE_H
#define PLAT_CONSOLE_H

#include <port.h>

enum { SV_CONSOLE_PRESENT = 1 };

void sv_console_str(const char *s);

/* "name=0x0123456789abcdef\n" */
void sv_console_hex(const char *name, u64 v);

#endif /* PLAT_CONSOLE_H */

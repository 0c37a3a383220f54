// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "say.h"

#include <stdarg.h>
#include <stdio.h>

static void say_line(const char *prefix, const char *fmt, va_list ap)
{
	char line[512];

	vsnprintf(line, sizeof(line), fmt, ap);
	fprintf(stderr, "sevault-soft: %s%s\n", prefix, line);
}

void sv_say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say_line("", fmt, ap);
	va_end(ap);
}

enum sv_exit sv_fail(enum sv_exit status, const char *next, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say_line("error: ", fmt, ap);
	va_end(ap);
	if (next)
		fprintf(stderr, "sevault-soft: next: %s\n", next);
	return status;
}

// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "say.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void sv_verdict_pass(struct sv_verdict *v, const char *why, ...)
{
	va_list ap;

	memset(v, 0, sizeof(*v));
	v->ok = true;
	va_start(ap, why);
	vsnprintf(v->why, sizeof(v->why), why, ap);
	va_end(ap);
}

void sv_verdict_fail(struct sv_verdict *v, const char *why_next, ...)
{
	char both[2 * SV_TEXT_LEN];
	const char *line;
	va_list ap;

	memset(v, 0, sizeof(*v));
	va_start(ap, why_next);
	vsnprintf(both, sizeof(both), why_next, ap);
	va_end(ap);
	line = strchr(both, '\n');
	if (!line)
		line = both + strlen(both);
	snprintf(v->why, sizeof(v->why), "%.*s", (int)(line - both), both);
	snprintf(v->next, sizeof(v->next), "%s", *line ? line + 1 : "");
}

void sv_say(const char *fmt, ...)
{
	va_list ap;

	flockfile(stderr);
	fprintf(stderr, "%s: ", program_invocation_short_name);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	funlockfile(stderr);
}

void sv_say_verdict(const struct sv_verdict *v)
{
	sv_say("%s", v->why);
	if (!v->ok && v->next[0])
		sv_say("next: %s", v->next);
}

// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "complain.h"

#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/stdarg.h>

static DEFINE_RATELIMIT_STATE(limit, DEFAULT_RATELIMIT_INTERVAL, DEFAULT_RATELIMIT_BURST);

void sv_complain(const char *name, const char *next, const char *fmt, ...)
{
	struct va_format text = { .fmt = fmt };
	va_list ap;

	if (!__ratelimit(&limit))
		return;
	va_start(ap, fmt);
	text.va = &ap;
	pr_err("%s: %pV\n", name, &text);
	va_end(ap);
	pr_err("%s: next: %s\n", name, next);
}

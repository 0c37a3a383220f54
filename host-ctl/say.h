/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * What the launcher tells its user: what failed, why, and what to type next.
 */
#ifndef HOST_CTL_SAY_H
#define HOST_CTL_SAY_H

#include <stdbool.h>

/* Exit statuses of our own; QEMU's and the vault's come through as they are. */
enum sv_exit {
	SV_EXIT_OK = 0,
	SV_EXIT_USAGE = 2,
	SV_EXIT_CONFIG = 4,	/* the configuration file is wrong */
	SV_EXIT_MACHINE = 6,	/* this machine cannot run the vault as it is */
	SV_EXIT_START = 8,	/* everything looked good, yet QEMU did not start */
	SV_EXIT_OWNER = 10,	/* the owner did not answer, or not usably */
	SV_EXIT_STOPPED = 12,	/* QEMU or KVM stopped the vault, or its CPU shut down */
};

enum { SV_TEXT_LEN = 512 };

/* The outcome of one check. @why is set in both cases, @next only if not ok. */
struct sv_verdict {
	bool ok;
	char why[SV_TEXT_LEN];
	char next[SV_TEXT_LEN];
};

__attribute__((format(printf, 2, 3)))
void sv_verdict_pass(struct sv_verdict *v, const char *why, ...);

/* Two formats in one string: what failed and why, a newline, the next step. */
__attribute__((format(printf, 2, 3)))
void sv_verdict_fail(struct sv_verdict *v, const char *why_next, ...);

/* One line to standard error, with the program's name in front. */
__attribute__((format(printf, 1, 2)))
void sv_say(const char *fmt, ...);

/* A failed verdict as two such lines. */
void sv_say_verdict(const struct sv_verdict *v);

#endif /* HOST_CTL_SAY_H */

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef SOFT_SAY_H
#define SOFT_SAY_H

/* Exit statuses; docs/sevault-soft.8 lists them. */
enum sv_exit {
	SV_EXIT_OK = 0,		/* asked to stop, keys wiped */
	SV_EXIT_FAILURE = 1,	/* the system refused something we need */
	SV_EXIT_USAGE = 2,
	SV_EXIT_NO_DEVICE = 3,	/* no such device, or not one of ours */
	SV_EXIT_BUSY = 4,	/* somebody else has the device open */
	SV_EXIT_MEMLOCK = 5,
	SV_EXIT_NO_ENGINE = 6,	/* self-test left no healthy engine */
	SV_EXIT_DEVICE_GONE = 7,	/* the host gave the vault up */
	SV_EXIT_BROKEN = 8,	/* the host broke the ring protocol */
};

/* One line to standard error, with the program's name in front. */
void sv_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * A failure: what failed and why (@fmt), and on a second line what to do next
 * (@next, may be NULL). Returns @status, so that callers can say
 * "return sv_fail(...)".
 */
enum sv_exit sv_fail(enum sv_exit status, const char *next, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif /* SOFT_SAY_H */

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * A client of QEMU's monitor (QMP) over a socket that only the two of us have.
 * QEMU runs with fewer privileges than the launcher: what it says is bounded
 * and judged.
 */
#ifndef HOST_CTL_QMP_H
#define HOST_CTL_QMP_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

enum {
	SV_QMP_LINE_MAX = 65536,
	SV_QMP_TIMEOUT_S = 60,
	SV_QMP_ERROR_LEN = 200,
};

/* What QEMU's events have told so far. */
struct sv_qmp_state {
	bool stopped;		/* since the last RESUME */
	bool panicked;
	bool guest_shutdown;	/* the guest's own doing */
};

struct sv_qmp {
	int fd;
	size_t len;		/* of what is in @line and not used yet */
	char line[SV_QMP_LINE_MAX];
	struct sv_qmp_state state;
	char error[SV_QMP_ERROR_LEN];	/* why the last call failed */
};

/* Greet. False with the error set; @fd stays the caller's. */
bool sv_qmp_start(struct sv_qmp *q, int fd);

/*
 * Execute @command; @args (may be NULL) is consumed. Returns what the command
 * returned, to be put by the caller, or NULL with the error set.
 */
json_object *sv_qmp_call(struct sv_qmp *q, const char *command, json_object *args);

/* The same for a command without arguments that returns an object. */
json_object *sv_qmp_query(struct sv_qmp *q, const char *command);

/*
 * Wait up to @timeout_ms (-1: for ever) for an event and take it into the
 * state. 1: one came, 0: not yet, or a signal, -1: QEMU has gone.
 */
int sv_qmp_wait(struct sv_qmp *q, int timeout_ms);

#endif /* HOST_CTL_QMP_H */

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * When the vault can be used: the module says so in its summary for people, and
 * we to who waits for us, a person or a service manager.
 */
#ifndef HOST_CTL_READY_H
#define HOST_CTL_READY_H

#include <stdbool.h>

#include "device.h"

enum { SV_READY_POLL_MS = 200 };

/* @fd: the module's summary; -1 when nothing more is to be told */
struct sv_ready {
	int fd;
};

/*
 * Does this summary speak of a vault that can be used? It serves and, unless
 * the module offers no drivers, all of them have passed their self-tests.
 */
bool sv_ready_judge(const char *summary);

/* While this process may still open it. A verdict says why readiness cannot be known. */
void sv_ready_open(struct sv_ready *ready, const struct sv_paths *paths, struct sv_verdict *v);

/* Look, and tell once. True while it is to be called again, in SV_READY_POLL_MS. */
bool sv_ready_look(struct sv_ready *ready);

#endif /* HOST_CTL_READY_H */

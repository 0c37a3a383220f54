/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef HOST_CTL_DEATH_H
#define HOST_CTL_DEATH_H

#include "say.h"

/*
 * QEMU's exit status in words. ok: an orderly end. @status is 0..255, or a
 * name of a signal such as "KILL" or "SIGKILL" as systemd passes it.
 */
void sv_death_explain(const char *status, struct sv_verdict *v);

#endif /* HOST_CTL_DEATH_H */

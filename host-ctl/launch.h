/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef HOST_CTL_LAUNCH_H
#define HOST_CTL_LAUNCH_H

#include "check.h"
#include "ready.h"

/*
 * Launch a SEV-ES vault with its owner's help, then stay as QEMU's parent. The
 * process that is to be QEMU is made first, so that no privilege is left when
 * the files of others are read:
 *
 *	platform.json out, godh.b64 and session.b64 in; start QEMU, stopped;
 *	launch.json out, secret.json in; inject the secret, let the vault run.
 *
 * @ready tells when the vault is. The owner's directory is empty of these files
 * before and after. @plan has passed its checks. Returns an enum sv_exit, QEMU's exit
 * status, or 128 + n for signal n; whatever happened has been said.
 */
int sv_launch(const struct sv_plan *plan, struct sv_ready *ready);

#endif /* HOST_CTL_LAUNCH_H */

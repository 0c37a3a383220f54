/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef HOST_CTL_START_H
#define HOST_CTL_START_H

#include "check.h"
#include "command.h"

/*
 * Become QEMU: raise limits, drop privileges, exec. Returns SV_EXIT_START, and
 * only if that failed. @check has passed; its device descriptor is inherited.
 */
enum sv_exit sv_start_exec(const struct sv_check *check, struct sv_command *cmd);

/*
 * The same in a child. Forwards TERM, INT and HUP, ends with it, and says in
 * words why it ended. Returns QEMU's exit status, 128 + n for signal n.
 */
int sv_start_wait(const struct sv_check *check, struct sv_command *cmd);

#endif /* HOST_CTL_START_H */

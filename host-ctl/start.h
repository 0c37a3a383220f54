/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef HOST_CTL_START_H
#define HOST_CTL_START_H

#include <sys/types.h>

#include "check.h"
#include "command.h"

/*
 * Become QEMU: raise limits, drop privileges, exec. Returns SV_EXIT_START, and
 * only if that failed. @check has passed; descriptors are inherited.
 */
enum sv_exit sv_start_exec(const struct sv_check *check, struct sv_command *cmd);

/* From now on TERM, INT and HUP go to the child, and are remembered. */
void sv_start_forward_signals(void);

/* Did one of them come? */
bool sv_start_is_ending(void);

/* QEMU as a child that ends with us: its process id, or -1 after a message. */
pid_t sv_start_child(const struct sv_check *check, struct sv_command *cmd);

/* Wait for its end: its exit status, 128 + n for signal n. */
int sv_start_wait(pid_t pid);

/* Say in words what such a status, or an enum sv_exit, means. */
void sv_start_explain(int status);

#endif /* HOST_CTL_START_H */

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * QEMU as our child. It is made while we are root and at once confined to its
 * user, without a terminal, a keyring or a descriptor of ours but those that it
 * needs; then we give up our own privileges, and it begins when we say so.
 */
#ifndef HOST_CTL_START_H
#define HOST_CTL_START_H

#include <sys/types.h>

#include "check.h"
#include "command.h"
#include "ready.h"
#include "relay.h"

/* @go: a word to it lets the child become QEMU, closing it ends the child */
struct sv_child {
	pid_t pid;
	int go;
	struct sv_relay relay;
};

/* From now on TERM, INT and HUP go to the child, and are remembered. 0 or -errno. */
int sv_start_forward_signals(void);

/* Did one of them come? */
bool sv_start_is_ending(void);

/*
 * Make the child, which ends with us and becomes @cmd. From then on this
 * process, too, is QEMU's user for good. @plan has passed its checks; QEMU gets what is in
 * @fds, and our copy of the device is closed: it is QEMU's alone.
 * False after a message; there is no child then.
 */
bool sv_start_child(struct sv_child *child, const struct sv_plan *plan,
		    struct sv_command *cmd, const struct sv_command_fds *fds);

/* Let it begin. One that has ended already does not hear it. */
void sv_start_go(struct sv_child *child);

/* Wait for its end, and tell when the vault is ready: its exit status, 128 + n for signal n. */
int sv_start_wait(struct sv_child *child, struct sv_ready *ready);

/* Say in words what such a status, or an enum sv_exit, means. */
void sv_start_explain(int status);

#endif /* HOST_CTL_START_H */

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef HOST_CTL_COMMAND_H
#define HOST_CTL_COMMAND_H

#include "check.h"

enum {
	SV_COMMAND_MAX_ARGS = 64,
	SV_COMMAND_STORE_LEN = 8192,
};

/* An argument vector with the text that it points to. */
struct sv_command {
	char *argv[SV_COMMAND_MAX_ARGS + 1];
	unsigned int argc;
	char store[SV_COMMAND_STORE_LEN];
	size_t used;
	bool overflow;
};

/*
 * Descriptors that QEMU inherits; -1 for none.
 *
 * @vhost: the open device
 * @image: the image; without, QEMU opens it by its name
 * @monitor: socket to speak QMP on; this and the following for SEV-ES only
 * @godh, @session: what the owner sent for this launch, as base64
 */
struct sv_command_fds {
	int vhost;
	int image;
	int monitor;
	int godh;
	int session;
};

/* QEMU's command line for one vault. False when it does not fit. */
bool sv_command_build(struct sv_command *cmd, const struct sv_plan *plan,
		      const struct sv_command_fds *fds);

/* To standard output, one option per line, ready for a shell. */
void sv_command_print(const struct sv_command *cmd);

#endif /* HOST_CTL_COMMAND_H */

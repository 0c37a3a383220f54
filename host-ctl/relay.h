/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef HOST_CTL_RELAY_H
#define HOST_CTL_RELAY_H

#include <pthread.h>

/*
 * QEMU's messages, line by line, said by us: printable characters only, since
 * they may end on a terminal, and the terminal itself is not QEMU's to have.
 */
struct sv_relay {
	int from;	/* the end to read from */
	int to;		/* QEMU's standard error; closed by the caller after the fork */
	pthread_t thread;
};

/* Make the pipe, both ends closed on exec. 0 or -errno. */
int sv_relay_open(struct sv_relay *relay);

/* A thread that relays until the last writer has gone, and joining it. 0 or -errno. */
int sv_relay_start(struct sv_relay *relay);
void sv_relay_join(struct sv_relay *relay);

#endif /* HOST_CTL_RELAY_H */

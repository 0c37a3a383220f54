/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The thread of a data queue. While there is work it polls; after a bounded time without any it
 * arms the event indices, looks again and sleeps until the vault kicks or a submitter wakes it.
 * It is the queue's watchdog too. sv_queue_stop() ends it.
 */
#ifndef HOST_KMOD_VAULT_POLLER_H
#define HOST_KMOD_VAULT_POLLER_H

struct sv_queue;

/* 0 or a negative errno. @dev_name: for the name of the thread. */
int sv_poller_start(struct sv_queue *q, const char *dev_name);

#endif /* HOST_KMOD_VAULT_POLLER_H */

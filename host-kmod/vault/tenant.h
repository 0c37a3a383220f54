/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who shares the vault: its store of keys, and its time.
 *
 * Any user can load keys, through AF_ALG for instance. All keys of such a user count as one
 * tenant: it has at most a quarter of the store, users together three quarters, and its requests
 * wait in one flow. Each key of the kernel itself, or of somebody with CAP_SYS_ADMIN, is a tenant
 * of its own and limited by the store alone. A user of a container counts as whoever made it.
 */
#ifndef HOST_KMOD_VAULT_TENANT_H
#define HOST_KMOD_VAULT_TENANT_H

#include "vault/backlog.h"

#include <linux/mutex.h>
#include <linux/uidgid.h>

struct sv_queue;

/*
 * @node:    among the users; empty for a key on its own
 * @queue:   all its requests go there, which keeps their order
 * @flow:    on the backlog of @queue
 * @nr_keys: in the store, or about to be
 */
struct sv_tenant {
	struct list_head node;
	kuid_t uid;
	u32 nr_keys;
	struct sv_queue *queue;
	struct sv_flow flow;
};

/*
 * All tenants of one vault.
 *
 * @lock:     protects the rest, and nr_keys of each
 * @nr_keys:  of users
 */
struct sv_tenants {
	struct mutex lock;
	struct list_head users;
	u32 nr_keys;
};

void sv_tenants_init(struct sv_tenants *all);

/*
 * Room for one more key of whoever calls, in a store of @capacity keys: its tenant. One that is new
 * gets @queue. ERR_PTR: -EDQUOT, -ENOMEM. No allocation that could wait for I/O.
 */
struct sv_tenant *sv_tenant_join(struct sv_tenants *all, u32 capacity, struct sv_queue *queue);

/* The key is gone. */
void sv_tenant_leave(struct sv_tenants *all, struct sv_tenant *t);

#endif /* HOST_KMOD_VAULT_TENANT_H */

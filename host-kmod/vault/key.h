/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A key in the vault, seen from the host: a handle and a reference count, never the key itself.
 *
 * A transform has one reference, every request under way another. The last put drops the key in the
 * vault. A key dies with its vault: its handle is never used with the next one.
 */
#ifndef HOST_KMOD_VAULT_KEY_H
#define HOST_KMOD_VAULT_KEY_H

#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct sv_dev;
struct sv_queue;
struct sv_tenant;

/*
 * @dev:   the vault that has it, one reference
 * @queue: all requests go there, which keeps their order
 * @tenant: whose key it is, for the queue; left when it is dropped
 * @id:    its handle
 * @drop_work: gives the key up; runs once, after the last reference
 */
struct sv_key {
	refcount_t ref;
	struct sv_dev *dev;
	struct sv_queue *queue;
	struct sv_tenant *tenant;
	u64 id;
	struct work_struct drop_work;
	struct rcu_head rcu;
};

/* A key with one reference and handle zero, in memory that is zero. Takes over that to @dev. */
void sv_key_init(struct sv_key *key, struct sv_dev *dev, struct sv_queue *q, work_func_t drop);

void sv_key_get(struct sv_key *key);

/* For readers under RCU: false when the last reference is gone. */
bool sv_key_try_get(struct sv_key *key);

/* Any context; the vault is told from a work item. */
void sv_key_put(struct sv_key *key);

/* Sleeps: when it was the last reference, the key is gone from the vault on return. May be NULL. */
void sv_key_put_sync(struct sv_key *key);

#endif /* HOST_KMOD_VAULT_KEY_H */

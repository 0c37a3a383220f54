/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A key in the vault, seen from the host: a handle and a reference count, never the key itself.
 *
 * A transform has one reference, every request under way another. The last put drops the key in the
 * vault. A key dies with its vault: its handle is never used with the next one.
 */
#ifndef HOST_KMOD_KEY_H
#define HOST_KMOD_KEY_H

#include "dev.h"

#include <linux/refcount.h>

/*
 * @dev:   the vault that has it, one reference
 * @queue: all requests go there, which keeps their order
 */
struct sv_key {
	refcount_t ref;
	struct sv_dev *dev;
	struct sv_queue *queue;
	u64 id;
	struct work_struct drop_work;
	struct rcu_head rcu;
};

/* The key slot of a transform: written by setkey and exit, read by requests. */
struct sv_keyslot {
	struct sv_key __rcu *key;
};

/*
 * Load @len bytes of @key for enum sv_alg @alg into the vault that is ready now. @flags:
 * SV_KEY_F_*. ERR_PTR: -ENODEV without a vault, -EIO when it died over it, -EINVAL for a bad or
 * weak key, -EDQUOT when the store is full. Sleeps for at most timeout_ms. No copy of the key is
 * left on the host. No allocation that could wait for I/O.
 */
struct sv_key *sv_key_load(u8 alg, u8 flags, const u8 *key, u32 len);

/* For tests, too: a key object for a handle that exists. Takes over the reference to @dev. */
struct sv_key *sv_key_create(struct sv_dev *dev, struct sv_queue *q, u64 id);

void sv_key_get(struct sv_key *key);

/* Any context; the vault is told from a work item. */
void sv_key_put(struct sv_key *key);

/* Sleeps: when it was the last reference, the key is gone from the vault on return. May be NULL. */
void sv_key_put_sync(struct sv_key *key);

u64 sv_key_id_of(const struct sv_key *key);

/* The key of @slot with a reference, or NULL. Any context. */
struct sv_key *sv_keyslot_get(struct sv_keyslot *slot);

/*
 * Drop the old key first, then load the new one: whatever happens, the old one is not used again.
 * 0, or what sv_key_load() says, and then the slot is empty.
 */
int sv_keyslot_set(struct sv_keyslot *slot, u8 alg, u8 flags, const u8 *key, u32 len);

/* Any context. */
void sv_keyslot_clear(struct sv_keyslot *slot);

#endif /* HOST_KMOD_KEY_H */

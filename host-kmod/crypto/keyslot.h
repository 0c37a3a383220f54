/* SPDX-License-Identifier: GPL-2.0 */
/* From what setkey gets to a key in the vault, and the place of that key in a transform. */
#ifndef HOST_KMOD_CRYPTO_KEYSLOT_H
#define HOST_KMOD_CRYPTO_KEYSLOT_H

#include "vault/key.h"

struct sv_req;
struct sv_witness;

/*
 * The key slot of a transform: written by setkey and exit, read by requests.
 * @witness: of a transform that a self-test made, else NULL; constant
 */
struct sv_keyslot {
	struct sv_key __rcu *key;
	struct sv_witness *witness;
};

/* @slot is zero; its keys are for enum sv_alg @alg. Sleeps. */
void sv_keyslot_init(struct sv_keyslot *slot, u8 alg);

/* Any context, unless a self-test made it. */
void sv_keyslot_exit(struct sv_keyslot *slot);

/*
 * Load @len bytes of @key for enum sv_alg @alg into the vault that is ready now. @flags:
 * SV_KEY_F_*. ERR_PTR: -ENODEV without a vault, -EIO when it died over it, -EINVAL for a bad or
 * weak key, -EDQUOT when the store is full, or for this user (vault/tenant.h), -EACCES when the
 * owner of the vault allows no clear keys. Sleeps for at most timeout_ms. No copy of the key is
 * left on the host. No allocation that could wait for I/O.
 */
struct sv_key *sv_key_load(u8 alg, u8 flags, const u8 *key, u32 len);

/* The same for the vault @dev, ready or not. Needs a reference of the caller's, takes its own. */
struct sv_key *sv_key_load_to(struct sv_dev *dev, u8 alg, u8 flags, const u8 *key, u32 len);

/* The key of @slot with a reference, or NULL. Any context. */
struct sv_key *sv_keyslot_get(struct sv_keyslot *slot);

/*
 * Drop the old key first, then load the new one: whatever happens, the old one is not used again.
 * 0, or what sv_key_load() says, and then the slot is empty.
 */
int sv_keyslot_set(struct sv_keyslot *slot, u8 alg, u8 flags, const u8 *key, u32 len);

/*
 * Submit @req with the key of @slot; it has none yet. What sv_queue_submit() says, or -ENOKEY, or
 * -EMSGSIZE when it does not fit a slot and cannot be split.
 */
int sv_keyslot_submit(struct sv_keyslot *slot, struct sv_req *req);

#endif /* HOST_KMOD_CRYPTO_KEYSLOT_H */

// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "crypto/keyslot.h"
#include "crypto/witness.h"
#include "vault/dev.h"
#include "vault/queue.h"

#include <linux/err.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>

/* Tell the vault. A dead vault has forgotten everything. */
static void drop_work(struct work_struct *work)
{
	struct sv_key *key = container_of(work, struct sv_key, drop_work);
	struct sv_admin_call call = { .op = SV_OP_KEY_DROP, .key_id = key->id };
	int err = sv_admin_do(&key->dev->admin, &call);

	if (err && !sv_dev_is_dead(key->dev))
		pr_warn_ratelimited("%s: the vault did not drop a key (error %d)\n",
				    key->dev->name, err);
	sv_tenant_leave(&key->dev->tenants, key->tenant);
	sv_dev_put(key->dev);
	/* Readers of a keyslot may still look at ref. */
	kfree_rcu(key, rcu);
}

/* The vault has the key on success. Nothing of it stays in this stack frame. */
static int load_into(struct sv_dev *dev, u8 alg, u8 flags, const u8 *bytes, u32 len, u64 *id)
{
	struct sv_key_load load = {
		.alg = alg,
		.flags = flags,
		.key_len = cpu_to_le16(len),
	};
	struct sv_admin_call call = {
		.op = SV_OP_KEY_LOAD,
		.in = &load,
		.in_len = sizeof(load),
		.new_key_id = id,
	};
	int err;

	memcpy(load.key, bytes, len);
	err = sv_admin_do(&dev->admin, &call);
	memzero_explicit(&load, sizeof(load));
	return err;
}

struct sv_key *sv_key_load_to(struct sv_dev *dev, u8 alg, u8 flags, const u8 *bytes, u32 len)
{
	struct sv_tenant *tenant;
	struct sv_key *key;
	int err;

	if (len > SV_KEY_MAX)
		return ERR_PTR(-EINVAL);
	/* Its known answers were not asked for, so it gets nothing, whatever it would take. */
	if (!sv_dev_takes_keys(dev))
		return ERR_PTR(-EACCES);
	/* setkey may be called while the disk that we would swap to waits for it. */
	key = kzalloc(sizeof(*key), GFP_NOIO);
	if (!key)
		return ERR_PTR(-ENOMEM);
	tenant = sv_tenant_join(&dev->tenants, le32_to_cpu(dev->hello.nr_keys),
				sv_dev_pick_queue(dev));
	if (IS_ERR(tenant)) {
		kfree(key);
		return ERR_CAST(tenant);
	}
	sv_dev_get(dev);
	sv_key_init(key, dev, tenant->queue, drop_work);
	key->tenant = tenant;
	err = load_into(dev, alg, flags, bytes, len, &key->id);
	if (!err)
		return key;
	sv_tenant_leave(&dev->tenants, tenant);
	kfree(key);
	sv_dev_put(dev);
	return ERR_PTR(err);
}

struct sv_key *sv_key_load(u8 alg, u8 flags, const u8 *bytes, u32 len)
{
	struct sv_dev *dev = sv_dev_get_ready();
	struct sv_key *key;

	if (!dev)
		return ERR_PTR(-ENODEV);
	key = sv_key_load_to(dev, alg, flags, bytes, len);
	sv_dev_put(dev);
	return key;
}

struct sv_key *sv_keyslot_get(struct sv_keyslot *slot)
{
	struct sv_key *key;

	rcu_read_lock();
	key = rcu_dereference(slot->key);
	if (key && !sv_key_try_get(key))
		key = NULL;
	rcu_read_unlock();
	return key;
}

/* Drop the old key first: it is not used again, whatever becomes of the new one. */
static int replace(struct sv_keyslot *slot, u8 alg, u8 flags, const u8 *bytes, u32 len)
{
	struct sv_key *key;

	key = unrcu_pointer(xchg(&slot->key, NULL));
	sv_key_put_sync(key);
	key = sv_key_load(alg, flags, bytes, len);
	if (IS_ERR(key))
		return PTR_ERR(key);
	key = unrcu_pointer(xchg(&slot->key, RCU_INITIALIZER(key)));
	sv_key_put_sync(key);
	return 0;
}

int sv_keyslot_set(struct sv_keyslot *slot, u8 alg, u8 flags, const u8 *bytes, u32 len)
{
	int err = replace(slot, alg, flags, bytes, len);

	/* If the vault has no key, or should have none, the witness has the say. */
	return slot->witness ? sv_witness_set_key(slot->witness, flags, bytes, len) : err;
}

static int submit(struct sv_req *req)
{
	int ret = -EMSGSIZE;

	if (req->can_split ||
	    sv_queue_fits(req->key->queue, req->aad_len, req->text_len, req->tag_len))
		ret = sv_queue_submit(req->key->queue, req);
	/* Otherwise the queue has it, and it may be freed already. */
	if (ret != -EINPROGRESS && ret != -EBUSY)
		sv_key_put(req->key);
	return ret;
}

int sv_keyslot_submit(struct sv_keyslot *slot, struct sv_req *req)
{
	struct sv_testimony *t = NULL;
	int ret = -ENOKEY;

	if (slot->witness)
		t = sv_witness_hear(slot->witness, req);
	req->key = sv_keyslot_get(slot);
	if (req->key)
		ret = submit(req);
	if (t && ret != -EINPROGRESS && ret != -EBUSY)
		ret = sv_witness_answer(t);
	return ret;
}

void sv_keyslot_init(struct sv_keyslot *slot, u8 alg)
{
	slot->witness = sv_witness_create(alg);
}

void sv_keyslot_exit(struct sv_keyslot *slot)
{
	struct sv_key *key = unrcu_pointer(xchg(&slot->key, NULL));

	if (key)
		sv_key_put(key);
	sv_witness_destroy(slot->witness);
}

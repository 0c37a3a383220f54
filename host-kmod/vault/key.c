// SPDX-License-Identifier: GPL-2.0
#include "vault/key.h"
#include "params.h"

void sv_key_init(struct sv_key *key, struct sv_dev *dev, struct sv_queue *q, work_func_t drop)
{
	refcount_set(&key->ref, 1);
	key->dev = dev;
	key->queue = q;
	INIT_WORK(&key->drop_work, drop);
}

void sv_key_get(struct sv_key *key)
{
	refcount_inc(&key->ref);
}

bool sv_key_try_get(struct sv_key *key)
{
	return refcount_inc_not_zero(&key->ref);
}

void sv_key_put(struct sv_key *key)
{
	if (refcount_dec_and_test(&key->ref))
		queue_work(sv_wq, &key->drop_work);
}

void sv_key_put_sync(struct sv_key *key)
{
	if (key && refcount_dec_and_test(&key->ref))
		key->drop_work.func(&key->drop_work);
}

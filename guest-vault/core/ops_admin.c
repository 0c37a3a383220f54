// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "ops.h"

#include <sevault/secret.h>
#include <sevault/shm.h>

#include "crypto/util.h"

/* Admin data in, of exactly @len bytes, or nothing at all. */
static bool take_admin_data(const struct sv_vault_request *r, void *dst, u32 len)
{
	if (le32_to_cpu(r->hdr.text_len) != len || len > r->data_len)
		return false;
	sv_shm_read(dst, r->data, len);
	return true;
}

static enum sv_status give_admin_data(struct sv_vault_request *r, const void *src, u32 len)
{
	if (len > r->data_len)
		return SV_ST_BAD_LEN;
	sv_shm_write(r->data, src, len);
	r->hdr.text_len = cpu_to_le32(len);
	return SV_ST_OK;
}

static enum sv_status do_hello(struct sv_vault_request *r)
{
	const size_t rest = offsetof(struct sv_hello, mode);
	struct sv_hello in;

	if (!take_admin_data(r, &in, sizeof(in)))
		return SV_ST_BAD_LEN;
	if (le16_to_cpu(in.version_major) != SV_VERSION_MAJOR)
		return SV_ST_BAD_VERSION;
	if (!sv_is_zero((const u8 *)&in + rest, sizeof(in) - rest))
		return SV_ST_BAD_FLAGS;
	return give_admin_data(r, &r->vault->hello, sizeof(r->vault->hello));
}

static enum sv_status do_selftest(struct sv_vault_request *r)
{
	if (r->hdr.text_len)
		return SV_ST_BAD_LEN;
	return give_admin_data(r, &r->vault->selftest, sizeof(r->vault->selftest));
}

static enum sv_status do_counters(struct sv_vault_request *r)
{
	u64 requests = 0, refused = 0, bytes = 0, kicks = 0, sleeps = 0, wakeups = 0;
	const struct sv_vault_worker *w;
	struct sv_counters c;

	if (r->hdr.text_len)
		return SV_ST_BAD_LEN;
	for (w = r->vault->workers; w; w = w->next) {
		requests += READ_ONCE(w->requests);
		refused += READ_ONCE(w->refused);
		bytes += READ_ONCE(w->bytes);
		kicks += READ_ONCE(w->kicks);
		sleeps += READ_ONCE(w->sleeps);
		wakeups += READ_ONCE(w->wakeups);
	}
	c.requests = cpu_to_le64(requests);
	c.refused = cpu_to_le64(refused);
	c.bytes = cpu_to_le64(bytes);
	c.keys_loaded = cpu_to_le64(r->vault->keys_loaded);
	c.keys_live = cpu_to_le64(r->vault->keys.live);
	c.kicks = cpu_to_le64(kicks);
	c.sleeps = cpu_to_le64(sleeps);
	c.wakeups = cpu_to_le64(wakeups);
	return give_admin_data(r, &c, sizeof(c));
}

static bool is_allowed(const struct sv_vault *v, enum sv_policy what)
{
	return le32_to_cpu(v->hello.policy) & what;
}

static enum sv_status load_key(struct sv_vault_request *r, const struct sv_key_load *in)
{
	u32 key_len = le16_to_cpu(in->key_len);
	enum sv_status st;
	u64 key_id;

	if (!is_allowed(r->vault, SV_POLICY_IMPORT))
		return SV_ST_FORBIDDEN;
	if (in->reserved)
		return SV_ST_BAD_FLAGS;
	if (key_len > SV_KEY_MAX)
		return SV_ST_BAD_KEYLEN;
	st = sv_keystore_load(&r->vault->keys, &r->vault->engines, in->alg, in->flags, in->key,
			      key_len, &key_id);
	if (st)
		return st;
	r->vault->keys_loaded++;
	r->hdr.key_id = cpu_to_le64(key_id);
	return SV_ST_OK;
}

/* The copy is wiped here, the slot in sv_vault_handle(). */
static enum sv_status do_key_load(struct sv_vault_request *r)
{
	struct sv_key_load in;
	enum sv_status st;

	if (!take_admin_data(r, &in, sizeof(in)))
		return SV_ST_BAD_LEN;
	st = load_key(r, &in);
	sv_wipe(&in, sizeof(in));
	r->hdr.text_len = 0;
	return st;
}

static enum sv_status do_key_drop(struct sv_vault_request *r)
{
	if (r->hdr.text_len)
		return SV_ST_BAD_LEN;
	return sv_keystore_drop(&r->vault->keys, le64_to_cpu(r->hdr.key_id));
}

/* A power of two, so that an index can be masked after it was judged. */
enum { NR_OPS = 16 };

static_assert((u32)SV_OP_KEY_DROP < NR_OPS, "one rule for each op");

static enum sv_status (*const rules[NR_OPS])(struct sv_vault_request *r) = {
	[SV_OP_HELLO] = do_hello,
	[SV_OP_SELFTEST] = do_selftest,
	[SV_OP_COUNTERS] = do_counters,
	[SV_OP_KEY_LOAD] = do_key_load,
	[SV_OP_KEY_DROP] = do_key_drop,
};

static enum sv_status judge(const struct sv_slot_hdr *h)
{
	if (sv_ops_has_reserved_bits(h) || h->block_offset || !sv_is_zero(h->iv, SV_IV_LEN) ||
	    (h->key_id && !(sv_op_facts(h->op) & SV_OP_F_KEY_IN)))
		return SV_ST_BAD_FLAGS;
	return h->tag_len || h->aad_len ? SV_ST_BAD_LEN : SV_ST_OK;
}

/* SECURITY: the host picks op; the mask binds speculation to the table. */
enum sv_status sv_ops_admin(struct sv_vault_request *r)
{
	u32 op = r->hdr.op;
	enum sv_status st;

	if (op >= NR_OPS)
		return SV_ST_BAD_OP;
	op &= NR_OPS - 1;
	if (!rules[op])
		return SV_ST_BAD_OP;
	st = judge(&r->hdr);
	if (!st)
		st = rules[op](r);
	if (st)
		r->hdr.text_len = 0;
	return st;
}

u64 sv_ops_admin_served(void)
{
	u64 ops = 0;
	u32 i;

	for (i = 0; i < NR_OPS; i++)
		if (rules[i])
			ops |= 1ULL << i;
	return ops;
}

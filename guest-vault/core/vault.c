// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "vault.h"

#include <sevault/secret.h>
#include <sevault/shm.h>

#include "crypto/sha256.h"
#include "crypto/util.h"

/*
 * One request while it is handled.
 *
 * @hdr:      private copy of the header; becomes the answer
 * @data:     the slot's data area, shared
 * @data_len: its length, private knowledge
 */
struct request {
	struct sv_vault *vault;
	struct sv_vault_worker *worker;
	struct sv_slot_hdr hdr;
	u8 __shared *data;
	u32 data_len;
};

/* @alg: the algorithm that the key must have been loaded for. */
struct data_rule {
	u8 alg;
	enum sv_status (*run)(struct request *r, const struct sv_key *key);
};

/* Admin data in, of exactly @len bytes, or nothing at all. */
static bool take_admin_data(const struct request *r, void *dst, u32 len)
{
	if (le32_to_cpu(r->hdr.text_len) != len || len > r->data_len)
		return false;
	sv_shm_read(dst, r->data, len);
	return true;
}

static enum sv_status give_admin_data(struct request *r, const void *src, u32 len)
{
	if (len > r->data_len)
		return SV_ST_BAD_LEN;
	sv_shm_write(r->data, src, len);
	r->hdr.text_len = cpu_to_le32(len);
	return SV_ST_OK;
}

static enum sv_status do_hello(struct request *r)
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

static enum sv_status do_selftest(struct request *r)
{
	if (r->hdr.text_len)
		return SV_ST_BAD_LEN;
	return give_admin_data(r, &r->vault->selftest, sizeof(r->vault->selftest));
}

static enum sv_status do_counters(struct request *r)
{
	u64 requests = 0, refused = 0, bytes = 0, notifies = 0, sleeps = 0, wakeups = 0;
	const struct sv_vault_worker *w;
	struct sv_counters c;

	if (r->hdr.text_len)
		return SV_ST_BAD_LEN;
	for (w = r->vault->workers; w; w = w->next) {
		requests += READ_ONCE(w->requests);
		refused += READ_ONCE(w->refused);
		bytes += READ_ONCE(w->bytes);
		notifies += READ_ONCE(w->notifies);
		sleeps += READ_ONCE(w->sleeps);
		wakeups += READ_ONCE(w->wakeups);
	}
	c.requests = cpu_to_le64(requests);
	c.refused = cpu_to_le64(refused);
	c.bytes = cpu_to_le64(bytes);
	c.keys_loaded = cpu_to_le64(r->vault->keys_loaded);
	c.keys_live = cpu_to_le64(r->vault->keys.live);
	c.notifies = cpu_to_le64(notifies);
	c.sleeps = cpu_to_le64(sleeps);
	c.wakeups = cpu_to_le64(wakeups);
	return give_admin_data(r, &c, sizeof(c));
}

static bool is_allowed(const struct sv_vault *v, enum sv_policy what)
{
	return le32_to_cpu(v->hello.policy) & what;
}

static enum sv_status load_key(struct request *r, const struct sv_key_load *in)
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
static enum sv_status do_key_load(struct request *r)
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

static enum sv_status do_key_drop(struct request *r)
{
	if (r->hdr.text_len)
		return SV_ST_BAD_LEN;
	return sv_keystore_drop(&r->vault->keys, le64_to_cpu(r->hdr.key_id));
}

static u8 *text(const struct request *r)
{
	return sv_shm_stream(r->data);
}

static u32 text_len(const struct request *r)
{
	return le32_to_cpu(r->hdr.text_len);
}

static enum sv_status do_ecb_enc(struct request *r, const struct sv_key *k)
{
	return sv_ecb_encrypt(&k->key, text(r), text(r), text_len(r));
}

static enum sv_status do_ecb_dec(struct request *r, const struct sv_key *k)
{
	return sv_ecb_decrypt(&k->key, text(r), text(r), text_len(r));
}

static enum sv_status do_cbc_enc(struct request *r, const struct sv_key *k)
{
	return sv_cbc_encrypt(&k->key, text(r), text(r), text_len(r), r->hdr.iv);
}

static enum sv_status do_cbc_dec(struct request *r, const struct sv_key *k)
{
	return sv_cbc_decrypt(&k->key, text(r), text(r), text_len(r), r->hdr.iv);
}

static enum sv_status do_ctr(struct request *r, const struct sv_key *k)
{
	return sv_ctr_crypt(&k->key, text(r), text(r), text_len(r), r->hdr.iv);
}

static enum sv_status do_xts_enc(struct request *r, const struct sv_key *k)
{
	return sv_xts_encrypt(&k->key, text(r), text(r), text_len(r), r->hdr.iv,
			      le64_to_cpu(r->hdr.block_offset));
}

static enum sv_status do_xts_dec(struct request *r, const struct sv_key *k)
{
	return sv_xts_decrypt(&k->key, text(r), text(r), text_len(r), r->hdr.iv,
			      le64_to_cpu(r->hdr.block_offset));
}

/* @iv: SV_GCM_IV_LEN bytes; holds the salt of an RFC 4106 key, wipe it. */
static void make_gcm_iv(u8 *iv, const struct request *r, const struct sv_key *k)
{
	if (k->alg == SV_ALG_RFC4106) {
		memcpy(iv, k->salt, SV_RFC4106_SALT_LEN);
		memcpy(iv + SV_RFC4106_SALT_LEN, r->hdr.iv, SV_RFC4106_IV_LEN);
	} else {
		memcpy(iv, r->hdr.iv, SV_GCM_IV_LEN);
	}
}

static enum sv_status run_gcm(struct request *r, const struct sv_key *k,
			      enum sv_status (*run)(const struct sv_aes_key *k,
						    const struct sv_gcm_req *r))
{
	u32 aad_len = le32_to_cpu(r->hdr.aad_len);
	u8 *p = sv_shm_stream(r->data);
	u8 iv[SV_GCM_IV_LEN];
	struct sv_gcm_req req = {
		.iv = iv,
		.aad = p,
		.aad_len = aad_len,
		.src = p + aad_len,
		.dst = p + aad_len,
		.len = text_len(r),
		.tag = p + aad_len + text_len(r),
		.tag_len = r->hdr.tag_len,
		.bounce = r->worker->bounce,
		.bounce_len = sizeof(r->worker->bounce),
	};
	enum sv_status st;

	make_gcm_iv(iv, r, k);
	st = run(&k->key, &req);
	sv_wipe(iv, sizeof(iv));
	return st;
}

static enum sv_status do_gcm_seal(struct request *r, const struct sv_key *k)
{
	return run_gcm(r, k, sv_gcm_seal);
}

static enum sv_status do_gcm_open(struct request *r, const struct sv_key *k)
{
	return run_gcm(r, k, sv_gcm_open);
}

/* Powers of two, so that an index can be masked after it was judged. */
enum {
	NR_ADMIN_OPS = 16,
	FIRST_DATA_OP = SV_OP_ECB_ENC,
	NR_DATA_OPS = 16,
};

static_assert((u32)SV_OP_KEY_DROP < NR_ADMIN_OPS, "one rule for each admin op");
static_assert((u32)SV_OP_END - (u32)FIRST_DATA_OP <= NR_DATA_OPS, "one rule for each data op");

static enum sv_status (*const admin_rules[NR_ADMIN_OPS])(struct request *r) = {
	[SV_OP_HELLO] = do_hello,
	[SV_OP_SELFTEST] = do_selftest,
	[SV_OP_COUNTERS] = do_counters,
	[SV_OP_KEY_LOAD] = do_key_load,
	[SV_OP_KEY_DROP] = do_key_drop,
};

static const struct data_rule data_rules[NR_DATA_OPS] = {
	[SV_OP_ECB_ENC - FIRST_DATA_OP] = { SV_ALG_ECB, do_ecb_enc },
	[SV_OP_ECB_DEC - FIRST_DATA_OP] = { SV_ALG_ECB, do_ecb_dec },
	[SV_OP_CBC_ENC - FIRST_DATA_OP] = { SV_ALG_CBC, do_cbc_enc },
	[SV_OP_CBC_DEC - FIRST_DATA_OP] = { SV_ALG_CBC, do_cbc_dec },
	[SV_OP_CTR - FIRST_DATA_OP] = { SV_ALG_CTR, do_ctr },
	[SV_OP_XTS_ENC - FIRST_DATA_OP] = { SV_ALG_XTS, do_xts_enc },
	[SV_OP_XTS_DEC - FIRST_DATA_OP] = { SV_ALG_XTS, do_xts_dec },
	[SV_OP_GCM_SEAL - FIRST_DATA_OP] = { SV_ALG_GCM, do_gcm_seal },
	[SV_OP_GCM_OPEN - FIRST_DATA_OP] = { SV_ALG_GCM, do_gcm_open },
};

/* Bytes of iv that mean something; the rest must be zero. */
static u32 iv_len(u8 key_alg)
{
	switch (key_alg) {
	case SV_ALG_CBC:
	case SV_ALG_CTR:
	case SV_ALG_XTS:
		return SV_IV_LEN;
	case SV_ALG_GCM:
		return SV_GCM_IV_LEN;
	case SV_ALG_RFC4106:
		return SV_RFC4106_IV_LEN;
	default:
		return 0;
	}
}

static bool lengths_fit(const struct request *r, const struct data_rule *rule)
{
	const struct sv_slot_hdr *h = &r->hdr;
	u64 aad_len = le32_to_cpu(h->aad_len);
	u64 len = le32_to_cpu(h->text_len);

	if (rule->alg == SV_ALG_GCM) {
		if (!sv_gcm_tag_len_is_valid(h->tag_len))
			return false;
	} else if (h->tag_len || aad_len) {
		return false;
	}
	return len <= SV_TEXT_MAX && aad_len + len + h->tag_len <= r->data_len;
}

static enum sv_status handle_data(struct request *r, const struct data_rule *rule)
{
	const struct sv_slot_hdr *h = &r->hdr;
	const struct sv_key *key;
	u32 used;

	if (rule->alg != SV_ALG_XTS && h->block_offset)
		return SV_ST_BAD_FLAGS;
	if (!lengths_fit(r, rule))
		return SV_ST_BAD_LEN;
	key = sv_keystore_get(&r->vault->keys, le64_to_cpu(h->key_id));
	if (!key)
		return SV_ST_BAD_KEY;
	if (key->alg != rule->alg &&
	    !(rule->alg == SV_ALG_GCM && key->alg == SV_ALG_RFC4106))
		return SV_ST_BAD_ALG;
	used = iv_len(key->alg);
	if (!sv_is_zero(h->iv + used, SV_IV_LEN - used))
		return SV_ST_BAD_FLAGS;
	return rule->run(r, key);
}

static enum sv_status handle_admin(struct request *r, enum sv_status (*run)(struct request *r))
{
	const struct sv_slot_hdr *h = &r->hdr;
	enum sv_status st;

	if (h->block_offset || !sv_is_zero(h->iv, SV_IV_LEN) ||
	    (h->key_id && !(sv_op_facts(h->op) & SV_OP_F_KEY_IN)))
		st = SV_ST_BAD_FLAGS;
	else if (h->tag_len || h->aad_len)
		st = SV_ST_BAD_LEN;
	else
		st = run(r);
	if (st)
		r->hdr.text_len = 0;
	return st;
}

static bool has_reserved_bits(const struct sv_slot_hdr *h)
{
	return h->flags || h->reserved0 || h->status || h->reserved1;
}

/* SECURITY: the host picks op; the masks bind speculation to the tables. */
static enum sv_status handle(struct request *r, bool is_admin)
{
	u32 admin = r->hdr.op, data = admin - FIRST_DATA_OP;
	u32 last = is_admin ? NR_ADMIN_OPS : NR_DATA_OPS;

	if ((is_admin ? admin : data) >= last)
		return SV_ST_BAD_OP;
	admin &= NR_ADMIN_OPS - 1;
	data &= NR_DATA_OPS - 1;
	if (is_admin ? !admin_rules[admin] : !data_rules[data].run)
		return SV_ST_BAD_OP;
	if (has_reserved_bits(&r->hdr))
		return SV_ST_BAD_FLAGS;
	return is_admin ? handle_admin(r, admin_rules[admin]) : handle_data(r, &data_rules[data]);
}

/* One writer, so no atomic addition; the store must not be torn for readers. */
static void count(u64 *counter, u64 n)
{
	WRITE_ONCE(*counter, *counter + n);
}

void sv_vault_handle(struct sv_vault *v, struct sv_vault_worker *w, bool is_admin,
		     u8 __shared *slot, u32 slot_len)
{
	struct request r = {
		.vault = v,
		.worker = w,
		.data = slot + SV_SLOT_HDR_LEN,
		.data_len = slot_len - SV_SLOT_HDR_LEN,
	};
	enum sv_status st;

	sv_shm_read(&r.hdr, slot, sizeof(r.hdr));
	st = handle(&r, is_admin);
	/* Whatever became of the request: clear keys do not stay in the window. */
	if (sv_op_facts(r.hdr.op) & SV_OP_F_SECRET)
		sv_shm_zero(r.data, r.data_len);
	r.hdr.status = cpu_to_le32(st);
	sv_shm_write(slot, &r.hdr, sizeof(r.hdr));
	if (is_admin)
		return;
	count(&w->requests, 1);
	if (st)
		count(&w->refused, 1);
	else
		count(&w->bytes, text_len(&r));
}

static void set_name(char *dst, const char *src)
{
	u32 i;

	memset(dst, 0, SV_NAME_LEN);
	for (i = 0; i < SV_NAME_LEN - 1 && src[i]; i++)
		dst[i] = src[i];
}

static void add_selftest(struct sv_selftest *t, const char *name, bool can_run, bool is_good,
			 bool in_use)
{
	u32 nr = le32_to_cpu(t->nr);
	struct sv_selftest_entry *e;

	if (nr == SV_SELFTEST_MAX)
		return;
	e = &t->entry[nr];
	set_name(e->name, name);
	if (can_run)
		e->health = is_good ? SV_HEALTH_OK : SV_HEALTH_FAILED;
	e->in_use = in_use;
	t->nr = cpu_to_le32(nr + 1);
}

static void fill_selftest(struct sv_vault *v, const struct sv_engine_list *list, u32 cpu,
			  u32 health)
{
	u32 i;

	for (i = 0; i < list->nr_aes; i++) {
		const struct sv_aes_engine *e = list->aes[i];

		add_selftest(&v->selftest, e->name, (e->cpu & cpu) == e->cpu,
			     health & SV_GOOD_AES(e->id), e == v->engines.aes);
	}
	for (i = 0; i < list->nr_ghash; i++) {
		const struct sv_ghash_engine *e = list->ghash[i];

		add_selftest(&v->selftest, e->name, (e->cpu & cpu) == e->cpu,
			     health & SV_GOOD_GHASH(e->id), e == v->engines.ghash);
	}
}

static void fill_hello(struct sv_vault *v, u32 mode)
{
	struct sv_hello *h = &v->hello;
	u64 ops = 0;
	u32 i;

	for (i = 0; i < NR_ADMIN_OPS; i++)
		if (admin_rules[i])
			ops |= 1ULL << i;
	for (i = 0; i < NR_DATA_OPS; i++)
		if (data_rules[i].run)
			ops |= 1ULL << (FIRST_DATA_OP + i);
	h->version_major = cpu_to_le16(SV_VERSION_MAJOR);
	h->version_minor = cpu_to_le16(SV_VERSION_MINOR);
	h->mode = (u8)mode;
	h->image_version = cpu_to_le32(SV_IMAGE_VERSION);
	h->nr_keys = cpu_to_le32(SV_KEYSTORE_NR);
	h->ops = cpu_to_le64(ops);
	set_name(h->aes_name, v->engines.aes->name);
	set_name(h->ghash_name, v->engines.ghash->name);
	/* Where the host can read the memory, no policy keeps anything from it. */
	if (mode != SV_MODE_SEV_ES)
		h->policy = cpu_to_le32(SV_POLICY_KNOWN);
}

bool sv_vault_init(struct sv_vault *v, u32 mode, const struct sv_engine_list *list, u32 cpu,
		   u32 health)
{
	memset(&v->hello, 0, sizeof(v->hello));
	memset(&v->selftest, 0, sizeof(v->selftest));
	v->workers = NULL;
	v->keys_loaded = 0;
	sv_keystore_init(&v->keys);
	if (!sv_engines_select(&v->engines, list, cpu, health))
		return false;
	fill_selftest(v, list, cpu, health);
	fill_hello(v, mode);
	return true;
}

void sv_vault_configure(struct sv_vault *v, const struct sv_config_facts *facts)
{
	v->hello.policy = facts->policy;
	v->hello.nr_root_keys = cpu_to_le32(le16_to_cpu(facts->nr_root_keys));
	sv_sha256(v->hello.config_digest, facts, sizeof(*facts));
}

void sv_vault_add_worker(struct sv_vault *v, struct sv_vault_worker *w)
{
	memset(w, 0, sizeof(*w));
	w->next = v->workers;
	v->workers = w;
}

void sv_vault_wipe(struct sv_vault *v)
{
	sv_keystore_wipe(&v->keys);
}

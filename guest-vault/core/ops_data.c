// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "ops.h"

#include <sevault/shm.h>

#include "crypto/gcm.h"
#include "crypto/util.h"

static u8 *text(const struct sv_vault_request *r)
{
	return sv_shm_stream(r->data);
}

static u32 text_len(const struct sv_vault_request *r)
{
	return le32_to_cpu(r->hdr.text_len);
}

static enum sv_status do_ecb_enc(struct sv_vault_request *r, const struct sv_keystore_entry *k)
{
	return sv_ecb_encrypt(&k->key, text(r), text(r), text_len(r));
}

static enum sv_status do_ecb_dec(struct sv_vault_request *r, const struct sv_keystore_entry *k)
{
	return sv_ecb_decrypt(&k->key, text(r), text(r), text_len(r));
}

static enum sv_status do_cbc_enc(struct sv_vault_request *r, const struct sv_keystore_entry *k)
{
	return sv_cbc_encrypt(&k->key, text(r), text(r), text_len(r), r->hdr.iv);
}

static enum sv_status do_cbc_dec(struct sv_vault_request *r, const struct sv_keystore_entry *k)
{
	return sv_cbc_decrypt(&k->key, text(r), text(r), text_len(r), r->hdr.iv);
}

static enum sv_status do_ctr(struct sv_vault_request *r, const struct sv_keystore_entry *k)
{
	return sv_ctr_crypt(&k->key, text(r), text(r), text_len(r), r->hdr.iv);
}

static enum sv_status do_xts_enc(struct sv_vault_request *r, const struct sv_keystore_entry *k)
{
	return sv_xts_encrypt(&k->key, text(r), text(r), text_len(r), r->hdr.iv,
			      le64_to_cpu(r->hdr.block_offset));
}

static enum sv_status do_xts_dec(struct sv_vault_request *r, const struct sv_keystore_entry *k)
{
	return sv_xts_decrypt(&k->key, text(r), text(r), text_len(r), r->hdr.iv,
			      le64_to_cpu(r->hdr.block_offset));
}

/* @iv: SV_GCM_IV_LEN bytes; holds the salt of an RFC 4106 key, wipe it. */
static void make_gcm_iv(u8 *iv, const struct sv_vault_request *r, const struct sv_keystore_entry *k)
{
	if (k->alg == SV_ALG_RFC4106) {
		memcpy(iv, k->salt, SV_RFC4106_SALT_LEN);
		memcpy(iv + SV_RFC4106_SALT_LEN, r->hdr.iv, SV_RFC4106_IV_LEN);
	} else {
		memcpy(iv, r->hdr.iv, SV_GCM_IV_LEN);
	}
}

static enum sv_status run_gcm(struct sv_vault_request *r, const struct sv_keystore_entry *k,
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

static enum sv_status do_gcm_seal(struct sv_vault_request *r, const struct sv_keystore_entry *k)
{
	return run_gcm(r, k, sv_gcm_seal);
}

static enum sv_status do_gcm_open(struct sv_vault_request *r, const struct sv_keystore_entry *k)
{
	return run_gcm(r, k, sv_gcm_open);
}

/* @alg: the algorithm that the key must have been loaded for. */
struct rule {
	u8 alg;
	enum sv_status (*run)(struct sv_vault_request *r, const struct sv_keystore_entry *key);
};

/* A power of two, so that an index can be masked after it was judged. */
enum {
	FIRST_OP = SV_OP_ECB_ENC,
	NR_OPS = 16,
};

static_assert((u32)SV_OP_END - (u32)FIRST_OP <= NR_OPS, "one rule for each op");

static const struct rule rules[NR_OPS] = {
	[SV_OP_ECB_ENC - FIRST_OP] = { SV_ALG_ECB, do_ecb_enc },
	[SV_OP_ECB_DEC - FIRST_OP] = { SV_ALG_ECB, do_ecb_dec },
	[SV_OP_CBC_ENC - FIRST_OP] = { SV_ALG_CBC, do_cbc_enc },
	[SV_OP_CBC_DEC - FIRST_OP] = { SV_ALG_CBC, do_cbc_dec },
	[SV_OP_CTR - FIRST_OP] = { SV_ALG_CTR, do_ctr },
	[SV_OP_XTS_ENC - FIRST_OP] = { SV_ALG_XTS, do_xts_enc },
	[SV_OP_XTS_DEC - FIRST_OP] = { SV_ALG_XTS, do_xts_dec },
	[SV_OP_GCM_SEAL - FIRST_OP] = { SV_ALG_GCM, do_gcm_seal },
	[SV_OP_GCM_OPEN - FIRST_OP] = { SV_ALG_GCM, do_gcm_open },
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

static bool lengths_fit(const struct sv_vault_request *r, const struct rule *rule)
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

static enum sv_status judge_and_run(struct sv_vault_request *r, const struct rule *rule)
{
	const struct sv_slot_hdr *h = &r->hdr;
	const struct sv_keystore_entry *key;
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

/* SECURITY: the host picks op; the mask binds speculation to the table. */
enum sv_status sv_ops_data(struct sv_vault_request *r)
{
	u32 i = (u32)r->hdr.op - FIRST_OP;

	if (i >= NR_OPS)
		return SV_ST_BAD_OP;
	i &= NR_OPS - 1;
	if (!rules[i].run)
		return SV_ST_BAD_OP;
	if (sv_ops_has_reserved_bits(&r->hdr))
		return SV_ST_BAD_FLAGS;
	return judge_and_run(r, &rules[i]);
}

u64 sv_ops_data_served(void)
{
	u64 ops = 0;
	u32 i;

	for (i = 0; i < NR_OPS; i++)
		if (rules[i].run)
			ops |= 1ULL << (FIRST_OP + i);
	return ops;
}

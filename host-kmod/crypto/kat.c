// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "crypto/kat.h"
#include "compat.h"
#include "complain.h"
#include "crypto/kat_table.h"
#include "crypto/keyslot.h"
#include "vault/dev.h"

#include <linux/completion.h>
#include <linux/err.h>
#include <linux/slab.h>
#include <linux/string.h>

/* The bytes of a row of the table. */
struct known {
	u32 key_len, iv_len, aad_len, text_len, tag_len, next_iv_len;
	u8 key[SV_KEY_MAX];
	u8 iv[SV_IV_LEN];
	u8 next_iv[SV_IV_LEN];
	u8 aad[SV_KAT_AAD_MAX];
	u8 text[SV_KAT_TEXT_MAX];
	u8 want[SV_KAT_TEXT_MAX + SV_KAT_TAG_LEN];
};

/* A request and its answer. @data: aad, text, tag; the answer comes to the same place. */
struct question {
	struct crypto_async_request base;
	struct sv_req req;
	struct scatterlist sg;
	struct completion is_answered;
	int err;
	u8 next_iv[SV_IV_LEN];
	u8 data[SV_KAT_AAD_MAX + SV_KAT_TEXT_MAX + SV_KAT_TAG_LEN];
};

/* Heap: requests and scatterlists cannot be on a stack. */
struct exam {
	struct known known;
	struct question question;
};

static const struct {
	const char *name;
	u8 seal_op;
	u8 open_op;
} algs[] = {
	[SV_ALG_ECB] = { "ECB", SV_OP_ECB_ENC, SV_OP_ECB_DEC },
	[SV_ALG_CBC] = { "CBC", SV_OP_CBC_ENC, SV_OP_CBC_DEC },
	[SV_ALG_CTR] = { "CTR", SV_OP_CTR, SV_OP_CTR },
	[SV_ALG_XTS] = { "XTS", SV_OP_XTS_ENC, SV_OP_XTS_DEC },
	[SV_ALG_GCM] = { "GCM", SV_OP_GCM_SEAL, SV_OP_GCM_OPEN },
	[SV_ALG_RFC4106] = { "RFC 4106", SV_OP_GCM_SEAL, SV_OP_GCM_OPEN },
};

static_assert(ARRAY_SIZE(algs) == SV_ALG_END);

static u32 unhex(u8 *bytes, u32 max, const char *hex)
{
	u32 len = hex ? strlen(hex) / 2 : 0;

	return !len || WARN_ON(len > max || hex2bin(bytes, hex, len)) ? 0 : len;
}

static void read_row(struct known *k, const struct sv_kat *row)
{
	memset(k, 0, sizeof(*k));
	k->key_len = unhex(k->key, sizeof(k->key), row->key);
	k->iv_len = unhex(k->iv, sizeof(k->iv), row->iv);
	k->next_iv_len = unhex(k->next_iv, sizeof(k->next_iv), row->next_iv);
	k->aad_len = unhex(k->aad, sizeof(k->aad), row->aad);
	k->text_len = unhex(k->text, sizeof(k->text), row->text);
	k->tag_len = unhex(k->want, sizeof(k->want), row->want) - k->text_len;
}

static void answered(sv_completion_arg *arg, int err)
{
	struct question *a = sv_completion_data(arg);

	if (err == -EINPROGRESS)
		return;
	a->err = err;
	complete(&a->is_answered);
}

/* What the vault makes of @text, and of the tag if there is one. The error of the request. */
static int ask(struct question *a, struct sv_queue *q, struct sv_key *key, const struct known *k,
	       u8 op, const u8 *text, u32 len)
{
	struct sv_req *r = &a->req;
	int ret;

	memset(a, 0, sizeof(*a));
	memcpy(a->data, k->aad, k->aad_len);
	memcpy(a->data + k->aad_len, text, len);
	sg_init_one(&a->sg, a->data, sizeof(a->data));
	init_completion(&a->is_answered);
	a->base.complete = answered;
	a->base.data = a;
	a->base.flags = CRYPTO_TFM_REQ_MAY_BACKLOG;
	r->base = &a->base;
	r->key = key;
	r->src = &a->sg;
	r->dst = &a->sg;
	r->iv_out = k->next_iv_len ? a->next_iv : NULL;
	r->aad_len = k->aad_len;
	r->text_off = k->aad_len;
	r->text_len = k->text_len;
	r->op = op;
	r->tag_len = k->tag_len;
	memcpy(r->iv, k->iv, k->iv_len);

	sv_key_get(key);
	ret = sv_queue_submit(q, r);
	if (ret != -EINPROGRESS && ret != -EBUSY) {
		sv_key_put(key);
		return ret;
	}
	/* It ends: each request does, vault or not. */
	wait_for_completion(&a->is_answered);
	return a->err;
}

static bool is_answer(const struct question *a, const struct known *k, const u8 *text, u32 len)
{
	return !memcmp(a->data + k->aad_len, text, len) &&
	       !memcmp(a->next_iv, k->next_iv, k->next_iv_len);
}

/* What is wrong with this vault's answers to @row, or NULL. */
static const char *examine(struct exam *e, struct sv_queue *q, struct sv_key *key,
			   const struct sv_kat *row)
{
	struct question *a = &e->question;
	struct known *k = &e->known;
	u32 want_len = k->text_len + k->tag_len;

	if (ask(a, q, key, k, algs[row->alg].seal_op, k->text, k->text_len) ||
	    !is_answer(a, k, k->want, want_len))
		return "encryption";
	if (ask(a, q, key, k, algs[row->alg].open_op, k->want, want_len) ||
	    !is_answer(a, k, k->text, k->text_len))
		return "decryption";
	if (!k->tag_len)
		return NULL;
	k->want[want_len - 1] ^= 1;
	if (ask(a, q, key, k, algs[row->alg].open_op, k->want, want_len) != -EBADMSG)
		return "refusal of a wrong tag";
	k->want[want_len - 1] ^= 1;
	return NULL;
}

static int run_row(struct sv_dev *dev, struct exam *e, const struct sv_kat *row)
{
	const char *bad = NULL;
	struct sv_key *key;
	u32 i;

	read_row(&e->known, row);
	key = sv_key_load_to(dev, row->alg, 0, e->known.key, e->known.key_len);
	if (IS_ERR(key))
		bad = "key";
	for (i = 0; !bad && i < dev->nr_queues; i++)
		bad = examine(e, dev->queue[i], key, row);
	if (!IS_ERR(key))
		sv_key_put_sync(key);
	if (!bad)
		return 0;
	/* The death itself is told elsewhere. */
	if (sv_dev_is_dead(dev))
		return -EIO;
	sv_complain(dev->name, "do not use this vault image on this machine",
		    "the vault does not give the known answers: %s, %u-byte key: %s",
		    algs[row->alg].name, e->known.key_len, bad);
	return -EPROTO;
}

int sv_kat_run(struct sv_dev *dev)
{
	struct exam *e;
	int err = 0;
	u32 i;

	if (!sv_dev_takes_keys(dev))
		return 0;
	e = kzalloc(sizeof(*e), GFP_KERNEL);
	if (!e)
		return -ENOMEM;
	for (i = 0; !err && i < sv_nr_kats; i++)
		err = run_row(dev, e, &sv_kats[i]);
	kfree(e);
	return err;
}

// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "crypto/witness.h"
#include "compat.h"
#include "vault/dev.h"
#include "vault/key.h"
#include "vault/sgl.h"

#include <crypto/aead.h>
#include <crypto/algapi.h>
#include <crypto/skcipher.h>
#include <linux/err.h>
#include <linux/overflow.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

/*
 * One of @cipher and @aead.
 * @salt: of an RFC 4106 key
 * @has_answered: in place of a vault
 */
struct sv_witness {
	struct crypto_skcipher *cipher;
	struct crypto_aead *aead;
	u8 alg;
	u8 salt[SV_RFC4106_SALT_LEN];
	bool has_answered;
};

/*
 * The right answer to a request under way.
 * @base: what the queue completes
 * @user: what the request came with
 * @err, @iv: the request's result, and the iv handed back
 * @len:  of the answer: text, and tag when sealing
 * @data: additional data and answer, behind them room for the vault's answer
 */
struct sv_testimony {
	struct crypto_async_request base;
	struct crypto_async_request *user;
	struct sv_witness *witness;
	struct sv_req *req;
	int err;
	u32 len;
	u8 iv[SV_IV_LEN];
	u8 data[];
};

static const char *const names[] = {
	[SV_ALG_ECB] = "ecb(aes)",
	[SV_ALG_CBC] = "cbc(aes)",
	[SV_ALG_CTR] = "ctr(aes)",
	[SV_ALG_XTS] = "xts(aes)",
	[SV_ALG_GCM] = "gcm(aes)",
	[SV_ALG_RFC4106] = "gcm(aes)",
};

static_assert(ARRAY_SIZE(names) == SV_ALG_END);

/* All self-tests run in kernel threads of this name, and nothing else does. */
static bool is_self_test(void)
{
	return current->flags & PF_KTHREAD && !strcmp(current->comm, "cryptomgr_test");
}

static bool is_aead(u8 alg)
{
	return alg == SV_ALG_GCM || alg == SV_ALG_RFC4106;
}

struct sv_witness *sv_witness_create(u8 alg)
{
	struct sv_witness *w;
	int err;

	if (!is_self_test())
		return NULL;
	w = kzalloc(sizeof(*w), GFP_KERNEL);
	if (!w)
		return NULL;
	w->alg = alg;
	/* Synchronous ones: never ours. */
	if (is_aead(alg)) {
		w->aead = crypto_alloc_aead(names[alg], 0, CRYPTO_ALG_ASYNC);
		err = PTR_ERR_OR_ZERO(w->aead);
	} else {
		w->cipher = crypto_alloc_skcipher(names[alg], 0, CRYPTO_ALG_ASYNC);
		err = PTR_ERR_OR_ZERO(w->cipher);
	}
	if (!err)
		return w;
	pr_warn_ratelimited("no %s to hold the vault's against (error %d)\n", names[alg], err);
	kfree(w);
	return NULL;
}

void sv_witness_destroy(struct sv_witness *w)
{
	if (!w)
		return;
	if (w->has_answered)
		pr_warn_ratelimited("the vault left a self-test, the kernel's own %s answered the rest\n",
				    names[w->alg]);
	if (w->aead)
		crypto_free_aead(w->aead);
	else
		crypto_free_skcipher(w->cipher);
	kfree_sensitive(w);
}

int sv_witness_set_key(struct sv_witness *w, u8 flags, const u8 *key, u32 len)
{
	if (w->cipher) {
		crypto_skcipher_clear_flags(w->cipher, CRYPTO_TFM_REQ_FORBID_WEAK_KEYS);
		if (flags & SV_KEY_F_FORBID_WEAK)
			crypto_skcipher_set_flags(w->cipher, CRYPTO_TFM_REQ_FORBID_WEAK_KEYS);
		return crypto_skcipher_setkey(w->cipher, key, len);
	}
	if (w->alg == SV_ALG_RFC4106) {
		if (len < sizeof(w->salt))
			return -EINVAL;
		len -= sizeof(w->salt);
		memcpy(w->salt, key + len, sizeof(w->salt));
	}
	return crypto_aead_setkey(w->aead, key, len);
}

static gfp_t gfp_of(const struct sv_req *r)
{
	return r->base->flags & CRYPTO_TFM_REQ_MAY_SLEEP ? GFP_KERNEL : GFP_ATOMIC;
}

static bool is_open(u8 op)
{
	return op == SV_OP_ECB_DEC || op == SV_OP_CBC_DEC || op == SV_OP_XTS_DEC ||
	       op == SV_OP_GCM_OPEN;
}

static int run_cipher(struct sv_testimony *t, struct scatterlist *sg)
{
	struct crypto_skcipher *tfm = t->witness->cipher;
	struct skcipher_request *req;
	int err;

	req = skcipher_request_alloc(tfm, gfp_of(t->req));
	if (!req)
		return -ENOMEM;
	skcipher_request_set_callback(req, 0, NULL, NULL);
	skcipher_request_set_crypt(req, sg, sg, t->req->text_len, t->iv);
	err = is_open(t->req->op) ? crypto_skcipher_decrypt(req) : crypto_skcipher_encrypt(req);
	skcipher_request_free(req);
	return err;
}

static int run_aead(struct sv_testimony *t, struct scatterlist *sg)
{
	const struct sv_witness *w = t->witness;
	const struct sv_req *r = t->req;
	struct aead_request *req;
	u8 iv[SV_GCM_IV_LEN];
	int err;

	if (w->alg == SV_ALG_RFC4106) {
		memcpy(iv, w->salt, sizeof(w->salt));
		memcpy(iv + sizeof(w->salt), r->iv, SV_RFC4106_IV_LEN);
	} else {
		memcpy(iv, r->iv, sizeof(iv));
	}
	err = crypto_aead_setauthsize(w->aead, r->tag_len);
	if (err)
		return err;
	req = aead_request_alloc(w->aead, gfp_of(r));
	if (!req)
		return -ENOMEM;
	aead_request_set_callback(req, 0, NULL, NULL);
	aead_request_set_ad(req, r->aad_len);
	aead_request_set_crypt(req, sg, sg,
			       is_open(r->op) ? r->text_len + r->tag_len : r->text_len, iv);
	err = is_open(r->op) ? crypto_aead_decrypt(req) : crypto_aead_encrypt(req);
	aead_request_free(req);
	return err;
}

static void read_request(struct sv_testimony *t)
{
	const struct sv_req *r = t->req;
	u8 *text = t->data + r->aad_len;

	sv_sgl_read(t->data, r->src, 0, r->aad_len);
	sv_sgl_read(text, r->src, r->text_off, r->text_len);
	if (r->op == SV_OP_GCM_OPEN)
		sv_sgl_read(text + r->text_len, r->src, r->text_off + r->text_len, r->tag_len);
	memcpy(t->iv, r->iv, sizeof(t->iv));
}

static bool is_right(struct sv_testimony *t, int err)
{
	const struct sv_req *r = t->req;
	u8 *want = t->data + r->aad_len;
	u8 *got = want + r->text_len + r->tag_len;

	if (err || t->err)
		return err == t->err;
	sv_sgl_read(got, r->dst, r->text_off, t->len);
	return !memcmp(got, want, t->len) &&
	       (!r->iv_out || !memcmp(r->iv_out, t->iv, sizeof(t->iv)));
}

int sv_witness_answer(struct sv_testimony *t)
{
	const struct sv_req *r = t->req;
	int err = t->err;

	t->witness->has_answered = true;
	if (!err) {
		sv_sgl_write(r->dst, r->text_off, t->data + r->aad_len, t->len);
		if (r->iv_out)
			memcpy(r->iv_out, t->iv, sizeof(t->iv));
	}
	kfree(t);
	return err;
}

/* In place of the user's completion. The queue still has its reference to the key. */
static void completed(sv_completion_arg *arg, int err)
{
	struct sv_testimony *t = sv_completion_data(arg);
	struct crypto_async_request *user = t->user;

	if (err == -EINPROGRESS) {
		/* It left the backlog, no more. */
	} else if (is_right(t, err)) {
		kfree(t);
	} else if (err == -ETIMEDOUT) {
		/* It waited for a slot in vain: the vault has not seen it. */
		err = sv_witness_answer(t);
	} else {
		/* Nothing happens to one that is dead already. */
		sv_dev_kill(t->req->key->dev, "its answer to a self-test of the kernel is wrong");
		err = sv_witness_answer(t);
	}
	crypto_request_complete(user, err);
}

struct sv_testimony *sv_witness_hear(struct sv_witness *w, struct sv_req *r)
{
	size_t len = size_add(r->aad_len, 2 * size_add(r->text_len, r->tag_len));
	struct sv_testimony *t;
	struct scatterlist sg;

	t = kzalloc(struct_size(t, data, len), gfp_of(r));
	if (!t)
		return NULL;
	t->witness = w;
	t->req = r;
	t->user = r->base;
	t->len = r->op == SV_OP_GCM_SEAL ? r->text_len + r->tag_len : r->text_len;
	read_request(t);
	sg_init_one(&sg, t->data, r->aad_len + r->text_len + r->tag_len);
	t->err = w->aead ? run_aead(t, &sg) : run_cipher(t, &sg);
	if (t->err == -ENOMEM) {
		kfree(t);
		return NULL;
	}
	t->base.complete = completed;
	t->base.data = t;
	t->base.flags = r->base->flags;
	r->base = &t->base;
	return t;
}

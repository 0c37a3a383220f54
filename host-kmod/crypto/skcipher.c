// SPDX-License-Identifier: GPL-2.0
/*
 * ecb, cbc, ctr and xts(aes) in the vault. One table, one setkey, one request builder. Text
 * longer than a slot runs as consecutive parts (queue.c).
 */
#include "crypto/explain.h"
#include "crypto/keyslot.h"
#include "crypto/kind.h"
#include "vault/queue.h"
#include "vault/sgl.h"

#include <crypto/aes.h>
#include <crypto/internal/skcipher.h>
#include <linux/err.h>
#include <linux/fips.h>
#include <linux/module.h>

enum {
	DRIVER_PRIORITY = 50,	/* below generic: reached by driver name only */
};

/*
 * @len_min:  shortest text
 * @len_unit: text must be a multiple of this
 * @chains:   the iv for the next request is handed back
 */
struct sv_skcipher {
	struct skcipher_alg alg;
	u8 key_alg;
	u8 enc_op;
	u8 dec_op;
	u8 len_min;
	u8 len_unit;
	bool chains;
};

static const struct sv_skcipher *cipher_of(struct crypto_skcipher *tfm)
{
	return container_of(crypto_skcipher_alg(tfm), struct sv_skcipher, alg);
}

static int init_tfm(struct crypto_skcipher *tfm)
{
	crypto_skcipher_set_reqsize(tfm, sizeof(struct sv_req));
	sv_keyslot_init(crypto_skcipher_ctx(tfm), cipher_of(tfm)->key_alg);
	return 0;
}

static void exit_tfm(struct crypto_skcipher *tfm)
{
	sv_keyslot_exit(crypto_skcipher_ctx(tfm));
}

/* What the keys of @c may be long, or NULL if @len is fine. */
static const char *judge_key_len(const struct sv_skcipher *c, u32 len)
{
	if (c->key_alg != SV_ALG_XTS)
		return aes_check_keylen(len) ? "16, 24 or 32" : NULL;
	if (fips_enabled)
		return len != 32 && len != 64 ? "32 or 64" : NULL;
	return len % 2 || aes_check_keylen(len / 2) ? "32, 48 or 64" : NULL;
}

static int setkey(struct crypto_skcipher *tfm, const u8 *key, unsigned int len)
{
	struct crypto_tfm *base = crypto_skcipher_tfm(tfm);
	const struct sv_skcipher *c = cipher_of(tfm);
	const char *lens = judge_key_len(c, len);
	u8 flags = 0;
	int err;

	if (lens)
		return sv_explain_key_len(base, len, lens);
	if (fips_enabled || (crypto_skcipher_get_flags(tfm) & CRYPTO_TFM_REQ_FORBID_WEAK_KEYS))
		flags = SV_KEY_F_FORBID_WEAK;
	err = sv_keyslot_set(crypto_skcipher_ctx(tfm), c->key_alg, flags, key, len);
	return sv_explain_key(base, err);
}

static int submit(struct skcipher_request *req, u8 op)
{
	struct crypto_skcipher *tfm = crypto_skcipher_reqtfm(req);
	const struct sv_skcipher *c = cipher_of(tfm);
	struct sv_req *r = skcipher_request_ctx(req);
	u32 ivsize = crypto_skcipher_ivsize(tfm);

	if (req->cryptlen < c->len_min || req->cryptlen % c->len_unit)
		return -EINVAL;
	if (!req->cryptlen)
		return 0;
	if (!sv_sgl_covers(req->src, req->cryptlen) || !sv_sgl_covers(req->dst, req->cryptlen))
		return -EINVAL;

	memset(r, 0, sizeof(*r));
	r->base = &req->base;
	r->src = req->src;
	r->dst = req->dst;
	r->text_len = req->cryptlen;
	r->op = op;
	r->can_split = true;
	memcpy(r->iv, req->iv, ivsize);
	if (c->chains)
		r->iv_out = req->iv;
	return sv_keyslot_submit(crypto_skcipher_ctx(tfm), r);
}

static int encrypt(struct skcipher_request *req)
{
	return submit(req, cipher_of(crypto_skcipher_reqtfm(req))->enc_op);
}

static int decrypt(struct skcipher_request *req)
{
	return submit(req, cipher_of(crypto_skcipher_reqtfm(req))->dec_op);
}

/* What all rows have in common. */
#define SV_SKCIPHER(_name, _block, _iv, _key_min, _key_max)			\
	.alg = {								\
		.base.cra_name = _name "(aes)",					\
		.base.cra_driver_name = _name "_aes_sevault",			\
		.base.cra_priority = DRIVER_PRIORITY,				\
		.base.cra_flags = CRYPTO_ALG_ASYNC | CRYPTO_ALG_KERN_DRIVER_ONLY, \
		.base.cra_blocksize = _block,					\
		.base.cra_ctxsize = sizeof(struct sv_keyslot),			\
		.base.cra_module = THIS_MODULE,					\
		.init = init_tfm,						\
		.exit = exit_tfm,						\
		.setkey = setkey,						\
		.encrypt = encrypt,						\
		.decrypt = decrypt,						\
		.min_keysize = _key_min,					\
		.max_keysize = _key_max,					\
		.ivsize = _iv,							\
		.chunksize = AES_BLOCK_SIZE,					\
	}

static struct sv_skcipher ciphers[] = {
	{
		SV_SKCIPHER("ecb", AES_BLOCK_SIZE, 0, AES_MIN_KEY_SIZE, AES_MAX_KEY_SIZE),
		.key_alg = SV_ALG_ECB,
		.enc_op = SV_OP_ECB_ENC,
		.dec_op = SV_OP_ECB_DEC,
		.len_unit = AES_BLOCK_SIZE,
	}, {
		SV_SKCIPHER("cbc", AES_BLOCK_SIZE, SV_IV_LEN, AES_MIN_KEY_SIZE, AES_MAX_KEY_SIZE),
		.key_alg = SV_ALG_CBC,
		.enc_op = SV_OP_CBC_ENC,
		.dec_op = SV_OP_CBC_DEC,
		.len_unit = AES_BLOCK_SIZE,
		.chains = true,
	}, {
		SV_SKCIPHER("ctr", 1, SV_IV_LEN, AES_MIN_KEY_SIZE, AES_MAX_KEY_SIZE),
		.key_alg = SV_ALG_CTR,
		.enc_op = SV_OP_CTR,
		.dec_op = SV_OP_CTR,
		.len_unit = 1,
		.chains = true,
	}, {
		SV_SKCIPHER("xts", AES_BLOCK_SIZE, SV_IV_LEN, 2 * AES_MIN_KEY_SIZE,
			    2 * AES_MAX_KEY_SIZE),
		.key_alg = SV_ALG_XTS,
		.enc_op = SV_OP_XTS_ENC,
		.dec_op = SV_OP_XTS_DEC,
		.len_min = AES_BLOCK_SIZE,
		.len_unit = 1,
	},
};

static struct crypto_alg *base(u32 i)
{
	return &ciphers[i].alg.base;
}

static int add(u32 i)
{
	return crypto_register_skcipher(&ciphers[i].alg);
}

static void del(u32 i)
{
	crypto_unregister_skcipher(&ciphers[i].alg);
}

static bool has_other(u32 i)
{
	const char *name = ciphers[i].alg.base.cra_name;
	struct crypto_skcipher *tfm = crypto_alloc_skcipher(name, 0, CRYPTO_ALG_ASYNC);

	if (IS_ERR(tfm))
		return false;
	crypto_free_skcipher(tfm);
	return true;
}

const struct sv_alg_kind sv_skcipher_kind = {
	.nr = ARRAY_SIZE(ciphers),
	.base = base,
	.add = add,
	.del = del,
	.has_other = has_other,
};

// SPDX-License-Identifier: GPL-2.0
/*
 * gcm(aes) and rfc4106(gcm(aes)) in the vault. A request is one slot: additional data, text and tag
 * together are bounded by it (64 KiB of text, about 4 KiB for the rest), longer ones get -EMSGSIZE.
 */
#include "crypto/explain.h"
#include "crypto/keyslot.h"
#include "crypto/kind.h"
#include "vault/queue.h"
#include "vault/sgl.h"

#include <crypto/aes.h>
#include <crypto/gcm.h>
#include <crypto/internal/aead.h>
#include <linux/err.h>
#include <linux/module.h>

enum {
	DRIVER_PRIORITY = 50,	/* below generic: reached by driver name only */
};

struct sv_aead {
	struct aead_alg alg;
	u8 key_alg;
	u8 salt_len;	/* bytes behind the AES key */
	u8 esp_iv_len;	/* bytes at the end of the associated data that are the iv again */
};

static const struct sv_aead *cipher_of(struct crypto_aead *tfm)
{
	return container_of(crypto_aead_alg(tfm), struct sv_aead, alg);
}

static int init_tfm(struct crypto_aead *tfm)
{
	crypto_aead_set_reqsize(tfm, sizeof(struct sv_req));
	sv_keyslot_init(crypto_aead_ctx(tfm), cipher_of(tfm)->key_alg);
	return 0;
}

static void exit_tfm(struct crypto_aead *tfm)
{
	sv_keyslot_exit(crypto_aead_ctx(tfm));
}

static int setkey(struct crypto_aead *tfm, const u8 *key, unsigned int len)
{
	struct crypto_tfm *base = crypto_aead_tfm(tfm);
	const struct sv_aead *c = cipher_of(tfm);
	int err;

	if (len < c->salt_len || aes_check_keylen(len - c->salt_len))
		return sv_explain_key_len(base, len, c->salt_len ? "20, 28 or 36" : "16, 24 or 32");
	err = sv_keyslot_set(crypto_aead_ctx(tfm), c->key_alg, 0, key, len);
	return sv_explain_key(base, err);
}

static int gcm_setauthsize(struct crypto_aead *tfm, unsigned int authsize)
{
	return crypto_gcm_check_authsize(authsize);
}

static int rfc4106_setauthsize(struct crypto_aead *tfm, unsigned int authsize)
{
	return crypto_rfc4106_check_authsize(authsize);
}

/* Are the lists as long as the request says? @text_len without tag. */
static bool lists_cover(struct aead_request *req, u8 op, u64 text_len, u32 tag_len)
{
	u64 len = req->assoclen + text_len;
	bool is_seal = op == SV_OP_GCM_SEAL;

	return sv_sgl_covers(req->src, is_seal ? len : len + tag_len) &&
	       sv_sgl_covers(req->dst, is_seal ? len + tag_len : len);
}

static int submit(struct aead_request *req, u8 op, u64 text_len)
{
	struct crypto_aead *tfm = crypto_aead_reqtfm(req);
	const struct sv_aead *c = cipher_of(tfm);
	struct sv_req *r = aead_request_ctx(req);
	u32 tag_len = crypto_aead_authsize(tfm);
	int ret;

	if (c->esp_iv_len) {
		ret = crypto_ipsec_check_assoclen(req->assoclen);
		if (ret)
			return ret;
	}
	if (!lists_cover(req, op, text_len, tag_len))
		return -EINVAL;

	memset(r, 0, sizeof(*r));
	r->base = &req->base;
	r->src = req->src;
	r->dst = req->dst;
	r->aad_len = req->assoclen - c->esp_iv_len;
	r->text_off = req->assoclen;
	r->text_len = text_len;
	r->op = op;
	r->tag_len = tag_len;
	memcpy(r->iv, req->iv, crypto_aead_ivsize(tfm));
	return sv_keyslot_submit(crypto_aead_ctx(tfm), r);
}

static int encrypt(struct aead_request *req)
{
	return submit(req, SV_OP_GCM_SEAL, req->cryptlen);
}

static int decrypt(struct aead_request *req)
{
	u32 tag_len = crypto_aead_authsize(crypto_aead_reqtfm(req));

	/* The Crypto API has checked it, but an underflow here would be grave. */
	if (req->cryptlen < tag_len)
		return -EINVAL;
	return submit(req, SV_OP_GCM_OPEN, req->cryptlen - tag_len);
}

/* What all rows have in common. */
#define SV_AEAD(_name, _driver, _iv, _setauthsize)				\
	.alg = {								\
		.base.cra_name = _name,						\
		.base.cra_driver_name = _driver,				\
		.base.cra_priority = DRIVER_PRIORITY,				\
		.base.cra_flags = CRYPTO_ALG_ASYNC | CRYPTO_ALG_KERN_DRIVER_ONLY, \
		.base.cra_blocksize = 1,					\
		.base.cra_ctxsize = sizeof(struct sv_keyslot),			\
		.base.cra_module = THIS_MODULE,					\
		.init = init_tfm,						\
		.exit = exit_tfm,						\
		.setkey = setkey,						\
		.setauthsize = _setauthsize,					\
		.encrypt = encrypt,						\
		.decrypt = decrypt,						\
		.ivsize = _iv,							\
		.maxauthsize = SV_TAG_MAX,					\
		.chunksize = AES_BLOCK_SIZE,					\
	}

static struct sv_aead ciphers[] = {
	{
		SV_AEAD("gcm(aes)", "gcm_aes_sevault", SV_GCM_IV_LEN, gcm_setauthsize),
		.key_alg = SV_ALG_GCM,
	}, {
		SV_AEAD("rfc4106(gcm(aes))", "rfc4106_gcm_aes_sevault", SV_RFC4106_IV_LEN,
			rfc4106_setauthsize),
		.key_alg = SV_ALG_RFC4106,
		.salt_len = SV_RFC4106_SALT_LEN,
		.esp_iv_len = SV_RFC4106_IV_LEN,
	},
};

static struct crypto_alg *base(u32 i)
{
	return &ciphers[i].alg.base;
}

static int add(u32 i)
{
	return crypto_register_aead(&ciphers[i].alg);
}

static void del(u32 i)
{
	crypto_unregister_aead(&ciphers[i].alg);
}

static bool has_other(u32 i)
{
	const char *name = ciphers[i].alg.base.cra_name;
	struct crypto_aead *tfm = crypto_alloc_aead(name, 0, CRYPTO_ALG_ASYNC);

	if (IS_ERR(tfm))
		return false;
	crypto_free_aead(tfm);
	return true;
}

const struct sv_alg_kind sv_aead_kind = {
	.nr = ARRAY_SIZE(ciphers),
	.base = base,
	.add = add,
	.del = del,
	.has_other = has_other,
};

// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "selftest.h"
#include "selftest_kat.h"
#include "util.h"

/*
 * Lengths for the comparison with the portable engines: two of the widest
 * groups (32 blocks), then a group that is not full, then part of a block.
 */
enum {
	LONG_BLOCKS = 2 * 32 + 5,
	LONG_LEN = LONG_BLOCKS * SV_AES_BLOCK,
	ODD_LEN = LONG_LEN + 7,
};

static_assert((int)ODD_LEN <= (int)SV_SELFTEST_LEN, "work area");

static void fill(u8 *p, u32 step)
{
	u32 i;

	for (i = 0; i < SV_SELFTEST_LEN; i++)
		p[i] = (u8)(i * step + (i >> 8) * (step - 1));
}

static enum sv_status encrypt(const struct sv_aes_key *k, u8 *dst, const u8 *src, size_t len,
			      u8 iv[SV_AES_BLOCK])
{
	switch (k->alg) {
	case SV_ALG_ECB:
		return sv_ecb_encrypt(k, dst, src, len);
	case SV_ALG_CBC:
		return sv_cbc_encrypt(k, dst, src, len, iv);
	case SV_ALG_CTR:
		return sv_ctr_crypt(k, dst, src, len, iv);
	default:
		return sv_xts_encrypt(k, dst, src, len, iv, 0);
	}
}

static enum sv_status decrypt(const struct sv_aes_key *k, u8 *dst, const u8 *src, size_t len,
			      u8 iv[SV_AES_BLOCK])
{
	switch (k->alg) {
	case SV_ALG_ECB:
		return sv_ecb_decrypt(k, dst, src, len);
	case SV_ALG_CBC:
		return sv_cbc_decrypt(k, dst, src, len, iv);
	case SV_ALG_CTR:
		return sv_ctr_crypt(k, dst, src, len, iv);
	default:
		return sv_xts_decrypt(k, dst, src, len, iv, 0);
	}
}

/* Seal, open, then see that open refuses a tag with one bit changed. */
static bool check_gcm_kat(struct sv_selftest_work *w, const struct sv_kat *kat)
{
	u8 tag[SV_TAG_MAX];
	struct sv_gcm_req r = {
		.iv = kat->iv, .aad = sv_kat_aad, .aad_len = SV_KAT_AAD_LEN,
		.src = w->in, .dst = w->got, .len = kat->len,
		.tag = tag, .tag_len = sizeof(tag),
		.bounce = w->bounce, .bounce_len = sizeof(w->bounce),
	};

	if (sv_gcm_seal(&w->key, &r) != SV_ST_OK || !sv_memeq(tag, kat->want, sizeof(tag)))
		return false;
	r.src = w->got;
	if (sv_gcm_open(&w->key, &r) != SV_ST_OK || !sv_memeq(w->got, w->in, kat->len))
		return false;
	tag[SV_TAG_MAX - 1] ^= 1;
	return sv_gcm_open(&w->key, &r) == SV_ST_BAD_TAG;
}

static bool is_folded(const u8 *text, size_t len, const u8 want[SV_AES_BLOCK])
{
	u8 sum[SV_AES_BLOCK] = { 0 };
	size_t i;

	for (i = 0; i < len; i++)
		sum[i % SV_AES_BLOCK] ^= text[i];
	return sv_memeq(sum, want, sizeof(sum));
}

static bool check_kat(struct sv_selftest_work *w, const struct sv_engines *e,
		      const struct sv_kat *kat)
{
	u8 iv[SV_AES_BLOCK];

	if (sv_aes_key_set(&w->key, e, kat->alg, kat->key, kat->key_len) != SV_ST_OK)
		return false;
	fill(w->in, 1);
	if (kat->text)
		memcpy(w->in, kat->text, kat->len);
	if (kat->alg == SV_ALG_GCM)
		return check_gcm_kat(w, kat);

	memcpy(iv, kat->iv, sizeof(iv));
	if (encrypt(&w->key, w->got, w->in, kat->len, iv) != SV_ST_OK ||
	    !is_folded(w->got, kat->len, kat->want))
		return false;
	memcpy(iv, kat->iv, sizeof(iv));
	return decrypt(&w->key, w->got, w->got, kat->len, iv) == SV_ST_OK &&
	       sv_memeq(w->got, w->in, kat->len);
}

static bool check_kats(struct sv_selftest_work *w, const struct sv_engines *e)
{
	bool is_good = true;
	u32 i;

	for (i = 0; i < sv_nr_kats; i++)
		is_good &= check_kat(w, e, &sv_kats[i]);
	return is_good;
}

/*
 * One long message under both engines, there and back, the way back in place;
 * the chaining state left behind counts as well. The IV's lower half is all
 * ones, so that a counter carries into the upper one.
 */
static bool is_same(struct sv_selftest_work *w, size_t len)
{
	u8 iv_ref[SV_AES_BLOCK], iv[SV_AES_BLOCK];

	memset(iv_ref, 0xff, sizeof(iv_ref));
	iv_ref[0] = 0x5a;
	memcpy(iv, iv_ref, sizeof(iv));
	if (encrypt(&w->ref, w->want, w->in, len, iv_ref) != SV_ST_OK ||
	    encrypt(&w->key, w->got, w->in, len, iv) != SV_ST_OK ||
	    !sv_memeq(w->got, w->want, len) || !sv_memeq(iv, iv_ref, sizeof(iv)))
		return false;

	memset(iv, 0xff, sizeof(iv));
	iv[0] = 0x5a;
	return decrypt(&w->key, w->got, w->got, len, iv) == SV_ST_OK &&
	       sv_memeq(w->got, w->in, len) &&
	       (w->key.alg == SV_ALG_CTR || sv_memeq(iv, iv_ref, sizeof(iv)));
}

/* GCM's counter, started so that its 32 bits wrap. */
static bool is_ctr32_same(struct sv_selftest_work *w)
{
	u8 ctr_ref[SV_AES_BLOCK], ctr[SV_AES_BLOCK];

	memset(ctr_ref, 0xff, sizeof(ctr_ref));
	ctr_ref[SV_AES_BLOCK - 1] = 0xf0;
	memcpy(ctr, ctr_ref, sizeof(ctr));
	w->ref.aes->ctr32(&w->ref.data, w->want, w->in, LONG_BLOCKS, ctr_ref);
	w->key.aes->ctr32(&w->key.data, w->got, w->in, LONG_BLOCKS, ctr);
	return sv_memeq(w->got, w->want, LONG_LEN) && sv_memeq(ctr, ctr_ref, sizeof(ctr));
}

static bool compare_aes(struct sv_selftest_work *w, const struct sv_engines *ref,
			const struct sv_engines *e)
{
	bool is_good = true;
	size_t key_len, n;
	u32 alg;

	fill(w->in, 73);
	for (alg = SV_ALG_ECB; alg <= SV_ALG_XTS; alg++) {
		for (key_len = 16; key_len <= 32; key_len += 8) {
			n = alg == SV_ALG_XTS ? 2 * key_len : key_len;
			if (sv_aes_key_set(&w->ref, ref, alg, w->in, n) != SV_ST_OK ||
			    sv_aes_key_set(&w->key, e, alg, w->in, n) != SV_ST_OK)
				return false;
			n = alg == SV_ALG_CTR || alg == SV_ALG_XTS ? ODD_LEN : LONG_LEN;
			is_good &= is_same(w, n);
			if (alg == SV_ALG_CTR)
				is_good &= is_ctr32_same(w);
		}
	}
	return is_good;
}

static bool check_ghash_kat(struct sv_selftest_work *w, const struct sv_ghash_engine *g)
{
	u8 y[SV_GHASH_BLOCK] = { 0 };

	g->init(&w->key.ghash, sv_kat_ghash.h);
	g->update(&w->key.ghash, y, sv_kat_ghash.data, 2);
	return sv_memeq(y, sv_kat_ghash.want, sizeof(y));
}

/* Long enough for a full group, a rest, and a second call that chains. */
static bool compare_ghash(struct sv_selftest_work *w, const struct sv_ghash_engine *ref,
			  const struct sv_ghash_engine *g)
{
	u8 y_ref[SV_GHASH_BLOCK] = { 0 }, y[SV_GHASH_BLOCK] = { 0 };
	bool is_good = true;
	size_t n;

	fill(w->in, 73);
	ref->init(&w->ref.ghash, w->in + 16);
	g->init(&w->key.ghash, w->in + 16);
	for (n = 1; n <= LONG_BLOCKS; n += n < 4 ? 1 : 13) {
		ref->update(&w->ref.ghash, y_ref, w->in, n);
		g->update(&w->key.ghash, y, w->in, n);
		is_good &= sv_memeq(y, y_ref, sizeof(y));
	}
	return is_good;
}

static u32 test_ghash(struct sv_selftest_work *w, const struct sv_engine_list *list, u32 cpu)
{
	u32 health = 0;
	u32 i;

	for (i = 0; i < list->nr_ghash; i++) {
		const struct sv_ghash_engine *g = list->ghash[i];

		if ((g->cpu & ~cpu) == 0 && check_ghash_kat(w, g) &&
		    (i == 0 || compare_ghash(w, list->ghash[0], g)))
			health |= SV_GOOD_GHASH(g->id);
		else if (i == 0)
			break;
	}
	return health;
}

/* With the portable GHASH, for the GCM answers. */
static u32 test_aes(struct sv_selftest_work *w, const struct sv_engine_list *list, u32 cpu)
{
	struct sv_engines ref = { list->aes[0], list->ghash[0] };
	u32 health = 0;
	u32 i;

	for (i = 0; i < list->nr_aes; i++) {
		struct sv_engines e = { list->aes[i], list->ghash[0] };

		if ((e.aes->cpu & ~cpu) == 0 && check_kats(w, &e) &&
		    (i == 0 || compare_aes(w, &ref, &e)))
			health |= SV_GOOD_AES(e.aes->id);
		else if (i == 0)
			break;
	}
	return health;
}

u32 sv_selftest_run(struct sv_selftest_work *w, const struct sv_engine_list *list, u32 cpu)
{
	u32 health;

	if (!list->nr_aes || !list->nr_ghash)
		return 0;
	health = test_ghash(w, list, cpu);
	if (health)
		health |= test_aes(w, list, cpu);
	sv_wipe(w, sizeof(*w));
	return health;
}

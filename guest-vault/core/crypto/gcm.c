// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "gcm.h"
#include "util.h"

/* SP 800-38D, 5.2.1.1: 2^39 - 256 bits of text under one IV. */
static const u64 max_text = (1ULL << 36) - 32;

bool sv_gcm_tag_len_is_valid(size_t tag_len)
{
	return tag_len == 4 || tag_len == 8 || (tag_len >= 12 && tag_len <= SV_TAG_MAX);
}

/* State of one request. All of it is wiped at the end. */
struct gcm {
	u8 counter[SV_AES_BLOCK];
	u8 mask[SV_AES_BLOCK];	/* E_K(J0) */
	u8 y[SV_GHASH_BLOCK];
	u8 last[SV_AES_BLOCK];	/* a partial block, padded */
};

static enum sv_status check(const struct sv_aes_key *k, const struct sv_gcm_req *r)
{
	if (k->alg != SV_ALG_GCM)
		return SV_ST_BAD_ALG;
	if (r->len > max_text || !sv_gcm_tag_len_is_valid(r->tag_len))
		return SV_ST_BAD_LEN;
	return SV_ST_OK;
}

/* Hash @len bytes, padded with zeros to a block (SP 800-38D, 7.1, step 5). */
static void hash(const struct sv_aes_key *k, struct gcm *g, const u8 *data, size_t len)
{
	size_t rest = len % SV_GHASH_BLOCK;

	k->gh->update(&k->ghash, g->y, data, len / SV_GHASH_BLOCK);
	if (!rest)
		return;
	memset(g->last, 0, sizeof(g->last));
	memcpy(g->last, data + len - rest, rest);
	k->gh->update(&k->ghash, g->y, g->last, 1);
}

/* Counter block J0 for a 12-byte IV, its encryption, and the associated data. */
static void start(const struct sv_aes_key *k, const struct sv_gcm_req *r, struct gcm *g)
{
	memset(g, 0, sizeof(*g));
	memcpy(g->counter, r->iv, SV_GCM_IV_LEN);
	g->counter[SV_AES_BLOCK - 1] = 1;
	k->aes->ecb_enc(&k->data, g->mask, g->counter, 1);
	g->counter[SV_AES_BLOCK - 1] = 2;
	hash(k, g, r->aad, r->aad_len);
}

/* @dst may be shared: a partial block is completed in private memory. */
static void crypt(const struct sv_aes_key *k, struct gcm *g, u8 *dst, const u8 *src, size_t len)
{
	size_t rest = len % SV_AES_BLOCK;
	size_t whole = len - rest;

	k->aes->ctr32(&k->data, dst, src, whole / SV_AES_BLOCK, g->counter);
	if (!rest)
		return;
	memset(g->last, 0, sizeof(g->last));
	memcpy(g->last, src + whole, rest);
	k->aes->ctr32(&k->data, g->last, g->last, 1, g->counter);
	memcpy(dst + whole, g->last, rest);
}

static void finish(const struct sv_aes_key *k, const struct sv_gcm_req *r, struct gcm *g,
		   u8 tag[SV_TAG_MAX])
{
	u32 i;

	sv_store_be64(g->last, (u64)r->aad_len * 8);
	sv_store_be64(g->last + 8, (u64)r->len * 8);
	k->gh->update(&k->ghash, g->y, g->last, 1);
	for (i = 0; i < SV_TAG_MAX; i++)
		tag[i] = g->y[i] ^ g->mask[i];
}

/*
 * SECURITY: @dst may belong to the peer, who could change ciphertext between
 * its being written and its being hashed and so obtain a tag over text of his
 * choice. The ciphertext is therefore made and hashed in private memory, a
 * chunk that stays in the first-level cache at a time.
 */
enum sv_status sv_gcm_seal(const struct sv_aes_key *k, const struct sv_gcm_req *r)
{
	enum sv_status st = check(k, r);
	u8 tag[SV_TAG_MAX];
	struct gcm g;
	size_t at, n;

	if (st != SV_ST_OK)
		return st;
	if (r->bounce_len < SV_GCM_CHUNK)
		return SV_ST_BAD_LEN;

	start(k, r, &g);
	for (at = 0; at < r->len; at += n) {
		n = min_t(size_t, r->len - at, SV_GCM_CHUNK);
		crypt(k, &g, r->bounce, r->src + at, n);
		hash(k, &g, r->bounce, n);
		memcpy(r->dst + at, r->bounce, n);
	}
	finish(k, r, &g, tag);
	memcpy(r->tag, tag, r->tag_len);
	sv_wipe(&g, sizeof(g));
	return SV_ST_OK;
}

/*
 * SECURITY: the peer could change ciphertext after it was verified. What is
 * verified and what is decrypted is one private copy; so is the tag.
 */
enum sv_status sv_gcm_open(const struct sv_aes_key *k, const struct sv_gcm_req *r)
{
	enum sv_status st = check(k, r);
	u8 tag[SV_TAG_MAX], got[SV_TAG_MAX];
	struct gcm g;

	if (st != SV_ST_OK)
		return st;
	if (r->bounce_len < r->len)
		return SV_ST_BAD_LEN;

	memcpy(r->bounce, r->src, r->len);
	memcpy(got, r->tag, r->tag_len);
	/* From here on the compiler has no way back to what was copied. */
	barrier();

	start(k, r, &g);
	hash(k, &g, r->bounce, r->len);
	finish(k, r, &g, tag);
	if (sv_memeq(tag, got, r->tag_len)) {
		crypt(k, &g, r->dst, r->bounce, r->len);
	} else {
		sv_wipe(r->bounce, r->len);
		st = SV_ST_BAD_TAG;
	}
	sv_wipe(&g, sizeof(g));
	sv_wipe(tag, sizeof(tag));
	return st;
}

// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "modes.h"
#include "util.h"
#include "xts_offset.h"

static bool key_len_is_valid(size_t len)
{
	return len == 16 || len == 24 || len == 32;
}

static void set_ghash(struct sv_aes_key *k)
{
	u8 h[SV_AES_BLOCK] = { 0 };

	k->aes->ecb_enc(&k->data, h, h, 1);
	k->gh->init(&k->ghash, h);
	sv_wipe(h, sizeof(h));
}

enum sv_status sv_aes_key_set(struct sv_aes_key *k, const struct sv_engines *e, u32 alg,
			      const u8 *key, size_t key_len)
{
	size_t len = alg == SV_ALG_XTS ? key_len / 2 : key_len;

	sv_aes_key_wipe(k);
	if (alg < SV_ALG_ECB || alg > SV_ALG_GCM)
		return SV_ST_BAD_ALG;
	if (!key_len_is_valid(len) || (alg == SV_ALG_XTS && key_len % 2))
		return SV_ST_BAD_KEYLEN;

	k->alg = alg;
	k->aes = e->aes;
	k->gh = e->ghash;
	k->aes->expand(&k->data, key, len);
	if (alg == SV_ALG_XTS)
		k->aes->expand(&k->tweak, key + len, len);
	if (alg == SV_ALG_GCM)
		set_ghash(k);
	return SV_ST_OK;
}

void sv_aes_key_wipe(struct sv_aes_key *k)
{
	sv_wipe(k, sizeof(*k));
}

bool sv_xts_key_is_weak(const u8 *key, size_t key_len)
{
	return sv_memeq(key, key + key_len / 2, key_len / 2);
}

static enum sv_status check(const struct sv_aes_key *k, u32 alg, size_t len)
{
	if (k->alg != alg)
		return SV_ST_BAD_ALG;
	return len % SV_AES_BLOCK ? SV_ST_BAD_LEN : SV_ST_OK;
}

enum sv_status sv_ecb_encrypt(const struct sv_aes_key *k, u8 *dst, const u8 *src, size_t len)
{
	enum sv_status st = check(k, SV_ALG_ECB, len);

	if (st == SV_ST_OK)
		k->aes->ecb_enc(&k->data, dst, src, len / SV_AES_BLOCK);
	return st;
}

enum sv_status sv_ecb_decrypt(const struct sv_aes_key *k, u8 *dst, const u8 *src, size_t len)
{
	enum sv_status st = check(k, SV_ALG_ECB, len);

	if (st == SV_ST_OK)
		k->aes->ecb_dec(&k->data, dst, src, len / SV_AES_BLOCK);
	return st;
}

enum sv_status sv_cbc_encrypt(const struct sv_aes_key *k, u8 *dst, const u8 *src, size_t len,
			      u8 iv[SV_AES_BLOCK])
{
	enum sv_status st = check(k, SV_ALG_CBC, len);

	if (st == SV_ST_OK)
		k->aes->cbc_enc(&k->data, dst, src, len / SV_AES_BLOCK, iv);
	return st;
}

enum sv_status sv_cbc_decrypt(const struct sv_aes_key *k, u8 *dst, const u8 *src, size_t len,
			      u8 iv[SV_AES_BLOCK])
{
	enum sv_status st = check(k, SV_ALG_CBC, len);

	if (st == SV_ST_OK)
		k->aes->cbc_dec(&k->data, dst, src, len / SV_AES_BLOCK, iv);
	return st;
}

enum sv_status sv_ctr_crypt(const struct sv_aes_key *k, u8 *dst, const u8 *src, size_t len,
			    u8 iv[SV_AES_BLOCK])
{
	size_t rest = len % SV_AES_BLOCK;
	size_t whole = len - rest;
	u8 last[SV_AES_BLOCK] = { 0 };

	if (k->alg != SV_ALG_CTR)
		return SV_ST_BAD_ALG;
	k->aes->ctr(&k->data, dst, src, whole / SV_AES_BLOCK, iv);
	if (!rest)
		return SV_ST_OK;

	memcpy(last, src + whole, rest);
	k->aes->ctr(&k->data, last, last, 1, iv);
	memcpy(dst + whole, last, rest);
	sv_wipe(last, sizeof(last));
	return SV_ST_OK;
}

static enum sv_status start_xts(const struct sv_aes_key *k, size_t len,
				const u8 iv[SV_AES_BLOCK], u64 block_offset,
				u8 tweak[SV_AES_BLOCK])
{
	if (k->alg != SV_ALG_XTS)
		return SV_ST_BAD_ALG;
	if (len < SV_AES_BLOCK)
		return SV_ST_BAD_LEN;
	k->aes->ecb_enc(&k->tweak, tweak, iv, 1);
	if (block_offset)
		sv_xts_tweak_skip(tweak, block_offset);
	return SV_ST_OK;
}

/*
 * Ciphertext stealing (IEEE 1619, 5.3.2 and 5.4.2). The last whole block and
 * the @rest bytes after it are copied first: each byte is read once, and in
 * place works. Decryption uses the last two tweaks in the other order.
 */
static void steal_encrypt(const struct sv_aes_key *k, u8 *dst, const u8 *src, size_t rest,
			  u8 tweak[SV_AES_BLOCK])
{
	u8 buf[2 * SV_AES_BLOCK];
	u8 tail[SV_AES_BLOCK];

	memcpy(buf, src, SV_AES_BLOCK + rest);
	k->aes->xts_enc(&k->data, tail, buf, 1, tweak);
	memcpy(buf, buf + SV_AES_BLOCK, rest);
	memcpy(buf + rest, tail + rest, SV_AES_BLOCK - rest);
	k->aes->xts_enc(&k->data, dst, buf, 1, tweak);
	memcpy(dst + SV_AES_BLOCK, tail, rest);
	sv_wipe(buf, sizeof(buf));
}

static void steal_decrypt(const struct sv_aes_key *k, u8 *dst, const u8 *src, size_t rest,
			  u8 tweak[SV_AES_BLOCK])
{
	u8 buf[2 * SV_AES_BLOCK];
	u8 tail[SV_AES_BLOCK];
	u8 last_tweak[SV_AES_BLOCK];

	memcpy(buf, src, SV_AES_BLOCK + rest);
	memcpy(last_tweak, tweak, SV_AES_BLOCK);
	sv_xts_tweak_skip(last_tweak, 1);
	k->aes->xts_dec(&k->data, tail, buf, 1, last_tweak);
	memcpy(buf, buf + SV_AES_BLOCK, rest);
	memcpy(buf + rest, tail + rest, SV_AES_BLOCK - rest);
	k->aes->xts_dec(&k->data, dst, buf, 1, tweak);
	memcpy(dst + SV_AES_BLOCK, tail, rest);
	sv_wipe(buf, sizeof(buf));
	sv_wipe(tail, sizeof(tail));
	sv_wipe(last_tweak, sizeof(last_tweak));
}

enum sv_status sv_xts_encrypt(const struct sv_aes_key *k, u8 *dst, const u8 *src, size_t len,
			      const u8 iv[SV_AES_BLOCK], u64 block_offset)
{
	u8 tweak[SV_AES_BLOCK];
	size_t rest = len % SV_AES_BLOCK;
	size_t nr = len / SV_AES_BLOCK - (rest != 0);
	enum sv_status st = start_xts(k, len, iv, block_offset, tweak);

	if (st != SV_ST_OK)
		return st;
	k->aes->xts_enc(&k->data, dst, src, nr, tweak);
	if (rest)
		steal_encrypt(k, dst + nr * SV_AES_BLOCK, src + nr * SV_AES_BLOCK, rest, tweak);
	sv_wipe(tweak, sizeof(tweak));
	return SV_ST_OK;
}

enum sv_status sv_xts_decrypt(const struct sv_aes_key *k, u8 *dst, const u8 *src, size_t len,
			      const u8 iv[SV_AES_BLOCK], u64 block_offset)
{
	u8 tweak[SV_AES_BLOCK];
	size_t rest = len % SV_AES_BLOCK;
	size_t nr = len / SV_AES_BLOCK - (rest != 0);
	enum sv_status st = start_xts(k, len, iv, block_offset, tweak);

	if (st != SV_ST_OK)
		return st;
	k->aes->xts_dec(&k->data, dst, src, nr, tweak);
	if (rest)
		steal_decrypt(k, dst + nr * SV_AES_BLOCK, src + nr * SV_AES_BLOCK, rest, tweak);
	sv_wipe(tweak, sizeof(tweak));
	return SV_ST_OK;
}

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef CORE_CRYPTO_MODES_H
#define CORE_CRYPTO_MODES_H

#include <sevault/wire.h>

#include "engine.h"

/*
 * An expanded key bound to one algorithm and to the engines that expanded it.
 * Storage is the caller's and 64-byte aligned; all of it is secret, and it is
 * wiped with sv_aes_key_wipe(). An all-zero (wiped) key belongs to no algorithm
 * and is refused by every function below. Constant after set-up: any number of
 * requests may use it at once.
 */
struct sv_aes_key {
	struct sv_aes_sched data;
	union {
		struct sv_aes_sched tweak;	/* XTS: Key2 */
		struct sv_ghash_key ghash;	/* GCM */
	};
	const struct sv_aes_engine *aes;
	const struct sv_ghash_engine *gh;
	u32 alg;		/* enum sv_alg, ECB to GCM; 0 when wiped */
};

/*
 * Expand @key for @alg, SV_ALG_ECB to SV_ALG_GCM (an RFC 4106 key is a GCM key
 * once its salt has been taken off). @key_len is 16, 24 or 32; for XTS 32, 48
 * or 64 (Key1 then Key2, each half as long; 48 is not in IEEE 1619 but in the
 * Crypto API). BAD_KEYLEN or BAD_ALG leaves @k wiped. Weak XTS keys are
 * accepted, see sv_xts_key_is_weak(). @key stays the caller's to wipe.
 */
enum sv_status __must_check sv_aes_key_set(struct sv_aes_key *k, const struct sv_engines *e,
					   u32 alg, const u8 *key, size_t key_len);

void sv_aes_key_wipe(struct sv_aes_key *k);

/*
 * True when both halves of an XTS key are equal (FIPS 140 IG C.I forbids it).
 * @key_len is even. Constant time.
 */
bool sv_xts_key_is_weak(const u8 *key, size_t key_len);

/*
 * For all functions below: @len counts bytes; @dst and @src are equal or do
 * not overlap, and may be memory shared with a hostile peer (each source byte
 * is read exactly once, nothing is read back). @iv is private memory.
 *
 * SV_ST_OK, or nothing was written: BAD_ALG for a key of another algorithm,
 * BAD_LEN for a length that the mode cannot process. ECB and CBC take multiples
 * of 16, CTR any length, all of them also 0.
 *
 * CBC and CTR leave in @iv what continues the chain, as the kernel's Crypto
 * API does: the last ciphertext block, or the counter after the last one used,
 * also if only part of its key stream was.
 */
enum sv_status __must_check sv_ecb_encrypt(const struct sv_aes_key *k, u8 *dst,
					   const u8 *src, size_t len);
enum sv_status __must_check sv_ecb_decrypt(const struct sv_aes_key *k, u8 *dst,
					   const u8 *src, size_t len);
enum sv_status __must_check sv_cbc_encrypt(const struct sv_aes_key *k, u8 *dst,
					   const u8 *src, size_t len, u8 iv[SV_AES_BLOCK]);
enum sv_status __must_check sv_cbc_decrypt(const struct sv_aes_key *k, u8 *dst,
					   const u8 *src, size_t len, u8 iv[SV_AES_BLOCK]);
enum sv_status __must_check sv_ctr_crypt(const struct sv_aes_key *k, u8 *dst,
					 const u8 *src, size_t len, u8 iv[SV_AES_BLOCK]);

/*
 * XTS (IEEE 1619) over @len >= 16 bytes, with ciphertext stealing when @len is
 * not a multiple of 16. The data starts @block_offset blocks after the start
 * of the data unit whose (unencrypted) tweak is @iv, so that a long unit can
 * be processed in parts: every part but the last a multiple of 16 bytes, the
 * last one at least 16 bytes long. @iv is not changed. Time depends on @len
 * and @block_offset.
 */
enum sv_status __must_check sv_xts_encrypt(const struct sv_aes_key *k, u8 *dst,
					   const u8 *src, size_t len,
					   const u8 iv[SV_AES_BLOCK], u64 block_offset);
enum sv_status __must_check sv_xts_decrypt(const struct sv_aes_key *k, u8 *dst,
					   const u8 *src, size_t len,
					   const u8 iv[SV_AES_BLOCK], u64 block_offset);

#endif /* CORE_CRYPTO_MODES_H */

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef CORE_CRYPTO_AES_H
#define CORE_CRYPTO_AES_H

#include <port.h>

enum sv_aes_limits {
	SV_AES_BLOCK = 16,
	SV_AES_MAX_ROUNDS = 14,
};

/*
 * One expanded AES key. The layout belongs to the engine that filled it: a
 * schedule must only be used with the engine whose expand() wrote it.
 *
 * @rk:     round keys in the byte order of FIPS 197, once for encryption and
 *          once for the equivalent inverse cipher (vector engines)
 * @planes: bit planes of each round key, repeated for four blocks (aes_ct)
 */
struct sv_aes_sched {
	union {
		struct {
			u8 enc[SV_AES_MAX_ROUNDS + 1][SV_AES_BLOCK];
			u8 dec[SV_AES_MAX_ROUNDS + 1][SV_AES_BLOCK];
		} rk;
		u64 planes[SV_AES_MAX_ROUNDS + 1][8];
	};
	u32 rounds;
} __aligned(64);

enum sv_aes_id {
	SV_AES_CT,
	SV_AES_NI,
	SV_AES_VAES256,
	SV_AES_VAES512,
};

/*
 * One implementation of AES. For every function but expand():
 *
 * - @nr counts whole 16-byte blocks and may be 0;
 * - @dst and @src are equal or do not overlap, at any alignment;
 * - @src and @dst may be memory that a hostile peer changes at the same time:
 *   each source block is read exactly once, each destination block written
 *   exactly once and never read back;
 * - the 16 bytes of chaining state (@iv, @ctr, @tweak) are private memory,
 *   read at entry and updated at exit, so that two calls in a row do what one
 *   call over the joined data would;
 * - nothing can fail, and time depends on @nr and the key's size alone.
 *
 * @cpu is the set of SV_CPU_* bits (engine.h) without which no function of the
 * engine may be called.
 */
struct sv_aes_engine {
	const char *name;
	enum sv_aes_id id;
	u32 cpu;

	/* @key_len is 16, 24 or 32. Time depends on it alone. */
	void (*expand)(struct sv_aes_sched *s, const u8 *key, size_t key_len);

	void (*ecb_enc)(const struct sv_aes_sched *s, u8 *dst, const u8 *src, size_t nr);
	void (*ecb_dec)(const struct sv_aes_sched *s, u8 *dst, const u8 *src, size_t nr);

	/* @iv becomes the last ciphertext block (SP 800-38A, 6.2). */
	void (*cbc_enc)(const struct sv_aes_sched *s, u8 *dst, const u8 *src, size_t nr,
			u8 iv[SV_AES_BLOCK]);
	void (*cbc_dec)(const struct sv_aes_sched *s, u8 *dst, const u8 *src, size_t nr,
			u8 iv[SV_AES_BLOCK]);

	/* The counter is all 128 bits, big endian; @ctr becomes the next one. */
	void (*ctr)(const struct sv_aes_sched *s, u8 *dst, const u8 *src, size_t nr,
		    u8 ctr[SV_AES_BLOCK]);
	/* The same with a counter of the last 32 bits only (SP 800-38D, 6.5). */
	void (*ctr32)(const struct sv_aes_sched *s, u8 *dst, const u8 *src, size_t nr,
		      u8 ctr[SV_AES_BLOCK]);

	/*
	 * XTS over whole blocks (IEEE 1619, 5.3.1 and 5.4.1). @tweak is the already
	 * encrypted tweak of the first block and becomes that of the block after
	 * the last one.
	 */
	void (*xts_enc)(const struct sv_aes_sched *s, u8 *dst, const u8 *src, size_t nr,
			u8 tweak[SV_AES_BLOCK]);
	void (*xts_dec)(const struct sv_aes_sched *s, u8 *dst, const u8 *src, size_t nr,
			u8 tweak[SV_AES_BLOCK]);
};

extern const struct sv_aes_engine sv_aes_ct;
extern const struct sv_aes_engine sv_aes_ni;
extern const struct sv_aes_engine sv_aes_vaes256;
extern const struct sv_aes_engine sv_aes_vaes512;

#endif /* CORE_CRYPTO_AES_H */

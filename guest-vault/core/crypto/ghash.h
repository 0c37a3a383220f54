/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef CORE_CRYPTO_GHASH_H
#define CORE_CRYPTO_GHASH_H

#include <port.h>

enum sv_ghash_limits {
	SV_GHASH_BLOCK = 16,
	SV_GHASH_POWERS = 32,
};

/*
 * Powers of the hash key, in the form and order of the engine that filled it;
 * only that engine may use it.
 */
struct sv_ghash_key {
	u8 h[SV_GHASH_POWERS][SV_GHASH_BLOCK];
} __aligned(64);

enum sv_ghash_id {
	SV_GHASH_CT,
	SV_GHASH_CLMUL,
	SV_GHASH_VCLMUL512,
};

/*
 * One implementation of GHASH (SP 800-38D, 6.4). @cpu as in struct
 * sv_aes_engine. Nothing can fail; time depends on @nr alone.
 */
struct sv_ghash_engine {
	const char *name;
	enum sv_ghash_id id;
	u32 cpu;

	/* @h is the hash subkey, E_K(0). */
	void (*init)(struct sv_ghash_key *k, const u8 h[SV_GHASH_BLOCK]);

	/*
	 * y = (...((y ^ data[0]) * H ^ data[1]) * H ...) * H over @nr whole blocks.
	 * @y is private memory; @data may be shared with a hostile peer, each block
	 * of it is read exactly once.
	 */
	void (*update)(const struct sv_ghash_key *k, u8 y[SV_GHASH_BLOCK], const u8 *data,
		       size_t nr);
};

extern const struct sv_ghash_engine sv_ghash_ct;
extern const struct sv_ghash_engine sv_ghash_clmul;
extern const struct sv_ghash_engine sv_ghash_vclmul512;

#endif /* CORE_CRYPTO_GHASH_H */

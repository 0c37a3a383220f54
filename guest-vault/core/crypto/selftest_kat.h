/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef CORE_CRYPTO_SELFTEST_KAT_H
#define CORE_CRYPTO_SELFTEST_KAT_H

#include <port.h>

/*
 * A published answer. @want is the tag for GCM, else the ciphertext folded: the
 * exclusive or of its blocks, the last one filled up with zeros. Without @text
 * the text is the bytes 0, 1, 2 ... modulo 256. Missing bytes of @iv are zero.
 */
struct sv_kat {
	u8 alg;
	u8 key_len;
	u16 len;
	u8 want[16];
	u8 iv[16];
	const u8 *key;
	const u8 *text;
};

extern const struct sv_kat sv_kats[];
extern const u32 sv_nr_kats;

enum { SV_KAT_AAD_LEN = 20 };

/* Associated data of the GCM answers. */
extern const u8 sv_kat_aad[SV_KAT_AAD_LEN];

/* GHASH of two blocks under a hash key. */
struct sv_kat_ghash {
	u8 h[16];
	u8 data[32];
	u8 want[16];
};

extern const struct sv_kat_ghash sv_kat_ghash;

#endif /* CORE_CRYPTO_SELFTEST_KAT_H */

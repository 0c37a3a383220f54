/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HOST_KMOD_CRYPTO_KAT_TABLE_H
#define HOST_KMOD_CRYPTO_KAT_TABLE_H

#include <linux/types.h>
#include <sevault/wire.h>

/*
 * A published answer, in hexadecimal digits; NULL is an empty field. @want: ciphertext, for GCM
 * with the tag behind it. @next_iv: what chaining modes hand back.
 */
struct sv_kat {
	enum sv_alg alg;
	const char *key;
	const char *iv;
	const char *aad;
	const char *text;
	const char *want;
	const char *next_iv;
};

enum {
	SV_KAT_AAD_MAX = 20,
	SV_KAT_TEXT_MAX = 64,
	SV_KAT_TAG_LEN = 16,
};

extern const struct sv_kat sv_kats[];
extern const u32 sv_nr_kats;

#endif /* HOST_KMOD_CRYPTO_KAT_TABLE_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* Drivers of one type of the Crypto API, as registration sees them. */
#ifndef HOST_KMOD_CRYPTO_KIND_H
#define HOST_KMOD_CRYPTO_KIND_H

#include <linux/crypto.h>
#include <linux/types.h>

/*
 * @nr drivers, which the functions take by number.
 * @has_other: is there a synchronous driver, hence not one of ours, for the same algorithm? Loads
 *             and registers it if need be.
 */
struct sv_alg_kind {
	u32 nr;
	struct crypto_alg *(*base)(u32 i);
	int (*add)(u32 i);
	void (*del)(u32 i);
	bool (*has_other)(u32 i);
};

/* skcipher.c, aead.c */
extern const struct sv_alg_kind sv_skcipher_kind;
extern const struct sv_alg_kind sv_aead_kind;

#endif /* HOST_KMOD_CRYPTO_KIND_H */

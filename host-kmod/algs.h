/* SPDX-License-Identifier: GPL-2.0 */
/* The Crypto API drivers, together. skcipher.c and aead.c have the single ones. */
#ifndef HOST_KMOD_ALGS_H
#define HOST_KMOD_ALGS_H

#include <linux/crypto.h>
#include <linux/types.h>

struct sv_dev;

/*
 * Register all drivers, once per life of the module, and say what became of their self-tests. Those
 * whose self-test a dying vault spoilt, and those whose turn did not come before @dev died, are
 * registered by the next call. Does nothing but say so when the parameter import is off. Sleeps
 * until the self-tests are over.
 */
void sv_algs_register(const struct sv_dev *dev);

/* All drivers, and those that can be used now. A snapshot, for information. */
u32 sv_algs_count(u32 *nr_usable);

/* Module exit only: no transform exists. */
void sv_algs_unregister(void);

/* Number of drivers of each kind, and their registration by number. */
u32 sv_skcipher_count(void);
struct crypto_alg *sv_skcipher_base(u32 i);
int sv_skcipher_register(u32 i);
void sv_skcipher_unregister(u32 i);

u32 sv_aead_count(void);
struct crypto_alg *sv_aead_base(u32 i);
int sv_aead_register(u32 i);
void sv_aead_unregister(u32 i);

#endif /* HOST_KMOD_ALGS_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* The Crypto API drivers, together. */
#ifndef HOST_KMOD_CRYPTO_ALGS_H
#define HOST_KMOD_CRYPTO_ALGS_H

#include <linux/crypto.h>
#include <linux/types.h>

struct sv_dev;

/*
 * Register all drivers, once per life of the module, and say what became of their self-tests. Those
 * whose self-test failed, and those whose turn did not come before @dev died, are registered by the
 * next call. Does nothing but say so when no clear keys are taken: the parameter import is off, or
 * the owner of @dev does not allow it. Sleeps until the self-tests are over.
 */
void sv_algs_register(struct sv_dev *dev);

/* All drivers, and those that can be used now. A snapshot, for information. */
u32 sv_algs_count(u32 *nr_usable);

/* Module exit only: no transform exists. */
void sv_algs_unregister(void);

#endif /* HOST_KMOD_CRYPTO_ALGS_H */

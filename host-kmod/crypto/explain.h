/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the log says when a user gets an error number only: why, and the next step. Never anything
 * of a key but its length. Rate-limited where users can repeat it at will.
 */
#ifndef HOST_KMOD_CRYPTO_EXPLAIN_H
#define HOST_KMOD_CRYPTO_EXPLAIN_H

struct crypto_tfm;

/* @err is what sv_keyslot_set() said to setkey of @tfm. Returns @err. */
int sv_explain_key(const struct crypto_tfm *tfm, int err);

/* A key of @len bytes was set where @lens, in words, would have been right. Returns -EINVAL. */
int sv_explain_key_len(const struct crypto_tfm *tfm, unsigned int len, const char *lens);

/* At load: why there are no drivers yet. */
void sv_explain_load(void);

void sv_explain_import_off(void);

/* The vault @name serves, but its owner allows no clear keys. */
void sv_explain_no_keys(const char *name);

#endif /* HOST_KMOD_CRYPTO_EXPLAIN_H */

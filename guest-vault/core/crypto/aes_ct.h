/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef CORE_CRYPTO_AES_CT_H
#define CORE_CRYPTO_AES_CT_H

#include "aes.h"

enum { SV_AES_CT_LANES = 4 };

/*
 * The block cipher below the portable engine. A block is two words as loaded
 * from memory, little endian; four blocks are processed in place. Time depends
 * on the size of the key alone.
 */
void sv_aes_ct_expand(struct sv_aes_sched *s, const u8 *key, size_t key_len);
void sv_aes_ct_encrypt4(const struct sv_aes_sched *s, u64 b[2 * SV_AES_CT_LANES]);
void sv_aes_ct_decrypt4(const struct sv_aes_sched *s, u64 b[2 * SV_AES_CT_LANES]);

#endif /* CORE_CRYPTO_AES_CT_H */

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef CORE_CRYPTO_X86_AES_X86_H
#define CORE_CRYPTO_X86_AES_X86_H

#include "../aes.h"

/*
 * The parts of the AES-NI engine that wider engines share: there is nothing to
 * gain from width in a key schedule, in a single block, or in a chain.
 * Contracts as in struct sv_aes_engine; they need SV_CPU_AES and SV_CPU_SSSE3.
 */
void sv_aes_x86_expand(struct sv_aes_sched *s, const u8 *key, size_t key_len);
void sv_aes_x86_encrypt1(const struct sv_aes_sched *s, u8 *dst, const u8 *src);
void sv_aes_x86_cbc_enc(const struct sv_aes_sched *s, u8 *dst, const u8 *src, size_t nr,
			u8 iv[SV_AES_BLOCK]);

#endif /* CORE_CRYPTO_X86_AES_X86_H */

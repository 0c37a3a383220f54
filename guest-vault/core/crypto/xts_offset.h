/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef CORE_CRYPTO_XTS_OFFSET_H
#define CORE_CRYPTO_XTS_OFFSET_H

#include "aes.h"

/*
 * Multiply an encrypted XTS tweak by alpha^@nr: the tweak of the block that
 * stands @nr blocks further on. Time depends on @nr, not on the tweak.
 */
void sv_xts_tweak_skip(u8 tweak[SV_AES_BLOCK], u64 nr);

/* The same for 1 <= @nr <= 57, on the two halves as little-endian words. */
static __always_inline void sv_xts_mul_alpha(u64 *high, u64 *low, u32 nr)
{
	u64 carry = *high >> (64 - nr);

	*high = *high << nr | *low >> (64 - nr);
	*low = *low << nr ^ carry ^ carry << 1 ^ carry << 2 ^ carry << 7;
}

#endif /* CORE_CRYPTO_XTS_OFFSET_H */

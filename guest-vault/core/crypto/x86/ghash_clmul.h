/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * What the carry-less multiplication engines share, compiled into each with its
 * own instruction set.
 *
 * They calculate POLYVAL (RFC 8452) over byte-reversed blocks, which needs no
 * bit reversal and no shift: by Appendix A there, GHASH(H, X) is the reverse of
 * POLYVAL(x * reverse(H), reverse(X)). The product of POLYVAL is
 * dot(a, b) = a * b * x^-128 modulo x^128 + x^127 + x^126 + x^121 + 1.
 */
#ifndef CORE_CRYPTO_X86_GHASH_CLMUL_H
#define CORE_CRYPTO_X86_GHASH_CLMUL_H

#include <tmmintrin.h>
#include <wmmintrin.h>

#include "../ghash.h"

static __always_inline __m128i load_reversed(const u8 *p)
{
	const __m128i order = _mm_set_epi64x(0x0001020304050607, 0x08090a0b0c0d0e0f);
	__m128i x = _mm_loadu_si128((const __m128i *)p);

	__asm__("" : "+x" (x));
	return _mm_shuffle_epi8(x, order);
}

static __always_inline void store_reversed(u8 *p, __m128i x)
{
	const __m128i order = _mm_set_epi64x(0x0001020304050607, 0x08090a0b0c0d0e0f);

	_mm_storeu_si128((__m128i *)p, _mm_shuffle_epi8(x, order));
}

/*
 * Divide @low + @mid * x^64 + @high * x^128 by x^128: twice add the multiple of
 * the modulus that clears the lowest 64 bits, and drop them.
 */
static __always_inline __m128i reduce(__m128i low, __m128i mid, __m128i high)
{
	const __m128i modulus = _mm_set_epi64x(0, 0xc200000000000000ULL);

	low = _mm_xor_si128(low, _mm_slli_si128(mid, 8));
	high = _mm_xor_si128(high, _mm_srli_si128(mid, 8));
	low = _mm_xor_si128(_mm_shuffle_epi32(low, 0x4e), _mm_clmulepi64_si128(low, modulus, 0x00));
	low = _mm_xor_si128(_mm_shuffle_epi32(low, 0x4e), _mm_clmulepi64_si128(low, modulus, 0x00));
	return _mm_xor_si128(high, low);
}

static __always_inline __m128i dot(__m128i a, __m128i b)
{
	return reduce(_mm_clmulepi64_si128(a, b, 0x00),
		      _mm_xor_si128(_mm_clmulepi64_si128(a, b, 0x01),
				    _mm_clmulepi64_si128(a, b, 0x10)),
		      _mm_clmulepi64_si128(a, b, 0x11));
}

/* x times the hash key: a shift by one and the modulus under a mask. */
static __always_inline __m128i load_hash_key(const u8 h[SV_GHASH_BLOCK])
{
	const __m128i modulus = _mm_set_epi64x(0xc200000000000000ULL, 1);
	__m128i x = load_reversed(h);
	__m128i top = _mm_srai_epi32(_mm_shuffle_epi32(x, 0xff), 31);
	__m128i carry = _mm_slli_si128(_mm_srli_epi64(x, 63), 8);

	x = _mm_or_si128(_mm_add_epi64(x, x), carry);
	return _mm_xor_si128(x, _mm_and_si128(top, modulus));
}

/* H^@nr first, H^1 last. */
static __always_inline void store_powers(struct sv_ghash_key *k, const u8 *h, int nr)
{
	__m128i h1 = load_hash_key(h);
	__m128i power = h1;
	int i;

	for (i = nr - 1; i >= 0; i--) {
		_mm_store_si128((__m128i *)k->h[i], power);
		power = dot(power, h1);
	}
}

#endif /* CORE_CRYPTO_X86_GHASH_CLMUL_H */

// SPDX-License-Identifier: GPL-2.0 OR MIT
/* GHASH on PCLMULQDQ: eight blocks between two reductions. */
#include "../engine.h"
#include "ghash_clmul.h"

enum { GROUP = 8 };

/* Powers from H^8 down, then the sum of the halves of each, for Karatsuba. */
static void init(struct sv_ghash_key *k, const u8 h[SV_GHASH_BLOCK])
{
	int i;

	store_powers(k, h, GROUP);
	for (i = 0; i < GROUP; i++) {
		__m128i power = _mm_load_si128((const __m128i *)k->h[i]);

		power = _mm_xor_si128(power, _mm_shuffle_epi32(power, 0x4e));
		_mm_store_si128((__m128i *)k->h[GROUP + i], power);
	}
}

/* @nr blocks times the powers from H^@nr down. */
static __always_inline __m128i hash_group(const struct sv_ghash_key *k, __m128i y,
					  const u8 *data, int nr)
{
	__m128i low = _mm_setzero_si128();
	__m128i mid = low, high = low;
	int i;

	_Pragma("GCC unroll 8") for (i = 0; i < nr; i++) {
		const __m128i *power = (const __m128i *)k->h[GROUP - nr + i];
		__m128i x = load_reversed(data + i * SV_GHASH_BLOCK);

		if (i == 0)
			x = _mm_xor_si128(x, y);
		low = _mm_xor_si128(low, _mm_clmulepi64_si128(x, power[0], 0x00));
		high = _mm_xor_si128(high, _mm_clmulepi64_si128(x, power[0], 0x11));
		x = _mm_xor_si128(x, _mm_shuffle_epi32(x, 0x4e));
		mid = _mm_xor_si128(mid, _mm_clmulepi64_si128(x, power[GROUP], 0x00));
	}
	mid = _mm_xor_si128(mid, _mm_xor_si128(low, high));
	return reduce(low, mid, high);
}

/*
 * SECURITY: a compiler that knows that @k is the same in every round copies all
 * powers to the stack before the first, where they outlive the key.
 */
static void update(const struct sv_ghash_key *k, u8 y[SV_GHASH_BLOCK], const u8 *data, size_t nr)
{
	__m128i sum = load_reversed(y);

	for (; nr >= GROUP; nr -= GROUP, data += GROUP * SV_GHASH_BLOCK) {
		__asm__("" : "+r" (k));
		sum = hash_group(k, sum, data, GROUP);
	}
	for (; nr; nr--, data += SV_GHASH_BLOCK)
		sum = hash_group(k, sum, data, 1);
	store_reversed(y, sum);
}

const struct sv_ghash_engine sv_ghash_clmul = {
	.name = "ghash-clmul",
	.id = SV_GHASH_CLMUL,
	.cpu = SV_CPU_SSSE3 | SV_CPU_PCLMUL,
	.init = init,
	.update = update,
};

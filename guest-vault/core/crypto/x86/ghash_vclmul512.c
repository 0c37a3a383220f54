// SPDX-License-Identifier: GPL-2.0 OR MIT
/* GHASH on VPCLMULQDQ and AVX-512: up to 32 blocks between two reductions. */
#include <immintrin.h>

#include "../engine.h"
#include "ghash_clmul.h"

enum {
	GROUP = SV_GHASH_POWERS,
	VEC_BLOCKS = 4,
	VEC_LEN = VEC_BLOCKS * SV_GHASH_BLOCK,
};

/* Sums of partial products, one per lane. */
struct product {
	__m512i low, mid, high;
};

static void init(struct sv_ghash_key *k, const u8 h[SV_GHASH_BLOCK])
{
	store_powers(k, h, GROUP);
}

static __always_inline __m512i xor3(__m512i a, __m512i b, __m512i c)
{
	return _mm512_ternarylogic_epi64(a, b, c, 0x96);
}

/* Add the products of the blocks under @mask with the powers at @power. */
static __always_inline struct product add_product(struct product p, const u8 *power,
						  const u8 *data, __mmask8 mask, __m512i y)
{
	const __m128i order = _mm_set_epi64x(0x0001020304050607, 0x08090a0b0c0d0e0f);
	__m512i h = _mm512_maskz_loadu_epi64(mask, power);
	__m512i x = _mm512_maskz_loadu_epi64(mask, data);

	__asm__("" : "+v" (x));
	x = _mm512_xor_si512(_mm512_shuffle_epi8(x, _mm512_broadcast_i32x4(order)), y);
	return (struct product){
		_mm512_xor_si512(p.low, _mm512_clmulepi64_epi128(x, h, 0x00)),
		xor3(p.mid, _mm512_clmulepi64_epi128(x, h, 0x01),
		     _mm512_clmulepi64_epi128(x, h, 0x10)),
		_mm512_xor_si512(p.high, _mm512_clmulepi64_epi128(x, h, 0x11)),
	};
}

static __always_inline __m128i add_lanes(__m512i x)
{
	__m256i half = _mm256_xor_si256(_mm512_castsi512_si256(x), _mm512_extracti64x4_epi64(x, 1));

	return _mm_xor_si128(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
}

static __always_inline __m128i finish(struct product p)
{
	return reduce(add_lanes(p.low), add_lanes(p.mid), add_lanes(p.high));
}

static __always_inline struct product product_zero(void)
{
	__m512i zero = _mm512_setzero_si512();

	return (struct product){ zero, zero, zero };
}

static __always_inline __m128i hash_group(const struct sv_ghash_key *k, __m128i y, const u8 *data)
{
	struct product p = product_zero();
	__m512i carry = _mm512_zextsi128_si512(y);
	int i;

	_Pragma("GCC unroll 8") for (i = 0; i < GROUP; i += VEC_BLOCKS) {
		p = add_product(p, k->h[i], data + i * SV_GHASH_BLOCK, 0xff, carry);
		carry = _mm512_setzero_si512();
	}
	return finish(p);
}

/* Fewer than GROUP blocks: the powers from H^@nr down. */
static __m128i hash_rest(const struct sv_ghash_key *k, __m128i y, const u8 *data, size_t nr)
{
	struct product p = product_zero();
	__m512i carry = _mm512_zextsi128_si512(y);
	const u8 *power = k->h[GROUP - nr];

	for (; nr > VEC_BLOCKS; nr -= VEC_BLOCKS, power += VEC_LEN, data += VEC_LEN) {
		p = add_product(p, power, data, 0xff, carry);
		carry = _mm512_setzero_si512();
	}
	return finish(add_product(p, power, data, (__mmask8)((1 << 2 * nr) - 1), carry));
}

static void update(const struct sv_ghash_key *k, u8 y[SV_GHASH_BLOCK], const u8 *data, size_t nr)
{
	__m128i sum = load_reversed(y);

	for (; nr >= GROUP; nr -= GROUP, data += GROUP * SV_GHASH_BLOCK)
		sum = hash_group(k, sum, data);
	if (nr)
		sum = hash_rest(k, sum, data, nr);
	store_reversed(y, sum);
}

const struct sv_ghash_engine sv_ghash_vclmul512 = {
	.name = "ghash-vclmul512",
	.id = SV_GHASH_VCLMUL512,
	.cpu = SV_CPU_SSSE3 | SV_CPU_PCLMUL | SV_CPU_VPCLMUL | SV_CPU_AVX512,
	.init = init,
	.update = update,
};

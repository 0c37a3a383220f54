// SPDX-License-Identifier: GPL-2.0 OR MIT
/* AES on VAES and AVX2: vectors of two blocks. */
#include <immintrin.h>

#include "../engine.h"

#define VEC __m256i
enum { VEC_BLOCKS = 2 };

static __always_inline VEC vec_load(const u8 *p)
{
	VEC x = _mm256_loadu_si256((const __m256i *)p);

	__asm__("" : "+x" (x));
	return x;
}

static __always_inline void vec_store(u8 *p, VEC x)
{
	_mm256_storeu_si256((__m256i *)p, x);
}

static __always_inline VEC vec_key(const u8 *rk)
{
	return _mm256_broadcastsi128_si256(_mm_load_si128((const __m128i *)rk));
}

#define vec_xor _mm256_xor_si256
#define vec_aesenc _mm256_aesenc_epi128
#define vec_aesenclast _mm256_aesenclast_epi128
#define vec_aesdec _mm256_aesdec_epi128
#define vec_aesdeclast _mm256_aesdeclast_epi128
#define vec_add64 _mm256_add_epi64
#define vec_prev(before, x) _mm256_permute2x128_si256(before, x, 0x21)

static __always_inline VEC vec_spread(const u8 *p)
{
	return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)p));
}

static __always_inline void vec_store_last(u8 *p, VEC x)
{
	_mm_storeu_si128((__m128i *)p, _mm256_extracti128_si256(x, 1));
}

static __always_inline VEC vec_reverse(VEC x)
{
	const __m128i order = _mm_set_epi64x(0x0001020304050607, 0x08090a0b0c0d0e0f);

	return _mm256_shuffle_epi8(x, _mm256_broadcastsi128_si256(order));
}

static __always_inline VEC vec_blocks(u64 n)
{
	return _mm256_set_epi64x(0, (long long)n, 0, (long long)n);
}

static __always_inline VEC vec_count(u64 high, u64 low)
{
	return _mm256_set_epi64x((long long)high, (long long)(low + 1), (long long)high,
				 (long long)low);
}

/*
 * @t times alpha^@n per lane, where @n holds the same count below 58 twice per
 * lane. What leaves the upper half comes back times x^7 + x^2 + x + 1; what
 * leaves the lower half moves up as it is: shifts by 64 drop the other terms.
 */
static __always_inline VEC mul_alpha(VEC t, VEC n)
{
	VEC carry = _mm256_srlv_epi64(t, _mm256_sub_epi64(_mm256_set1_epi64x(64), n));
	VEC back;

	carry = _mm256_shuffle_epi32(carry, 0x4e);
	back = vec_xor(_mm256_sllv_epi64(carry, _mm256_set_epi64x(64, 1, 64, 1)),
		       _mm256_sllv_epi64(carry, _mm256_set_epi64x(64, 2, 64, 2)));
	back = vec_xor(back, _mm256_sllv_epi64(carry, _mm256_set_epi64x(64, 7, 64, 7)));
	return vec_xor(vec_xor(_mm256_sllv_epi64(t, n), carry), back);
}

/* Times alpha^(8 * n): whole bytes, so that no carry crosses the halves. */
static __always_inline VEC reduce(VEC t, VEC carry)
{
	VEC back = vec_xor(_mm256_slli_epi64(carry, 1), _mm256_slli_epi64(carry, 2));

	back = vec_xor(back, _mm256_slli_epi64(carry, 7));
	return vec_xor(vec_xor(t, carry), back);
}

#define mul_alpha_bytes(t, n) \
	reduce(_mm256_bslli_epi128(t, n), _mm256_bsrli_epi128(t, 16 - (n)))

static __always_inline void first_tweaks(VEC t[8], u64 high, u64 low)
{
	VEC first = _mm256_broadcastsi128_si256(_mm_set_epi64x((long long)high, (long long)low));

	t[0] = mul_alpha(first, _mm256_set_epi64x(1, 1, 0, 0));
	t[1] = mul_alpha(first, _mm256_set_epi64x(3, 3, 2, 2));
	t[2] = mul_alpha(first, _mm256_set_epi64x(5, 5, 4, 4));
	t[3] = mul_alpha(first, _mm256_set_epi64x(7, 7, 6, 6));
	t[4] = mul_alpha_bytes(t[0], 1);
	t[5] = mul_alpha_bytes(t[1], 1);
	t[6] = mul_alpha_bytes(t[2], 1);
	t[7] = mul_alpha_bytes(t[3], 1);
}

static __always_inline VEC next_tweak(const VEC *next, const VEC *t, int i)
{
	(void)next;
	return mul_alpha_bytes(t[i], 2);
}

#include "aes_wide.h"

const struct sv_aes_engine sv_aes_vaes256 = {
	.name = "aes-vaes256",
	.id = SV_AES_VAES256,
	.cpu = SV_CPU_SSSE3 | SV_CPU_AES | SV_CPU_VAES | SV_CPU_AVX2,
	.expand = sv_aes_x86_expand,
	.ecb_enc = ecb_enc,
	.ecb_dec = ecb_dec,
	.cbc_enc = sv_aes_x86_cbc_enc,
	.cbc_dec = cbc_dec,
	.ctr = ctr,
	.ctr32 = ctr32,
	.xts_enc = xts_enc,
	.xts_dec = xts_dec,
};

// SPDX-License-Identifier: GPL-2.0 OR MIT
/* AES on VAES and AVX-512: vectors of four blocks. */
#include <immintrin.h>

#include "../engine.h"

#define VEC __m512i
enum { VEC_BLOCKS = 4 };

static __always_inline VEC vec_load(const u8 *p)
{
	VEC x = _mm512_loadu_si512(p);

	__asm__("" : "+v" (x));
	return x;
}

static __always_inline void vec_store(u8 *p, VEC x)
{
	_mm512_storeu_si512(p, x);
}

static __always_inline VEC vec_key(const u8 *rk)
{
	return _mm512_broadcast_i32x4(_mm_load_si128((const __m128i *)rk));
}

#define vec_xor _mm512_xor_si512
#define vec_aesenc _mm512_aesenc_epi128
#define vec_aesenclast _mm512_aesenclast_epi128
#define vec_aesdec _mm512_aesdec_epi128
#define vec_aesdeclast _mm512_aesdeclast_epi128
#define vec_add64 _mm512_add_epi64
#define vec_prev(before, x) _mm512_alignr_epi64(x, before, 6)

static __always_inline VEC vec_spread(const u8 *p)
{
	return _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)p));
}

static __always_inline void vec_store_last(u8 *p, VEC x)
{
	_mm_storeu_si128((__m128i *)p, _mm512_extracti32x4_epi32(x, 3));
}

static __always_inline VEC vec_reverse(VEC x)
{
	const __m128i order = _mm_set_epi64x(0x0001020304050607, 0x08090a0b0c0d0e0f);

	return _mm512_shuffle_epi8(x, _mm512_broadcast_i32x4(order));
}

static __always_inline VEC vec_blocks(u64 n)
{
	return _mm512_broadcast_i32x4(_mm_set_epi64x(0, (long long)n));
}

static __always_inline VEC vec_count(u64 high, u64 low)
{
	VEC c = _mm512_broadcast_i32x4(_mm_set_epi64x((long long)high, (long long)low));

	return _mm512_add_epi64(c, _mm512_set_epi64(0, 3, 0, 2, 0, 1, 0, 0));
}

static __always_inline VEC xor3(VEC a, VEC b, VEC c)
{
	return _mm512_ternarylogic_epi64(a, b, c, 0x96);
}

/* What leaves the upper half of a lane comes back times x^7 + x^2 + x + 1. */
static __always_inline VEC reduce(VEC carry)
{
	return _mm512_clmulepi64_epi128(carry, _mm512_set1_epi64(0x87), 0x00);
}

/* @t times alpha^n; per lane, @n holds n, at most 57, in both halves. */
static __always_inline VEC mul_alpha(VEC t, VEC n)
{
	VEC carry = _mm512_srlv_epi64(t, _mm512_sub_epi64(_mm512_set1_epi64(64), n));

	return xor3(_mm512_sllv_epi64(t, n), _mm512_bslli_epi128(carry, 8),
		    _mm512_clmulepi64_epi128(carry, _mm512_set1_epi64(0x87), 0x01));
}

/* @t times alpha^(8 * @n): whole bytes, so that no carry crosses the halves. */
#define mul_alpha_bytes(t, n) \
	_mm512_xor_si512(_mm512_bslli_epi128(t, n), reduce(_mm512_bsrli_epi128(t, 16 - (n))))

static __always_inline void first_tweaks(VEC t[8], u64 high, u64 low)
{
	VEC first = _mm512_broadcast_i32x4(_mm_set_epi64x((long long)high, (long long)low));

	t[0] = mul_alpha(first, _mm512_set_epi64(3, 3, 2, 2, 1, 1, 0, 0));
	t[1] = mul_alpha(first, _mm512_set_epi64(7, 7, 6, 6, 5, 5, 4, 4));
	t[2] = mul_alpha_bytes(t[0], 1);
	t[3] = mul_alpha_bytes(t[1], 1);
	t[4] = mul_alpha_bytes(t[0], 2);
	t[5] = mul_alpha_bytes(t[1], 2);
	t[6] = mul_alpha_bytes(t[0], 3);
	t[7] = mul_alpha_bytes(t[1], 3);
}

static __always_inline VEC next_tweak(const VEC *next, const VEC *t, int i)
{
	(void)next;
	return mul_alpha_bytes(t[i], 4);
}

#include "aes_wide.h"

const struct sv_aes_engine sv_aes_vaes512 = {
	.name = "aes-vaes512",
	.id = SV_AES_VAES512,
	.cpu = SV_CPU_SSSE3 | SV_CPU_AES | SV_CPU_VAES | SV_CPU_VPCLMUL |
	       SV_CPU_AVX512,
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

// SPDX-License-Identifier: GPL-2.0 OR MIT
/* AES on AES-NI: vectors of one block. SSE only, for CPUs without AVX. */
#include <tmmintrin.h>
#include <wmmintrin.h>

#include "../engine.h"

#define VEC __m128i
enum { VEC_BLOCKS = 1 };

static __always_inline VEC vec_load(const u8 *p)
{
	VEC x = _mm_loadu_si128((const __m128i *)p);

	__asm__("" : "+x" (x));
	return x;
}

static __always_inline void vec_store(u8 *p, VEC x)
{
	_mm_storeu_si128((__m128i *)p, x);
}

static __always_inline VEC vec_key(const u8 *rk)
{
	return _mm_load_si128((const __m128i *)rk);
}

#define vec_xor _mm_xor_si128
#define vec_aesenc _mm_aesenc_si128
#define vec_aesenclast _mm_aesenclast_si128
#define vec_aesdec _mm_aesdec_si128
#define vec_aesdeclast _mm_aesdeclast_si128
#define vec_add64 _mm_add_epi64
#define vec_spread vec_load
#define vec_store_last vec_store
#define vec_prev(before, x) (before)
#define vec_blocks(n) _mm_set_epi64x(0, n)
#define vec_count(high, low) _mm_set_epi64x((long long)(high), (long long)(low))

static __always_inline VEC vec_reverse(VEC x)
{
	return _mm_shuffle_epi8(x, _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7,
						8, 9, 10, 11, 12, 13, 14, 15));
}

/* Times alpha: the top bits of both halves carry over into the other half. */
static __always_inline VEC double_tweak(VEC t)
{
	VEC carry = _mm_srai_epi32(_mm_shuffle_epi32(t, 0x13), 31);

	carry = _mm_and_si128(carry, _mm_set_epi32(0, 1, 0, 0x87));
	return _mm_xor_si128(_mm_add_epi64(t, t), carry);
}

static __always_inline void first_tweaks(VEC t[8], u64 high, u64 low)
{
	int i;

	t[0] = _mm_set_epi64x((long long)high, (long long)low);
	_Pragma("GCC unroll 8") for (i = 1; i < 8; i++)
		t[i] = double_tweak(t[i - 1]);
}

static __always_inline VEC next_tweak(const VEC *next, const VEC *t, int i)
{
	return double_tweak(i ? next[i - 1] : t[7]);
}

#include "aes_wide.h"

const struct sv_aes_engine sv_aes_ni = {
	.name = "aes-ni",
	.id = SV_AES_NI,
	.cpu = SV_CPU_SSSE3 | SV_CPU_AES,
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

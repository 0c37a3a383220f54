// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The serial parts of AES on AES-NI. */
#include <wmmintrin.h>

#include "aes_x86.h"
#include "../util.h"

static __always_inline __m128i load(const u8 *p)
{
	__m128i x = _mm_loadu_si128((const __m128i *)p);

	__asm__("" : "+x" (x));
	return x;
}

static __always_inline void store(u8 *p, __m128i x)
{
	_mm_storeu_si128((__m128i *)p, x);
}

/*
 * SubWord without a table: AESENCLAST of a state with @w in all columns is
 * SubBytes alone, for ShiftRows finds equal columns.
 */
static __always_inline u32 sub_word(u32 w)
{
	__m128i x = _mm_set1_epi32((int)w);

	return (u32)_mm_cvtsi128_si32(_mm_aesenclast_si128(x, _mm_setzero_si128()));
}

/* FIPS 197, 5.2, and 5.3.5 for the inverse cipher's keys. */
void sv_aes_x86_expand(struct sv_aes_sched *s, const u8 *key, size_t key_len)
{
	u32 w[4 * (SV_AES_MAX_ROUNDS + 1)];
	u32 nk = (u32)key_len / 4;
	u32 nr = nk + 6;
	u32 rcon = 1;
	u32 i, t;

	memcpy(w, key, key_len);
	for (i = nk; i < 4 * (nr + 1); i++) {
		t = w[i - 1];
		if (i % nk == 0) {
			t = sub_word(t >> 8 | t << 24) ^ rcon;
			rcon = rcon << 1 ^ (rcon >> 7) * 0x11b;
		} else if (nk == 8 && i % nk == 4) {
			t = sub_word(t);
		}
		w[i] = w[i - nk] ^ t;
	}

	s->rounds = nr;
	memcpy(s->rk.enc, w, (nr + 1) * SV_AES_BLOCK);
	sv_wipe(w, sizeof(w));

	for (i = 1; i < nr; i++)
		store(s->rk.dec[i], _mm_aesimc_si128(load(s->rk.enc[nr - i])));
	store(s->rk.dec[0], load(s->rk.enc[nr]));
	store(s->rk.dec[nr], load(s->rk.enc[0]));
}

static __always_inline __m128i encrypt1(const struct sv_aes_sched *s, __m128i b)
{
	u32 r;

	b = _mm_xor_si128(b, load(s->rk.enc[0]));
	for (r = 1; r < s->rounds; r++)
		b = _mm_aesenc_si128(b, load(s->rk.enc[r]));
	return _mm_aesenclast_si128(b, load(s->rk.enc[r]));
}

void sv_aes_x86_encrypt1(const struct sv_aes_sched *s, u8 *dst, const u8 *src)
{
	store(dst, encrypt1(s, load(src)));
}

void sv_aes_x86_cbc_enc(const struct sv_aes_sched *s, u8 *dst, const u8 *src, size_t nr,
			u8 iv[SV_AES_BLOCK])
{
	__m128i b = load(iv);

	for (; nr; nr--, src += SV_AES_BLOCK, dst += SV_AES_BLOCK) {
		b = encrypt1(s, _mm_xor_si128(b, load(src)));
		store(dst, b);
	}
	store(iv, b);
}

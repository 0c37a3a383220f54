// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The portable constant-time engine: modes over groups of four blocks. */
#include "aes_ct.h"
#include "util.h"

enum { LANES = SV_AES_CT_LANES };

static inline void load_blocks(u64 *b, const u8 *src, size_t n)
{
	size_t i;

	for (i = 0; i < 2 * n; i++)
		b[i] = sv_load64(src + 8 * i);
}

static inline void store_blocks(u8 *dst, const u64 *b, size_t n)
{
	size_t i;

	for (i = 0; i < 2 * n; i++)
		sv_store64(dst + 8 * i, b[i]);
}

static void ecb_enc(const struct sv_aes_sched *s, u8 *dst, const u8 *src, size_t nr)
{
	u64 b[2 * LANES] = { 0 };

	while (nr) {
		size_t n = min_t(size_t, nr, LANES);

		load_blocks(b, src, n);
		sv_aes_ct_encrypt4(s, b);
		store_blocks(dst, b, n);
		src += SV_AES_BLOCK * n;
		dst += SV_AES_BLOCK * n;
		nr -= n;
	}
}

static void ecb_dec(const struct sv_aes_sched *s, u8 *dst, const u8 *src, size_t nr)
{
	u64 b[2 * LANES] = { 0 };

	while (nr) {
		size_t n = min_t(size_t, nr, LANES);

		load_blocks(b, src, n);
		sv_aes_ct_decrypt4(s, b);
		store_blocks(dst, b, n);
		src += SV_AES_BLOCK * n;
		dst += SV_AES_BLOCK * n;
		nr -= n;
	}
}

static void cbc_enc(const struct sv_aes_sched *s, u8 *dst, const u8 *src, size_t nr,
		    u8 iv[SV_AES_BLOCK])
{
	u64 b[2 * LANES] = { 0 };

	load_blocks(b, iv, 1);
	for (; nr; nr--, src += SV_AES_BLOCK, dst += SV_AES_BLOCK) {
		b[0] ^= sv_load64(src);
		b[1] ^= sv_load64(src + 8);
		sv_aes_ct_encrypt4(s, b);
		store_blocks(dst, b, 1);
	}
	store_blocks(iv, b, 1);
}

static void cbc_dec(const struct sv_aes_sched *s, u8 *dst, const u8 *src, size_t nr,
		    u8 iv[SV_AES_BLOCK])
{
	/* The previous ciphertext block, then the blocks as they were read. */
	u64 c[2 * (LANES + 1)] = { 0 };
	u64 b[2 * LANES];
	size_t i, n;

	load_blocks(c, iv, 1);
	for (; nr; nr -= n, src += SV_AES_BLOCK * n, dst += SV_AES_BLOCK * n) {
		n = min_t(size_t, nr, LANES);
		load_blocks(c + 2, src, n);
		memcpy(b, c + 2, sizeof(b));
		sv_aes_ct_decrypt4(s, b);
		for (i = 0; i < 2 * n; i++)
			b[i] ^= c[i];
		store_blocks(dst, b, n);
		c[0] = c[2 * n];
		c[1] = c[2 * n + 1];
	}
	store_blocks(iv, c, 1);
}

struct counter {
	u64 high, low;
};

static inline void count128(struct counter *c)
{
	c->low++;
	c->high += c->low == 0;
}

static inline void count32(struct counter *c)
{
	c->low = (c->low & 0xffffffff00000000) | (u32)(c->low + 1);
}

static noinline void ctr_blocks(const struct sv_aes_sched *s, u8 *dst, const u8 *src,
				size_t nr, u8 ctr[SV_AES_BLOCK], void (*count)(struct counter *c))
{
	struct counter c = { sv_load_be64(ctr), sv_load_be64(ctr + 8) };
	u64 b[2 * LANES] = { 0 };
	size_t i, n;

	for (; nr; nr -= n, src += SV_AES_BLOCK * n, dst += SV_AES_BLOCK * n) {
		n = min_t(size_t, nr, LANES);
		for (i = 0; i < n; i++) {
			b[2 * i] = __builtin_bswap64(c.high);
			b[2 * i + 1] = __builtin_bswap64(c.low);
			count(&c);
		}
		sv_aes_ct_encrypt4(s, b);
		for (i = 0; i < 2 * n; i++)
			sv_store64(dst + 8 * i, b[i] ^ sv_load64(src + 8 * i));
	}
	sv_store_be64(ctr, c.high);
	sv_store_be64(ctr + 8, c.low);
	sv_wipe(b, sizeof(b));
}

static void ctr(const struct sv_aes_sched *s, u8 *dst, const u8 *src, size_t nr,
		u8 ctr[SV_AES_BLOCK])
{
	ctr_blocks(s, dst, src, nr, ctr, count128);
}

static void ctr32(const struct sv_aes_sched *s, u8 *dst, const u8 *src, size_t nr,
		  u8 ctr[SV_AES_BLOCK])
{
	ctr_blocks(s, dst, src, nr, ctr, count32);
}

/* Times alpha in GF(2^128), little endian (IEEE 1619, 5.2). */
static inline void double_tweak(u64 t[2])
{
	u64 carry = t[1] >> 63;

	t[1] = t[1] << 1 | t[0] >> 63;
	t[0] = t[0] << 1 ^ carry * 0x87;
}

static noinline void xts_blocks(const struct sv_aes_sched *s, u8 *dst, const u8 *src,
				size_t nr, u8 tweak[SV_AES_BLOCK],
				void (*crypt)(const struct sv_aes_sched *s, u64 b[2 * LANES]))
{
	u64 t[2 * LANES] = { 0 };
	u64 b[2 * LANES] = { 0 };
	u64 next[2];
	size_t i, n;

	load_blocks(next, tweak, 1);
	for (; nr; nr -= n, src += SV_AES_BLOCK * n, dst += SV_AES_BLOCK * n) {
		n = min_t(size_t, nr, LANES);
		load_blocks(b, src, n);
		for (i = 0; i < n; i++) {
			memcpy(&t[2 * i], next, sizeof(next));
			double_tweak(next);
		}
		for (i = 0; i < 2 * n; i++)
			b[i] ^= t[i];
		crypt(s, b);
		for (i = 0; i < 2 * n; i++)
			b[i] ^= t[i];
		store_blocks(dst, b, n);
	}
	store_blocks(tweak, next, 1);
	sv_wipe(t, sizeof(t));
}

static void xts_enc(const struct sv_aes_sched *s, u8 *dst, const u8 *src, size_t nr,
		    u8 tweak[SV_AES_BLOCK])
{
	xts_blocks(s, dst, src, nr, tweak, sv_aes_ct_encrypt4);
}

static void xts_dec(const struct sv_aes_sched *s, u8 *dst, const u8 *src, size_t nr,
		    u8 tweak[SV_AES_BLOCK])
{
	xts_blocks(s, dst, src, nr, tweak, sv_aes_ct_decrypt4);
}

const struct sv_aes_engine sv_aes_ct = {
	.name = "aes-ct",
	.id = SV_AES_CT,
	.cpu = 0,
	.expand = sv_aes_ct_expand,
	.ecb_enc = ecb_enc,
	.ecb_dec = ecb_dec,
	.cbc_enc = cbc_enc,
	.cbc_dec = cbc_dec,
	.ctr = ctr,
	.ctr32 = ctr32,
	.xts_enc = xts_enc,
	.xts_dec = xts_dec,
};

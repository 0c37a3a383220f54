// SPDX-License-Identifier: GPL-2.0 OR MIT
/* GF(2^128) in the convention of IEEE 1619: bit i of (high:low) is alpha^i. */
#include "util.h"
#include "xts_offset.h"

enum { REDUCE = 0x87 };		/* alpha^128 */

struct gf128 {
	u64 low, high;
};

static inline struct gf128 times_alpha(struct gf128 a)
{
	return (struct gf128){
		a.low << 1 ^ (a.high >> 63) * REDUCE,
		a.high << 1 | a.low >> 63,
	};
}

/* A zero between any two bits. */
static u64 spread_bits(u64 x)
{
	x &= 0xffffffff;
	x = (x | x << 16) & 0x0000ffff0000ffff;
	x = (x | x << 8) & 0x00ff00ff00ff00ff;
	x = (x | x << 4) & 0x0f0f0f0f0f0f0f0f;
	x = (x | x << 2) & 0x3333333333333333;
	return (x | x << 1) & 0x5555555555555555;
}

/* @x times alpha^128, which is at most alpha^(63 + 7). */
static struct gf128 fold(u64 x)
{
	return (struct gf128){
		x ^ x << 1 ^ x << 2 ^ x << 7,
		x >> 63 ^ x >> 62 ^ x >> 57,
	};
}

static struct gf128 square(struct gf128 a)
{
	struct gf128 top = fold(spread_bits(a.high >> 32));
	struct gf128 mid = fold(spread_bits(a.high));

	/* top stands 64 bits further up: its high word wraps once more. */
	return (struct gf128){
		spread_bits(a.low) ^ mid.low ^ fold(top.high).low,
		spread_bits(a.low >> 32) ^ mid.high ^ top.low,
	};
}

/* Square and multiply; @n is public. */
static struct gf128 alpha_to_the(u64 n)
{
	struct gf128 r = { 1, 0 };
	int i = 63 - __builtin_clzll(n | 1);

	for (; i >= 0; i--) {
		r = square(r);
		if (n >> i & 1)
			r = times_alpha(r);
	}
	return r;
}

/* Branches on the bits of the public factor alone. */
void sv_xts_tweak_skip(u8 tweak[SV_AES_BLOCK], u64 nr)
{
	struct gf128 factor = alpha_to_the(nr);
	struct gf128 t = { sv_load64(tweak), sv_load64(tweak + 8) };
	struct gf128 sum = { 0, 0 };

	while (factor.low | factor.high) {
		if (factor.low & 1) {
			sum.low ^= t.low;
			sum.high ^= t.high;
		}
		t = times_alpha(t);
		factor.low = factor.low >> 1 | factor.high << 63;
		factor.high >>= 1;
	}
	sv_store64(tweak, sum.low);
	sv_store64(tweak + 8, sum.high);
}

// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Portable constant-time GHASH with integer multiplication, whose time on every
 * x86-64 CPU is independent of the operands.
 *
 * GHASH numbers the bits of a block from the left: the block read as a big
 * endian number is the polynomial with its coefficients in reverse order. The
 * product of two such numbers, shifted left by one, is the reversed product.
 */
#include "ghash.h"
#include "util.h"

/* H in halves, their sum, and the same with bits reversed. */
struct ct_key {
	u64 low, high, mid;
	u64 rev_low, rev_high, rev_mid;
};

static_assert(sizeof(struct ct_key) <= sizeof(struct sv_ghash_key), "ct_key");

/*
 * The lower half of the carry-less product. Every fourth bit is kept, so that
 * the up to 16 ones that meet in a bit of an ordinary product carry into the
 * three empty bits above it. The sum of 16 needs a fourth, but only in the
 * topmost group, where it falls off.
 */
static u64 mul_low(u64 x, u64 y)
{
	const u64 every4 = 0x1111111111111111;
	u64 product = 0;
	u32 i, k;

	for (k = 0; k < 4; k++) {
		u64 sum = 0;

		for (i = 0; i < 4; i++)
			sum ^= (x & every4 << i) * (y & every4 << ((k - i) & 3));
		product |= sum & every4 << k;
	}
	return product;
}

static u64 reverse(u64 x)
{
	x = (x >> 1 & 0x5555555555555555) | (x & 0x5555555555555555) << 1;
	x = (x >> 2 & 0x3333333333333333) | (x & 0x3333333333333333) << 2;
	x = (x >> 4 & 0x0f0f0f0f0f0f0f0f) | (x & 0x0f0f0f0f0f0f0f0f) << 4;
	return __builtin_bswap64(x);
}

/* The upper half is the lower half of the reversed product. */
static u64 mul_high(u64 rev_x, u64 rev_y)
{
	return reverse(mul_low(rev_x, rev_y)) >> 1;
}

static void init(struct sv_ghash_key *k, const u8 h[SV_GHASH_BLOCK])
{
	struct ct_key ct = {
		.high = sv_load_be64(h),
		.low = sv_load_be64(h + 8),
	};

	ct.mid = ct.low ^ ct.high;
	ct.rev_low = reverse(ct.low);
	ct.rev_high = reverse(ct.high);
	ct.rev_mid = ct.rev_low ^ ct.rev_high;
	memcpy(k, &ct, sizeof(ct));
	sv_wipe(&ct, sizeof(ct));
}

/* Karatsuba into four words, least significant first. */
static void mul_wide(u64 v[4], const struct ct_key *k, u64 high, u64 low)
{
	u64 rev_high = reverse(high), rev_low = reverse(low);
	u64 mid0 = mul_low(high ^ low, k->mid);
	u64 mid1 = mul_high(rev_high ^ rev_low, k->rev_mid);

	v[0] = mul_low(low, k->low);
	v[1] = mul_high(rev_low, k->rev_low);
	v[2] = mul_low(high, k->high);
	v[3] = mul_high(rev_high, k->rev_high);
	mid0 ^= v[0] ^ v[2];
	mid1 ^= v[1] ^ v[3];
	v[1] ^= mid0;
	v[2] ^= mid1;
}

/* Modulo x^128 + x^7 + x^2 + x + 1 in reverse order: v[0] and v[1] disappear. */
static void reduce(u64 v[4])
{
	u32 i;

	for (i = 3; i > 0; i--)
		v[i] = v[i] << 1 | v[i - 1] >> 63;
	v[0] <<= 1;
	for (i = 0; i < 2; i++) {
		v[i + 1] ^= v[i] << 63 ^ v[i] << 62 ^ v[i] << 57;
		v[i + 2] ^= v[i] ^ v[i] >> 1 ^ v[i] >> 2 ^ v[i] >> 7;
	}
}

static void update(const struct sv_ghash_key *k, u8 y[SV_GHASH_BLOCK], const u8 *data, size_t nr)
{
	struct ct_key ct;
	u64 high = sv_load_be64(y);
	u64 low = sv_load_be64(y + 8);
	u64 v[4];

	memcpy(&ct, k, sizeof(ct));
	for (; nr; nr--, data += SV_GHASH_BLOCK) {
		high ^= sv_load_be64(data);
		low ^= sv_load_be64(data + 8);
		mul_wide(v, &ct, high, low);
		reduce(v);
		high = v[3];
		low = v[2];
	}
	sv_store_be64(y, high);
	sv_store_be64(y + 8, low);
	sv_wipe(&ct, sizeof(ct));
}

const struct sv_ghash_engine sv_ghash_ct = {
	.name = "ghash-ct",
	.id = SV_GHASH_CT,
	.cpu = 0,
	.init = init,
	.update = update,
};

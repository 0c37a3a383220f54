// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The block cipher of the portable engine: four blocks at a time as eight bit planes of 64
 * bits, on general registers only.
 *
 * Bit (16 * row + 4 * column + block) of plane k is bit k of the byte at (row,
 * column) of the AES state. Rows are thus 16-bit lanes: ShiftRows rotates
 * within lanes, MixColumns rotates whole planes.
 */
#include "aes_ct.h"
#include "util.h"

enum { LANES = SV_AES_CT_LANES };

/* What SubBytes adds at the end; see expand_planes(). */
enum { AFFINE_CONST = 0x63 };

/*
 * SubBytes inverts in GF(2^8). It is done here in the tower field
 * GF(((2^2)^2)^2), where inversion is a short circuit:
 *
 *   GF(2^2) = GF(2)[w]   / (w^2 + w + 1)
 *   GF(2^4) = GF(2^2)[z] / (z^2 + z + w)
 *   GF(2^8) = GF(2^4)[y] / (y^2 + y + w*z)
 *
 * Elements are planes, least significant coefficient first. The changes of
 * basis use a root of the AES polynomial in the tower, 0x60, chosen because its
 * matrices need the fewest additions.
 */
struct gf4 {
	u64 c0, c1;
};

struct gf16 {
	struct gf4 c0, c1;
};

static inline struct gf4 gf4_add(struct gf4 a, struct gf4 b)
{
	return (struct gf4){ a.c0 ^ b.c0, a.c1 ^ b.c1 };
}

static inline struct gf4 gf4_mul(struct gf4 a, struct gf4 b)
{
	u64 low = a.c0 & b.c0;

	return (struct gf4){
		low ^ (a.c1 & b.c1),
		low ^ ((a.c0 ^ a.c1) & (b.c0 ^ b.c1)),
	};
}

static inline struct gf4 gf4_mul_w(struct gf4 a)
{
	return (struct gf4){ a.c1, a.c0 ^ a.c1 };
}

static inline struct gf4 gf4_square(struct gf4 a)
{
	return (struct gf4){ a.c0 ^ a.c1, a.c1 };
}

static inline struct gf16 gf16_add(struct gf16 a, struct gf16 b)
{
	return (struct gf16){ gf4_add(a.c0, b.c0), gf4_add(a.c1, b.c1) };
}

static inline struct gf16 gf16_mul(struct gf16 a, struct gf16 b)
{
	struct gf4 low = gf4_mul(a.c0, b.c0);
	struct gf4 high = gf4_mul(a.c1, b.c1);
	struct gf4 mid = gf4_mul(gf4_add(a.c0, a.c1), gf4_add(b.c0, b.c1));

	return (struct gf16){ gf4_add(low, gf4_mul_w(high)), gf4_add(low, mid) };
}

/*
 * For a = a1 * t + a0 with t^2 + t + n = 0, the inverse is (a1 * t + a0 + a1) / d
 * with d = n * a1^2 + a1 * a0 + a0^2 in the smaller field. Used twice, with
 * GF(2^2), where 1 / d = d^2, and with GF(2^4).
 */
static inline struct gf16 gf16_invert(struct gf16 a)
{
	struct gf4 sum = gf4_add(a.c0, a.c1);
	struct gf4 d = gf4_add(gf4_mul_w(gf4_square(a.c1)), gf4_mul(a.c0, sum));
	struct gf4 inv = gf4_square(d);

	return (struct gf16){ gf4_mul(sum, inv), gf4_mul(a.c1, inv) };
}

/* a^2 * w * z */
static inline struct gf16 gf16_square_wz(struct gf16 a)
{
	u64 all = a.c0.c1 ^ a.c1.c0 ^ a.c1.c1;

	return (struct gf16){
		{ a.c1.c0, a.c1.c0 ^ a.c1.c1 },
		{ all, a.c0.c0 ^ a.c1.c1 },
	};
}

static inline void invert(u64 q[8])
{
	struct gf16 a0 = { { q[0], q[1] }, { q[2], q[3] } };
	struct gf16 a1 = { { q[4], q[5] }, { q[6], q[7] } };
	struct gf16 sum = gf16_add(a0, a1);
	struct gf16 inv = gf16_invert(gf16_add(gf16_square_wz(a1), gf16_mul(a0, sum)));

	a0 = gf16_mul(sum, inv);
	a1 = gf16_mul(a1, inv);
	q[0] = a0.c0.c0;
	q[1] = a0.c0.c1;
	q[2] = a0.c1.c0;
	q[3] = a0.c1.c1;
	q[4] = a1.c0.c0;
	q[5] = a1.c0.c1;
	q[6] = a1.c1.c0;
	q[7] = a1.c1.c1;
}

/* AES basis to tower basis. */
static inline void to_tower(u64 q[8])
{
	u64 q0 = q[0], q1 = q[1], q2 = q[2], q3 = q[3];
	u64 q4 = q[4], q5 = q[5], q6 = q[6], q7 = q[7];
	u64 t0 = q3 ^ q4;
	u64 t1 = q6 ^ t0;
	u64 t2 = q2 ^ t1;
	u64 t3 = q5 ^ q7;
	u64 t4 = q0 ^ t2;
	u64 t5 = q1 ^ q4;
	u64 t6 = q1 ^ q5;
	u64 t7 = q6 ^ q7;
	u64 t8 = q7 ^ t2;
	u64 t9 = t1 ^ t3;
	u64 t10 = t2 ^ t6;
	u64 t11 = t5 ^ t7;

	q[0] = t4;
	q[1] = q2;
	q[2] = t9;
	q[3] = t0;
	q[4] = t8;
	q[5] = t11;
	q[6] = t10;
	q[7] = t3;
}

/* Tower basis to AES basis and the linear part of the affine map. */
static inline void from_tower_affine(u64 q[8])
{
	u64 q0 = q[0], q1 = q[1], q2 = q[2], q3 = q[3];
	u64 q4 = q[4], q5 = q[5], q6 = q[6], q7 = q[7];
	u64 t0 = q0 ^ q6;
	u64 t1 = q2 ^ q3;
	u64 t2 = q1 ^ t0;
	u64 t3 = q0 ^ q5;
	u64 t4 = q3 ^ q4;
	u64 t5 = q4 ^ q7;
	u64 t6 = q4 ^ t0;
	u64 t7 = q5 ^ t0;
	u64 t8 = q6 ^ q7;
	u64 t9 = t1 ^ t2;
	u64 t10 = t1 ^ t6;
	u64 t11 = t1 ^ t8;
	u64 t12 = t2 ^ t4;

	q[0] = t7;
	q[1] = t12;
	q[2] = t9;
	q[3] = t3;
	q[4] = t10;
	q[5] = t11;
	q[6] = t5;
	q[7] = q2;
}

/* The inverse of the linear part of the affine map, then to the tower basis. */
static inline void affine_to_tower(u64 q[8])
{
	u64 q0 = q[0], q1 = q[1], q2 = q[2], q3 = q[3];
	u64 q4 = q[4], q5 = q[5], q6 = q[6], q7 = q[7];
	u64 t0 = q1 ^ q2;
	u64 t1 = q5 ^ q6;
	u64 t2 = q0 ^ q3;
	u64 t3 = q4 ^ t1;
	u64 t4 = q7 ^ t0;
	u64 t5 = q1 ^ q4;
	u64 t6 = q3 ^ t3;
	u64 t7 = q6 ^ t4;
	u64 t8 = q7 ^ t5;
	u64 t9 = t0 ^ t1;
	u64 t10 = t2 ^ t9;

	q[0] = t3;
	q[1] = t8;
	q[2] = q7;
	q[3] = t10;
	q[4] = t4;
	q[5] = t6;
	q[6] = t2;
	q[7] = t7;
}

/* Tower basis to AES basis. */
static inline void from_tower(u64 q[8])
{
	u64 q0 = q[0], q1 = q[1], q2 = q[2], q3 = q[3];
	u64 q4 = q[4], q5 = q[5], q6 = q[6], q7 = q[7];
	u64 t0 = q1 ^ q7;
	u64 t1 = q2 ^ q4;
	u64 t2 = q5 ^ q6;
	u64 t3 = t0 ^ t2;
	u64 t4 = q0 ^ q2;
	u64 t5 = q1 ^ t1;
	u64 t6 = q2 ^ q3;
	u64 t7 = q3 ^ t3;
	u64 t8 = q4 ^ q6;
	u64 t9 = q7 ^ t6;
	u64 t10 = q7 ^ t8;
	u64 t11 = t0 ^ t1;
	u64 t12 = t0 ^ t4;

	q[0] = t12;
	q[1] = t10;
	q[2] = q1;
	q[3] = t3;
	q[4] = t7;
	q[5] = t5;
	q[6] = t9;
	q[7] = t11;
}

/* Without AFFINE_CONST, which the round keys carry. */
static void sub_bytes(u64 q[8])
{
	to_tower(q);
	invert(q);
	from_tower_affine(q);
}

static void inv_sub_bytes(u64 q[8])
{
	affine_to_tower(q);
	invert(q);
	from_tower(q);
}

static void shift_rows(u64 q[8])
{
	u32 k;

	for (k = 0; k < 8; k++) {
		u64 x = q[k];

		q[k] = (x & 0x000000000000ffff) |
		       (x & 0x00000000fff00000) >> 4 | (x & 0x00000000000f0000) << 12 |
		       (x & 0x0000ff0000000000) >> 8 | (x & 0x000000ff00000000) << 8 |
		       (x & 0xf000000000000000) >> 12 | (x & 0x0fff000000000000) << 4;
	}
}

static void inv_shift_rows(u64 q[8])
{
	u32 k;

	for (k = 0; k < 8; k++) {
		u64 x = q[k];

		q[k] = (x & 0x000000000000ffff) |
		       (x & 0x00000000f0000000) >> 12 | (x & 0x000000000fff0000) << 4 |
		       (x & 0x0000ff0000000000) >> 8 | (x & 0x000000ff00000000) << 8 |
		       (x & 0xfff0000000000000) >> 4 | (x & 0x000f000000000000) << 12;
	}
}

static inline u64 rotate(u64 x, u32 n)
{
	return x >> n | x << (64 - n);
}

/* Every byte times x modulo the AES polynomial. */
static inline void double_bytes(u64 q[8])
{
	u64 top = q[7];
	u32 k;

	for (k = 7; k > 0; k--)
		q[k] = q[k - 1];
	q[0] = top;
	q[1] ^= top;
	q[3] ^= top;
	q[4] ^= top;
}

/* 2 * a[r] + 3 * a[r + 1] + a[r + 2] + a[r + 3] = 2 * t[r] + a[r + 1] + t[r + 2] */
static void mix_columns(u64 q[8])
{
	u64 t[8];
	u32 k;

	for (k = 0; k < 8; k++) {
		u64 next = rotate(q[k], 16);

		t[k] = q[k] ^ next;
		q[k] = next ^ rotate(t[k], 32);
	}
	double_bytes(t);
	for (k = 0; k < 8; k++)
		q[k] ^= t[k];
}

/* The inverse is mix_columns() of 5 * a[r] + 4 * a[r + 2]. */
static void inv_mix_columns(u64 q[8])
{
	u64 t[8];
	u32 k;

	for (k = 0; k < 8; k++)
		t[k] = q[k] ^ rotate(q[k], 32);
	double_bytes(t);
	double_bytes(t);
	for (k = 0; k < 8; k++)
		q[k] ^= t[k];
	mix_columns(q);
}

static void add_round_key(u64 q[8], const u64 rk[8])
{
	u32 k;

	for (k = 0; k < 8; k++)
		q[k] ^= rk[k];
}

/* Exchange the bits of @b under @mask with those of @a that stand @n further up. */
static inline void swap_bits(u64 *a, u64 *b, u32 n, u64 mask)
{
	u64 t = ((*a >> n) ^ *b) & mask;

	*b ^= t;
	*a ^= t << n;
}

/* In each byte position, transpose the 8 by 8 bits of the eight words. */
static void transpose(u64 q[8])
{
	u32 i;

	for (i = 0; i < 8; i += 2)
		swap_bits(&q[i], &q[i + 1], 1, 0x5555555555555555);
	for (i = 0; i < 8; i += 4) {
		swap_bits(&q[i], &q[i + 2], 2, 0x3333333333333333);
		swap_bits(&q[i + 1], &q[i + 3], 2, 0x3333333333333333);
	}
	for (i = 0; i < 4; i++)
		swap_bits(&q[i], &q[i + 4], 4, 0x0f0f0f0f0f0f0f0f);
}

/* Bytes 0..3 to bytes 0, 2, 4, 6. */
static inline u64 spread(u64 x)
{
	x = (x | x << 16) & 0x0000ffff0000ffff;
	return (x | x << 8) & 0x00ff00ff00ff00ff;
}

static inline u64 unspread(u64 x)
{
	x &= 0x00ff00ff00ff00ff;
	x = (x | x >> 8) & 0x0000ffff0000ffff;
	return (x | x >> 16) & 0xffffffff;
}

/* Four blocks of two words each to planes, and back. */
static void to_planes(u64 q[8], const u64 b[2 * LANES])
{
	u32 i;

	for (i = 0; i < LANES; i++) {
		u64 low = b[2 * i], high = b[2 * i + 1];

		q[i] = spread(low & 0xffffffff) | spread(high & 0xffffffff) << 8;
		q[i + 4] = spread(low >> 32) | spread(high >> 32) << 8;
	}
	transpose(q);
}

static void from_planes(u64 b[2 * LANES], u64 q[8])
{
	u32 i;

	transpose(q);
	for (i = 0; i < LANES; i++) {
		b[2 * i] = unspread(q[i]) | unspread(q[i + 4]) << 32;
		b[2 * i + 1] = unspread(q[i] >> 8) | unspread(q[i + 4] >> 8) << 32;
	}
}

void sv_aes_ct_encrypt4(const struct sv_aes_sched *s, u64 b[2 * LANES])
{
	u64 q[8];
	u32 r;

	to_planes(q, b);
	add_round_key(q, s->planes[0]);
	for (r = 1; r < s->rounds; r++) {
		sub_bytes(q);
		shift_rows(q);
		mix_columns(q);
		add_round_key(q, s->planes[r]);
	}
	sub_bytes(q);
	shift_rows(q);
	add_round_key(q, s->planes[r]);
	from_planes(b, q);
}

void sv_aes_ct_decrypt4(const struct sv_aes_sched *s, u64 b[2 * LANES])
{
	u64 q[8];
	u32 r;

	to_planes(q, b);
	add_round_key(q, s->planes[s->rounds]);
	for (r = s->rounds - 1; r > 0; r--) {
		inv_shift_rows(q);
		inv_sub_bytes(q);
		add_round_key(q, s->planes[r]);
		inv_mix_columns(q);
	}
	inv_shift_rows(q);
	inv_sub_bytes(q);
	add_round_key(q, s->planes[0]);
	from_planes(b, q);
}

static u32 sub_word(u32 w)
{
	u64 q[8] = { w };

	transpose(q);
	sub_bytes(q);
	transpose(q);
	return (u32)q[0] ^ AFFINE_CONST * 0x01010101U;
}

/*
 * The constant that SubBytes adds passes through ShiftRows and MixColumns
 * unchanged (the coefficients of a MixColumns row add up to 1), so it is added
 * to the round key that follows instead. The inverse cipher meets its round
 * keys just before it has to take the constant away: the same sum serves.
 */
static void expand_planes(struct sv_aes_sched *s, const u32 *w)
{
	u64 b[2 * LANES];
	u32 i, k, r;

	for (r = 0; r <= s->rounds; r++, w += 4) {
		for (i = 0; i < LANES; i++) {
			b[2 * i] = w[0] | (u64)w[1] << 32;
			b[2 * i + 1] = w[2] | (u64)w[3] << 32;
		}
		to_planes(s->planes[r], b);
		for (k = 0; r > 0 && k < 8; k++)
			if (AFFINE_CONST >> k & 1)
				s->planes[r][k] = ~s->planes[r][k];
	}
	sv_wipe(b, sizeof(b));
}

void sv_aes_ct_expand(struct sv_aes_sched *s, const u8 *key, size_t key_len)
{
	u32 w[4 * (SV_AES_MAX_ROUNDS + 1)];
	u32 nk = key_len / 4;
	u32 rcon = 1;
	u32 i;

	s->rounds = nk + 6;
	memcpy(w, key, key_len);
	for (i = nk; i < 4 * (s->rounds + 1); i++) {
		u32 t = w[i - 1];

		if (i % nk == 0) {
			t = sub_word(t >> 8 | t << 24) ^ rcon;
			rcon = rcon << 1 ^ (rcon >> 7) * 0x11b;
		} else if (nk == 8 && i % nk == 4) {
			t = sub_word(t);
		}
		w[i] = w[i - nk] ^ t;
	}
	expand_planes(s, w);
	sv_wipe(w, sizeof(w));
}

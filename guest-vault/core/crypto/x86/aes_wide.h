/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The body of the x86 AES engines: all modes over vectors of VEC_BLOCKS blocks.
 * Included by one engine source at a time, after it has defined
 *
 *   VEC, VEC_BLOCKS       the vector type and how many blocks it holds
 *   vec_load, vec_store   at any alignment
 *   vec_key               one round key in every lane
 *   vec_xor, vec_aesenc, vec_aesenclast, vec_aesdec, vec_aesdeclast
 *   vec_add64             per 64 bits
 *   vec_reverse           the bytes of each lane in reverse order
 *   vec_blocks            the integer n in each lane
 *   vec_count             lane i = high:(low + i)
 *   vec_prev              the blocks one before those of the second argument,
 *                         the first argument being the vector before it
 *   vec_spread, vec_store_last
 *                         one block into every lane; the last lane to memory
 *   first_tweaks          eight vectors of consecutive XTS tweaks, the first one
 *                         being high:low
 *   next_tweak            vector i of the eight that follow t[0] to t[7]; those
 *                         before it are in next[0] to next[i - 1]
 *
 * vec_load must be opaque to the compiler (see sv_hide64), so that it keeps a
 * value that is used twice, instead of reading memory twice.
 *
 * Eight independent vectors cover latency times throughput of the AES units of
 * all CPUs in question. A group that is not full is processed as a full one in
 * private memory: one code path per mode, and a small image.
 */
#ifndef CORE_CRYPTO_X86_AES_WIDE_H
#define CORE_CRYPTO_X86_AES_WIDE_H

#include "../aes.h"
#include "../util.h"
#include "../xts_offset.h"
#include "aes_x86.h"

enum {
	WIDTH = 8,
	GROUP = WIDTH * VEC_BLOCKS,	/* blocks */
	VEC_LEN = VEC_BLOCKS * SV_AES_BLOCK,
	GROUP_LEN = WIDTH * VEC_LEN,
};

#define UNROLL _Pragma("GCC unroll 8")
#define EACH(i) UNROLL for (i = 0; i < WIDTH; i++)

static __always_inline VEC round_key(const struct sv_aes_sched *s, u32 r, bool is_encrypt)
{
	return vec_key(is_encrypt ? s->rk.enc[r] : s->rk.dec[r]);
}

static __always_inline VEC one_round(VEC b, VEC k, bool is_encrypt)
{
	return is_encrypt ? vec_aesenc(b, k) : vec_aesdec(b, k);
}

static __always_inline VEC last_round(VEC b, VEC k, bool is_encrypt)
{
	return is_encrypt ? vec_aesenclast(b, k) : vec_aesdeclast(b, k);
}

/* Rounds @from to the last but one. */
static __always_inline void rounds(const struct sv_aes_sched *s, VEC b[WIDTH], u32 from,
				   bool is_encrypt)
{
	VEC k;
	u32 r;
	int i;

	for (r = from; r < s->rounds; r++) {
		k = round_key(s, r, is_encrypt);
		EACH(i)
			b[i] = one_round(b[i], k, is_encrypt);
	}
}

/* All but the last round, for callers who add something to its key. */
static __always_inline void most_rounds(const struct sv_aes_sched *s, VEC b[WIDTH],
					bool is_encrypt)
{
	VEC k = round_key(s, 0, is_encrypt);
	int i;

	EACH(i)
		b[i] = vec_xor(b[i], k);
	rounds(s, b, 1, is_encrypt);
}

static __always_inline void crypt(const struct sv_aes_sched *s, VEC b[WIDTH], bool is_encrypt)
{
	VEC k;
	int i;

	most_rounds(s, b, is_encrypt);
	/* Not before: a key that waits in a register for the others is put on the stack. */
	k = round_key(s, s->rounds, is_encrypt);
	EACH(i)
		b[i] = last_round(b[i], k, is_encrypt);
}

static __always_inline void load_group(VEC b[WIDTH], const u8 *src)
{
	int i;

	EACH(i)
		b[i] = vec_load(src + i * VEC_LEN);
}

static __always_inline void store_group(u8 *dst, const VEC b[WIDTH])
{
	int i;

	EACH(i)
		vec_store(dst + i * VEC_LEN, b[i]);
}

/* A group that is not full, in private memory; @len bytes of it exist. */
static noinline void take_rest(u8 buf[GROUP_LEN], const u8 *src, size_t len)
{
	memset(buf, 0, GROUP_LEN);
	memcpy(buf, src, len);
	/* The compiler has no way back to what was copied. */
	barrier();
}

static noinline void give_rest(u8 *dst, u8 buf[GROUP_LEN], size_t len)
{
	memcpy(dst, buf, len);
	sv_wipe(buf, GROUP_LEN);
}

/*
 * Walks over the blocks of a request by groups. @from and @to are where the
 * group is read and written: the caller's memory, or @buf if it is not full.
 */
struct walk {
	u8 *dst;
	const u8 *src;
	size_t left;
	size_t n;		/* blocks in this group */
	u8 *to;
	const u8 *from;
};

static __always_inline bool next_group(struct walk *w, u8 buf[GROUP_LEN])
{
	if (!w->left)
		return false;
	w->n = GROUP;
	w->from = w->src;
	w->to = w->dst;
	if (unlikely(w->left < GROUP)) {
		w->n = w->left;
		take_rest(buf, w->src, w->n * SV_AES_BLOCK);
		w->from = buf;
		w->to = buf;
	}
	return true;
}

static __always_inline void end_group(struct walk *w, u8 buf[GROUP_LEN])
{
	if (unlikely(w->n < GROUP))
		give_rest(w->dst, buf, w->n * SV_AES_BLOCK);
	w->left -= w->n;
	w->src += GROUP_LEN;
	w->dst += GROUP_LEN;
}

static __always_inline void ecb(const struct sv_aes_sched *s, u8 *dst, const u8 *src,
				size_t nr, bool is_encrypt)
{
	struct walk w = { .dst = dst, .src = src, .left = nr };
	u8 buf[GROUP_LEN];
	VEC b[WIDTH];

	while (next_group(&w, buf)) {
		load_group(b, w.from);
		crypt(s, b, is_encrypt);
		store_group(w.to, b);
		end_group(&w, buf);
	}
}

static void ecb_enc(const struct sv_aes_sched *s, u8 *dst, const u8 *src, size_t nr)
{
	if (nr == 1)
		sv_aes_x86_encrypt1(s, dst, src);
	else
		ecb(s, dst, src, nr, true);
}

static void ecb_dec(const struct sv_aes_sched *s, u8 *dst, const u8 *src, size_t nr)
{
	ecb(s, dst, src, nr, false);
}

static void cbc_dec(const struct sv_aes_sched *s, u8 *dst, const u8 *src, size_t nr,
		    u8 iv[SV_AES_BLOCK])
{
	struct walk w = { .dst = dst, .src = src, .left = nr };
	u8 buf[GROUP_LEN];
	VEC c[WIDTH], b[WIDTH], before;
	int i;

	while (next_group(&w, buf)) {
		before = vec_spread(iv);
		load_group(c, w.from);
		if (w.n == GROUP)
			vec_store_last(iv, c[WIDTH - 1]);
		else
			memcpy(iv, buf + (w.n - 1) * SV_AES_BLOCK, SV_AES_BLOCK);
		EACH(i)
			b[i] = c[i];
		crypt(s, b, false);
		EACH(i) {
			b[i] = vec_xor(b[i], vec_prev(before, c[i]));
			before = c[i];
		}
		store_group(w.to, b);
		end_group(&w, buf);
	}
}

/* Counter @high:@low; the caller sees to it that @low does not wrap within. */
static noinline void ctr_run(const struct sv_aes_sched *s, u8 *dst, const u8 *src, size_t nr,
			     u64 high, u64 low)
{
	struct walk w = { .dst = dst, .src = src, .left = nr };
	u8 buf[GROUP_LEN];
	VEC c = vec_count(high, low);
	VEC b[WIDTH], k;
	int i;

	while (next_group(&w, buf)) {
		EACH(i) {
			b[i] = vec_reverse(c);
			c = vec_add64(c, vec_blocks(VEC_BLOCKS));
		}
		most_rounds(s, b, true);
		k = round_key(s, s->rounds, true);
		EACH(i)
			b[i] = last_round(b[i], vec_xor(vec_load(w.from + i * VEC_LEN), k), true);
		store_group(w.to, b);
		end_group(&w, buf);
	}
}

/*
 * Counter blocks are public, so it is fine to branch where they wrap. A run
 * ends where the bits of @low_mask carry.
 */
static __always_inline void count_blocks(const struct sv_aes_sched *s, u8 *dst, const u8 *src,
					 size_t nr, u8 ctr[SV_AES_BLOCK], u64 low_mask)
{
	u64 high = sv_load_be64(ctr);
	u64 low = sv_load_be64(ctr + 8);

	while (nr) {
		u64 room = low_mask - (low & low_mask);
		size_t n = room < nr - 1 ? room + 1 : nr;

		ctr_run(s, dst, src, n, high, low);
		low = (low & ~low_mask) | ((low + n) & low_mask);
		if (room == n - 1 && low_mask == ~0ULL)
			high++;
		nr -= n;
		src += n * SV_AES_BLOCK;
		dst += n * SV_AES_BLOCK;
	}
	sv_store_be64(ctr, high);
	sv_store_be64(ctr + 8, low);
}

static void ctr(const struct sv_aes_sched *s, u8 *dst, const u8 *src, size_t nr,
		u8 ctr[SV_AES_BLOCK])
{
	count_blocks(s, dst, src, nr, ctr, ~0ULL);
}

static void ctr32(const struct sv_aes_sched *s, u8 *dst, const u8 *src, size_t nr,
		  u8 ctr[SV_AES_BLOCK])
{
	count_blocks(s, dst, src, nr, ctr, 0xffffffff);
}

/*
 * One group, and the tweaks of the next: one vector of those in each of the
 * first eight rounds (there are at least nine before the last), where they fill
 * the gaps between AES instructions. All at once they would hold up the group
 * behind them. The last round key takes the second addition of the tweak along.
 */
static __always_inline void xts_group(const struct sv_aes_sched *s, VEC b[WIDTH], VEC t[WIDTH],
				      bool is_encrypt)
{
	VEC k = round_key(s, 0, is_encrypt);
	VEC next[WIDTH];
	int i, r;

	EACH(i)
		b[i] = vec_xor(b[i], vec_xor(t[i], k));
	EACH(r) {
		k = round_key(s, (u32)r + 1, is_encrypt);
		EACH(i)
			b[i] = one_round(b[i], k, is_encrypt);
		next[r] = next_tweak(next, t, r);
	}
	rounds(s, b, WIDTH + 1, is_encrypt);
	k = round_key(s, s->rounds, is_encrypt);
	EACH(i) {
		b[i] = last_round(b[i], vec_xor(t[i], k), is_encrypt);
		t[i] = next[i];
	}
}

/* What the caller gets back is calculated beside it, in general registers. */
static __always_inline void xts(const struct sv_aes_sched *s, u8 *dst, const u8 *src,
				size_t nr, u8 tweak[SV_AES_BLOCK], bool is_encrypt)
{
	struct walk w = { .dst = dst, .src = src, .left = nr };
	u64 low = sv_load64(tweak);
	u64 high = sv_load64(tweak + 8);
	u8 buf[GROUP_LEN];
	VEC t[WIDTH], b[WIDTH];

	first_tweaks(t, high, low);
	while (next_group(&w, buf)) {
		sv_xts_mul_alpha(&high, &low, (u32)w.n);
		load_group(b, w.from);
		xts_group(s, b, t, is_encrypt);
		store_group(w.to, b);
		end_group(&w, buf);
	}
	sv_store64(tweak, low);
	sv_store64(tweak + 8, high);
}

static void xts_enc(const struct sv_aes_sched *s, u8 *dst, const u8 *src, size_t nr,
		    u8 tweak[SV_AES_BLOCK])
{
	xts(s, dst, src, nr, tweak, true);
}

static void xts_dec(const struct sv_aes_sched *s, u8 *dst, const u8 *src, size_t nr,
		    u8 tweak[SV_AES_BLOCK])
{
	xts(s, dst, src, nr, tweak, false);
}

#endif /* CORE_CRYPTO_X86_AES_WIDE_H */

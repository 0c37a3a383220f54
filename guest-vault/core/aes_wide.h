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
 *   make_tweaks           WIDTH vectors of consecutive XTS tweaks, the first one
 *                         being high:low
 *
 * vec_load must be opaque to the compiler (see sv_hide64), so that it keeps a
 * value that is used twice, instead of reading memory twice.
 *
 * Eight independent vectors cover latency times throughput of the AES units of
 * all CPUs in question. A group that is not full is processed as a full one in
 * private memory: one code path per mode, and a small image.
 */
#ifndef CORE_AES_WIDE_H
#define CORE_AES_WIDE_H

#include "aes.h"
#include "aes_x86.h"
#include "util.h"
#include "xts_offset.h"

enum {
	WIDTH = 8,
	GROUP = WIDTH * VEC_BLOCKS,	/* blocks */
	VEC_LEN = VEC_BLOCKS * SV_AES_BLOCK,
	GROUP_LEN = WIDTH * VEC_LEN,
};

#define UNROLL _Pragma("GCC unroll 8")
#define EACH(i) UNROLL for (i = 0; i < WIDTH; i++)

static __always_inline void encrypt(const struct sv_aes_sched *s, VEC b[WIDTH])
{
	VEC k = vec_key(s->rk.enc[0]);
	u32 r;
	int i;

	EACH(i)
		b[i] = vec_xor(b[i], k);
	for (r = 1; r < s->rounds; r++) {
		k = vec_key(s->rk.enc[r]);
		EACH(i)
			b[i] = vec_aesenc(b[i], k);
	}
	k = vec_key(s->rk.enc[r]);
	EACH(i)
		b[i] = vec_aesenclast(b[i], k);
}

static __always_inline void decrypt(const struct sv_aes_sched *s, VEC b[WIDTH])
{
	VEC k = vec_key(s->rk.dec[0]);
	u32 r;
	int i;

	EACH(i)
		b[i] = vec_xor(b[i], k);
	for (r = 1; r < s->rounds; r++) {
		k = vec_key(s->rk.dec[r]);
		EACH(i)
			b[i] = vec_aesdec(b[i], k);
	}
	k = vec_key(s->rk.dec[r]);
	EACH(i)
		b[i] = vec_aesdeclast(b[i], k);
}

/* A direction: one of the two above. */
#define CRYPT void (*crypt)(const struct sv_aes_sched *s, VEC b[WIDTH])

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
		memset(buf, 0, GROUP_LEN);
		memcpy(buf, w->src, w->n * SV_AES_BLOCK);
		barrier();
		w->from = buf;
		w->to = buf;
	}
	return true;
}

static __always_inline void end_group(struct walk *w, u8 buf[GROUP_LEN])
{
	if (unlikely(w->n < GROUP)) {
		memcpy(w->dst, buf, w->n * SV_AES_BLOCK);
		sv_wipe(buf, GROUP_LEN);
	}
	w->left -= w->n;
	w->src += GROUP_LEN;
	w->dst += GROUP_LEN;
}

static __always_inline void ecb(const struct sv_aes_sched *s, u8 *dst, const u8 *src,
				size_t nr, CRYPT)
{
	struct walk w = { .dst = dst, .src = src, .left = nr };
	u8 buf[GROUP_LEN];
	VEC b[WIDTH];

	while (next_group(&w, buf)) {
		load_group(b, w.from);
		crypt(s, b);
		store_group(w.to, b);
		end_group(&w, buf);
	}
}

static void ecb_enc(const struct sv_aes_sched *s, u8 *dst, const u8 *src, size_t nr)
{
	if (nr == 1)
		sv_aes_x86_encrypt1(s, dst, src);
	else
		ecb(s, dst, src, nr, encrypt);
}

static void ecb_dec(const struct sv_aes_sched *s, u8 *dst, const u8 *src, size_t nr)
{
	ecb(s, dst, src, nr, decrypt);
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
		decrypt(s, b);
		EACH(i) {
			b[i] = vec_xor(b[i], vec_prev(before, c[i]));
			before = c[i];
		}
		store_group(w.to, b);
		end_group(&w, buf);
	}
}

/* Counter @high:@low; the caller sees to it that @low does not wrap within. */
static void ctr_run(const struct sv_aes_sched *s, u8 *dst, const u8 *src, size_t nr, u64 high,
		    u64 low)
{
	struct walk w = { .dst = dst, .src = src, .left = nr };
	u8 buf[GROUP_LEN];
	VEC c = vec_count(high, low);
	VEC b[WIDTH];
	int i;

	while (next_group(&w, buf)) {
		EACH(i) {
			b[i] = vec_reverse(c);
			c = vec_add64(c, vec_blocks(VEC_BLOCKS));
		}
		encrypt(s, b);
		EACH(i)
			b[i] = vec_xor(b[i], vec_load(w.from + i * VEC_LEN));
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
 * The tweak of a group's first block is carried from group to group in general
 * registers, which are idle otherwise: no vector of one group then depends on
 * those of the group before.
 */
static __always_inline void xts(const struct sv_aes_sched *s, u8 *dst, const u8 *src,
				size_t nr, u8 tweak[SV_AES_BLOCK], CRYPT)
{
	struct walk w = { .dst = dst, .src = src, .left = nr };
	u64 low = sv_load64(tweak);
	u64 high = sv_load64(tweak + 8);
	u8 buf[GROUP_LEN];
	VEC t[WIDTH], b[WIDTH];
	int i;

	while (next_group(&w, buf)) {
		make_tweaks(t, high, low);
		sv_xts_mul_alpha(&high, &low, (u32)w.n);
		EACH(i)
			b[i] = vec_xor(vec_load(w.from + i * VEC_LEN), t[i]);
		crypt(s, b);
		EACH(i)
			b[i] = vec_xor(b[i], t[i]);
		store_group(w.to, b);
		end_group(&w, buf);
	}
	sv_store64(tweak, low);
	sv_store64(tweak + 8, high);
}

static void xts_enc(const struct sv_aes_sched *s, u8 *dst, const u8 *src, size_t nr,
		    u8 tweak[SV_AES_BLOCK])
{
	xts(s, dst, src, nr, tweak, encrypt);
}

static void xts_dec(const struct sv_aes_sched *s, u8 *dst, const u8 *src, size_t nr,
		    u8 tweak[SV_AES_BLOCK])
{
	xts(s, dst, src, nr, tweak, decrypt);
}

#endif /* CORE_AES_WIDE_H */

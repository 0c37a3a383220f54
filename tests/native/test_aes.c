// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The engines themselves: single calls of the vtable, ECB, the counters. */
#include "lib_aes.h"

enum { MAX_BLOCKS = 130, ROUNDS = 400 };

static u8 area[3][MAX_BLOCKS * 16 + 64];

struct request {
	struct sv_engines e;
	u8 key[32];
	size_t key_len;
	size_t nr;
	u8 *src, *dst, *want;
};

/* Random key, length, alignment; in place half of the time. */
static void make_request(struct request *q, struct rng *rng, const struct engine_run *run)
{
	q->e = run->e;
	q->key_len = 16 + 8 * rng_below(rng, 3);
	rng_fill(rng, q->key, sizeof(q->key));
	q->nr = rng_below(rng, MAX_BLOCKS + 1);
	q->src = area[0] + rng_below(rng, 64);
	q->dst = rng_below(rng, 2) ? area[1] + rng_below(rng, 64) : q->src;
	q->want = area[2];
	rng_fill(rng, q->src, q->nr * 16);
}

static void test_ecb_vectors(void **state)
{
	const struct engine_run *run = engine_run(state);
	FILE *f = open_data("aes-modes.txt");
	static struct row r;
	unsigned int nr = 0;
	u8 got[MAX_FIELD];

	while (next_row(f, &r)) {
		struct sv_aes_key *k;

		if (strcmp(r.word[0], "ecb"))
			continue;
		k = new_key(&run->e, SV_ALG_ECB, r.hex[1], r.len[1]);
		assert_row(r.line, sv_ecb_encrypt(k, got, r.hex[3], r.len[3]) == SV_ST_OK);
		assert_row(r.line, !memcmp(got, r.hex[4], r.len[4]));
		assert_row(r.line, sv_ecb_decrypt(k, got, got, r.len[3]) == SV_ST_OK);
		assert_row(r.line, !memcmp(got, r.hex[3], r.len[3]));
		ossl_crypt("ECB", true, r.hex[1], r.len[1], NULL, got, r.hex[3], r.len[3]);
		assert_row(r.line, !memcmp(got, r.hex[4], r.len[4]));
		free(k);
		nr++;
	}
	fclose(f);
	assert_int_equal(nr, 12);
}

static void test_ecb_random(void **state)
{
	const struct engine_run *run = engine_run(state);
	struct rng rng = { 1 };
	struct request q;
	u32 i;

	for (i = 0; i < ROUNDS; i++) {
		bool is_encrypt = i % 2;
		struct sv_aes_key *k;

		make_request(&q, &rng, run);
		k = new_key(&q.e, SV_ALG_ECB, q.key, q.key_len);
		ossl_crypt("ECB", is_encrypt, q.key, q.key_len, NULL, q.want, q.src, q.nr * 16);
		if (is_encrypt)
			assert_row(i, !sv_ecb_encrypt(k, q.dst, q.src, q.nr * 16));
		else
			assert_row(i, !sv_ecb_decrypt(k, q.dst, q.src, q.nr * 16));
		assert_row(i, !memcmp(q.dst, q.want, q.nr * 16));
		free(k);
	}
}

/* Nothing beside the blocks asked for is written. */
static void test_bounds(void **state)
{
	const struct engine_run *run = engine_run(state);
	static const u8 key[64] = { 1 };
	struct sv_aes_key *k = new_key(&run->e, SV_ALG_XTS, key, 64);
	const struct sv_aes_engine *e = run->e.aes;
	u8 iv[16] = { 0 };
	size_t nr, i;
	u32 f;

	for (nr = 0; nr <= 40; nr++) {
		for (f = 0; f < 8; f++) {
			u8 *dst = area[1] + 16;

			memset(area[1], 0xa5, sizeof(area[1]));
			switch (f) {
			case 0: e->ecb_enc(&k->data, dst, area[0], nr); break;
			case 1: e->ecb_dec(&k->data, dst, area[0], nr); break;
			case 2: e->cbc_enc(&k->data, dst, area[0], nr, iv); break;
			case 3: e->cbc_dec(&k->data, dst, area[0], nr, iv); break;
			case 4: e->ctr(&k->data, dst, area[0], nr, iv); break;
			case 5: e->ctr32(&k->data, dst, area[0], nr, iv); break;
			case 6: e->xts_enc(&k->data, dst, area[0], nr, iv); break;
			default: e->xts_dec(&k->data, dst, area[0], nr, iv); break;
			}
			for (i = 0; i < 16; i++)
				assert_row(nr, area[1][i] == 0xa5);
			for (i = 16 + 16 * nr; i < 16 + 16 * nr + 64; i++)
				assert_row(nr, area[1][i] == 0xa5);
		}
	}
	free(k);
}

/* Counter block @ctr + @i with the low @bits bits counting. */
static void model_counter(u8 out[16], const u8 ctr[16], u64 i, u32 bits)
{
	u32 n = bits / 8;
	int b;

	memcpy(out, ctr, 16);
	for (b = 15; b >= (int)(16 - n); b--) {
		i += out[b];
		out[b] = (u8)i;
		i >>= 8;
	}
}

static const struct {
	u32 ones;		/* bytes of 0xff at the end of the counter */
	u8 last;
} counter_rows[] = {
	{ 0, 0 }, { 0, 0xff }, { 3, 0xf8 }, { 3, 0xff }, { 4, 0xff }, { 7, 0xe0 }, { 7, 0xff },
	{ 8, 0xff }, { 11, 0x90 }, { 15, 0x81 }, { 15, 0xff },
};

/* Both widths against key stream made of single blocks. */
static void test_counters(void **state)
{
	const struct engine_run *run = engine_run(state);
	static const u8 key[16] = { 7 };
	static const u8 zero[MAX_BLOCKS * 16];
	struct sv_aes_key *k = new_key(&run->e, SV_ALG_CTR, key, 16);
	const struct sv_aes_engine *e = run->e.aes;
	u8 start[16], ctr[16], want[16];
	u32 row, wide;
	size_t i;

	for (row = 0; row < ARRAY_SIZE(counter_rows); row++) {
		for (wide = 0; wide < 2; wide++) {
			memset(start, 0x11, sizeof(start));
			memset(start + 15 - counter_rows[row].ones, 0xff, counter_rows[row].ones);
			start[15] = counter_rows[row].last;
			memcpy(ctr, start, sizeof(ctr));
			if (wide)
				e->ctr(&k->data, area[1], zero, MAX_BLOCKS, ctr);
			else
				e->ctr32(&k->data, area[1], zero, MAX_BLOCKS, ctr);
			for (i = 0; i < MAX_BLOCKS; i++) {
				model_counter(want, start, i, wide ? 128 : 32);
				ossl_crypt("ECB", true, key, 16, NULL, want, want, 16);
				assert_row(row, !memcmp(area[1] + 16 * i, want, 16));
			}
			model_counter(want, start, MAX_BLOCKS, wide ? 128 : 32);
			assert_row(row, !memcmp(ctr, want, 16));
		}
	}
	free(k);
}

/* The tweak left behind is that of the next block, for every remainder. */
static void test_running_tweak(void **state)
{
	const struct engine_run *run = engine_run(state);
	static const u8 key[64] = { 9 };
	struct sv_aes_key *k = new_key(&run->e, SV_ALG_XTS, key, 64);
	struct rng rng = { 3 };
	u8 tweak[16], want[16];
	size_t nr, i;

	for (nr = 0; nr <= 70; nr++) {
		rng_fill(&rng, want, sizeof(want));
		memcpy(tweak, want, sizeof(tweak));
		run->e.aes->xts_enc(&k->data, area[1], area[0], nr, tweak);
		for (i = 0; i < nr; i++)
			model_double(want);
		assert_row(nr, !memcmp(tweak, want, sizeof(want)));
		run->e.aes->xts_dec(&k->data, area[1], area[1], nr, tweak);
		for (i = 0; i < nr; i++)
			model_double(want);
		assert_row(nr, !memcmp(tweak, want, sizeof(want)));
	}
	free(k);
}

int main(void)
{
	static struct run_list l;

	add_runs(&l, "ecb vectors", test_ecb_vectors, false);
	add_runs(&l, "ecb against OpenSSL", test_ecb_random, false);
	add_runs(&l, "bounds", test_bounds, false);
	add_runs(&l, "counters", test_counters, false);
	add_runs(&l, "running tweak", test_running_tweak, false);
	return run_all(&l, "aes");
}

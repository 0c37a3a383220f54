// SPDX-License-Identifier: GPL-2.0 OR MIT
/* GCM over every pair of engines; what open must refuse; a hostile peer. */
#include "lib_aes.h"

#include <pthread.h>

enum { MAX_LEN = 70000, BOUNCE_LEN = 69632 };

static u8 text[MAX_LEN], out[MAX_LEN], want[MAX_LEN], bounce[BOUNCE_LEN], aad[1024];

struct gcm_case {
	struct sv_aes_key *k;
	struct sv_gcm_req r;
	u8 key[32];
	u8 iv[12];
	u8 tag[16];
	size_t key_len;
};

static void start_case(struct gcm_case *c, const struct engine_run *run, const u8 *key,
		       size_t key_len)
{
	c->k = new_key(&run->e, SV_ALG_GCM, key, key_len);
	c->r = (struct sv_gcm_req){
		.iv = c->iv, .aad = aad, .src = text, .dst = out, .tag = c->tag, .tag_len = 16,
		.bounce = bounce, .bounce_len = sizeof(bounce),
	};
}

static void check_row(const struct engine_run *run, struct row *r)
{
	bool is_ok = !strcmp(r->word[6], "ok");
	struct gcm_case c;
	u8 tag[16];

	assert_row(r->line, r->nr == 7 && r->len[1] == 12 && r->len[5] == 16);
	assert_row(r->line, is_ok || !strcmp(r->word[6], "bad"));
	start_case(&c, run, r->hex[0], r->len[0]);
	c.r.iv = r->hex[1];
	c.r.aad = r->hex[2];
	c.r.aad_len = r->len[2];
	c.r.len = r->len[4];

	c.r.src = r->hex[4];
	memcpy(c.tag, r->hex[5], 16);
	memset(out, 0x99, r->len[4]);
	assert_row(r->line, sv_gcm_open(c.k, &c.r) == (is_ok ? SV_ST_OK : SV_ST_BAD_TAG));
	if (is_ok) {
		assert_row(r->line, !memcmp(out, r->hex[3], r->len[3]));
		c.r.src = r->hex[3];
		memset(c.tag, 0, 16);
		assert_row(r->line, sv_gcm_seal(c.k, &c.r) == SV_ST_OK);
		assert_row(r->line, !memcmp(out, r->hex[4], r->len[4]));
		assert_row(r->line, !memcmp(c.tag, r->hex[5], 16));
		ossl_gcm_seal(r->hex[0], r->len[0], r->hex[1], r->hex[2], r->len[2], want,
			      r->hex[3], r->len[3], tag);
		assert_row(r->line, !memcmp(tag, r->hex[5], 16));
	}
	free(c.k);
}

static void test_vectors(void **state)
{
	const struct engine_run *run = engine_run(state);
	FILE *f = open_data("aes-gcm.txt");
	static struct row r;
	u32 nr = 0;

	for (; next_row(f, &r); nr++)
		check_row(run, &r);
	fclose(f);
	assert_int_equal(nr, 69);
}

static const u8 tag_lens[] = { 4, 8, 12, 13, 14, 15, 16 };

static void test_random(void **state)
{
	const struct engine_run *run = engine_run(state);
	struct rng rng = { 21 };
	u32 i;

	for (i = 0; i < 250; i++) {
		size_t len = rng_below(&rng, i % 50 ? 1500 : 65537);
		u8 key[32], tag[16];
		u8 *src = text + rng_below(&rng, 64);
		u8 *dst = rng_below(&rng, 2) ? out + rng_below(&rng, 64) : src;
		size_t key_len = 16 + 8 * rng_below(&rng, 3);
		struct gcm_case c;

		rng_fill(&rng, key, sizeof(key));
		rng_fill(&rng, aad, sizeof(aad));
		rng_fill(&rng, src, len);
		start_case(&c, run, key, key_len);
		rng_fill(&rng, c.iv, sizeof(c.iv));
		c.r.aad_len = rng_below(&rng, 8) ? rng_below(&rng, 80) : rng_below(&rng, 1024);
		c.r.src = src;
		c.r.dst = dst;
		c.r.len = len;
		c.r.tag_len = tag_lens[rng_below(&rng, sizeof(tag_lens))];
		ossl_gcm_seal(key, key_len, c.iv, aad, c.r.aad_len, want, src, len, tag);
		memset(c.tag, 0xee, sizeof(c.tag));
		assert_row(i, sv_gcm_seal(c.k, &c.r) == SV_ST_OK);
		assert_row(i, !memcmp(dst, want, len));
		assert_row(i, !memcmp(c.tag, tag, c.r.tag_len));
		assert_row(i, c.r.tag_len == 16 || c.tag[c.r.tag_len] == 0xee);

		c.r.src = c.r.dst;
		assert_row(i, sv_gcm_open(c.k, &c.r) == SV_ST_OK);
		c.r.src = want;
		c.r.dst = want;
		assert_row(i, sv_gcm_open(c.k, &c.r) == SV_ST_OK);
		assert_row(i, !memcmp(want, dst, len));
		free(c.k);
	}
}

/* Every bit of every tag length; nothing is written, the copy is gone. */
static void test_bad_tags(void **state)
{
	const struct engine_run *run = engine_run(state);
	static const u8 key[16] = { 5 };
	struct gcm_case c;
	size_t i, bit;

	start_case(&c, run, key, sizeof(key));
	memset(c.iv, 1, sizeof(c.iv));
	c.r.len = 100;
	c.r.aad_len = 13;
	memset(text, 0x42, 100);
	assert_int_equal(sv_gcm_seal(c.k, &c.r), SV_ST_OK);
	memcpy(text, out, 100);
	memset(out, 0xd5, 100);
	for (i = 0; i < sizeof(tag_lens); i++) {
		c.r.tag_len = tag_lens[i];
		for (bit = 0; bit < 8U * tag_lens[i]; bit++) {
			c.tag[bit / 8] ^= (u8)(1 << bit % 8);
			memset(bounce, 0xaa, 128);
			assert_row(bit, sv_gcm_open(c.k, &c.r) == SV_ST_BAD_TAG);
			c.tag[bit / 8] ^= (u8)(1 << bit % 8);
		}
		memset(want, 0xd5, 100);
		assert_row(i, !memcmp(out, want, 100));
		memset(want, 0, 100);
		assert_row(i, !memcmp(bounce, want, 100) && bounce[100] == 0xaa);
		/* Bytes beyond the tag's length do not count. */
		if (tag_lens[i] < 16)
			c.tag[tag_lens[i]] ^= 1;
		assert_row(i, sv_gcm_open(c.k, &c.r) == SV_ST_OK);
		if (tag_lens[i] < 16)
			c.tag[tag_lens[i]] ^= 1;
		memset(out, 0xd5, 100);
	}
	free(c.k);
}

static const struct {
	u32 alg;
	size_t len, tag_len, seal_bounce, open_bounce;
	enum sv_status seal, open;
} refused_rows[] = {
	{ SV_ALG_GCM, 16, 0, 4096, 16, SV_ST_BAD_LEN, SV_ST_BAD_LEN },
	{ SV_ALG_GCM, 16, 1, 4096, 16, SV_ST_BAD_LEN, SV_ST_BAD_LEN },
	{ SV_ALG_GCM, 16, 3, 4096, 16, SV_ST_BAD_LEN, SV_ST_BAD_LEN },
	{ SV_ALG_GCM, 16, 5, 4096, 16, SV_ST_BAD_LEN, SV_ST_BAD_LEN },
	{ SV_ALG_GCM, 16, 7, 4096, 16, SV_ST_BAD_LEN, SV_ST_BAD_LEN },
	{ SV_ALG_GCM, 16, 9, 4096, 16, SV_ST_BAD_LEN, SV_ST_BAD_LEN },
	{ SV_ALG_GCM, 16, 11, 4096, 16, SV_ST_BAD_LEN, SV_ST_BAD_LEN },
	{ SV_ALG_GCM, 16, 17, 4096, 16, SV_ST_BAD_LEN, SV_ST_BAD_LEN },
	{ SV_ALG_GCM, 16, 32, 4096, 16, SV_ST_BAD_LEN, SV_ST_BAD_LEN },
	{ SV_ALG_GCM, 16, 16, 0, 0, SV_ST_BAD_LEN, SV_ST_BAD_LEN },
	{ SV_ALG_GCM, 16, 16, 4095, 15, SV_ST_BAD_LEN, SV_ST_BAD_LEN },
	{ SV_ALG_GCM, 4097, 16, 1, 4096, SV_ST_BAD_LEN, SV_ST_BAD_LEN },
	{ SV_ALG_GCM, (1ULL << 36) - 31, 16, 4096, ~0UL, SV_ST_BAD_LEN, SV_ST_BAD_LEN },
	{ SV_ALG_CTR, 16, 16, 4096, 16, SV_ST_BAD_ALG, SV_ST_BAD_ALG },
	{ SV_ALG_ECB, 16, 16, 4096, 16, SV_ST_BAD_ALG, SV_ST_BAD_ALG },
	{ SV_ALG_XTS, 16, 16, 4096, 16, SV_ST_BAD_ALG, SV_ST_BAD_ALG },
	{ 0, 16, 16, 4096, 16, SV_ST_BAD_ALG, SV_ST_BAD_ALG },
};

static void test_refusals(void **state)
{
	const struct engine_run *run = engine_run(state);
	static u8 key[32];
	struct gcm_case c;
	u8 before[16];
	u32 i;

	key[0] = 1;
	memset(out, 0xd5, 64);
	memset(want, 0xd5, 64);
	for (i = 0; i < ARRAY_SIZE(refused_rows); i++) {
		u32 alg = refused_rows[i].alg;

		start_case(&c, run, key, sizeof(key));
		assert_row(i, !sv_aes_key_set(c.k, &run->e, alg ? alg : SV_ALG_GCM, key, 32));
		if (!alg)
			sv_aes_key_wipe(c.k);
		memset(c.iv, 0, sizeof(c.iv));
		memset(c.tag, 0x31, sizeof(c.tag));
		memcpy(before, c.tag, sizeof(before));
		c.r.len = refused_rows[i].len;
		c.r.tag_len = refused_rows[i].tag_len;
		c.r.bounce_len = refused_rows[i].seal_bounce;
		assert_row(i, sv_gcm_seal(c.k, &c.r) == refused_rows[i].seal);
		c.r.bounce_len = refused_rows[i].open_bounce;
		assert_row(i, sv_gcm_open(c.k, &c.r) == refused_rows[i].open);
		assert_row(i, !memcmp(out, want, 64));
		assert_row(i, !memcmp(c.tag, before, sizeof(before)));
		free(c.k);
	}
}

/* A peer that changes one byte of the shared ciphertext back and forth. */
struct peer {
	volatile u8 *byte;
	bool stop;
};

static void *flip(void *arg)
{
	struct peer *p = arg;

	while (!__atomic_load_n(&p->stop, __ATOMIC_RELAXED))
		*p->byte ^= 1;
	return NULL;
}

/*
 * Whatever the peer does between the moments at which open looks: either the
 * tag is refused and nothing written, or the right plaintext comes out.
 */
static void test_hostile_open(void **state)
{
	const struct engine_run *run = engine_run(state);
	static const u8 key[16] = { 6 };
	enum { LEN = 2048 };
	struct peer peer = { .byte = text + LEN - 100 };
	struct gcm_case c;
	pthread_t thread;
	u32 i;

	start_case(&c, run, key, sizeof(key));
	memset(c.iv, 2, sizeof(c.iv));
	memset(text, 0x5c, LEN);
	memset(want, 0x5c, LEN);
	c.r.len = LEN;
	assert_int_equal(sv_gcm_seal(c.k, &c.r), SV_ST_OK);
	memcpy(text, out, LEN);

	assert_int_equal(pthread_create(&thread, NULL, flip, &peer), 0);
	for (i = 0; i < 300; i++) {
		enum sv_status st;

		memset(out, 0, LEN);
		st = sv_gcm_open(c.k, &c.r);
		if (st == SV_ST_OK)
			assert_row(i, !memcmp(out, want, LEN));
		else
			assert_row(i, st == SV_ST_BAD_TAG && !out[0] && !out[LEN - 100]);
	}
	__atomic_store_n(&peer.stop, true, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
	free(c.k);
}

/* The same against seal: the tag must fit the text that open then gets. */
static void test_hostile_seal(void **state)
{
	const struct engine_run *run = engine_run(state);
	static const u8 key[16] = { 6 };
	enum { LEN = 2048 };
	struct peer peer = { .byte = text + LEN - 100 };
	struct gcm_case c;
	pthread_t thread;
	u32 i;

	start_case(&c, run, key, sizeof(key));
	memset(c.iv, 2, sizeof(c.iv));
	memset(text, 0x5c, LEN);
	c.r.len = LEN;
	assert_int_equal(pthread_create(&thread, NULL, flip, &peer), 0);
	for (i = 0; i < 300; i++) {
		assert_row(i, sv_gcm_seal(c.k, &c.r) == SV_ST_OK);
		c.r.src = out;
		c.r.dst = want;
		assert_row(i, sv_gcm_open(c.k, &c.r) == SV_ST_OK);
		c.r.src = text;
		c.r.dst = out;
	}
	__atomic_store_n(&peer.stop, true, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
	free(c.k);
}

/* GHASH in one call and in many is the same, and follows the definition. */
static void test_ghash_chunks(void **state)
{
	const struct engine_run *run = engine_run(state);
	const struct sv_ghash_engine *g = run->e.ghash;
	static struct sv_ghash_key key, ref;
	struct rng rng = { 31 };
	u8 h[16], y[16], y_ref[16];
	u32 i, at, n;

	for (i = 0; i < 100; i++) {
		u32 nr = rng_below(&rng, 140);

		rng_fill(&rng, h, sizeof(h));
		rng_fill(&rng, y, sizeof(y));
		rng_fill(&rng, text, 16 * nr + 3);
		memcpy(y_ref, y, sizeof(y));
		g->init(&key, h);
		sv_ghash_ct.init(&ref, h);
		sv_ghash_ct.update(&ref, y_ref, text + 3, nr);
		for (at = 0; at < nr; at += n) {
			n = rng_below(&rng, 70);
			n = min_t(u32, nr - at, n);
			g->update(&key, y, text + 3 + 16 * at, n);
		}
		assert_row(i, !memcmp(y, y_ref, sizeof(y)));
	}
}

int main(void)
{
	static struct run_list l;

	add_runs(&l, "vectors", test_vectors, true);
	add_runs(&l, "against OpenSSL", test_random, true);
	add_runs(&l, "bad tags", test_bad_tags, true);
	add_runs(&l, "refusals", test_refusals, true);
	add_runs(&l, "hostile open", test_hostile_open, true);
	add_runs(&l, "hostile seal", test_hostile_seal, true);
	add_runs(&l, "ghash in pieces", test_ghash_chunks, true);
	return run_all(&l, "gcm");
}

// SPDX-License-Identifier: GPL-2.0 OR MIT
/* CBC, CTR and XTS: vectors, OpenSSL, chaining, splitting, and refusals. */
#include "lib_aes.h"

enum { MAX_LEN = 2100, MARGIN = 64, ROUNDS = 400 };

static u8 area[3][MAX_LEN + MARGIN];

/* The calls of a mode behind one signature. */
struct mode {
	const char *word;	/* in the data file */
	const char *ossl;
	u32 alg;
	u32 nr_rows;
	enum sv_status (*encrypt)(const struct sv_aes_key *k, u8 *dst, const u8 *src, size_t len,
				  u8 iv[16]);
	enum sv_status (*decrypt)(const struct sv_aes_key *k, u8 *dst, const u8 *src, size_t len,
				  u8 iv[16]);
};

static enum sv_status xts_encrypt(const struct sv_aes_key *k, u8 *dst, const u8 *src, size_t len,
				  u8 iv[16])
{
	return sv_xts_encrypt(k, dst, src, len, iv, 0);
}

static enum sv_status xts_decrypt(const struct sv_aes_key *k, u8 *dst, const u8 *src, size_t len,
				  u8 iv[16])
{
	return sv_xts_decrypt(k, dst, src, len, iv, 0);
}

static const struct mode cbc = {
	"cbc", "CBC", SV_ALG_CBC, 9, sv_cbc_encrypt, sv_cbc_decrypt,
};

static const struct mode ctr = {
	"ctr", "CTR", SV_ALG_CTR, 11, sv_ctr_crypt, sv_ctr_crypt,
};

static const struct mode xts = {
	"xts", "XTS", SV_ALG_XTS, 40, xts_encrypt, xts_decrypt,
};

static void check_row(const struct engine_run *run, const struct mode *m, const struct row *r)
{
	struct sv_aes_key *k = new_key(&run->e, m->alg, r->hex[1], r->len[1]);
	u8 iv[16], got[MAX_FIELD];

	assert_row(r->line, r->len[3] == r->len[4] && r->len[2] == 16);
	memcpy(iv, r->hex[2], 16);
	assert_row(r->line, m->encrypt(k, got, r->hex[3], r->len[3], iv) == SV_ST_OK);
	assert_row(r->line, !memcmp(got, r->hex[4], r->len[4]));
	if (r->len[5])
		assert_row(r->line, !memcmp(iv, r->hex[5], 16));

	memcpy(iv, r->hex[2], 16);
	assert_row(r->line, m->decrypt(k, got, got, r->len[3], iv) == SV_ST_OK);
	assert_row(r->line, !memcmp(got, r->hex[3], r->len[3]));
	if (r->len[5])
		assert_row(r->line, !memcmp(iv, r->hex[5], 16));

	if (r->len[1] == 48)
		model_xts_encrypt(r->hex[1], r->len[1], r->hex[2], 0, got, r->hex[3], r->len[3]);
	else
		ossl_crypt(m->ossl, true, r->hex[1], r->len[1], r->hex[2], got, r->hex[3],
			   r->len[3]);
	assert_row(r->line, !memcmp(got, r->hex[4], r->len[4]));
	free(k);
}

static void check_vectors(void **state, const struct mode *m)
{
	const struct engine_run *run = engine_run(state);
	FILE *f = open_data("aes-modes.txt");
	static struct row r;
	u32 nr = 0;

	while (next_row(f, &r)) {
		if (strcmp(r.word[0], m->word))
			continue;
		check_row(run, m, &r);
		nr++;
	}
	fclose(f);
	assert_int_equal(nr, m->nr_rows);
}

/* A length that the mode takes. */
static size_t pick_len(struct rng *rng, const struct mode *m)
{
	size_t len = rng_below(rng, MAX_LEN + 1);

	if (m == &cbc)
		len &= ~15UL;
	if (m == &xts && len < 16)
		len = 16;
	return len;
}

static size_t pick_key_len(struct rng *rng, const struct mode *m)
{
	if (m == &xts)
		return rng_below(rng, 2) ? 64 : 32;
	return 16 + 8 * rng_below(rng, 3);
}

static void check_random(void **state, const struct mode *m)
{
	const struct engine_run *run = engine_run(state);
	struct rng rng = { m->alg };
	u32 i;

	for (i = 0; i < ROUNDS; i++) {
		size_t len = pick_len(&rng, m), key_len = pick_key_len(&rng, m);
		u8 *src = area[0] + rng_below(&rng, MARGIN);
		u8 *dst = rng_below(&rng, 2) ? area[1] + rng_below(&rng, MARGIN) : src;
		bool is_encrypt = rng_below(&rng, 2);
		u8 key[64], iv[16], work_iv[16];
		struct sv_aes_key *k;

		rng_fill(&rng, key, sizeof(key));
		rng_fill(&rng, iv, sizeof(iv));
		rng_fill(&rng, src, len);
		k = new_key(&run->e, m->alg, key, key_len);
		ossl_crypt(m->ossl, is_encrypt, key, key_len, iv, area[2], src, len);
		memcpy(work_iv, iv, sizeof(iv));
		if (is_encrypt)
			assert_row(i, m->encrypt(k, dst, src, len, work_iv) == SV_ST_OK);
		else
			assert_row(i, m->decrypt(k, dst, src, len, work_iv) == SV_ST_OK);
		assert_row(i, !memcmp(dst, area[2], len));
		if (m == &xts)
			assert_row(i, !memcmp(iv, work_iv, sizeof(iv)));
		free(k);
	}
}

/* One message in pieces, in place, each carrying on with the IV of the last. */
static void check_chunks(void **state, const struct mode *m)
{
	const struct engine_run *run = engine_run(state);
	struct rng rng = { 5 };
	u32 i, way;

	for (i = 0; i < 60; i++) {
		for (way = 0; way < 2; way++) {
			size_t len = pick_len(&rng, m), at = 0, n;
			u8 key[32], iv[16];
			struct sv_aes_key *k;

			rng_fill(&rng, key, sizeof(key));
			rng_fill(&rng, iv, sizeof(iv));
			rng_fill(&rng, area[0], len);
			k = new_key(&run->e, m->alg, key, 32);
			ossl_crypt(m->ossl, way, key, 32, iv, area[2], area[0], len);
			for (; at < len; at += n) {
				n = 16 * (1 + rng_below(&rng, 40));
				if (n > len - at)
					n = len - at;
				if (way)
					assert_row(i, !m->encrypt(k, area[0] + at, area[0] + at, n, iv));
				else
					assert_row(i, !m->decrypt(k, area[0] + at, area[0] + at, n, iv));
			}
			assert_row(i, !memcmp(area[0], area[2], len));
			free(k);
		}
	}
}

static void test_cbc_vectors(void **state)
{
	check_vectors(state, &cbc);
}

static void test_cbc_random(void **state)
{
	check_random(state, &cbc);
}

static void test_cbc_chunks(void **state)
{
	check_chunks(state, &cbc);
}

static void test_ctr_vectors(void **state)
{
	check_vectors(state, &ctr);
}

static void test_ctr_random(void **state)
{
	check_random(state, &ctr);
}

static void test_ctr_chunks(void **state)
{
	check_chunks(state, &ctr);
}

static void test_xts_vectors(void **state)
{
	check_vectors(state, &xts);
}

static void test_xts_random(void **state)
{
	check_random(state, &xts);
}

/* A data unit in two or three parts, in any order, in both directions. */
static void test_xts_parts(void **state)
{
	const struct engine_run *run = engine_run(state);
	struct rng rng = { 6 };
	u32 i, part;

	for (i = 0; i < 100; i++) {
		size_t len = 64 + rng_below(&rng, MAX_LEN - 64);
		size_t cut[4] = { 0 };
		u8 key[64], iv[16];
		struct sv_aes_key *k;

		cut[1] = 16 * rng_below(&rng, (u32)len / 16 - 1);
		cut[2] = cut[1] + 16 * rng_below(&rng, (u32)(len - cut[1]) / 16);
		cut[3] = len;
		rng_fill(&rng, key, sizeof(key));
		rng_fill(&rng, iv, sizeof(iv));
		rng_fill(&rng, area[0], len);
		k = new_key(&run->e, SV_ALG_XTS, key, sizeof(key));
		ossl_crypt("XTS", true, key, sizeof(key), iv, area[2], area[0], len);
		for (part = 3; part-- > 0;) {
			size_t at = cut[part], n = cut[part + 1] - at;

			if (!n)
				continue;
			assert_row(i, !sv_xts_encrypt(k, area[1] + at, area[0] + at, n, iv, at / 16));
			assert_row(i, !memcmp(area[1] + at, area[2] + at, n));
			assert_row(i, !sv_xts_decrypt(k, area[1] + at, area[1] + at, n, iv, at / 16));
			assert_row(i, !memcmp(area[1] + at, area[0] + at, n));
		}
		free(k);
	}
}

/* Far into a data unit, and all sizes of keys, against the model. */
static void test_xts_offsets(void **state)
{
	const struct engine_run *run = engine_run(state);
	static const u64 offsets[] = { 1, 2, 31, 32, 57, 58, 63, 64, 127, 128, 129, 4095, 65537, 1000003 };
	struct rng rng = { 8 };
	size_t key_len;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(offsets); i++) {
		for (key_len = 32; key_len <= 64; key_len += 16) {
			size_t len = 16 + rng_below(&rng, 100);
			u8 key[64], iv[16];
			struct sv_aes_key *k;

			rng_fill(&rng, key, sizeof(key));
			rng_fill(&rng, iv, sizeof(iv));
			rng_fill(&rng, area[0], len);
			k = new_key(&run->e, SV_ALG_XTS, key, key_len);
			model_xts_encrypt(key, key_len, iv, offsets[i], area[2], area[0], len);
			assert_row(i, !sv_xts_encrypt(k, area[1], area[0], len, iv, offsets[i]));
			assert_row(i, !memcmp(area[1], area[2], len));
			free(k);
		}
	}
}

/* At the largest offset there is no model, but one call must still equal two. */
static void test_xts_huge_offset(void **state)
{
	const struct engine_run *run = engine_run(state);
	static const u8 key[64] = { 1, 2, 3 };
	static const u8 iv[16] = { 9 };
	struct sv_aes_key *k = new_key(&run->e, SV_ALG_XTS, key, 64);
	u8 near[32], far[32], text[32] = { 4 };
	u64 offset = ~0ULL;

	assert_int_equal(sv_xts_encrypt(k, near, text, 32, iv, offset - 1), SV_ST_OK);
	assert_int_equal(sv_xts_encrypt(k, far, text, 16, iv, offset - 1), SV_ST_OK);
	assert_int_equal(sv_xts_encrypt(k, far + 16, text + 16, 16, iv, offset), SV_ST_OK);
	assert_memory_equal(near, far, 32);
	free(k);
}

static const struct {
	u32 alg;
	size_t key_len;
	enum sv_status want;
} key_rows[] = {
	{ SV_ALG_ECB, 16, SV_ST_OK }, { SV_ALG_CBC, 24, SV_ST_OK }, { SV_ALG_CTR, 32, SV_ST_OK },
	{ SV_ALG_XTS, 32, SV_ST_OK }, { SV_ALG_XTS, 48, SV_ST_OK }, { SV_ALG_XTS, 64, SV_ST_OK },
	{ SV_ALG_GCM, 16, SV_ST_OK },
	{ SV_ALG_ECB, 0, SV_ST_BAD_KEYLEN }, { SV_ALG_ECB, 15, SV_ST_BAD_KEYLEN },
	{ SV_ALG_ECB, 17, SV_ST_BAD_KEYLEN }, { SV_ALG_CBC, 20, SV_ST_BAD_KEYLEN },
	{ SV_ALG_CBC, 31, SV_ST_BAD_KEYLEN }, { SV_ALG_CTR, 33, SV_ST_BAD_KEYLEN },
	{ SV_ALG_CTR, 64, SV_ST_BAD_KEYLEN }, { SV_ALG_GCM, 20, SV_ST_BAD_KEYLEN },
	{ SV_ALG_GCM, 64, SV_ST_BAD_KEYLEN }, { SV_ALG_XTS, 16, SV_ST_BAD_KEYLEN },
	{ SV_ALG_XTS, 24, SV_ST_BAD_KEYLEN }, { SV_ALG_XTS, 33, SV_ST_BAD_KEYLEN },
	{ SV_ALG_XTS, 40, SV_ST_BAD_KEYLEN }, { SV_ALG_XTS, 63, SV_ST_BAD_KEYLEN },
	{ SV_ALG_XTS, 65, SV_ST_BAD_KEYLEN },
	{ 0, 16, SV_ST_BAD_ALG }, { SV_ALG_RFC4106, 16, SV_ST_BAD_ALG },
	{ SV_ALG_END, 16, SV_ST_BAD_ALG }, { 0xffffffff, 16, SV_ST_BAD_ALG },
};

static bool is_zero(const void *p, size_t len)
{
	const u8 *b = p;

	while (len--)
		if (*b++)
			return false;
	return true;
}

/* A refused key leaves nothing behind, and so does a wiped one. */
static void test_keys(void **state)
{
	const struct engine_run *run = engine_run(state);
	static struct sv_aes_key k;
	static u8 key[80];
	u32 i;

	memset(key, 0x3c, sizeof(key));
	for (i = 0; i < ARRAY_SIZE(key_rows); i++) {
		memset(&k, 0xff, sizeof(k));
		assert_row(i, sv_aes_key_set(&k, &run->e, key_rows[i].alg, key,
					     key_rows[i].key_len) == key_rows[i].want);
		if (key_rows[i].want == SV_ST_OK) {
			assert_row(i, k.alg == key_rows[i].alg);
			sv_aes_key_wipe(&k);
		}
		assert_row(i, is_zero(&k, sizeof(k)));
	}
}

enum call { ECB_ENC, ECB_DEC, CBC_ENC, CBC_DEC, CTR, XTS_ENC, XTS_DEC };

static enum sv_status do_call(enum call c, const struct sv_aes_key *k, u8 *dst, size_t len, u8 *iv)
{
	switch (c) {
	case ECB_ENC: return sv_ecb_encrypt(k, dst, area[0], len);
	case ECB_DEC: return sv_ecb_decrypt(k, dst, area[0], len);
	case CBC_ENC: return sv_cbc_encrypt(k, dst, area[0], len, iv);
	case CBC_DEC: return sv_cbc_decrypt(k, dst, area[0], len, iv);
	case CTR: return sv_ctr_crypt(k, dst, area[0], len, iv);
	case XTS_ENC: return sv_xts_encrypt(k, dst, area[0], len, iv, 1);
	default: return sv_xts_decrypt(k, dst, area[0], len, iv, 1);
	}
}

static const struct {
	enum call call;
	u32 alg;
	size_t len;
	enum sv_status want;
} call_rows[] = {
	{ ECB_ENC, SV_ALG_ECB, 0, SV_ST_OK }, { CBC_ENC, SV_ALG_CBC, 0, SV_ST_OK },
	{ CBC_DEC, SV_ALG_CBC, 0, SV_ST_OK }, { CTR, SV_ALG_CTR, 0, SV_ST_OK },
	{ ECB_ENC, SV_ALG_ECB, 1, SV_ST_BAD_LEN }, { ECB_ENC, SV_ALG_ECB, 17, SV_ST_BAD_LEN },
	{ ECB_DEC, SV_ALG_ECB, 15, SV_ST_BAD_LEN }, { ECB_DEC, SV_ALG_ECB, 33, SV_ST_BAD_LEN },
	{ CBC_ENC, SV_ALG_CBC, 1, SV_ST_BAD_LEN }, { CBC_ENC, SV_ALG_CBC, 31, SV_ST_BAD_LEN },
	{ CBC_DEC, SV_ALG_CBC, 8, SV_ST_BAD_LEN }, { CBC_DEC, SV_ALG_CBC, 65, SV_ST_BAD_LEN },
	{ XTS_ENC, SV_ALG_XTS, 0, SV_ST_BAD_LEN }, { XTS_ENC, SV_ALG_XTS, 1, SV_ST_BAD_LEN },
	{ XTS_ENC, SV_ALG_XTS, 15, SV_ST_BAD_LEN }, { XTS_DEC, SV_ALG_XTS, 0, SV_ST_BAD_LEN },
	{ XTS_DEC, SV_ALG_XTS, 15, SV_ST_BAD_LEN },
	{ ECB_ENC, SV_ALG_CBC, 16, SV_ST_BAD_ALG }, { ECB_DEC, SV_ALG_GCM, 16, SV_ST_BAD_ALG },
	{ CBC_ENC, SV_ALG_ECB, 16, SV_ST_BAD_ALG }, { CBC_DEC, SV_ALG_CTR, 16, SV_ST_BAD_ALG },
	{ CTR, SV_ALG_CBC, 16, SV_ST_BAD_ALG }, { CTR, SV_ALG_XTS, 16, SV_ST_BAD_ALG },
	{ XTS_ENC, SV_ALG_CTR, 16, SV_ST_BAD_ALG }, { XTS_DEC, SV_ALG_GCM, 16, SV_ST_BAD_ALG },
	{ ECB_ENC, 0, 16, SV_ST_BAD_ALG }, { CTR, 0, 16, SV_ST_BAD_ALG },
	{ CBC_ENC, 0, 16, SV_ST_BAD_ALG }, { XTS_ENC, 0, 16, SV_ST_BAD_ALG },
};

/* What is refused changes neither destination nor IV. Row alg 0: a wiped key. */
static void test_refusals(void **state)
{
	const struct engine_run *run = engine_run(state);
	u8 dst[128], dst_before[128], iv[16], iv_before[16], key[32];
	struct rng rng = { 11 };
	u32 i;

	rng_fill(&rng, key, sizeof(key));
	for (i = 0; i < ARRAY_SIZE(call_rows); i++) {
		u32 alg = call_rows[i].alg;
		struct sv_aes_key *k = new_key(&run->e, alg ? alg : SV_ALG_ECB, key, 32);

		if (!alg)
			sv_aes_key_wipe(k);
		rng_fill(&rng, dst, sizeof(dst));
		rng_fill(&rng, iv, sizeof(iv));
		memcpy(dst_before, dst, sizeof(dst));
		memcpy(iv_before, iv, sizeof(iv));
		assert_row(i, do_call(call_rows[i].call, k, dst, call_rows[i].len, iv) ==
			      call_rows[i].want);
		assert_row(i, !memcmp(dst, dst_before, sizeof(dst)));
		assert_row(i, !memcmp(iv, iv_before, sizeof(iv)));
		free(k);
	}
}

/* Equal halves are weak, one bit of difference anywhere is enough. */
static void test_weak_keys(void **state)
{
	size_t len, bit;
	u8 key[64];

	(void)state;
	for (len = 32; len <= 64; len += 16) {
		memset(key, 0x77, sizeof(key));
		assert_row(len, sv_xts_key_is_weak(key, len));
		for (bit = 0; bit < len * 8; bit++) {
			key[bit / 8] ^= (u8)(1 << bit % 8);
			assert_row(bit, !sv_xts_key_is_weak(key, len));
			key[bit / 8] ^= (u8)(1 << bit % 8);
		}
		key[len / 2] ^= 0x55;
		key[0] ^= 0x55;
		assert_row(len, sv_xts_key_is_weak(key, len));
	}
}

int main(void)
{
	static struct run_list l;

	add_runs(&l, "cbc vectors", test_cbc_vectors, false);
	add_runs(&l, "cbc against OpenSSL", test_cbc_random, false);
	add_runs(&l, "cbc in pieces", test_cbc_chunks, false);
	add_runs(&l, "ctr vectors", test_ctr_vectors, false);
	add_runs(&l, "ctr against OpenSSL", test_ctr_random, false);
	add_runs(&l, "ctr in pieces", test_ctr_chunks, false);
	add_runs(&l, "xts vectors", test_xts_vectors, false);
	add_runs(&l, "xts against OpenSSL", test_xts_random, false);
	add_runs(&l, "xts data unit in parts", test_xts_parts, false);
	add_runs(&l, "xts offsets", test_xts_offsets, false);
	add_runs(&l, "xts huge offset", test_xts_huge_offset, false);
	add_runs(&l, "keys", test_keys, false);
	add_runs(&l, "refusals", test_refusals, false);
	l.tests[l.nr++] = (struct CMUnitTest)cmocka_unit_test(test_weak_keys);
	return run_all(&l, "modes");
}

// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Constant time: keys and texts are undefined memory, so that valgrind
 * reports any branch and any address that depends on them.
 * Public by contract are lengths, IVs of CTR and GCM, offsets, and the verdict.
 */
#include "lib_aes.h"
#include "lib_secret.h"

enum { LEN = 1100 };

static u8 text[LEN], out[LEN], bounce[SV_GCM_CHUNK];
static u8 key[64];

/*
 * The outcome of a comparison is what the caller may learn: linked in place of
 * sv_memeq, this runs the real one on the secrets and publishes its result.
 */
bool __real_sv_memeq(const void *a, const void *b, size_t len);
bool __wrap_sv_memeq(const void *a, const void *b, size_t len);

bool __wrap_sv_memeq(const void *a, const void *b, size_t len)
{
	bool is_equal = __real_sv_memeq(a, b, len);

	mark_public(&is_equal, sizeof(is_equal));
	return is_equal;
}

/* Fresh secrets. Without anyone to watch them there is nothing to see. */
static const struct engine_run *start(void **state)
{
	const struct engine_run *run = engine_run(state);
	struct rng rng = { 77 };

	if (!secrets_are_tracked())
		skip();
	rng_fill(&rng, key, sizeof(key));
	rng_fill(&rng, text, sizeof(text));
	mark_secret(key, sizeof(key));
	mark_secret(text, sizeof(text));
	return run;
}

static void end(struct sv_aes_key *k)
{
	sv_aes_key_wipe(k);
	free(k);
	mark_public(text, sizeof(text));
	mark_public(out, sizeof(out));
	mark_public(key, sizeof(key));
}

static void test_ecb(void **state)
{
	const struct engine_run *run = start(state);
	size_t key_len;

	for (key_len = 16; key_len <= 32; key_len += 8) {
		struct sv_aes_key *k = new_key(&run->e, SV_ALG_ECB, key, key_len);

		assert_int_equal(sv_ecb_encrypt(k, out, text, 1088), SV_ST_OK);
		assert_int_equal(sv_ecb_decrypt(k, out, text, 1088), SV_ST_OK);
		assert_int_equal(sv_ecb_encrypt(k, out, text, 16), SV_ST_OK);
		end(k);
		start(state);
	}
}

static void test_cbc(void **state)
{
	const struct engine_run *run = start(state);
	struct sv_aes_key *k = new_key(&run->e, SV_ALG_CBC, key, 32);
	u8 iv[16] = { 0 };

	mark_secret(iv, sizeof(iv));
	assert_int_equal(sv_cbc_encrypt(k, out, text, 1088, iv), SV_ST_OK);
	assert_int_equal(sv_cbc_decrypt(k, out, out, 1088, iv), SV_ST_OK);
	end(k);
}

static void test_ctr(void **state)
{
	const struct engine_run *run = start(state);
	struct sv_aes_key *k = new_key(&run->e, SV_ALG_CTR, key, 24);
	u8 iv[16] = { 0 };

	memset(iv + 8, 0xff, 8);
	assert_int_equal(sv_ctr_crypt(k, out, text, LEN, iv), SV_ST_OK);
	end(k);
}

static void test_xts(void **state)
{
	const struct engine_run *run = start(state);
	struct sv_aes_key *k = new_key(&run->e, SV_ALG_XTS, key, 64);
	u8 iv[16] = { 0 };

	mark_secret(iv, sizeof(iv));
	assert_int_equal(sv_xts_encrypt(k, out, text, LEN, iv, 0), SV_ST_OK);
	assert_int_equal(sv_xts_decrypt(k, out, out, LEN, iv, 0), SV_ST_OK);
	assert_int_equal(sv_xts_encrypt(k, out, text, 1024, iv, 12345), SV_ST_OK);
	end(k);
}

/* Open fails on the last bit: only that it failed becomes known. */
static void test_gcm(void **state)
{
	const struct engine_run *run = start(state);
	struct sv_aes_key *k = new_key(&run->e, SV_ALG_GCM, key, 32);
	u8 tag[16];
	static const u8 iv[12] = { 1 };
	struct sv_gcm_req r = {
		.iv = iv, .aad = text + 30, .aad_len = 21, .src = text, .dst = out, .len = LEN,
		.tag = tag, .tag_len = 16, .bounce = bounce, .bounce_len = sizeof(bounce),
	};

	assert_int_equal(sv_gcm_seal(k, &r), SV_ST_OK);
	/* On the wire the ciphertext and the tag are public. */
	mark_public(out, sizeof(out));
	mark_public(tag, sizeof(tag));
	mark_public(text + 30, 21);
	tag[15] ^= 1;
	r.src = out;
	assert_int_equal(sv_gcm_open(k, &r), SV_ST_BAD_TAG);
	tag[15] ^= 1;
	assert_int_equal(sv_gcm_open(k, &r), SV_ST_OK);
	end(k);
}

/* The comparison of the halves; only its outcome becomes known. */
static void test_weak(void **state)
{
	start(state);
	assert_false(sv_xts_key_is_weak(key, sizeof(key)));
	mark_public(key, sizeof(key));
	mark_public(text, sizeof(text));
}

int main(void)
{
	static struct run_list l;

	add_runs(&l, "ecb", test_ecb, false);
	add_runs(&l, "cbc", test_cbc, false);
	add_runs(&l, "ctr", test_ctr, false);
	add_runs(&l, "xts", test_xts, false);
	add_runs(&l, "gcm", test_gcm, true);
	add_runs(&l, "weak key", test_weak, false);
	return run_all(&l, "ct");
}

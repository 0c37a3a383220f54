// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Constant time: keys and texts are undefined memory, so that valgrind
 * reports any branch and any address that depends on them.
 * Public by contract are lengths, IVs of CTR and GCM, offsets, and the verdict.
 */
#include "lib_aes.h"
#include "lib_secret.h"

#include "core/crypto/sha256.h"
#include "core/secret.h"

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
static void make_secrets(void)
{
	struct rng rng = { 77 };

	if (!secrets_are_tracked())
		skip();
	rng_fill(&rng, key, sizeof(key));
	rng_fill(&rng, text, sizeof(text));
	mark_secret(key, sizeof(key));
	mark_secret(text, sizeof(text));
}

static const struct engine_run *start(void **state)
{
	make_secrets();
	return engine_run(state);
}

static void publish(void)
{
	mark_public(text, sizeof(text));
	mark_public(out, sizeof(out));
	mark_public(key, sizeof(key));
}

static void end(struct sv_aes_key *k)
{
	sv_aes_key_wipe(k);
	free(k);
	publish();
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
	publish();
}

/* The digest of a secret is one, until it is compared. */
static void test_sha256(void **state)
{
	size_t len;

	(void)state;
	for (len = 0; len < 200; len += 13) {
		make_secrets();
		sv_sha256(out, text, len);
		publish();
	}
}

/* What is judged of the owner's secret is public; keys are not, and not the digest. */
static void test_owner_secret(void **state)
{
	static const u8 guid[2][SV_SECRET_GUID_LEN] = {
		SV_SECRET_TABLE_GUID, SV_SECRET_ENTRY_GUID,
	};
	struct sv_secret s = {
		.magic = SV_SECRET_MAGIC,
		.version = SV_SECRET_VERSION,
		.nr_keys = SV_SECRET_KEYS_MAX,
	}, found;
	const u32 entry = SV_SECRET_HEAD_LEN + sizeof(s), total = SV_SECRET_HEAD_LEN + entry;
	u8 area[2 * SV_SECRET_HEAD_LEN + sizeof(s)];

	(void)state;
	make_secrets();
	memcpy(s.channel_key, text, sizeof(s.channel_key));
	memcpy(s.key, text + 100, sizeof(s.key));
	sv_sha256(s.digest, &s, offsetof(struct sv_secret, digest));
	memcpy(area, guid[0], SV_SECRET_GUID_LEN);
	memcpy(area + SV_SECRET_GUID_LEN, &total, 4);
	memcpy(area + SV_SECRET_HEAD_LEN, guid[1], SV_SECRET_GUID_LEN);
	memcpy(area + SV_SECRET_HEAD_LEN + SV_SECRET_GUID_LEN, &entry, 4);
	memcpy(area + 2 * SV_SECRET_HEAD_LEN, &s, sizeof(s));
	assert_true(sv_secret_find(&found, area, sizeof(area)));
	area[sizeof(area) - 1] ^= 1;
	assert_false(sv_secret_find(&found, area, sizeof(area)));
	publish();
}

int main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(test_sha256),
		cmocka_unit_test(test_owner_secret),
	};
	static struct run_list l;

	add_runs(&l, "ecb", test_ecb, false);
	add_runs(&l, "cbc", test_cbc, false);
	add_runs(&l, "ctr", test_ctr, false);
	add_runs(&l, "xts", test_xts, false);
	add_runs(&l, "gcm", test_gcm, true);
	add_runs(&l, "weak key", test_weak, false);
	return run_all(&l, "ct") +
	       cmocka_run_group_tests_name("ct, one of a kind", others, NULL, NULL);
}

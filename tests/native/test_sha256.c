// SPDX-License-Identifier: GPL-2.0 OR MIT
/* SHA-256 against NIST's vectors, and against OpenSSL at every length up to a few blocks. */
#include "lib_test.h"
#include "lib_ref.h"

#include "core/crypto/sha256.h"

enum { MAX_LEN = 5000 };

static void to_hex(char *hex, const u8 *p)
{
	u32 i;

	for (i = 0; i < SV_SHA256_LEN; i++)
		snprintf(hex + 2 * i, 3, "%02x", p[i]);
}

/* FIPS 180-4's examples, and SHAVS's short messages. */
static void test_nist_vectors(void **state)
{
	static const struct { const char *text; size_t len; const char *digest; } rows[] = {
		{ "", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ "abc", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56,
		  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
		{ "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
		  112,
		  "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1" },
		{ "\xd3", 1, "28969cdfa74a12c82f3bad960b0b000aca2ac329deea5c2328ebc6f2ba9802c1" },
		{ "\x11\xaf", 2,
		  "5ca7133fa735326081558ac312c620eeca9970d1e70a4b95533d956f072d1f98" },
		{ "\xb4\x19\x0e", 3,
		  "dff2e73091f6c05e528896c4c831b9448653dc2ff043528f6769437bc7b975c2" },
		{ "\x74\xba\x25\x21", 4,
		  "b16aa56be3880d18cd41e68384cf1ec8c17680c45a02b1575dc1518923ae8b0e" },
		{ "\xc2\x99\x20\x96\x82", 5,
		  "f0887fe961c9cd3beab957e8222494abb969b1ce4c6557976df8b0f6d20e9166" },
		{ "\x5a\x86\xb7\x37\xea\xea\x8e\xe9\x76\xa0\xa2\x4d\xa6\x3e\x7e\xd7"
		  "\xee\xfa\xd1\x8a\x10\x1c\x12\x11\xe2\xb3\x65\x0c\x51\x87\xc2\xa8"
		  "\xa6\x50\x54\x72\x08\x25\x1f\x6d\x42\x37\xe6\x61\xc7\xbf\x4c\x77"
		  "\xf3\x35\x39\x03\x94\xc3\x7f\xa1\xa9\xf9\xbe\x83\x6a\xc2\x85\x09", 64,
		  "42e61e174fbb3897d6dd6cef3dd2802fe67b331953b06114a65c772859dfc1aa" },
	};
	char hex[2 * SV_SHA256_LEN + 1];
	u8 digest[SV_SHA256_LEN];
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		sv_sha256(digest, rows[i].text, rows[i].len);
		to_hex(hex, digest);
		assert_row(i, !strcmp(hex, rows[i].digest));
	}
}

/* SHAVS, section 6.4: the seed of NIST's file, and its first results. */
static void test_monte_carlo(void **state)
{
	static const char *const want[] = {
		"e93c330ae5447738c8aa85d71a6c80f2a58381d05872d26bdd39f1fcd4f2b788",
		"2e78f8c8772ea7c9331d41ed3f9cdf27d8f514a99342ee766ee3b8b0d0b121c0",
		"d6a23dff1b7f2eddc1a212f8a218397523a799b07386a30692fd6fe9d2bf0944",
	};
	u8 seed[SV_SHA256_LEN] = {
		0x6d, 0x1e, 0x72, 0xad, 0x03, 0xdd, 0xeb, 0x5d, 0xe8, 0x91, 0xe5, 0x72, 0xe2, 0x39,
		0x6f, 0x8d, 0xa0, 0x15, 0xd8, 0x99, 0xef, 0x0e, 0x79, 0x50, 0x31, 0x52, 0xd6, 0x01,
		0x0a, 0x3f, 0xe6, 0x91,
	};
	u8 last[3 * SV_SHA256_LEN], digest[SV_SHA256_LEN];
	char hex[2 * SV_SHA256_LEN + 1];
	u32 i, n;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(want); i++) {
		for (n = 0; n < 3; n++)
			memcpy(last + n * SV_SHA256_LEN, seed, SV_SHA256_LEN);
		for (n = 0; n < 1000; n++) {
			sv_sha256(digest, last, sizeof(last));
			memmove(last, last + SV_SHA256_LEN, 2 * SV_SHA256_LEN);
			memcpy(last + 2 * SV_SHA256_LEN, digest, SV_SHA256_LEN);
		}
		memcpy(seed, digest, sizeof(seed));
		to_hex(hex, digest);
		assert_row(i, !strcmp(hex, want[i]));
	}
}

static void test_million(void **state)
{
	static u8 text[1000000];
	char hex[2 * SV_SHA256_LEN + 1];
	u8 digest[SV_SHA256_LEN];

	(void)state;
	memset(text, 'a', sizeof(text));
	sv_sha256(digest, text, sizeof(text));
	to_hex(hex, digest);
	assert_string_equal(hex,
			    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/* The text lies at the end of its memory, and at every alignment. */
static void compare(struct rng *rng, size_t len)
{
	u8 *text = malloc(len + 1), *end = text + 1;
	u8 got[SV_SHA256_LEN], want[SV_SHA256_LEN];

	rng_fill(rng, end, len);
	sv_sha256(got, end, len);
	ref_sha256(want, end, len);
	if (memcmp(got, want, sizeof(got)))
		fail_msg("length %zu", len);
	free(text);
}

static void test_against_openssl(void **state)
{
	struct rng rng = { 256 };
	u32 i;

	(void)state;
	for (i = 0; i <= 4 * 64 + 1; i++)
		compare(&rng, i);
	for (i = 0; i < 300; i++)
		compare(&rng, rng_below(&rng, MAX_LEN));
}

/* No digest is that of a text that differs in one bit, at any place. */
static void test_every_bit_counts(void **state)
{
	u8 text[119] = { 0 }, first[SV_SHA256_LEN], other[SV_SHA256_LEN];
	u32 i;

	(void)state;
	sv_sha256(first, text, sizeof(text));
	for (i = 0; i < 8 * sizeof(text); i++) {
		text[i / 8] ^= (u8)(1 << i % 8);
		sv_sha256(other, text, sizeof(text));
		assert_row(i, memcmp(first, other, sizeof(first)));
		text[i / 8] ^= (u8)(1 << i % 8);
	}
	for (i = 0; i < sizeof(text); i++) {
		sv_sha256(other, text, i);
		assert_row(i, memcmp(first, other, sizeof(first)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nist_vectors),
		cmocka_unit_test(test_monte_carlo),
		cmocka_unit_test(test_million),
		cmocka_unit_test(test_against_openssl),
		cmocka_unit_test(test_every_bit_counts),
	};

	return cmocka_run_group_tests_name("sha256", tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Launch digests: a CPU's page against the digests of pages that were captured
 * or computed by others, the whole against pages and images put together here,
 * and damaged tables of GUIDed entries.
 */
#include "lib_image.h"
#include "lib_sanitize.h"
#include "lib_test.h"

#include "digest.h"

#include <openssl/sha.h>

enum { FIRMWARE_LEN = 8192, TAIL = 32 };

static void hex_of(const u8 *bytes, size_t len, char *text)
{
	size_t i;

	for (i = 0; i < len; i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
}

static void test_pages(void **state)
{
	static const struct {
		const char *cpu;
		enum sv_vmsa_profile profile;
		u32 reset;
		const char *sha256;
	} rows[] = {
		/* 0, 1: the two that were captured from a Milan */
		{ "EPYC-Milan", SV_VMSA_LEGACY, 0,
		  "f8b52f775502472e5797d2674d9de21f6abc05dc05e9bc49cbb7b6a13688d5e7" },
		{ "EPYC-Milan", SV_VMSA_LEGACY, 0x0080b004,
		  "bcee5cb289f72882da17abd8dca5e8a7e9f8e2033e7ad96b4db0ab1a383a6487" },
		/* 2 */
		{ "EPYC", SV_VMSA_LEGACY, 0,
		  "30a76bd1aa5adf81f02832d38c21e31b073cf0663dd2337455db2a3c210666af" },
		{ "EPYC-v1", SV_VMSA_LEGACY, 0,
		  "30a76bd1aa5adf81f02832d38c21e31b073cf0663dd2337455db2a3c210666af" },
		{ "0x800f12", SV_VMSA_INIT2, 0,
		  "8295cef559b57130391d59605890ef93297720b48bef9a8c3c985b9c3fb0788c" },
		/* 5 */
		{ "EPYC-Rome", SV_VMSA_LEGACY, 0,
		  "c0ad5dc8305470b14945bf19c79b6b25ef0aeb1cbbda8318902f731078e2641b" },
		{ "EPYC-Rome-v2", SV_VMSA_INIT2, 0,
		  "c46c4ac3460a4d11db1ae28b046b005119cd83127dfd6b78b011df8494d862ea" },
		{ "EPYC-Milan", SV_VMSA_INIT2, 0,
		  "efcc96a66e22e3d25161643c1331c59ef2b11d0ac63369c49c0cf2133c0b58db" },
		/* 8 */
		{ "EPYC-Genoa", SV_VMSA_LEGACY, 0,
		  "a992258ba6b9b9073e2158bb0f294679660c060c2c405894462f2c68be80ee60" },
		{ "EPYC-Genoa", SV_VMSA_INIT2, 0,
		  "c8936638ff8f1474eb75048ba6fac8653bafcbee673256c82c9449102ca2332c" },
		{ "EPYC-Genoa", SV_VMSA_LEGACY_DEBUGSWAP, 0,
		  "1c1d4bc5b628a1b6de8b804fc2eecc4f08d4fb2a8ad820bf78bc52dc24304967" },
		{ "EPYC-Genoa", SV_VMSA_INIT2_DEBUGSWAP, 0,
		  "b36653c1ca9fef5412d36ed79cf33e4b3edc98c9d1b3c4147393651df4b70d07" },
		/* 12 */
		{ "EPYC-Turin", SV_VMSA_LEGACY, 0,
		  "a435d24405b00d5a370a122984668b085d16a1683cc9d42364bde370834a5c96" },
		{ "EPYC-Turin", SV_VMSA_INIT2, 0,
		  "2bc50e474ab9dfc9f23725eff63f0b1f20cd653da57447aa090c24818ebab413" },
	};
	u8 page[SV_VMSA_LEN], digest[SHA256_DIGEST_LENGTH];
	char hex[2 * sizeof(digest) + 1];
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		sv_vmsa_fill(page, rows[i].profile, sv_vmsa_signature(rows[i].cpu), rows[i].reset);
		SHA256(page, sizeof(page), digest);
		native_wrote(digest, sizeof(digest));
		hex_of(digest, sizeof(digest), hex);
		assert_row(i, !strcmp(hex, rows[i].sha256));
	}
}

static void test_names(void **state)
{
	static const char *const bad_cpus[] = {
		"", "host", "max", "epyc", "EPYC-", "EPYC-v", "EPYC-v0", "EPYC-v10x", "EPYC-Romeo",
		"800f12", "0x", "0x0", "0x800f12g", "0x100000000", "EPYC Rome",
	};
	static const char *const bad_profiles[] = { "", "Legacy", "init", "init2 ", "legacy+" };
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad_cpus); i++)
		assert_row(i, !sv_vmsa_signature(bad_cpus[i]));
	for (i = 0; i < ARRAY_SIZE(bad_profiles); i++)
		assert_row(i, sv_vmsa_profile_from_name(bad_profiles[i]) == SV_VMSA_NR_PROFILES);
	for (i = 0; i < SV_VMSA_NR_PROFILES; i++)
		assert_row(i, sv_vmsa_profile_from_name(sv_vmsa_profile_name(i)) == i);
	assert_null(sv_vmsa_profile_name(SV_VMSA_NR_PROFILES));
}

enum {
	TABLE = FIRMWARE_LEN - TAIL - sizeof(image_table),
	AT_SECRET_LEN = TABLE + 8,
	AT_RESET = TABLE + 26,
	AT_RESET_LEN = AT_RESET + 4,
	AT_RESET_GUID = AT_RESET_LEN + 2,
	AT_TOTAL = AT_RESET_GUID + 16,
	AT_FOOTER = AT_TOTAL + 2,
};

static void make_image(u8 *image)
{
	struct rng rng = { .state = 1 };

	rng_fill(&rng, image, FIRMWARE_LEN);
	memcpy(image + TABLE, image_table, sizeof(image_table));
}

static void test_table(void **state)
{
	struct sv_guid_table t;
	u8 image[FIRMWARE_LEN];
	char text[SV_GUID_TEXT_LEN];

	(void)state;
	make_image(image);
	assert_null(sv_guid_parse(&t, image, sizeof(image)));
	assert_int_equal(t.nr, 2);
	assert_true(t.has_reset && t.has_secret);
	assert_int_equal(t.reset, 0x0080b004);
	assert_int_equal(t.secret_gpa, 0x3fd000);
	assert_int_equal(t.secret_len, 4096);
	assert_int_equal(t.entry[1].offset, TABLE);
	sv_guid_text(t.entry[0].guid, text);
	assert_string_equal(text, "00f771de-1a7e-4fcb-890e-68c77e2fb44e");
	assert_string_equal(sv_guid_name(t.entry[0].guid), "SEV-ES reset block");

	/* An image without a table, and one that QEMU finds too short to have one */
	image[AT_FOOTER] ^= 1;
	assert_null(sv_guid_parse(&t, image, sizeof(image)));
	assert_int_equal(t.nr, 0);
	image[AT_FOOTER] ^= 1;
	assert_null(sv_guid_parse(&t, image + FIRMWARE_LEN - 4080, 4080));
	assert_int_equal(t.nr, 0);
}

static void test_damaged_table(void **state)
{
	static const struct {
		unsigned int offset;
		u8 value;
	} rows[] = {
		{ AT_TOTAL, 0 },		/* total length 0 */
		{ AT_TOTAL, 17 },		/* less than the footer */
		{ AT_TOTAL, 0x41 },		/* cuts an entry */
		{ AT_TOTAL, 0x29 },		/* ends inside of an entry's head */
		{ AT_TOTAL, 0x43 },		/* one byte left over */
		{ AT_TOTAL + 1, 0x20 },		/* longer than the image */
		{ AT_RESET_LEN, 0 },
		{ AT_RESET_LEN, 17 },		/* shorter than its own head */
		{ AT_RESET_LEN, 0x15 },		/* 3 bytes of address */
		{ AT_RESET_LEN + 1, 1 },	/* longer than the table */
		{ AT_SECRET_LEN, 0x19 },
		{ AT_SECRET_LEN, 0x1b },
	};
	struct sv_guid_table t;
	u8 image[FIRMWARE_LEN];
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		make_image(image);
		image[rows[i].offset] = rows[i].value;
		assert_row(i, sv_guid_parse(&t, image, sizeof(image)));
	}
	make_image(image);
	memset(image + AT_RESET, 0, 4);
	assert_non_null(sv_guid_parse(&t, image, sizeof(image)));
}

/* Any bytes in the place of a table: parsed or refused, never read out of bounds. */
static void test_random_table(void **state)
{
	struct rng rng = { .state = 7 };
	struct sv_guid_table t;
	u8 image[4096] = { 0 };
	unsigned int i, n;

	(void)state;
	for (i = 0; i < 20000; i++) {
		memcpy(image + sizeof(image) - TAIL - sizeof(image_table), image_table,
		       sizeof(image_table));
		for (n = rng_below(&rng, 4); n; n--)
			image[sizeof(image) - TAIL - 18 - rng_below(&rng, 60)] = (u8)rng_next(&rng);
		rng_fill(&rng, image + sizeof(image) - TAIL - 18, rng_below(&rng, 3));
		if (!sv_guid_parse(&t, image, sizeof(image)))
			assert_true(t.nr <= SV_GUID_ENTRIES_MAX);
	}
}

/* The digest is that of image and pages one after the other. */
static void test_digest(void **state)
{
	static const struct {
		bool es;
		enum sv_vmsa_profile profile;
		unsigned int nr_cpus;
	} rows[] = {
		{ false, SV_VMSA_LEGACY, 1 },
		{ true, SV_VMSA_LEGACY, 1 },
		{ true, SV_VMSA_INIT2, 1 },
		{ true, SV_VMSA_LEGACY, 2 },
		{ true, SV_VMSA_INIT2_DEBUGSWAP, 4 },
	};
	static u8 all[FIRMWARE_LEN + 4 * SV_VMSA_LEN];
	u8 want[SHA256_DIGEST_LENGTH], got[SV_DIGEST_LEN];
	struct sv_guid_table t;
	unsigned int i, cpu;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct sv_digest_params p = {
			.es = rows[i].es,
			.profile = rows[i].profile,
			.signature = 0xa00f11,
			.nr_cpus = rows[i].nr_cpus,
		};

		make_image(all);
		for (cpu = 0; cpu < p.nr_cpus; cpu++)
			sv_vmsa_fill(all + FIRMWARE_LEN + cpu * SV_VMSA_LEN, p.profile, p.signature,
				     cpu ? 0x0080b004 : 0);
		SHA256(all, FIRMWARE_LEN + (p.es ? p.nr_cpus * SV_VMSA_LEN : 0), want);
		assert_null(sv_guid_parse(&t, all, FIRMWARE_LEN));
		assert_row(i, !sv_digest_compute(got, all, FIRMWARE_LEN, &t, &p));
		native_wrote(want, sizeof(want));
		native_wrote(got, sizeof(got));
		assert_row(i, !memcmp(got, want, sizeof(want)));
	}
}

static void test_no_reset_block(void **state)
{
	struct sv_digest_params p = { .es = true, .nr_cpus = 1, .signature = 0xa00f11 };
	struct sv_guid_table t = { .nr = 0 };
	u8 image[FIRMWARE_LEN], digest[SV_DIGEST_LEN];

	(void)state;
	make_image(image);
	assert_non_null(sv_digest_compute(digest, image, sizeof(image), &t, &p));
	p.es = false;
	assert_null(sv_digest_compute(digest, image, sizeof(image), &t, &p));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_damaged_table),
		cmocka_unit_test(test_random_table),
		cmocka_unit_test(test_digest),
		cmocka_unit_test(test_no_reset_block),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

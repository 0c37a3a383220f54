// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The self-test finds broken engines, and the choice never takes one. */
#include "core/crypto/selftest.h"
#include "lib_aes.h"
#include "soft/cpu.h"

static struct sv_selftest_work work;

/* Every engine that this CPU can run passes, and only those. */
static void test_all_good(void **state)
{
	u32 cpu = sv_cpu_features();
	u32 health = sv_selftest_run(&work, &sv_engine_list, cpu);
	struct sv_engines e;
	u32 i;

	(void)state;
	for (i = 0; i < sv_engine_list.nr_aes; i++) {
		const struct sv_aes_engine *a = sv_engine_list.aes[i];

		assert_row(i, !(health & SV_GOOD_AES(a->id)) == !!(a->cpu & ~cpu));
	}
	for (i = 0; i < sv_engine_list.nr_ghash; i++) {
		const struct sv_ghash_engine *g = sv_engine_list.ghash[i];

		assert_row(i, !(health & SV_GOOD_GHASH(g->id)) == !!(g->cpu & ~cpu));
	}
	assert_true(sv_engines_select(&e, &sv_engine_list, cpu, health));
	for (i = 0; i < sizeof(work); i++)
		assert_true(((u8 *)&work)[i] == 0);
}

/*
 * An engine that is the portable one but for one function, which spoils one
 * bit of the block at @spoil_at; shorter calls come out right.
 */
static struct sv_aes_engine bad_aes;
static struct sv_ghash_engine bad_ghash;
static size_t spoil_at;

static void spoil(u8 *dst, size_t nr)
{
	if (nr > spoil_at)
		dst[16 * spoil_at + 7] ^= 0x10;
}

static void bad_ecb_enc(const struct sv_aes_sched *s, u8 *dst, const u8 *src, size_t nr)
{
	sv_aes_ct.ecb_enc(s, dst, src, nr);
	spoil(dst, nr);
}

static void bad_ecb_dec(const struct sv_aes_sched *s, u8 *dst, const u8 *src, size_t nr)
{
	sv_aes_ct.ecb_dec(s, dst, src, nr);
	spoil(dst, nr);
}

#define BAD_CHAINED(fn)									\
static void bad_##fn(const struct sv_aes_sched *s, u8 *dst, const u8 *src, size_t nr,	\
		     u8 iv[16])								\
{											\
	sv_aes_ct.fn(s, dst, src, nr, iv);						\
	spoil(dst, nr);									\
}

BAD_CHAINED(cbc_enc)
BAD_CHAINED(cbc_dec)
BAD_CHAINED(ctr)
BAD_CHAINED(ctr32)
BAD_CHAINED(xts_enc)
BAD_CHAINED(xts_dec)

static void bad_expand(struct sv_aes_sched *s, const u8 *key, size_t key_len)
{
	sv_aes_ct.expand(s, key, key_len);
	if (key_len == 24)
		s->planes[12][3] ^= 1;
}

/* Right output, wrong chaining value. */
static void bad_cbc_iv(const struct sv_aes_sched *s, u8 *dst, const u8 *src, size_t nr, u8 iv[16])
{
	sv_aes_ct.cbc_dec(s, dst, src, nr, iv);
	iv[15] ^= 1;
}

/* A counter of 64 bits. */
static void bad_ctr_carry(const struct sv_aes_sched *s, u8 *dst, const u8 *src, size_t nr,
			  u8 ctr[16])
{
	u8 high[8];

	for (; nr; nr--, dst += 16, src += 16) {
		memcpy(high, ctr, 8);
		sv_aes_ct.ctr(s, dst, src, 1, ctr);
		memcpy(ctr, high, 8);
	}
}

static void bad_update(const struct sv_ghash_key *k, u8 y[16], const u8 *data, size_t nr)
{
	sv_ghash_ct.update(k, y, data, nr);
	if (nr > spoil_at)
		y[0] ^= 0x80;
}

static void bad_init(struct sv_ghash_key *k, const u8 h[16])
{
	sv_ghash_ct.init(k, h);
	k->h[0][0] ^= 1;
}

static u32 run_bad(struct sv_engines *e, bool *is_chosen, bool is_first)
{
	const struct sv_aes_engine *const aes[] = { is_first ? &bad_aes : &sv_aes_ct, &bad_aes };
	const struct sv_ghash_engine *const ghash[] = {
		is_first ? &bad_ghash : &sv_ghash_ct, &bad_ghash,
	};
	struct sv_engine_list list = { aes, ghash, 2, 2 };
	u32 health = sv_selftest_run(&work, &list, 0);

	*is_chosen = sv_engines_select(e, &list, 0, health);
	return health;
}

struct sabotage {
	const char *name;
	size_t at;
	void (*apply)(void);
};

static void apply_expand(void) { bad_aes.expand = bad_expand; }
static void apply_ecb_enc(void) { bad_aes.ecb_enc = bad_ecb_enc; }
static void apply_ecb_dec(void) { bad_aes.ecb_dec = bad_ecb_dec; }
static void apply_cbc_enc(void) { bad_aes.cbc_enc = bad_cbc_enc; }
static void apply_cbc_dec(void) { bad_aes.cbc_dec = bad_cbc_dec; }
static void apply_cbc_iv(void) { bad_aes.cbc_dec = bad_cbc_iv; }
static void apply_ctr(void) { bad_aes.ctr = bad_ctr; }
static void apply_ctr_carry(void) { bad_aes.ctr = bad_ctr_carry; }
static void apply_ctr32(void) { bad_aes.ctr32 = bad_ctr32; }
static void apply_ctr32_wide(void) { bad_aes.ctr32 = sv_aes_ct.ctr; }
static void apply_xts_enc(void) { bad_aes.xts_enc = bad_xts_enc; }
static void apply_xts_dec(void) { bad_aes.xts_dec = bad_xts_dec; }

/* Broken everywhere, and broken only deep in the widest path or in its rest. */
static const struct sabotage aes_rows[] = {
	{ "expand", 0, apply_expand },
	{ "ecb_enc", 0, apply_ecb_enc }, { "ecb_enc", 40, apply_ecb_enc },
	{ "ecb_enc", 68, apply_ecb_enc },
	{ "ecb_dec", 0, apply_ecb_dec }, { "ecb_dec", 63, apply_ecb_dec },
	{ "cbc_enc", 0, apply_cbc_enc }, { "cbc_enc", 50, apply_cbc_enc },
	{ "cbc_dec", 0, apply_cbc_dec }, { "cbc_dec", 31, apply_cbc_dec },
	{ "cbc_dec iv", 0, apply_cbc_iv },
	{ "ctr", 0, apply_ctr }, { "ctr", 66, apply_ctr }, { "ctr carry", 0, apply_ctr_carry },
	{ "ctr32", 0, apply_ctr32 }, { "ctr32", 64, apply_ctr32 },
	{ "ctr32 too wide", 0, apply_ctr32_wide },
	{ "xts_enc", 0, apply_xts_enc }, { "xts_enc", 33, apply_xts_enc },
	{ "xts_dec", 0, apply_xts_dec }, { "xts_dec", 67, apply_xts_dec },
};

static void apply_update(void) { bad_ghash.update = bad_update; }
static void apply_init(void) { bad_ghash.init = bad_init; }

static const struct sabotage ghash_rows[] = {
	{ "init", 0, apply_init }, { "update", 0, apply_update }, { "update", 3, apply_update },
	{ "update", 40, apply_update },
};

static void reset_bad(void)
{
	bad_aes = sv_aes_ct;
	bad_aes.id = SV_AES_VAES512;
	bad_ghash = sv_ghash_ct;
	bad_ghash.id = SV_GHASH_VCLMUL512;
}

/* The portable ones stay, so the vault works on with those. */
static void test_broken_aes(void **state)
{
	struct sv_engines e;
	bool is_chosen;
	u32 i, health;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(aes_rows); i++) {
		reset_bad();
		spoil_at = aes_rows[i].at;
		aes_rows[i].apply();
		health = run_bad(&e, &is_chosen, false);
		assert_row(i, !(health & SV_GOOD_AES(SV_AES_VAES512)));
		assert_row(i, health & SV_GOOD_AES(SV_AES_CT));
		assert_row(i, is_chosen && e.aes == &sv_aes_ct && e.ghash == &bad_ghash);
	}
}

static void test_broken_ghash(void **state)
{
	struct sv_engines e;
	bool is_chosen;
	u32 i, health;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(ghash_rows); i++) {
		reset_bad();
		spoil_at = ghash_rows[i].at;
		ghash_rows[i].apply();
		health = run_bad(&e, &is_chosen, false);
		assert_row(i, !(health & SV_GOOD_GHASH(SV_GHASH_VCLMUL512)));
		assert_row(i, health & SV_GOOD_GHASH(SV_GHASH_CT));
		assert_row(i, is_chosen && e.ghash == &sv_ghash_ct && e.aes == &bad_aes);
	}
}

/* The unbroken copy passes: the tests above see the sabotage, not the copy. */
static void test_copy_is_good(void **state)
{
	struct sv_engines e;
	bool is_chosen;

	(void)state;
	reset_bad();
	run_bad(&e, &is_chosen, false);
	assert_true(is_chosen && e.aes == &bad_aes && e.ghash == &bad_ghash);
}

/*
 * Without a portable engine that gives the published answers there is nothing
 * to hold the others against: refuse. Rows broken only beyond the length of
 * those answers cannot be seen here.
 */
static void test_broken_reference(void **state)
{
	struct sv_engines e;
	bool is_chosen;
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(aes_rows); i++) {
		if (aes_rows[i].at || aes_rows[i].apply == apply_ctr_carry ||
		    aes_rows[i].apply == apply_ctr32_wide || aes_rows[i].apply == apply_cbc_iv)
			continue;
		reset_bad();
		spoil_at = 0;
		aes_rows[i].apply();
		run_bad(&e, &is_chosen, true);
		assert_row(i, !is_chosen && !e.aes && !e.ghash);
	}
	for (i = 0; i < 2; i++) {
		reset_bad();
		spoil_at = 0;
		ghash_rows[i].apply();
		assert_row(i, run_bad(&e, &is_chosen, true) == 0);
		assert_row(i, !is_chosen && !e.aes && !e.ghash);
	}
}

static void never(struct sv_aes_sched *s, const u8 *key, size_t key_len)
{
	(void)s;
	(void)key;
	(void)key_len;
	fail_msg("an engine was run without its instructions");
}

/* An engine whose instructions are missing is not even tried. */
static void test_missing_features(void **state)
{
	const struct sv_aes_engine *const aes[] = { &sv_aes_ct, &bad_aes };
	const struct sv_ghash_engine *const ghash[] = { &sv_ghash_ct };
	struct sv_engine_list list = { aes, ghash, 2, 1 };
	struct sv_engines e;
	u32 health;

	(void)state;
	reset_bad();
	bad_aes.expand = never;
	bad_aes.cpu = SV_CPU_AES | SV_CPU_VAES;
	health = sv_selftest_run(&work, &list, SV_CPU_AES | SV_CPU_AVX512);
	assert_int_equal(health, SV_GOOD_AES(SV_AES_CT) | SV_GOOD_GHASH(SV_GHASH_CT));
	/* Good health does not help where the instructions are missing. */
	assert_true(sv_engines_select(&e, &list, SV_CPU_AES, ~0U));
	assert_ptr_equal(e.aes, &sv_aes_ct);
}

static const struct {
	u32 cpu, health;
	const struct sv_aes_engine *aes;
	const struct sv_ghash_engine *ghash;
} select_rows[] = {
	{ 0, ~0U, &sv_aes_ct, &sv_ghash_ct },
	{ SV_CPU_SSSE3 | SV_CPU_AES, ~0U, &sv_aes_ni, &sv_ghash_ct },
	{ SV_CPU_AES, ~0U, &sv_aes_ct, &sv_ghash_ct },
	{ SV_CPU_SSSE3 | SV_CPU_PCLMUL, ~0U, &sv_aes_ct, &sv_ghash_clmul },
	/* VAES without VPCLMULQDQ */
	{ SV_CPU_SSSE3 | SV_CPU_AES | SV_CPU_PCLMUL | SV_CPU_AVX2 | SV_CPU_VAES, ~0U,
	  &sv_aes_vaes256, &sv_ghash_clmul },
	{ 0xff, ~0U, &sv_aes_vaes512, &sv_ghash_vclmul512 },
	{ 0xff & ~SV_CPU_AVX512, ~0U, &sv_aes_vaes256, &sv_ghash_clmul },
	{ 0xff & ~SV_CPU_VAES, ~0U, &sv_aes_ni, &sv_ghash_vclmul512 },
	{ 0xff, ~SV_GOOD_AES(SV_AES_VAES512), &sv_aes_vaes256, &sv_ghash_vclmul512 },
	{ 0xff, ~SV_GOOD_GHASH(SV_GHASH_VCLMUL512), &sv_aes_vaes512, &sv_ghash_clmul },
	{ 0xff, SV_GOOD_AES(SV_AES_CT) | SV_GOOD_GHASH(SV_GHASH_CT), &sv_aes_ct, &sv_ghash_ct },
	{ 0xff, 0, NULL, NULL },
	{ 0xff, SV_GOOD_AES(SV_AES_NI), NULL, NULL },
	{ 0xff, SV_GOOD_GHASH(SV_GHASH_CT), NULL, NULL },
	{ 0, SV_GOOD_AES(SV_AES_NI) | SV_GOOD_GHASH(SV_GHASH_CT), NULL, NULL },
};

static void test_select(void **state)
{
	struct sv_engines e;
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(select_rows); i++) {
		bool is_ok = sv_engines_select(&e, &sv_engine_list, select_rows[i].cpu,
					       select_rows[i].health);

		assert_row(i, is_ok == !!select_rows[i].aes);
		assert_row(i, e.aes == select_rows[i].aes);
		assert_row(i, e.ghash == select_rows[i].ghash);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_good),
		cmocka_unit_test(test_copy_is_good),
		cmocka_unit_test(test_broken_aes),
		cmocka_unit_test(test_broken_ghash),
		cmocka_unit_test(test_broken_reference),
		cmocka_unit_test(test_missing_features),
		cmocka_unit_test(test_select),
	};

	return cmocka_run_group_tests_name("selftest", tests, NULL, NULL);
}

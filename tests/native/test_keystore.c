// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Handles, generations, capacity, and that nothing is left of a dropped key. */
#include "lib_test.h"

#include "core/keystore.h"
#include "lib_rig.h"

static struct sv_engines engines;
static u8 key_bytes[SV_KEY_MAX];

static int setup(void **state)
{
	struct rng rng = { 3 };

	assert_true(sv_engines_select(&engines, &sv_engine_list, 0, ~0U));
	rng_fill(&rng, key_bytes, sizeof(key_bytes));
	*state = rig_alloc(sizeof(struct sv_keystore));
	sv_keystore_init(*state);
	return 0;
}

static int teardown(void **state)
{
	free(*state);
	return 0;
}

static u64 load_ecb(struct sv_keystore *ks)
{
	u64 id;

	assert_int_equal(sv_keystore_load(ks, &engines, SV_ALG_ECB, 0, key_bytes, 16, &id),
			 SV_ST_OK);
	return id;
}

static bool is_zero(const void *p, size_t len)
{
	const u8 *b = p;

	while (len--)
		if (*b++)
			return false;
	return true;
}

/* All of an entry is zero but for its generation, which is @gen. */
static bool entry_is_wiped(const struct sv_keystore_entry *e, u32 gen)
{
	struct sv_keystore_entry copy = *e;

	copy.gen = 0;
	return e->gen == gen && is_zero(&copy, sizeof(copy));
}

static void test_load_refuses(void **state)
{
	static const struct { u32 alg, flags, key_len; enum sv_status want; } rows[] = {
		{ SV_ALG_ECB, 0, 16, SV_ST_OK },
		{ SV_ALG_CBC, 0, 24, SV_ST_OK },
		{ SV_ALG_CTR, 1, 32, SV_ST_OK },
		{ SV_ALG_XTS, 1, 32, SV_ST_OK },
		{ SV_ALG_XTS, 0, 48, SV_ST_OK },
		{ SV_ALG_XTS, 0, 64, SV_ST_OK },
		{ SV_ALG_GCM, 0, 16, SV_ST_OK },
		{ SV_ALG_RFC4106, 0, 20, SV_ST_OK },
		{ SV_ALG_RFC4106, 0, 28, SV_ST_OK },
		{ SV_ALG_RFC4106, 0, 36, SV_ST_OK },
		{ 0, 0, 16, SV_ST_BAD_ALG },
		{ SV_ALG_END, 0, 16, SV_ST_BAD_ALG },
		{ 0x104, 0, 16, SV_ST_BAD_ALG },
		{ 0xffffffff, 0, 16, SV_ST_BAD_ALG },
		{ SV_ALG_ECB, 2, 16, SV_ST_BAD_FLAGS },
		{ SV_ALG_ECB, 0x80, 16, SV_ST_BAD_FLAGS },
		{ SV_ALG_ECB, 0, 0, SV_ST_BAD_KEYLEN },
		{ SV_ALG_ECB, 0, 15, SV_ST_BAD_KEYLEN },
		{ SV_ALG_ECB, 0, 17, SV_ST_BAD_KEYLEN },
		{ SV_ALG_ECB, 0, 31, SV_ST_BAD_KEYLEN },
		{ SV_ALG_ECB, 0, 64, SV_ST_BAD_KEYLEN },
		{ SV_ALG_CBC, 0, 33, SV_ST_BAD_KEYLEN },
		{ SV_ALG_XTS, 0, 16, SV_ST_BAD_KEYLEN },
		{ SV_ALG_XTS, 0, 33, SV_ST_BAD_KEYLEN },
		{ SV_ALG_XTS, 1, 63, SV_ST_BAD_KEYLEN },
		{ SV_ALG_XTS, 1, 0, SV_ST_BAD_KEYLEN },
		{ SV_ALG_XTS, 1, 2, SV_ST_BAD_KEYLEN },
		{ SV_ALG_GCM, 0, 20, SV_ST_BAD_KEYLEN },
		{ SV_ALG_RFC4106, 0, 0, SV_ST_BAD_KEYLEN },
		{ SV_ALG_RFC4106, 0, 3, SV_ST_BAD_KEYLEN },
		{ SV_ALG_RFC4106, 0, 4, SV_ST_BAD_KEYLEN },
		{ SV_ALG_RFC4106, 0, 16, SV_ST_BAD_KEYLEN },
		{ SV_ALG_RFC4106, 0, 32, SV_ST_BAD_KEYLEN },
	};
	struct sv_keystore *ks = *state;
	u32 i, live = 0;
	u64 id;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		enum sv_status st;

		id = 99;
		st = sv_keystore_load(ks, &engines, rows[i].alg, rows[i].flags, key_bytes,
				      rows[i].key_len, &id);
		assert_row(i, st == rows[i].want);
		assert_row(i, (id == 0) == (st != SV_ST_OK));
		if (st == SV_ST_OK) {
			live++;
			assert_row(i, sv_keystore_get(ks, id)->alg == rows[i].alg);
		} else {
			/* Where the key would have gone. */
			assert_row(i, entry_is_wiped(&ks->entry[live], SV_KEYSTORE_FIRST_GEN));
		}
		assert_row(i, ks->live == live);
	}
}

static void test_weak_xts_keys(void **state)
{
	static const struct { u32 len, flags; int differ; enum sv_status want; } rows[] = {
		{ 32, SV_KEY_F_FORBID_WEAK, -1, SV_ST_WEAK_KEY },
		{ 48, SV_KEY_F_FORBID_WEAK, -1, SV_ST_WEAK_KEY },
		{ 64, SV_KEY_F_FORBID_WEAK, -1, SV_ST_WEAK_KEY },
		{ 32, 0, -1, SV_ST_OK },
		{ 64, 0, -1, SV_ST_OK },
		{ 32, SV_KEY_F_FORBID_WEAK, 0, SV_ST_OK },
		{ 64, SV_KEY_F_FORBID_WEAK, 63, SV_ST_OK },
	};
	struct sv_keystore *ks = *state;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		u8 key[SV_KEY_MAX];
		u64 id;

		memcpy(key, key_bytes, rows[i].len / 2);
		memcpy(key + rows[i].len / 2, key_bytes, rows[i].len / 2);
		if (rows[i].differ >= 0)
			key[rows[i].differ] ^= 1;
		assert_row(i, sv_keystore_load(ks, &engines, SV_ALG_XTS, rows[i].flags, key,
					       rows[i].len, &id) == rows[i].want);
	}
}

static void test_handles_that_are_none(void **state)
{
	struct sv_keystore *ks = *state;
	u64 id = load_ecb(ks);
	const u64 rows[] = {
		0,
		id ^ 1,					/* a free entry */
		id ^ 1ULL << 32,			/* generation 0 */
		id + (1ULL << 32),			/* the next generation */
		id | 1ULL << 63,
		sv_key_id(SV_KEYSTORE_NR, 1),		/* behind the store */
		sv_key_id(SV_KEYSTORE_NR + (u32)id, 1),	/* the mask makes it our entry */
		sv_key_id(0x80000000, 1),
		sv_key_id(0xffffffff, 1),
		sv_key_id(SV_KEYSTORE_NR - 1, 1),
		~0ULL,
	};
	u32 i;

	assert_int_equal(id, sv_key_id(0, SV_KEYSTORE_FIRST_GEN));
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_row(i, !sv_keystore_get(ks, rows[i]));
		assert_row(i, sv_keystore_drop(ks, rows[i]) == SV_ST_BAD_KEY);
	}
	assert_non_null(sv_keystore_get(ks, id));
	assert_int_equal(ks->live, 1);
}

static void test_drop_wipes_and_makes_stale(void **state)
{
	struct sv_keystore *ks = *state;
	const u32 algs[] = { SV_ALG_ECB, SV_ALG_XTS, SV_ALG_GCM, SV_ALG_RFC4106 };
	const u32 lens[] = { 32, 64, 32, 36 };
	u32 i;
	u64 id;

	for (i = 0; i < ARRAY_SIZE(algs); i++) {
		assert_row(i, !sv_keystore_load(ks, &engines, algs[i], 0, key_bytes, lens[i], &id));
		assert_row(i, !is_zero(&sv_keystore_get(ks, id)->key, sizeof(struct sv_aes_key)));
		assert_row(i, sv_keystore_drop(ks, id) == SV_ST_OK);
		assert_row(i, !sv_keystore_get(ks, id));
		assert_row(i, sv_keystore_drop(ks, id) == SV_ST_BAD_KEY);
		assert_row(i, entry_is_wiped(&ks->entry[i], SV_KEYSTORE_FIRST_GEN + 1));
	}
	assert_int_equal(ks->live, 0);
}

static void test_full_store(void **state)
{
	struct sv_keystore *ks = *state;
	u64 ids[SV_KEYSTORE_NR], id;
	u32 i;

	for (i = 0; i < SV_KEYSTORE_NR; i++)
		ids[i] = load_ecb(ks);
	assert_int_equal(ks->live, SV_KEYSTORE_NR);
	assert_int_equal(sv_keystore_load(ks, &engines, SV_ALG_ECB, 0, key_bytes, 16, &id),
			 SV_ST_NO_SPACE);
	assert_int_equal(id, 0);
	assert_int_equal(sv_keystore_load(ks, &engines, SV_ALG_ECB, 0, key_bytes, 15, &id),
			 SV_ST_NO_SPACE);

	/* The only free entry, wherever it is, with a handle of its own. */
	for (i = 0; i < SV_KEYSTORE_NR; i += 77) {
		assert_int_equal(sv_keystore_drop(ks, ids[i]), SV_ST_OK);
		id = load_ecb(ks);
		assert_int_equal((u32)id, i);
		assert_int_not_equal(id, ids[i]);
		assert_null(sv_keystore_get(ks, ids[i]));
	}
	for (i = 0; i < SV_KEYSTORE_NR; i++)
		(void)!sv_keystore_drop(ks, ids[i]);
	assert_int_equal(ks->live, (SV_KEYSTORE_NR + 76) / 77);

	sv_keystore_wipe(ks);
	for (i = 0; i < SV_KEYSTORE_NR; i++)
		assert_row(i, entry_is_wiped(&ks->entry[i], SV_KEYSTORE_FIRST_GEN));
	assert_int_equal(ks->live, 0);
}

static void test_generations_end(void **state)
{
	struct sv_keystore *ks = *state;
	u64 id;
	u32 i;

	ks->entry[0].gen = 0xffffffff;
	id = load_ecb(ks);
	assert_int_equal(id, sv_key_id(0, 0xffffffff));
	assert_non_null(sv_keystore_get(ks, id));
	assert_int_equal(sv_keystore_drop(ks, id), SV_ST_OK);
	assert_null(sv_keystore_get(ks, id));
	assert_null(sv_keystore_get(ks, sv_key_id(0, 0)));

	/* Entry 0 is retired: everything else fills up, it does not. */
	for (i = 1; i < SV_KEYSTORE_NR; i++)
		assert_int_not_equal((u32)load_ecb(ks), 0);
	assert_int_equal(sv_keystore_load(ks, &engines, SV_ALG_ECB, 0, key_bytes, 16, &id),
			 SV_ST_NO_SPACE);
	assert_true(entry_is_wiped(&ks->entry[0], 0));
}

/* Random loads and drops against a model: every handle ever given, at most once. */
static void test_random_sequences(void **state)
{
	enum { STEPS = 20000 };
	struct sv_keystore *ks = *state;
	u64 *ids = calloc(STEPS, sizeof(*ids));
	bool *live = calloc(STEPS, sizeof(*live));
	struct rng rng = { 11 };
	u32 nr = 0, nr_live = 0, step, i;

	assert_true(ids && live);
	for (step = 0; step < STEPS; step++) {
		if (nr_live < 50 && rng_below(&rng, 2)) {
			ids[nr] = load_ecb(ks);
			live[nr++] = true;
			nr_live++;
		} else if (nr) {
			i = nr - 1 - rng_below(&rng, min_t(u32, nr, 100));
			assert_int_equal(sv_keystore_drop(ks, ids[i]),
					 live[i] ? SV_ST_OK : SV_ST_BAD_KEY);
			nr_live -= live[i];
			live[i] = false;
		}
		assert_int_equal(ks->live, nr_live);
	}
	for (i = 0; i < nr; i++)
		assert_row(i, !!sv_keystore_get(ks, ids[i]) == live[i]);
	for (step = 0; step < nr; step++)
		for (i = 0; i < step; i++)
			assert_row(i, ids[i] != ids[step]);
	free(ids);
	free(live);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_load_refuses, setup, teardown),
		cmocka_unit_test_setup_teardown(test_weak_xts_keys, setup, teardown),
		cmocka_unit_test_setup_teardown(test_handles_that_are_none, setup, teardown),
		cmocka_unit_test_setup_teardown(test_drop_wipes_and_makes_stale, setup, teardown),
		cmocka_unit_test_setup_teardown(test_full_store, setup, teardown),
		cmocka_unit_test_setup_teardown(test_generations_end, setup, teardown),
		cmocka_unit_test_setup_teardown(test_random_sequences, setup, teardown),
	};

	return cmocka_run_group_tests_name("keystore", tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The owner's secret: what is accepted, what is not, and that nothing of what
 * is not is left. The area is as long as it says, to the byte.
 */
#include "lib_test.h"
#include "lib_ref.h"

#include "core/secret.h"

enum {
	TABLE = SV_SECRET_HEAD_LEN,	/* where the first entry begins */
	ENTRY = TABLE + SV_SECRET_HEAD_LEN,	/* and its data */
	SECRET_LEN = sizeof(struct sv_secret),
	TOTAL = ENTRY + SECRET_LEN,
	MAX_AREA = SV_SECRET_AREA_LEN,
};

static const u8 table_guid[SV_SECRET_GUID_LEN] = SV_SECRET_TABLE_GUID;
static const u8 our_guid[SV_SECRET_GUID_LEN] = SV_SECRET_ENTRY_GUID;
/* sevctl's passphrase of a disk */
static const u8 foreign_guid[SV_SECRET_GUID_LEN] = {
	0xe5, 0x89, 0x69, 0x73, 0x65, 0x84, 0xa0, 0x4f,
	0x92, 0xec, 0x06, 0x87, 0x9c, 0xe3, 0xda, 0x0b,
};

/* The digest is OpenSSL's. */
static void seal(struct sv_secret *s)
{
	ref_sha256(s->digest, s, offsetof(struct sv_secret, digest));
}

static struct sv_secret good_secret(u16 nr_keys, u32 policy)
{
	struct rng rng = { 31 + nr_keys };
	struct sv_secret s = {
		.magic = SV_SECRET_MAGIC,
		.version = cpu_to_le16(SV_SECRET_VERSION),
		.nr_keys = cpu_to_le16(nr_keys),
		.policy = cpu_to_le32(policy),
	};

	rng_fill(&rng, s.session_id, sizeof(s.session_id));
	rng_fill(&rng, s.channel_key, sizeof(s.channel_key));
	rng_fill(&rng, s.key, min_t(size_t, nr_keys, SV_SECRET_KEYS_MAX) * sizeof(s.key[0]));
	seal(&s);
	return s;
}

/* The area as it is being made. */
struct area {
	u8 byte[MAX_AREA];
	u32 len;
};

static void put_entry(struct area *a, const u8 *guid, const void *data, u32 len)
{
	u32 entry_len = SV_SECRET_HEAD_LEN + len;

	assert_true(a->len + entry_len <= MAX_AREA);
	memcpy(a->byte + a->len, guid, SV_SECRET_GUID_LEN);
	memcpy(a->byte + a->len + SV_SECRET_GUID_LEN, &entry_len, 4);
	memcpy(a->byte + a->len + SV_SECRET_HEAD_LEN, data, len);
	a->len += entry_len;
}

static void start_table(struct area *a)
{
	memset(a, 0, sizeof(*a));
	memcpy(a->byte, table_guid, sizeof(table_guid));
	a->len = TABLE;
}

static void end_table(struct area *a)
{
	memcpy(a->byte + SV_SECRET_GUID_LEN, &a->len, 4);
}

static void put_table(struct area *a, const struct sv_secret *s)
{
	start_table(a);
	put_entry(a, our_guid, s, sizeof(*s));
	end_table(a);
}

/* On a copy of exactly @len bytes; what is refused leaves nothing behind. */
static bool find(struct sv_secret *out, const u8 *byte, u32 len)
{
	u8 *copy = malloc(len ? len : 1);
	bool ok;
	u32 i;

	assert_non_null(copy);
	memcpy(copy, byte, len);
	memset(out, 0xee, sizeof(*out));
	ok = sv_secret_find(out, copy, len);
	assert_memory_equal(copy, byte, len);
	for (i = 0; !ok && i < sizeof(*out); i++)
		assert_int_equal(((u8 *)out)[i], 0);
	free(copy);
	return ok;
}

/* Other entries may stand around ours, and anything behind the table. */
static void test_accepted(void **state)
{
	static const struct { u16 nr_keys; u32 policy, before, after, behind; } rows[] = {
		{ 1, 0, 0, 0, 0 },
		{ 1, SV_POLICY_IMPORT, 0, 0, 0 },
		{ 8, SV_POLICY_IMPORT, 0, 0, 0 },
		{ 4, 0, 1, 0, 0 },
		{ 4, 0, 16, 0, 0 },
		{ 4, 0, 0, 33, 0 },
		{ 4, 0, SECRET_LEN, 7, 0 },
		{ 4, 0, 0, 0, 15 },
		{ 8, 0, 300, 300, MAX_AREA },
	};
	static const u8 noise[SECRET_LEN] = { 9, 8, 7 };
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct sv_secret s = good_secret(rows[i].nr_keys, rows[i].policy), out;
		struct area a;

		start_table(&a);
		if (rows[i].before)
			put_entry(&a, foreign_guid, noise, rows[i].before);
		put_entry(&a, our_guid, &s, sizeof(s));
		if (rows[i].after)
			put_entry(&a, foreign_guid, noise, rows[i].after);
		end_table(&a);
		memset(a.byte + a.len, 0xff, MAX_AREA - a.len);
		assert_row(i, find(&out, a.byte, min_t(u32, a.len + rows[i].behind, MAX_AREA)));
		assert_row(i, !memcmp(&out, &s, sizeof(s)));
	}
}

/*
 * Table and entry heads: @len bytes of @value at @off. A length is counted
 * from the true one where @value is small.
 */
static void test_heads(void **state)
{
	static const struct { u32 off, len, value; } rows[] = {
		{ 0, 1, 0x43 },			/* the table's GUID */
		{ 15, 1, 0x3a },
		{ 0, 4, 0 },
		{ 16, 4, 0 },			/* its length */
		{ 16, 4, 1 },
		{ 16, 4, SV_SECRET_HEAD_LEN - 1 },
		{ 16, 4, SV_SECRET_HEAD_LEN },
		{ 16, 4, ENTRY - 1 },
		{ 16, 4, ENTRY },
		{ 16, 4, TOTAL - 1 },
		/* 10 */
		{ 16, 4, TOTAL + 1 },
		{ 16, 4, 0x7fffffff },
		{ 16, 4, 0xffffffff },
		{ 16, 4, 0x80000000U | TOTAL },
		{ TABLE, 1, 0xb9 },		/* the entry's GUID */
		{ TABLE + 15, 1, 0x20 },
		{ TABLE, 4, 0 },
		{ TABLE + 16, 4, 0 },		/* its length */
		{ TABLE + 16, 4, 1 },
		{ TABLE + 16, 4, SV_SECRET_HEAD_LEN - 1 },
		/* 20 */
		{ TABLE + 16, 4, SV_SECRET_HEAD_LEN },
		{ TABLE + 16, 4, SECRET_LEN },
		{ TABLE + 16, 4, SV_SECRET_HEAD_LEN + SECRET_LEN - 1 },
		{ TABLE + 16, 4, SV_SECRET_HEAD_LEN + SECRET_LEN + 1 },
		{ TABLE + 16, 4, 0x7fffffff },
		{ TABLE + 16, 4, 0xffffffff },
		{ TABLE + 16, 4, 0xffffffff - TABLE },
		{ TABLE + 16, 4, 0U - TABLE },
	};
	struct sv_secret s = good_secret(2, 0), out;
	struct area a;
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		put_table(&a, &s);
		memcpy(a.byte + rows[i].off, &rows[i].value, rows[i].len);
		assert_row(i, !find(&out, a.byte, a.len));
	}
}

/* The first entry is foreign and lies about its length; ours comes second. */
static void test_foreign_entry(void **state)
{
	static const struct { u32 len; bool want; } rows[] = {
		{ SV_SECRET_HEAD_LEN + 40, true },
		{ 0, false },
		{ 1, false },
		{ SV_SECRET_HEAD_LEN - 1, false },
		{ SV_SECRET_HEAD_LEN + 39, false },
		{ SV_SECRET_HEAD_LEN + 41, false },
		{ 60 + TOTAL - TABLE, false },		/* to the end: nothing is left */
		{ 60 + TOTAL - TABLE + 1, false },
		{ 0x80000000, false },
		{ 0xffffffff, false },
		{ 0xffffffff - 59, false },
	};
	static const u8 data[40];
	struct sv_secret s = good_secret(1, 0), out;
	struct area a;
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		start_table(&a);
		put_entry(&a, foreign_guid, data, sizeof(data));
		put_entry(&a, our_guid, &s, sizeof(s));
		end_table(&a);
		memcpy(a.byte + TABLE + SV_SECRET_GUID_LEN, &rows[i].len, 4);
		assert_row(i, find(&out, a.byte, a.len) == rows[i].want);
	}
}

#define FIELD(f) offsetof(struct sv_secret, f)

/* A field says something else, and the digest is right again. */
static void test_fields(void **state)
{
	static const struct { u32 off, len, value; } rows[] = {
		{ FIELD(magic), 1, 's' },
		{ FIELD(magic) + 6, 1, 0 },
		{ FIELD(magic) + 7, 1, 1 },
		{ FIELD(magic), 4, 0 },
		{ FIELD(version), 2, 0 },
		{ FIELD(version), 2, SV_SECRET_VERSION + 1 },
		{ FIELD(version), 2, SV_SECRET_VERSION << 8 },
		{ FIELD(version), 2, 0xffff },
		{ FIELD(nr_keys), 2, 0 },
		{ FIELD(nr_keys), 2, SV_SECRET_KEYS_MAX + 1 },
		/* 10 */
		{ FIELD(nr_keys), 2, 0x0100 },
		{ FIELD(nr_keys), 2, 0x0101 },
		{ FIELD(nr_keys), 2, 0xffff },
		{ FIELD(policy), 4, 2 },
		{ FIELD(policy), 4, 3 },
		{ FIELD(policy), 4, 0x100 },
		{ FIELD(policy), 4, 0x80000000 },
		{ FIELD(policy), 4, 0xffffffff },
		/* Two keys there are; a third and a last that nobody counts. */
		{ FIELD(key[2].id), 1, 1 },
		{ FIELD(key[2].key) + 31, 1, 0x80 },
		/* 20 */
		{ FIELD(key[7].id) + 15, 1, 1 },
		{ FIELD(key[7].key) + 31, 1, 1 },
	};
	struct sv_secret good = good_secret(2, SV_POLICY_IMPORT), s, out;
	struct area a;
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		s = good;
		memcpy((u8 *)&s + rows[i].off, &rows[i].value, rows[i].len);
		seal(&s);
		put_table(&a, &s);
		assert_row(i, !find(&out, a.byte, a.len));
	}
}

/* Without a new digest, no bit can be changed anywhere. */
static void test_every_bit(void **state)
{
	struct sv_secret s = good_secret(3, 0), out;
	struct area a;
	u32 i;

	(void)state;
	put_table(&a, &s);
	for (i = 0; i < 8 * TOTAL; i++) {
		a.byte[i / 8] ^= (u8)(1 << i % 8);
		assert_row(i, !find(&out, a.byte, a.len));
		a.byte[i / 8] ^= (u8)(1 << i % 8);
	}
	assert_true(find(&out, a.byte, a.len));
}

/* Cut off anywhere, or moved, as when it was injected elsewhere. */
static void test_truncated_and_moved(void **state)
{
	struct sv_secret s = good_secret(8, 0), out;
	u8 moved[TOTAL + 64];
	struct area a;
	u32 i;

	(void)state;
	put_table(&a, &s);
	for (i = 0; i < TOTAL; i++) {
		assert_row(i, !find(&out, a.byte, i));
		memset(moved, 0, sizeof(moved));
		memcpy(moved, a.byte, i);
		assert_row(i, !find(&out, moved, sizeof(moved)));
	}
	for (i = 1; i <= 64; i++) {
		memset(moved, 0, sizeof(moved));
		memcpy(moved + i, a.byte, TOTAL);
		assert_row(i, !find(&out, moved, sizeof(moved)));
	}
	/* One block of the packet is that of another. */
	for (i = 0; i < TOTAL; i += 16) {
		memcpy(moved, a.byte, TOTAL);
		memcpy(moved + i, a.byte + (i + 16) % (TOTAL - 16), min_t(u32, TOTAL - i, 16));
		assert_row(i, !find(&out, moved, TOTAL));
	}
}

static void test_garbage(void **state)
{
	struct rng rng = { 480 };
	struct sv_secret out;
	u8 byte[MAX_AREA];
	u32 i;

	(void)state;
	memset(byte, 0, sizeof(byte));
	assert_false(find(&out, byte, sizeof(byte)));
	memset(byte, 0xff, sizeof(byte));
	assert_false(find(&out, byte, sizeof(byte)));
	for (i = 0; i < 200; i++) {
		rng_fill(&rng, byte, sizeof(byte));
		assert_row(i, !find(&out, byte, sizeof(byte)));
		/* Noise in a table that looks right. */
		memcpy(byte, table_guid, sizeof(table_guid));
		memcpy(byte + TABLE, our_guid, sizeof(our_guid));
		memcpy(byte + 16, &(u32){ TOTAL }, 4);
		memcpy(byte + TABLE + 16, &(u32){ SV_SECRET_HEAD_LEN + SECRET_LEN }, 4);
		assert_row(i, !find(&out, byte, sizeof(byte)));
	}
}

/* What becomes public, and what does not. */
static void test_describe(void **state)
{
	struct sv_secret s;
	u32 nr, i;

	(void)state;
	for (nr = 1; nr <= SV_SECRET_KEYS_MAX; nr++) {
		struct sv_config_facts got = { .mode = 3 }, want = { .mode = 3 };

		s = good_secret((u16)nr, nr & 1);
		want.policy = cpu_to_le32(nr & 1);
		want.nr_root_keys = cpu_to_le16(nr);
		memcpy(want.session_id, s.session_id, sizeof(want.session_id));
		for (i = 0; i < nr; i++)
			memcpy(want.root_key_id[i], s.key[i].id, sizeof(want.root_key_id[i]));
		sv_secret_describe(&s, &got);
		assert_row(nr, !memcmp(&got, &want, sizeof(got)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accepted),
		cmocka_unit_test(test_heads),
		cmocka_unit_test(test_foreign_entry),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_every_bit),
		cmocka_unit_test(test_truncated_and_moved),
		cmocka_unit_test(test_garbage),
		cmocka_unit_test(test_describe),
	};

	return cmocka_run_group_tests_name("secret", tests, NULL, NULL);
}

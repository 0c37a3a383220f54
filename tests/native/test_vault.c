// SPDX-License-Identifier: GPL-2.0 OR MIT
/* One request in, one answer out: every status provoked. */
#include "lib_test.h"

#include "core/vault.h"
#include "lib_rig.h"

enum {
	SLOT_LEN = SV_DATA_SLOT_MIN,
	DATA_LEN = SLOT_LEN - SV_SLOT_HDR_LEN,
	GOOD_LEN = 64,
};

/* Handles that a row can name; the first ones are indexed by enum sv_alg. */
enum {
	K_ZERO,
	K_STALE = SV_ALG_END,
	K_FREE,
	K_BEHIND,
	K_OLD_GEN,
	NR_KEYS,
};

struct fixture {
	struct sv_vault *vault;
	struct sv_vault_worker *worker;
	u8 *slot;		/* exactly SLOT_LEN bytes */
	u64 key_id[NR_KEYS];
	u8 key[SV_KEY_MAX];
};

static const u32 key_lens[SV_ALG_END] = {
	[SV_ALG_ECB] = 16, [SV_ALG_CBC] = 24, [SV_ALG_CTR] = 32,
	[SV_ALG_XTS] = 64, [SV_ALG_GCM] = 32, [SV_ALG_RFC4106] = 20,
};

static u64 load(struct fixture *f, u32 alg)
{
	u64 id;

	assert_int_equal(sv_keystore_load(&f->vault->keys, &f->vault->engines, alg, 0, f->key,
					  key_lens[alg], &id), SV_ST_OK);
	return id;
}

static int setup(void **state)
{
	struct fixture *f = rig_alloc(sizeof(*f));
	struct rng rng = { 5 };
	u32 alg;

	f->vault = rig_alloc(sizeof(*f->vault));
	f->worker = rig_alloc(sizeof(*f->worker));
	f->slot = rig_alloc(SLOT_LEN);
	rng_fill(&rng, f->key, sizeof(f->key));
	assert_true(sv_vault_init(f->vault, SV_MODE_SOFT, &sv_engine_list, 0, ~0U));
	sv_vault_add_worker(f->vault, f->worker);
	for (alg = 1; alg < SV_ALG_END; alg++)
		f->key_id[alg] = load(f, alg);
	f->key_id[K_STALE] = load(f, SV_ALG_ECB);
	assert_int_equal(sv_keystore_drop(&f->vault->keys, f->key_id[K_STALE]), SV_ST_OK);
	f->key_id[K_FREE] = sv_key_id(500, 1);
	f->key_id[K_BEHIND] = sv_key_id(SV_KEYSTORE_NR, 1);
	f->key_id[K_OLD_GEN] = f->key_id[SV_ALG_ECB] & 0xffffffff;
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	free(f->vault);
	free(f->worker);
	free(f->slot);
	free(f);
	return 0;
}

#define AT(field) ((int)offsetof(struct sv_slot_hdr, field))

/* @poke, @value: overwrite this byte of an otherwise well-formed header. */
struct row {
	u8 op;
	u8 key;
	u32 text_len;
	u32 aad_len;
	u8 tag_len;
	int poke;
	u8 value;
	u8 want;
};

static const struct row data_rows[] = {
	{ SV_OP_ECB_ENC, SV_ALG_ECB, GOOD_LEN, .want = SV_ST_OK },
	{ SV_OP_ECB_DEC, SV_ALG_ECB, GOOD_LEN, .want = SV_ST_OK },
	{ SV_OP_CBC_ENC, SV_ALG_CBC, GOOD_LEN, .want = SV_ST_OK },
	{ SV_OP_CBC_DEC, SV_ALG_CBC, GOOD_LEN, .want = SV_ST_OK },
	{ SV_OP_CTR, SV_ALG_CTR, GOOD_LEN - 1, .want = SV_ST_OK },
	{ SV_OP_XTS_ENC, SV_ALG_XTS, GOOD_LEN + 1, .want = SV_ST_OK },
	{ SV_OP_XTS_DEC, SV_ALG_XTS, 16, .want = SV_ST_OK },
	{ SV_OP_GCM_SEAL, SV_ALG_GCM, 13, 5, 16, .want = SV_ST_OK },
	{ SV_OP_GCM_SEAL, SV_ALG_RFC4106, 13, 20, 16, .poke = AT(iv) + 8, .want = SV_ST_OK },
	{ SV_OP_GCM_SEAL, SV_ALG_GCM, 0, 0, 4, .want = SV_ST_OK },
	{ SV_OP_ECB_ENC, SV_ALG_ECB, DATA_LEN, .want = SV_ST_OK },
	{ SV_OP_CTR, SV_ALG_CTR, DATA_LEN, .want = SV_ST_OK },
	{ SV_OP_GCM_SEAL, SV_ALG_GCM, DATA_LEN - 32, 16, 16, .want = SV_ST_OK },
	{ SV_OP_ECB_ENC, SV_ALG_ECB, 0, .want = SV_ST_OK },

	/* not an op, or not here */
	{ 0, .want = SV_ST_BAD_OP },
	{ SV_OP_HELLO, .text_len = sizeof(struct sv_hello), .want = SV_ST_BAD_OP },
	{ SV_OP_COUNTERS, .want = SV_ST_BAD_OP },
	{ SV_OP_KEY_LOAD, .text_len = 72, .want = SV_ST_BAD_OP },
	{ SV_OP_KEY_DROP, SV_ALG_ECB, .want = SV_ST_BAD_OP },
	{ 4, .want = SV_ST_BAD_OP },
	{ 31, SV_ALG_ECB, GOOD_LEN, .want = SV_ST_BAD_OP },
	{ SV_OP_END, SV_ALG_ECB, GOOD_LEN, .want = SV_ST_BAD_OP },
	{ 63, SV_ALG_ECB, GOOD_LEN, .want = SV_ST_BAD_OP },
	{ 64 + SV_OP_ECB_ENC, SV_ALG_ECB, GOOD_LEN, .want = SV_ST_BAD_OP },
	{ 0xff, SV_ALG_ECB, GOOD_LEN, .want = SV_ST_BAD_OP },

	/* bytes that must be zero */
	{ SV_OP_ECB_ENC, SV_ALG_ECB, 16, .poke = AT(flags), .value = 1, .want = SV_ST_BAD_FLAGS },
	{ SV_OP_ECB_ENC, SV_ALG_ECB, 16, .poke = AT(flags), .value = 128, .want = SV_ST_BAD_FLAGS },
	{ SV_OP_ECB_ENC, SV_ALG_ECB, 16, .poke = AT(reserved0), .value = 1,
	  .want = SV_ST_BAD_FLAGS },
	{ SV_OP_ECB_ENC, SV_ALG_ECB, 16, .poke = AT(status) + 3, .value = 1,
	  .want = SV_ST_BAD_FLAGS },
	{ SV_OP_CTR, SV_ALG_CTR, 16, .poke = AT(reserved1), .value = 1, .want = SV_ST_BAD_FLAGS },
	{ SV_OP_CTR, SV_ALG_CTR, 16, .poke = AT(reserved1) + 7, .value = 1,
	  .want = SV_ST_BAD_FLAGS },
	{ SV_OP_CBC_ENC, SV_ALG_CBC, 16, .poke = AT(block_offset), .value = 1,
	  .want = SV_ST_BAD_FLAGS },
	{ SV_OP_GCM_SEAL, SV_ALG_GCM, 16, 0, 16, .poke = AT(block_offset) + 7, .value = 1,
	  .want = SV_ST_BAD_FLAGS },
	{ SV_OP_ECB_ENC, SV_ALG_ECB, 16, .poke = AT(iv), .value = 1, .want = SV_ST_BAD_FLAGS },
	{ SV_OP_ECB_DEC, SV_ALG_ECB, 16, .poke = AT(iv) + 15, .value = 1,
	  .want = SV_ST_BAD_FLAGS },
	{ SV_OP_GCM_SEAL, SV_ALG_GCM, 16, 0, 16, .poke = AT(iv) + 12, .value = 1,
	  .want = SV_ST_BAD_FLAGS },
	{ SV_OP_GCM_OPEN, SV_ALG_RFC4106, 16, 0, 16, .poke = AT(iv) + 8, .value = 1,
	  .want = SV_ST_BAD_FLAGS },
	{ SV_OP_GCM_OPEN, SV_ALG_RFC4106, 16, 0, 16, .poke = AT(iv) + 15, .value = 1,
	  .want = SV_ST_BAD_FLAGS },

	/* lengths */
	{ SV_OP_ECB_ENC, SV_ALG_ECB, DATA_LEN + 16, .want = SV_ST_BAD_LEN },
	{ SV_OP_ECB_ENC, SV_ALG_ECB, SLOT_LEN, .want = SV_ST_BAD_LEN },
	{ SV_OP_ECB_ENC, SV_ALG_ECB, SV_TEXT_MAX + 16, .want = SV_ST_BAD_LEN },
	{ SV_OP_ECB_ENC, SV_ALG_ECB, 0xfffffff0, .want = SV_ST_BAD_LEN },
	{ SV_OP_ECB_ENC, SV_ALG_ECB, 15, .want = SV_ST_BAD_LEN },
	{ SV_OP_ECB_DEC, SV_ALG_ECB, 17, .want = SV_ST_BAD_LEN },
	{ SV_OP_CBC_ENC, SV_ALG_CBC, 31, .want = SV_ST_BAD_LEN },
	{ SV_OP_CBC_DEC, SV_ALG_CBC, 1, .want = SV_ST_BAD_LEN },
	{ SV_OP_XTS_ENC, SV_ALG_XTS, 15, .want = SV_ST_BAD_LEN },
	{ SV_OP_XTS_DEC, SV_ALG_XTS, 0, .want = SV_ST_BAD_LEN },
	{ SV_OP_CTR, SV_ALG_CTR, 16, .tag_len = 16, .want = SV_ST_BAD_LEN },
	{ SV_OP_CTR, SV_ALG_CTR, 16, .aad_len = 1, .want = SV_ST_BAD_LEN },
	{ SV_OP_CTR, SV_ALG_CTR, 16, .aad_len = 0xffffffff, .want = SV_ST_BAD_LEN },
	{ SV_OP_GCM_SEAL, SV_ALG_GCM, 16, 0, 0, .want = SV_ST_BAD_LEN },
	{ SV_OP_GCM_SEAL, SV_ALG_GCM, 16, 0, 3, .want = SV_ST_BAD_LEN },
	{ SV_OP_GCM_SEAL, SV_ALG_GCM, 16, 0, 5, .want = SV_ST_BAD_LEN },
	{ SV_OP_GCM_SEAL, SV_ALG_GCM, 16, 0, 11, .want = SV_ST_BAD_LEN },
	{ SV_OP_GCM_OPEN, SV_ALG_GCM, 16, 0, 17, .want = SV_ST_BAD_LEN },
	{ SV_OP_GCM_OPEN, SV_ALG_GCM, 16, 0, 255, .want = SV_ST_BAD_LEN },
	{ SV_OP_GCM_SEAL, SV_ALG_GCM, DATA_LEN - 15, 0, 16, .want = SV_ST_BAD_LEN },
	{ SV_OP_GCM_SEAL, SV_ALG_GCM, DATA_LEN - 16, 1, 16, .want = SV_ST_BAD_LEN },
	{ SV_OP_GCM_OPEN, SV_ALG_GCM, DATA_LEN, 0, 4, .want = SV_ST_BAD_LEN },
	{ SV_OP_GCM_OPEN, SV_ALG_GCM, 16, 0xffffffff, 16, .want = SV_ST_BAD_LEN },
	{ SV_OP_GCM_OPEN, SV_ALG_GCM, 16, 0xffffffe0, 16, .want = SV_ST_BAD_LEN },
	{ SV_OP_GCM_OPEN, SV_ALG_GCM, 0xffffffff, 0xffffffff, 16, .want = SV_ST_BAD_LEN },

	/* handles */
	{ SV_OP_ECB_ENC, K_ZERO, 16, .want = SV_ST_BAD_KEY },
	{ SV_OP_ECB_ENC, K_STALE, 16, .want = SV_ST_BAD_KEY },
	{ SV_OP_ECB_ENC, K_FREE, 16, .want = SV_ST_BAD_KEY },
	{ SV_OP_ECB_ENC, K_BEHIND, 16, .want = SV_ST_BAD_KEY },
	{ SV_OP_ECB_ENC, K_OLD_GEN, 16, .want = SV_ST_BAD_KEY },
	{ SV_OP_GCM_OPEN, K_STALE, 16, 0, 16, .want = SV_ST_BAD_KEY },
	{ SV_OP_XTS_DEC, SV_ALG_XTS, 16, .poke = AT(key_id) + 7, .value = 1,
	  .want = SV_ST_BAD_KEY },

	/* keys of another algorithm */
	{ SV_OP_ECB_ENC, SV_ALG_CBC, 16, .want = SV_ST_BAD_ALG },
	{ SV_OP_ECB_DEC, SV_ALG_GCM, 16, .want = SV_ST_BAD_ALG },
	{ SV_OP_CBC_ENC, SV_ALG_ECB, 16, .want = SV_ST_BAD_ALG },
	{ SV_OP_CBC_DEC, SV_ALG_CTR, 16, .want = SV_ST_BAD_ALG },
	{ SV_OP_CTR, SV_ALG_GCM, 16, .want = SV_ST_BAD_ALG },
	{ SV_OP_CTR, SV_ALG_XTS, 16, .want = SV_ST_BAD_ALG },
	{ SV_OP_XTS_ENC, SV_ALG_ECB, 16, .want = SV_ST_BAD_ALG },
	{ SV_OP_XTS_DEC, SV_ALG_RFC4106, 16, .want = SV_ST_BAD_ALG },
	{ SV_OP_GCM_SEAL, SV_ALG_CTR, 16, 0, 16, .want = SV_ST_BAD_ALG },
	{ SV_OP_GCM_OPEN, SV_ALG_XTS, 16, 0, 16, .want = SV_ST_BAD_ALG },

	/* a tag that nobody computed */
	{ SV_OP_GCM_OPEN, SV_ALG_GCM, 16, 0, 16, .want = SV_ST_BAD_TAG },
	{ SV_OP_GCM_OPEN, SV_ALG_GCM, 0, 0, 12, .want = SV_ST_BAD_TAG },
	{ SV_OP_GCM_OPEN, SV_ALG_RFC4106, 100, 16, 16, .poke = AT(iv) + 8, .want = SV_ST_BAD_TAG },
};

static const struct row admin_rows[] = {
	{ SV_OP_SELFTEST, .want = SV_ST_OK },
	{ SV_OP_COUNTERS, .want = SV_ST_OK },
	{ SV_OP_KEY_DROP, SV_ALG_ECB, .want = SV_ST_OK },

	{ 0, .want = SV_ST_BAD_OP },
	{ 4, .want = SV_ST_BAD_OP },
	{ 10, .want = SV_ST_BAD_OP },
	{ SV_OP_ECB_ENC, SV_ALG_ECB, 16, .want = SV_ST_BAD_OP },
	{ SV_OP_GCM_OPEN, SV_ALG_GCM, 16, 0, 16, .want = SV_ST_BAD_OP },
	{ 0xff, .want = SV_ST_BAD_OP },

	{ SV_OP_HELLO, .text_len = sizeof(struct sv_hello), .poke = AT(flags), .value = 1,
	  .want = SV_ST_BAD_FLAGS },
	{ SV_OP_SELFTEST, .poke = AT(iv) + 3, .value = 1, .want = SV_ST_BAD_FLAGS },
	{ SV_OP_SELFTEST, .poke = AT(reserved1) + 3, .value = 1, .want = SV_ST_BAD_FLAGS },
	{ SV_OP_COUNTERS, .poke = AT(key_id), .value = 1, .want = SV_ST_BAD_FLAGS },
	{ SV_OP_COUNTERS, .poke = AT(block_offset), .value = 1, .want = SV_ST_BAD_FLAGS },
	{ SV_OP_KEY_LOAD, .text_len = 72, .poke = AT(key_id), .value = 1,
	  .want = SV_ST_BAD_FLAGS },
	{ SV_OP_KEY_LOAD, .text_len = 72, .poke = AT(flags), .value = 1,
	  .want = SV_ST_BAD_FLAGS },

	{ SV_OP_HELLO, .text_len = 0, .want = SV_ST_BAD_LEN },
	{ SV_OP_HELLO, .text_len = sizeof(struct sv_hello) - 1, .want = SV_ST_BAD_LEN },
	{ SV_OP_HELLO, .text_len = sizeof(struct sv_hello) + 1, .want = SV_ST_BAD_LEN },
	{ SV_OP_HELLO, .text_len = 0xffffffff, .want = SV_ST_BAD_LEN },
	{ SV_OP_SELFTEST, .text_len = 1, .want = SV_ST_BAD_LEN },
	{ SV_OP_SELFTEST, .tag_len = 1, .want = SV_ST_BAD_LEN },
	{ SV_OP_COUNTERS, .text_len = 64, .want = SV_ST_BAD_LEN },
	{ SV_OP_COUNTERS, .aad_len = 1, .want = SV_ST_BAD_LEN },
	{ SV_OP_KEY_LOAD, .text_len = 71, .want = SV_ST_BAD_LEN },
	{ SV_OP_KEY_LOAD, .text_len = 73, .want = SV_ST_BAD_LEN },
	{ SV_OP_KEY_LOAD, .text_len = 0, .want = SV_ST_BAD_LEN },
	{ SV_OP_KEY_DROP, SV_ALG_CBC, .text_len = 1, .want = SV_ST_BAD_LEN },

	{ SV_OP_KEY_DROP, K_ZERO, .want = SV_ST_BAD_KEY },
	{ SV_OP_KEY_DROP, K_STALE, .want = SV_ST_BAD_KEY },
	{ SV_OP_KEY_DROP, SV_ALG_ECB, .want = SV_ST_BAD_KEY },	/* dropped above */
	{ SV_OP_KEY_DROP, K_FREE, .want = SV_ST_BAD_KEY },
	{ SV_OP_KEY_DROP, K_BEHIND, .want = SV_ST_BAD_KEY },

	/* the data area says "a5a5a5..." */
	{ SV_OP_HELLO, .text_len = sizeof(struct sv_hello), .want = SV_ST_BAD_VERSION },
	{ SV_OP_KEY_LOAD, .text_len = 72, .want = SV_ST_BAD_FLAGS },
};

static struct sv_slot_hdr row_hdr(const struct fixture *f, const struct row *row)
{
	struct sv_slot_hdr hdr = {
		.op = row->op,
		.tag_len = row->tag_len,
		.cookie = 0x1122334455667788,
		.key_id = f->key_id[row->key],
		.aad_len = row->aad_len,
		.text_len = row->text_len,
	};

	if (row->poke)
		((u8 *)&hdr)[row->poke] = row->value;
	return hdr;
}

static bool is_filled(const u8 *p, size_t len, u8 with)
{
	while (len--)
		if (*p++ != with)
			return false;
	return true;
}

static void run_row(struct fixture *f, bool is_admin, u32 i, const struct row *row)
{
	struct sv_slot_hdr in = row_hdr(f, row), out;
	u8 *data = f->slot + SV_SLOT_HDR_LEN;

	memset(data, 0xa5, DATA_LEN);
	memcpy(f->slot, &in, sizeof(in));
	sv_vault_handle(f->vault, f->worker, is_admin, f->slot, SLOT_LEN);
	memcpy(&out, f->slot, sizeof(out));

	if (out.status != row->want)
		fail_msg("row %u, op %u: status %u, not %u", i, row->op, out.status, row->want);
	assert_row(i, out.cookie == in.cookie && out.op == in.op && out.key_id == in.key_id);
	assert_row(i, out.block_offset == in.block_offset && out.aad_len == in.aad_len);
	if (!is_admin)
		assert_row(i, out.text_len == in.text_len);
	if (row->op == SV_OP_KEY_LOAD)
		assert_row(i, is_filled(data, DATA_LEN, 0));
	else if (row->want)
		assert_row(i, is_filled(data, DATA_LEN, 0xa5));
	if (row->want)
		assert_row(i, !memcmp(out.iv, in.iv, sizeof(in.iv)));
}

static void test_data_requests(void **state)
{
	struct fixture *f = *state;
	u64 ok = 0, refused = 0, bytes = 0;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(data_rows); i++) {
		run_row(f, false, i, &data_rows[i]);
		if (data_rows[i].want) {
			refused++;
		} else {
			ok++;
			bytes += data_rows[i].text_len;
		}
	}
	assert_int_equal(f->worker->requests, ok + refused);
	assert_int_equal(f->worker->refused, refused);
	assert_int_equal(f->worker->bytes, bytes);
}

static void test_admin_requests(void **state)
{
	struct fixture *f = *state;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(admin_rows); i++)
		run_row(f, true, i, &admin_rows[i]);
	assert_int_equal(f->worker->requests, 0);
	assert_int_equal(f->vault->keys_loaded, 0);
}

/* Send an admin request with @len bytes of @data; the status. */
static u32 admin(struct fixture *f, u8 op, const void *data, u32 len, struct sv_slot_hdr *out)
{
	struct sv_slot_hdr hdr = { .op = op, .text_len = len };

	memcpy(f->slot, &hdr, sizeof(hdr));
	if (len)
		memcpy(f->slot + SV_SLOT_HDR_LEN, data, len);
	sv_vault_handle(f->vault, f->worker, true, f->slot, SLOT_LEN);
	memcpy(out, f->slot, sizeof(*out));
	return out->status;
}

static void test_hello(void **state)
{
	static const struct { u16 major; u16 minor; int poke; u32 want; } rows[] = {
		{ SV_VERSION_MAJOR, SV_VERSION_MINOR, 0, SV_ST_OK },
		{ SV_VERSION_MAJOR, 9999, 0, SV_ST_OK },
		{ SV_VERSION_MAJOR + 1, 0, 0, SV_ST_BAD_VERSION },
		{ 0, 0, 0, SV_ST_BAD_VERSION },
		{ 0xffff, 0, 0, SV_ST_BAD_VERSION },
		{ SV_VERSION_MAJOR, 0, offsetof(struct sv_hello, mode), SV_ST_BAD_FLAGS },
		{ SV_VERSION_MAJOR, 0, offsetof(struct sv_hello, reserved) + 2, SV_ST_BAD_FLAGS },
		{ SV_VERSION_MAJOR, 0, offsetof(struct sv_hello, nr_keys), SV_ST_BAD_FLAGS },
		{ SV_VERSION_MAJOR, 0, offsetof(struct sv_hello, ops) + 7, SV_ST_BAD_FLAGS },
		{ SV_VERSION_MAJOR, 0, sizeof(struct sv_hello) - 1, SV_ST_BAD_FLAGS },
	};
	struct fixture *f = *state;
	struct sv_slot_hdr out;
	struct sv_hello h;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		h = (struct sv_hello){
			.version_major = rows[i].major,
			.version_minor = rows[i].minor,
		};
		if (rows[i].poke)
			((u8 *)&h)[rows[i].poke] = 1;
		assert_row(i, admin(f, SV_OP_HELLO, &h, sizeof(h), &out) == rows[i].want);
		assert_row(i, out.text_len == (rows[i].want ? 0 : sizeof(h)));
		if (rows[i].want)
			continue;
		memcpy(&h, f->slot + SV_SLOT_HDR_LEN, sizeof(h));
		assert_row(i, h.version_major == SV_VERSION_MAJOR);
		assert_row(i, h.mode == SV_MODE_SOFT && h.nr_keys == SV_KEYSTORE_NR);
		assert_row(i, h.image_version == SV_IMAGE_VERSION);
		assert_row(i, h.ops == 0x1ff0000030eULL);
		assert_string_equal(h.aes_name, f->vault->engines.aes->name);
		assert_string_equal(h.ghash_name, f->vault->engines.ghash->name);
	}
}

static void test_selftest_names_every_engine(void **state)
{
	const u32 nr = sv_engine_list.nr_aes + sv_engine_list.nr_ghash;
	u32 health = SV_GOOD_AES(SV_AES_CT) | SV_GOOD_GHASH(SV_GHASH_CT);
	struct fixture *f = *state;
	struct sv_slot_hdr out;
	struct sv_selftest t;
	u32 i, in_use = 0;

	/* A CPU that has everything, and every engine but the portable ones bad. */
	assert_true(sv_vault_init(f->vault, SV_MODE_PLAIN, &sv_engine_list, ~0U, health));
	assert_int_equal(admin(f, SV_OP_SELFTEST, NULL, 0, &out), SV_ST_OK);
	assert_int_equal(out.text_len, sizeof(t));
	memcpy(&t, f->slot + SV_SLOT_HDR_LEN, sizeof(t));
	assert_int_equal(t.nr, nr);
	for (i = 0; i < nr; i++) {
		bool is_ct = i == 0 || i == sv_engine_list.nr_aes;

		assert_row(i, t.entry[i].health == (is_ct ? SV_HEALTH_OK : SV_HEALTH_FAILED));
		assert_row(i, t.entry[i].in_use == is_ct);
		assert_row(i, t.entry[i].name[0]);
	}
	for (; i < SV_SELFTEST_MAX; i++)
		assert_row(i, !t.entry[i].name[0] && !t.entry[i].health && !t.entry[i].in_use);

	/* A CPU that has nothing: the others are absent, not failed. */
	assert_true(sv_vault_init(f->vault, SV_MODE_PLAIN, &sv_engine_list, 0, health));
	assert_int_equal(admin(f, SV_OP_SELFTEST, NULL, 0, &out), SV_ST_OK);
	memcpy(&t, f->slot + SV_SLOT_HDR_LEN, sizeof(t));
	for (i = 0; i < nr; i++) {
		in_use += t.entry[i].in_use;
		assert_row(i, t.entry[i].health == (t.entry[i].in_use ? SV_HEALTH_OK :
						    SV_HEALTH_ABSENT));
	}
	assert_int_equal(in_use, 2);

	/* No good engine of one kind: no vault. */
	assert_false(sv_vault_init(f->vault, SV_MODE_PLAIN, &sv_engine_list, ~0U, 0));
	assert_false(sv_vault_init(f->vault, SV_MODE_PLAIN, &sv_engine_list, ~0U,
				   SV_GOOD_AES(SV_AES_CT)));
	assert_false(sv_vault_init(f->vault, SV_MODE_PLAIN, &sv_engine_list, ~0U,
				   SV_GOOD_GHASH(SV_GHASH_CT)));
}

static void test_counters_add_up_over_workers(void **state)
{
	struct fixture *f = *state;
	struct sv_vault_worker *second = rig_alloc(sizeof(*second));
	struct sv_slot_hdr out;
	struct sv_counters c;

	sv_vault_add_worker(f->vault, second);
	f->worker->requests = 5;
	f->worker->refused = 1;
	f->worker->bytes = 1000;
	second->requests = 7;
	second->sleeps = 3;
	second->wakeups = 2;
	second->kicks = 1ULL << 40;
	assert_int_equal(admin(f, SV_OP_COUNTERS, NULL, 0, &out), SV_ST_OK);
	assert_int_equal(out.text_len, sizeof(c));
	memcpy(&c, f->slot + SV_SLOT_HDR_LEN, sizeof(c));
	assert_int_equal(c.requests, 12);
	assert_int_equal(c.refused, 1);
	assert_int_equal(c.bytes, 1000);
	assert_int_equal(c.keys_live, SV_ALG_END - 1);
	assert_int_equal(c.sleeps, 3);
	assert_int_equal(c.wakeups, 2);
	assert_int_equal(c.kicks, 1ULL << 40);
	free(second);
}

static void test_key_load(void **state)
{
	static const struct { u8 alg, flags; u16 len; u32 reserved, want; } rows[] = {
		{ SV_ALG_ECB, 0, 16, 0, SV_ST_OK },
		{ SV_ALG_XTS, 1, 64, 0, SV_ST_OK },
		{ SV_ALG_RFC4106, 0, 36, 0, SV_ST_OK },
		{ 0, 0, 16, 0, SV_ST_BAD_ALG },
		{ SV_ALG_END, 0, 16, 0, SV_ST_BAD_ALG },
		{ 255, 0, 16, 0, SV_ST_BAD_ALG },
		{ SV_ALG_ECB, 2, 16, 0, SV_ST_BAD_FLAGS },
		{ SV_ALG_ECB, 255, 16, 0, SV_ST_BAD_FLAGS },
		{ SV_ALG_ECB, 0, 16, 1, SV_ST_BAD_FLAGS },
		{ SV_ALG_ECB, 0, 16, 0x80000000, SV_ST_BAD_FLAGS },
		{ SV_ALG_ECB, 0, 0, 0, SV_ST_BAD_KEYLEN },
		{ SV_ALG_ECB, 0, 33, 0, SV_ST_BAD_KEYLEN },
		{ SV_ALG_XTS, 0, 65, 0, SV_ST_BAD_KEYLEN },
		{ SV_ALG_XTS, 0, 128, 0, SV_ST_BAD_KEYLEN },
		{ SV_ALG_XTS, 0, 0xffff, 0, SV_ST_BAD_KEYLEN },
		{ SV_ALG_XTS, 1, 32, 0, SV_ST_WEAK_KEY },
	};
	struct fixture *f = *state;
	u64 loaded = 0;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct sv_key_load in = {
			.alg = rows[i].alg,
			.flags = rows[i].flags,
			.key_len = rows[i].len,
			.reserved = rows[i].reserved,
		};
		struct sv_slot_hdr out;

		memcpy(in.key, f->key, sizeof(in.key));
		if (rows[i].want == SV_ST_WEAK_KEY)
			memcpy(in.key + 16, in.key, 16);
		memset(f->slot, 0x5a, SLOT_LEN);
		assert_row(i, admin(f, SV_OP_KEY_LOAD, &in, sizeof(in), &out) == rows[i].want);
		assert_row(i, out.text_len == 0);
		assert_row(i, is_filled(f->slot + SV_SLOT_HDR_LEN, DATA_LEN, 0));
		assert_row(i, !!sv_keystore_get(&f->vault->keys, out.key_id) == !rows[i].want);
		loaded += !rows[i].want;
		assert_row(i, f->vault->keys_loaded == loaded);
	}
}

static u32 status_of(struct fixture *f, bool is_admin, u32 op, u64 key_id)
{
	struct sv_slot_hdr hdr = { .op = (u8)op, .key_id = key_id };

	memset(f->slot + SV_SLOT_HDR_LEN, 0xa5, DATA_LEN);
	memcpy(f->slot, &hdr, sizeof(hdr));
	sv_vault_handle(f->vault, f->worker, is_admin, f->slot, SLOT_LEN);
	memcpy(&hdr, f->slot, sizeof(hdr));
	return hdr.status;
}

/* What the host goes by is what the vault does, for every op and for what is none. */
static void test_ops_are_what_their_facts_say(void **state)
{
	const u64 unknown = 77;
	struct fixture *f = *state;
	u32 op;

	for (op = 0; op < 256; op++) {
		u32 facts = sv_op_facts((u8)op);
		bool is_admin = facts & SV_OP_F_ADMIN;
		bool is_served = op < 64 && f->vault->hello.ops >> op & 1;

		assert_row(op, is_served == (facts != 0));
		assert_row(op, (status_of(f, true, op, 0) != SV_ST_BAD_OP) == is_admin);
		assert_row(op, (status_of(f, false, op, 0) != SV_ST_BAD_OP) ==
			       (is_served && !is_admin));
		assert_row(op, is_filled(f->slot + SV_SLOT_HDR_LEN, DATA_LEN, 0) ==
			       !!(facts & SV_OP_F_SECRET));
		if (is_served)
			assert_row(op, (status_of(f, is_admin, op, unknown) != SV_ST_BAD_FLAGS) ==
				       !!(facts & SV_OP_F_KEY_IN));
	}
}

static void test_key_store_full(void **state)
{
	struct fixture *f = *state;
	struct sv_key_load in = { .alg = SV_ALG_ECB, .key_len = 16 };
	struct sv_slot_hdr out;
	u32 i;

	for (i = f->vault->keys.live; i < SV_KEYSTORE_NR; i++)
		assert_int_equal(admin(f, SV_OP_KEY_LOAD, &in, sizeof(in), &out), SV_ST_OK);
	assert_int_equal(admin(f, SV_OP_KEY_LOAD, &in, sizeof(in), &out), SV_ST_NO_SPACE);
	assert_int_equal(out.key_id, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_data_requests, setup, teardown),
		cmocka_unit_test_setup_teardown(test_admin_requests, setup, teardown),
		cmocka_unit_test_setup_teardown(test_hello, setup, teardown),
		cmocka_unit_test_setup_teardown(test_selftest_names_every_engine, setup, teardown),
		cmocka_unit_test_setup_teardown(test_counters_add_up_over_workers, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_key_load, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ops_are_what_their_facts_say, setup, teardown),
		cmocka_unit_test_setup_teardown(test_key_store_full, setup, teardown),
	};

	return cmocka_run_group_tests_name("vault", tests, NULL, NULL);
}

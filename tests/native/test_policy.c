// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * What the owner's policy allows, and what hello says of how a vault was
 * started: no key in the clear where the policy does not say so.
 */
#include "lib_test.h"
#include "lib_ref.h"
#include "lib_rig.h"

#include "core/facts.h"
#include "core/secret.h"

enum { SLOT_LEN = 4096, CBIT = 51, NOT_SET = 0xffff };

struct fixture {
	struct sv_vault *vault;
	struct sv_vault_worker *worker;
	u8 *slot;
};

static int setup(void **state)
{
	struct fixture *f = rig_alloc(sizeof(*f));

	f->vault = rig_alloc(sizeof(*f->vault));
	f->worker = rig_alloc(sizeof(*f->worker));
	f->slot = rig_alloc(SLOT_LEN);
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

static void start_vault(struct fixture *f, enum sv_mode mode, const struct sv_config_facts *facts)
{
	assert_true(sv_vault_init(f->vault, mode, &sv_engine_list, 0, ~0U));
	if (facts)
		sv_vault_configure(f->vault, facts);
	sv_vault_add_worker(f->vault, f->worker);
}

static struct sv_config_facts facts_of(enum sv_mode mode, u32 policy)
{
	struct sv_config_facts facts;

	sv_facts_init(&facts, mode, false, CBIT, 1);
	facts.policy = cpu_to_le32(policy);
	return facts;
}

static struct sv_slot_hdr ask(struct fixture *f, u8 op, u64 key_id, const void *data, u32 len)
{
	struct sv_slot_hdr h = {
		.op = op,
		.key_id = cpu_to_le64(key_id),
		.text_len = cpu_to_le32(len),
	};

	memset(f->slot, 0, SLOT_LEN);
	memcpy(f->slot, &h, sizeof(h));
	memcpy(f->slot + sizeof(h), data, len);
	sv_vault_handle(f->vault, f->worker, true, f->slot, SLOT_LEN);
	memcpy(&h, f->slot, sizeof(h));
	return h;
}

static struct sv_hello ask_hello(struct fixture *f)
{
	struct sv_hello hello = { .version_major = cpu_to_le16(SV_VERSION_MAJOR) };

	assert_int_equal(ask(f, SV_OP_HELLO, 0, &hello, sizeof(hello)).status, SV_ST_OK);
	memcpy(&hello, f->slot + SV_SLOT_HDR_LEN, sizeof(hello));
	return hello;
}

/*
 * A refused key is not in the store, not in the slot, and no more is said
 * about it, however wrong it was otherwise. @policy NOT_SET: not configured.
 */
static void test_import(void **state)
{
	static const struct {
		enum sv_mode mode;
		u32 policy;
		u8 alg, flags;
		u16 key_len;
		u32 want;
	} rows[] = {
		{ SV_MODE_SEV_ES, SV_POLICY_IMPORT, SV_ALG_XTS, 0, 64, SV_ST_OK },
		{ SV_MODE_PLAIN, SV_POLICY_IMPORT, SV_ALG_XTS, 0, 64, SV_ST_OK },
		{ SV_MODE_PLAIN, NOT_SET, SV_ALG_XTS, 0, 64, SV_ST_OK },
		{ SV_MODE_SOFT, NOT_SET, SV_ALG_GCM, 0, 32, SV_ST_OK },

		{ SV_MODE_SEV_ES, 0, SV_ALG_XTS, 0, 64, SV_ST_FORBIDDEN },
		{ SV_MODE_SEV_ES, 0, SV_ALG_ECB, 0, 16, SV_ST_FORBIDDEN },
		{ SV_MODE_SEV_ES, 0, SV_ALG_RFC4106, 0, 20, SV_ST_FORBIDDEN },
		{ SV_MODE_SEV_ES, NOT_SET, SV_ALG_XTS, 0, 64, SV_ST_FORBIDDEN },
		{ SV_MODE_SEV_ES, NOT_SET, SV_ALG_CTR, 0, 32, SV_ST_FORBIDDEN },
		{ SV_MODE_PLAIN, 0, SV_ALG_XTS, 0, 64, SV_ST_FORBIDDEN },
		/* 10 */
		{ SV_MODE_SOFT, 0, SV_ALG_XTS, 0, 64, SV_ST_FORBIDDEN },
		/* Any other bit does not stand for that one. */
		{ SV_MODE_SEV_ES, ~(u32)SV_POLICY_IMPORT, SV_ALG_XTS, 0, 64, SV_ST_FORBIDDEN },
		/* Malformed as well: which of the two is not said. */
		{ SV_MODE_SEV_ES, 0, SV_ALG_END, 0, 64, SV_ST_FORBIDDEN },
		{ SV_MODE_SEV_ES, 0, 0, 0, 0, SV_ST_FORBIDDEN },
		{ SV_MODE_SEV_ES, 0, SV_ALG_XTS, 0xff, 64, SV_ST_FORBIDDEN },
		{ SV_MODE_SEV_ES, 0, SV_ALG_XTS, 0, 65, SV_ST_FORBIDDEN },
		{ SV_MODE_SEV_ES, 0, SV_ALG_XTS, 0, 0xffff, SV_ST_FORBIDDEN },
		{ SV_MODE_SEV_ES, SV_POLICY_IMPORT, SV_ALG_XTS, 0, 65, SV_ST_BAD_KEYLEN },
	};
	struct fixture *f = *state;
	u32 i, n;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct sv_config_facts facts = facts_of(rows[i].mode, rows[i].policy);
		struct sv_key_load in = {
			.alg = rows[i].alg,
			.flags = rows[i].flags,
			.key_len = cpu_to_le16(rows[i].key_len),
		};
		struct sv_slot_hdr h;
		bool ok = rows[i].want == SV_ST_OK;

		memset(in.key, 0xab, 32);
		start_vault(f, rows[i].mode, rows[i].policy == NOT_SET ? NULL : &facts);
		h = ask(f, SV_OP_KEY_LOAD, 0, &in, sizeof(in));
		assert_row(i, le32_to_cpu(h.status) == rows[i].want);
		assert_row(i, !h.text_len && !!h.key_id == ok);
		for (n = SV_SLOT_HDR_LEN; n < SLOT_LEN; n++)
			assert_row(i, !f->slot[n]);
		assert_row(i, f->vault->keys.live == ok && f->vault->keys_loaded == ok);
		if (ok)
			assert_int_equal(ask(f, SV_OP_KEY_DROP, h.key_id, "", 0).status, SV_ST_OK);
	}
}

/* The policy is about keys in the clear: everything else is served. */
static void test_what_remains(void **state)
{
	static const struct { u8 op; u32 len; u32 want; } rows[] = {
		{ SV_OP_HELLO, sizeof(struct sv_hello), SV_ST_OK },
		{ SV_OP_SELFTEST, 0, SV_ST_OK },
		{ SV_OP_COUNTERS, 0, SV_ST_OK },
		{ SV_OP_KEY_DROP, 0, SV_ST_BAD_KEY },
		{ SV_OP_KEY_LOAD, 0, SV_ST_BAD_LEN },
		{ SV_OP_KEY_LOAD, sizeof(struct sv_key_load) - 1, SV_ST_BAD_LEN },
		{ SV_OP_ECB_ENC, 16, SV_ST_BAD_OP },
	};
	struct sv_config_facts facts = facts_of(SV_MODE_SEV_ES, 0);
	u8 data[sizeof(struct sv_hello)] = { SV_VERSION_MAJOR };
	struct fixture *f = *state;
	u32 i;

	start_vault(f, SV_MODE_SEV_ES, &facts);
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		assert_row(i, le32_to_cpu(ask(f, rows[i].op, 0, data, rows[i].len).status) ==
			      rows[i].want);
}

/* Hello says the policy and the digest; any other fact makes another digest. */
static void test_hello(void **state)
{
	struct sv_config_facts facts = facts_of(SV_MODE_SEV_ES, 0);
	struct fixture *f = *state;
	u8 want[SV_DIGEST_LEN];
	struct sv_hello first, hello;
	u32 i;

	facts.nr_root_keys = cpu_to_le16(3);
	start_vault(f, SV_MODE_SEV_ES, &facts);
	first = ask_hello(f);
	assert_int_equal(first.mode, SV_MODE_SEV_ES);
	assert_int_equal(first.policy, 0);
	assert_int_equal(first.nr_root_keys, 3);
	ref_sha256(want, &facts, sizeof(facts));
	assert_memory_equal(first.config_digest, want, sizeof(want));
	for (i = 0; i < sizeof(facts); i++) {
		((u8 *)&facts)[i] ^= 0x80;
		start_vault(f, SV_MODE_SEV_ES, &facts);
		hello = ask_hello(f);
		assert_row(i, memcmp(hello.config_digest, first.config_digest,
				     sizeof(hello.config_digest)));
		((u8 *)&facts)[i] ^= 0x80;
	}
}

/* Nobody configured it: hello shows no digest, and a SEV-ES vault allows nothing. */
static void test_not_configured(void **state)
{
	static const struct { enum sv_mode mode; u32 policy; } rows[] = {
		{ SV_MODE_SEV_ES, 0 },
		{ SV_MODE_PLAIN, SV_POLICY_KNOWN },
		{ SV_MODE_SOFT, SV_POLICY_KNOWN },
	};
	static const u8 none[SV_DIGEST_LEN];
	struct fixture *f = *state;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct sv_hello hello;

		start_vault(f, rows[i].mode, NULL);
		hello = ask_hello(f);
		assert_row(i, le32_to_cpu(hello.policy) == rows[i].policy);
		assert_row(i, !hello.nr_root_keys);
		assert_row(i, !memcmp(hello.config_digest, none, sizeof(none)));
	}
}

/* The facts as they are documented, byte by byte. */
static void test_facts(void **state)
{
	static const u8 want[sizeof(struct sv_config_facts)] = {
		'S', 'V', 'F', 'A', 'C', 'T', 'S', 0,
		SV_MODE_SEV_ES, 1, CBIT, 0,
		SV_IMAGE_VERSION & 0xff, SV_IMAGE_VERSION >> 8 & 0xff, SV_IMAGE_VERSION >> 16, 0,
		SV_VERSION_MAJOR, 0, SV_VERSION_MINOR, 0,
		5, 0, 0, 0,
		0, 0, 0, 0, 1, 0, 0, 0,		/* window at 4 GiB */
		0, 0, 0x40, 0, 0, 0, 0, 0,	/* of 4 MiB */
		SV_POLICY_KNOWN, 0, 0, 0,
	};
	struct sv_config_facts facts;

	(void)state;
	memset(&facts, 0xee, sizeof(facts));
	sv_facts_init(&facts, SV_MODE_SEV_ES, true, CBIT, 5);
	assert_memory_equal(&facts, want, sizeof(want));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_import),
		cmocka_unit_test(test_what_remains),
		cmocka_unit_test(test_hello),
		cmocka_unit_test(test_not_configured),
		cmocka_unit_test(test_facts),
	};

	return cmocka_run_group_tests_name("policy", tests, setup, teardown);
}

// SPDX-License-Identifier: GPL-2.0 OR MIT
/* A dropped key leaves nothing behind, whichever engine worked with it. */
#include "lib_test.h"

#include "core/vault.h"
#include "lib_sanitize.h"
#include "lib_rig.h"

#include "soft/cpu.h"

#include <pthread.h>

/* There is no other way to see a key schedule. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/aes.h>

enum { SLOT_LEN = SV_DATA_SLOT_MIN };

static const u32 key_lens[SV_ALG_END] = {
	[SV_ALG_ECB] = 16, [SV_ALG_CBC] = 24, [SV_ALG_CTR] = 32,
	[SV_ALG_XTS] = 64, [SV_ALG_GCM] = 32, [SV_ALG_RFC4106] = 20,
};

struct fixture {
	struct sv_vault *vault;
	struct sv_vault_worker *worker;
	u8 *slot;		/* exactly SLOT_LEN bytes */
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

/*
 * The life of a key on a stack of its own: afterwards neither that stack nor
 * anything of the vault holds 8 bytes in a row of the key or of its schedule, or
 * a block of what the engine had made of it.
 */
struct life {
	struct fixture *f;
	u32 alg;
	u32 nr_ops;		/* 1: encrypt; 2: and decrypt */
	u8 key[SV_KEY_MAX];
	u32 status[4];
	struct sv_aes_key expanded;
};

static void *live_and_die(void *arg)
{
	struct life *l = arg;
	struct fixture *f = l->f;
	struct sv_key_load *in = (struct sv_key_load *)(f->slot + SV_SLOT_HDR_LEN);
	struct sv_slot_hdr *hdr = (struct sv_slot_hdr *)f->slot;
	static const u8 ops[SV_ALG_END][2] = {
		[SV_ALG_ECB] = { SV_OP_ECB_ENC, SV_OP_ECB_DEC },
		[SV_ALG_CBC] = { SV_OP_CBC_ENC, SV_OP_CBC_DEC },
		[SV_ALG_CTR] = { SV_OP_CTR, SV_OP_CTR },
		[SV_ALG_XTS] = { SV_OP_XTS_ENC, SV_OP_XTS_DEC },
		[SV_ALG_GCM] = { SV_OP_GCM_SEAL, SV_OP_GCM_OPEN },
		[SV_ALG_RFC4106] = { SV_OP_GCM_SEAL, SV_OP_GCM_OPEN },
	};
	bool is_gcm = l->alg >= SV_ALG_GCM;
	u64 id;
	u32 i;

	*hdr = (struct sv_slot_hdr){ .op = SV_OP_KEY_LOAD, .text_len = sizeof(*in) };
	*in = (struct sv_key_load){ .alg = (u8)l->alg, .key_len = (u16)key_lens[l->alg] };
	memcpy(in->key, l->key, key_lens[l->alg]);
	sv_vault_handle(f->vault, f->worker, true, f->slot, SLOT_LEN);
	l->status[0] = hdr->status;
	id = hdr->key_id;
	l->expanded = sv_keystore_get(&f->vault->keys, id)->key;

	for (i = 0; i < l->nr_ops; i++) {
		*hdr = (struct sv_slot_hdr){ .op = ops[l->alg][i], .key_id = id, .text_len = 4096,
					     .tag_len = is_gcm ? 16 : 0,
					     .aad_len = is_gcm ? 20 : 0 };
		sv_vault_handle(f->vault, f->worker, false, f->slot, SLOT_LEN);
		l->status[1 + i] = hdr->status;
	}

	*hdr = (struct sv_slot_hdr){ .op = SV_OP_KEY_DROP, .key_id = id };
	sv_vault_handle(f->vault, f->worker, true, f->slot, SLOT_LEN);
	l->status[3] = hdr->status;
	return NULL;
}

struct piece {
	u64 bytes;
} __packed;

/* Does @hay hold 8 bytes in a row of @needle, at multiples of 4? */
native_no_sanitize
static bool holds_piece(const u8 *hay, size_t len, const u8 *needle, size_t needle_len)
{
	size_t i, n;

	for (n = 0; n + 8 <= needle_len; n += 4) {
		u64 want = ((const struct piece *)(needle + n))->bytes;

		for (i = 0; i + 8 <= len; i += 4)
			if (((const struct piece *)(hay + i))->bytes == want)
				return true;
	}
	return false;
}

/* Every round key as FIPS 197 has it, from OpenSSL. */
static size_t expand(u8 sched[240], const u8 *key, u32 key_len)
{
	AES_KEY k;

	AES_set_encrypt_key(key, (int)key_len * 8, &k);
	native_wrote(&k, sizeof(k));
	memcpy(sched, k.rd_key, 240);
	return 16 * ((size_t)k.rounds + 1);
}

static bool holds_key(const void *hay, size_t len, const u8 *key, u32 key_len)
{
	return holds_piece(hay, len, key, key_len);
}

/* Only what is behind the key itself. */
static bool holds_round_keys(const void *hay, size_t len, const u8 *key, u32 key_len)
{
	u8 sched[240];
	size_t sched_len = expand(sched, key, key_len);

	return holds_piece(hay, len, sched + key_len, sched_len - key_len);
}

/* Does @hay hold a block of @needle, as the engine that worked with it had it? */
native_no_sanitize
static bool holds_block(const u8 *hay, size_t len, const void *needle, size_t needle_len)
{
	const struct piece *want = needle, *end = (const void *)((const u8 *)needle + needle_len);
	size_t i;

	for (; want < end; want += 2) {
		if (!want[0].bytes && !want[1].bytes)
			continue;
		for (i = 0; i + 16 <= len; i += 8) {
			const struct piece *at = (const void *)(hay + i);

			if (at[0].bytes == want[0].bytes && at[1].bytes == want[1].bytes)
				return true;
		}
	}
	return false;
}

static bool holds_expanded(const void *hay, size_t len, const struct life *l)
{
	const size_t sched_len = offsetof(struct sv_aes_sched, rounds);
	const struct sv_aes_key *k = &l->expanded;

	if (holds_block(hay, len, &k->data, sched_len))
		return true;
	if (l->alg == SV_ALG_XTS)
		return holds_block(hay, len, &k->tweak, sched_len);
	return l->alg >= SV_ALG_GCM && holds_block(hay, len, &k->ghash, sizeof(k->ghash));
}

static void assert_clean(const char *where, const struct life *l, const void *hay, size_t len)
{
	u32 key_len = key_lens[l->alg] & ~7U;
	u32 half = l->alg == SV_ALG_XTS ? key_len / 2 : key_len;

	if (holds_key(hay, len, l->key, key_len))
		fail_msg("alg %u: key found in %s", l->alg, where);
	if (holds_round_keys(hay, len, l->key, half) ||
	    holds_round_keys(hay, len, l->key + key_len - half, half))
		fail_msg("alg %u: round keys found in %s", l->alg, where);
	if (holds_expanded(hay, len, l))
		fail_msg("alg %u: a part of the expanded key found in %s", l->alg, where);
}

static void live_in_thread(struct life *l, u8 *stack, size_t stack_len)
{
	pthread_attr_t attr;
	pthread_t thread;
	u32 i;

	memset(l->f->slot, 0, SLOT_LEN);
	pthread_attr_init(&attr);
	pthread_attr_setstack(&attr, stack, stack_len);
	assert_int_equal(pthread_create(&thread, &attr, live_and_die, l), 0);
	pthread_join(thread, NULL);
	for (i = 0; i < ARRAY_SIZE(l->status); i++)
		assert_int_equal(l->status[i], SV_ST_OK);
}

static void drop_and_search(struct fixture *f, u32 cpu, u32 nr_ops)
{
	enum { STACK = 256 * 1024 };
	struct life *l = rig_alloc(sizeof(*l));
	u8 *stack = rig_alloc(STACK);
	struct rng rng = { 77 };

	assert_true(sv_vault_init(f->vault, SV_MODE_SOFT, &sv_engine_list, cpu, ~0U));
	sv_vault_add_worker(f->vault, f->worker);
	l->f = f;
	l->nr_ops = nr_ops;
	for (l->alg = 1; l->alg < SV_ALG_END; l->alg++) {
		rng_fill(&rng, l->key, sizeof(l->key));
		live_in_thread(l, stack, STACK);
		assert_clean("the slot", l, f->slot, SLOT_LEN);
		assert_clean("the vault", l, f->vault, sizeof(*f->vault));
		assert_clean("the worker", l, f->worker, sizeof(*f->worker));
		/* Sanitizers make the compiler spill what the product keeps in registers. */
		if (!native_is_sanitized)
			assert_clean("the stack", l, stack, STACK);
	}
	free(stack);
	free(l);
}

static void test_dropped_keys_leave_nothing(void **state)
{
	/* Portable engines, AES-NI, VAES on 256 bits, and the widest that this CPU has. */
	const u32 narrow = SV_CPU_SSSE3 | SV_CPU_SSE41 | SV_CPU_AES | SV_CPU_PCLMUL;
	const u32 middle = narrow | SV_CPU_AVX2 | SV_CPU_VAES;
	const u32 cpus[] = { 0, narrow, middle, ~0U };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(cpus); i++) {
		drop_and_search(*state, sv_cpu_features() & cpus[i], 1);
		drop_and_search(*state, sv_cpu_features() & cpus[i], 2);
	}
}

/* The search of the test above finds what is there. */
static void test_search_finds_live_keys(void **state)
{
	struct fixture *f = *state;
	const void *vault = f->vault;
	const size_t len = sizeof(*f->vault);

	struct rng rng = { 5 };
	u8 key[32];
	u64 id;

	if (!(sv_cpu_features() & SV_CPU_AES))
		skip();
	rng_fill(&rng, key, sizeof(key));
	assert_true(sv_vault_init(f->vault, SV_MODE_SOFT, &sv_engine_list, sv_cpu_features(),
				  ~0U));
	assert_false(holds_key(vault, len, key, sizeof(key)));
	assert_int_equal(sv_keystore_load(&f->vault->keys, &f->vault->engines, SV_ALG_CTR, 0, key,
					  sizeof(key), &id), SV_ST_OK);
	assert_true(holds_key(vault, len, key, sizeof(key)));
	assert_true(holds_round_keys(vault, len, key, sizeof(key)));
	sv_vault_wipe(f->vault);
	assert_false(holds_key(vault, len, key, sizeof(key)));
	assert_false(holds_round_keys(vault, len, key, sizeof(key)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_dropped_keys_leave_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(test_search_finds_live_keys, setup, teardown),
	};

	return cmocka_run_group_tests_name("residue", tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * A peer that writes what it likes, when it likes. Whichever side it plays,
 * the other one stays within its memory, keeps its keys, and notices or does
 * not care.
 */
#include "lib_test.h"

#include "lib_ref.h"
#include "lib_rig.h"
#include "lib_sanitize.h"
#include "soft/cpu.h"

#include <sevault/shm.h>

#include <pthread.h>
#include <time.h>

enum { DATA = SV_PAIR_DATA, ROUNDS = 300, STEPS = 200 };

/* A random place of the rings or of a slot's header or first data bytes. */
static u8 *pick_place(struct rig *r, struct rng *rng)
{
	const struct sv_window_pair *p = &r->layout.pair[rng_below(rng, RIG_PAIRS)];
	const struct sv_window_queue *q = &p->queue[rng_below(rng, 2)];

	switch (rng_below(rng, 6)) {
	case 0:
		return r->window + q->avail + rng_below(rng, (u32)sv_vring_avail_len(q->num));
	case 1:
		return r->window + q->used + rng_below(rng, (u32)sv_vring_used_len(q->num));
	case 2:
		return r->window + q->desc + rng_below(rng, (u32)sv_vring_desc_len(q->num));
	case 3:
		return r->window + q->avail + 2 + rng_below(rng, 2);
	case 4:
		return r->window + q->used + 2 + rng_below(rng, 2);
	default:
		return r->window + p->slots + p->stride * rng_below(rng, p->nr_slots) +
		       rng_below(rng, 160);
	}
}

static void scribble(struct rig *r, struct rng *rng)
{
	volatile u8 *p = pick_place(r, rng);

	switch (rng_below(rng, 4)) {
	case 0:
		*p = 0;
		break;
	case 1:
		*p = (u8)rng_next(rng);
		break;
	case 2:
		*p = (u8)(*p ^ 1 << rng_below(rng, 8));
		break;
	default:
		*p = (u8)(*p + 1);
	}
}

/* A well-formed data request now and then, so that there is something to spoil. */
static void submit_something(struct rig *r, struct rng *rng, u64 key_id)
{
	static const u8 ops[] = { SV_OP_ECB_ENC, SV_OP_CTR, SV_OP_GCM_SEAL, SV_OP_GCM_OPEN };
	u32 pair = rng_below(rng, 8) ? DATA : 0;
	struct sv_slot_hdr hdr = { .key_id = key_id };
	int slot = sv_chan_take(r->chan[pair]);

	if (slot < 0)
		return;
	hdr.op = pair ? ops[rng_below(rng, 4)] : (u8)(1 + rng_below(rng, 9));
	hdr.text_len = rng_below(rng, 300);
	if (hdr.op >= SV_OP_GCM_SEAL)
		hdr.tag_len = 16;
	sv_chan_submit(r->chan[pair], (u32)slot, &hdr);
}

/* Keys that were loaded before the attack began, checked against OpenSSL after. */
static void check_key(struct rig *r, u64 id, const u8 *key)
{
	struct sv_slot_hdr hdr = { .op = SV_OP_CTR, .key_id = id, .text_len = 64 };
	u8 *slot = rig_alloc(SV_DATA_SLOT_MIN), zero[64] = { 0 }, iv[16] = { 0 }, want[64];

	memcpy(slot, &hdr, sizeof(hdr));
	sv_vault_handle(r->vault, &r->server->worker, false, slot, SV_DATA_SLOT_MIN);
	memcpy(&hdr, slot, sizeof(hdr));
	/* The attacker may have guessed the handle and dropped the key: that is allowed. */
	if (hdr.status != SV_ST_BAD_KEY) {
		ref_cipher("CTR", true, key, 32, iv, want, zero, sizeof(want));
		assert_int_equal(hdr.status, SV_ST_OK);
		assert_memory_equal(slot + SV_SLOT_HDR_LEN, want, sizeof(want));
	}
	free(slot);
}

/* Steps of a host and scribbles of a hostile one, then the vault takes a turn. */
static void test_vault_against_scribbles(void **state)
{
	u32 round, step, nr_broken = 0;
	struct rng rng = { 1234 };
	u8 key[32];

	(void)state;
	rng_fill(&rng, key, sizeof(key));
	for (round = 0; round < ROUNDS; round++) {
		struct rig *r = rig_create(sv_cpu_features());
		u32 kick, every = 1 + rng_below(&rng, 40);
		bool broken = false;
		u64 id;

		assert_int_equal(rig_load(r, SV_ALG_CTR, 0, key, 32, &id), SV_ST_OK);
		for (step = 0; step < STEPS; step++) {
			int n;

			submit_something(r, &rng, id);
			if (rng_below(&rng, every) == 0)
				scribble(r, &rng);
			if (rng_below(&rng, 8) == 0)
				assert_true(sv_server_arm(r->server, &kick) || !broken);
			n = sv_server_poll(r->server, &kick);
			assert_true(!broken || n == SV_SERVER_BROKEN);
			assert_int_equal(kick & ~0xfU, 0);
			broken = n == SV_SERVER_BROKEN;
		}
		nr_broken += broken;
		check_key(r, id, key);
		rig_destroy(r);
	}
	/* The test attacks: some vaults noticed and some were only confused. */
	assert_true(nr_broken > ROUNDS / 10 && nr_broken < ROUNDS);
}

/* The same with the host's channel as the victim, the vault being hostile. */
static void test_channel_against_scribbles(void **state)
{
	u32 round, step, nr_broken = 0, nr_answers = 0;
	struct rng rng = { 4321 };

	(void)state;
	for (round = 0; round < ROUNDS; round++) {
		struct rig *r = rig_create(0);
		struct sv_chan *c = r->chan[DATA];
		u64 held = 0, in_flight = 0;
		u32 kick, every = 1 + rng_below(&rng, 40);

		for (step = 0; step < STEPS; step++) {
			struct sv_slot_hdr hdr = { .op = SV_OP_ECB_ENC, .text_len = 32 };
			int slot = sv_chan_take(c);

			if (slot >= 0) {
				assert_true((u32)slot < c->nr_slots);
				assert_false((held | in_flight) >> slot & 1);
				sv_chan_submit(c, (u32)slot, &hdr);
				in_flight |= 1ULL << slot;
			}
			if (rng_below(&rng, every) == 0)
				scribble(r, &rng);
			(void)!sv_server_poll(r->server, &kick);
			if (rng_below(&rng, every) == 0)
				scribble(r, &rng);
			slot = sv_chan_reap(c, &hdr);
			if (slot >= 0) {
				/* Only what was asked for, and each once. */
				assert_true(in_flight >> slot & 1);
				in_flight &= ~(1ULL << slot);
				assert_int_equal(hdr.op, SV_OP_ECB_ENC);
				assert_int_equal(hdr.text_len, 32);
				assert_true(hdr.status < SV_ST_END);
				sv_chan_release(c, (u32)slot);
				nr_answers++;
			}
			(void)!sv_chan_notify_needed(c);
			(void)!sv_chan_release_notify_needed(c);
			(void)!sv_chan_arm(c);
			(void)!sv_chan_arm_slots(c);
			sv_chan_disarm(c);
			sv_chan_disarm_slots(c);
		}
		nr_broken += c->req.is_broken || c->resp.is_broken;
		rig_destroy(r);
	}
	assert_true(nr_broken > ROUNDS / 10 && nr_broken < ROUNDS);
	assert_true(nr_answers > ROUNDS);
}

/* A peer on a CPU of its own, which does not wait for its turn. */
struct attacker {
	struct rig *r;
	volatile u8 *at;	/* instead of random places: this byte, */
	u8 value[2];		/* to one of these two values */
	bool stop;
};

native_no_sanitize
static void *attack(void *arg)
{
	struct attacker *a = arg;
	struct rng rng = { 55 };
	u32 n = 0;

	while (!__atomic_load_n(&a->stop, __ATOMIC_RELAXED)) {
		if (a->at)
			*a->at = a->value[n++ % 2];
		else
			scribble(a->r, &rng);
	}
	return NULL;
}

static u64 now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (u64)t.tv_sec * 1000 + (u64)t.tv_nsec / 1000000;
}

static void stop(struct attacker *a, pthread_t thread)
{
	__atomic_store_n(&a->stop, true, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
}

static void test_both_sides_against_a_thread(void **state)
{
	const u64 end = now_ms() + 2000;
	struct rng rng = { 66 };
	u8 key[32];

	(void)state;
	rng_fill(&rng, key, sizeof(key));
	while (now_ms() < end) {
		struct rig *r = rig_create(sv_cpu_features());
		struct attacker a = { .r = r };
		struct sv_slot_hdr hdr;
		u32 kick, step;
		pthread_t thread;
		u64 id;

		assert_int_equal(rig_load(r, SV_ALG_CTR, 0, key, 32, &id), SV_ST_OK);
		assert_int_equal(pthread_create(&thread, NULL, attack, &a), 0);
		for (step = 0; step < 2000; step++) {
			int slot;

			submit_something(r, &rng, id);
			(void)!sv_server_poll(r->server, &kick);
			slot = sv_chan_reap(r->chan[DATA], &hdr);
			if (slot >= 0)
				sv_chan_release(r->chan[DATA], (u32)slot);
		}
		stop(&a, thread);
		check_key(r, id, key);
		rig_destroy(r);
	}
}

/* One GCM request in a slot of its own, under attack by a thread. */
enum { GCM_LEN = 2048, GCM_AT = 1500 };

struct gcm_duel {
	struct rig *r;
	u8 *slot;
	u8 *text;
	struct ref_gcm ref;
	u8 key[32], iv[12];
	u8 plain[GCM_LEN], sealed[GCM_LEN + 16];
	u64 id;
};

static void duel_init(struct gcm_duel *d)
{
	struct rng rng = { 88 };

	d->r = rig_create(sv_cpu_features());
	d->slot = rig_alloc(SV_DATA_SLOT_MIN);
	d->text = d->slot + SV_SLOT_HDR_LEN;
	rng_fill(&rng, d->key, sizeof(d->key));
	rng_fill(&rng, d->iv, sizeof(d->iv));
	rng_fill(&rng, d->plain, sizeof(d->plain));
	d->ref = (struct ref_gcm){ .key = d->key, .key_len = 32, .iv = d->iv, .len = GCM_LEN,
				   .tag_len = 16 };
	ref_gcm_seal(&d->ref, d->sealed, d->plain, d->sealed + GCM_LEN);
	assert_int_equal(rig_load(d->r, SV_ALG_GCM, 0, d->key, 32, &d->id), SV_ST_OK);
}

static void duel_exit(struct gcm_duel *d)
{
	rig_destroy(d->r);
	free(d->slot);
}

static u32 duel_run(struct gcm_duel *d, u8 op, const void *data, size_t len)
{
	struct sv_slot_hdr hdr = { .op = op, .key_id = d->id, .text_len = GCM_LEN, .tag_len = 16 };

	memcpy(hdr.iv, d->iv, sizeof(d->iv));
	memcpy(d->text, data, len);
	memcpy(d->slot, &hdr, sizeof(hdr));
	sv_vault_handle(d->r->vault, &d->r->server->worker, false, d->slot, SV_DATA_SLOT_MIN);
	memcpy(&hdr, d->slot, sizeof(hdr));
	return hdr.status;
}

/* Equal but for the byte that the attacker flips. */
static bool same_but_one(const u8 *a, const u8 *b)
{
	return !memcmp(a, b, GCM_AT) && !memcmp(a + GCM_AT + 1, b + GCM_AT + 1,
						GCM_LEN - GCM_AT - 1);
}

/*
 * The ciphertext changes between right and wrong while it is opened. Either
 * the tag is refused and no plaintext shows, or all of it is right.
 */
static void test_open_while_ciphertext_flips(void **state)
{
	struct attacker a = { 0 };
	struct gcm_duel d;
	u32 st, ok = 0, bad = 0;
	pthread_t thread;
	u64 end;

	(void)state;
	duel_init(&d);
	a.at = d.text + GCM_AT;
	a.value[0] = d.sealed[GCM_AT];
	a.value[1] = d.sealed[GCM_AT] ^ 4;
	end = now_ms() + 3000;
	assert_int_equal(pthread_create(&thread, NULL, attack, &a), 0);
	while (now_ms() < end && (ok < 500 || bad < 500)) {
		st = duel_run(&d, SV_OP_GCM_OPEN, d.sealed, GCM_LEN + 16);
		if (st == SV_ST_OK) {
			assert_true(same_but_one(d.text, d.plain));
			ok++;
		} else {
			assert_int_equal(st, SV_ST_BAD_TAG);
			assert_true(same_but_one(d.text, d.sealed));
			bad++;
		}
	}
	stop(&a, thread);
	duel_exit(&d);
	/* One CPU may see one side of it only. */
	assert_true(ok + bad > 0);
}

/*
 * The plaintext changes while it is sealed. The tag must be that of the
 * ciphertext that was written: of one of the two versions, never of a mix.
 */
static void test_seal_while_plaintext_flips(void **state)
{
	struct attacker a = { 0 };
	u8 other[GCM_LEN], sealed[2][GCM_LEN], tag[2][16];
	struct gcm_duel d;
	pthread_t thread;
	u32 seen[2] = { 0 };
	u64 end;

	(void)state;
	duel_init(&d);
	memcpy(other, d.plain, GCM_LEN);
	other[GCM_AT] ^= 4;
	a.value[0] = d.plain[GCM_AT];
	a.value[1] = other[GCM_AT];
	ref_gcm_seal(&d.ref, sealed[0], d.plain, tag[0]);
	ref_gcm_seal(&d.ref, sealed[1], other, tag[1]);
	a.at = d.text + GCM_AT;
	end = now_ms() + 3000;
	assert_int_equal(pthread_create(&thread, NULL, attack, &a), 0);
	while (now_ms() < end && (seen[0] < 500 || seen[1] < 500)) {
		u32 which;

		assert_int_equal(duel_run(&d, SV_OP_GCM_SEAL, d.plain, GCM_LEN), SV_ST_OK);
		which = memcmp(d.text + GCM_LEN, tag[0], 16) != 0;
		assert_memory_equal(d.text + GCM_LEN, tag[which], 16);
		assert_true(same_but_one(d.text, sealed[which]));
		seen[which]++;
	}
	stop(&a, thread);
	duel_exit(&d);
	assert_true(seen[0] + seen[1] > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vault_against_scribbles),
		cmocka_unit_test(test_channel_against_scribbles),
		cmocka_unit_test(test_both_sides_against_a_thread),
		cmocka_unit_test(test_open_while_ciphertext_flips),
		cmocka_unit_test(test_seal_while_plaintext_flips),
	};

	return cmocka_run_group_tests_name("hostile", tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Host and vault in one process: every op against OpenSSL, order, sleep and wake-up. */
#include "lib_test.h"

#include "lib_ref.h"
#include "lib_rig.h"
#include "soft/cpu.h"

#include <sevault/shm.h>

#include <pthread.h>
#include <semaphore.h>
#include <time.h>

enum { DATA = SV_PAIR_DATA };

static int setup(void **state)
{
	*state = rig_create(sv_cpu_features());
	return 0;
}

static int setup_portable(void **state)
{
	*state = rig_create(0);
	return 0;
}

static int teardown(void **state)
{
	rig_destroy(*state);
	return 0;
}

struct cipher_row {
	u8 alg, enc, dec;
	u32 key_len;
	u32 grain;
	u32 min;
	const char *mode;
};

static const struct cipher_row ciphers[] = {
	{ SV_ALG_ECB, SV_OP_ECB_ENC, SV_OP_ECB_DEC, 16, 16, 0, "ECB" },
	{ SV_ALG_ECB, SV_OP_ECB_ENC, SV_OP_ECB_DEC, 24, 16, 0, "ECB" },
	{ SV_ALG_ECB, SV_OP_ECB_ENC, SV_OP_ECB_DEC, 32, 16, 0, "ECB" },
	{ SV_ALG_CBC, SV_OP_CBC_ENC, SV_OP_CBC_DEC, 16, 16, 0, "CBC" },
	{ SV_ALG_CBC, SV_OP_CBC_ENC, SV_OP_CBC_DEC, 32, 16, 0, "CBC" },
	{ SV_ALG_CTR, SV_OP_CTR, SV_OP_CTR, 16, 1, 0, "CTR" },
	{ SV_ALG_CTR, SV_OP_CTR, SV_OP_CTR, 24, 1, 0, "CTR" },
	{ SV_ALG_CTR, SV_OP_CTR, SV_OP_CTR, 32, 1, 0, "CTR" },
	{ SV_ALG_XTS, SV_OP_XTS_ENC, SV_OP_XTS_DEC, 32, 1, 16, "XTS" },
	{ SV_ALG_XTS, SV_OP_XTS_ENC, SV_OP_XTS_DEC, 64, 1, 16, "XTS" },
};

static const u32 lens[] = { 0, 1, 15, 16, 17, 64, 512, 1000, 4096, 4097, 65535, 65536 };

static u64 must_load(struct rig *r, u32 alg, const u8 *key, u32 key_len)
{
	u64 id;

	assert_int_equal(rig_load(r, alg, 0, key, key_len, &id), SV_ST_OK);
	return id;
}

/* The counter block @nr blocks after @iv. */
static void add_blocks(u8 iv[16], u64 nr)
{
	int i;

	for (i = 15; i >= 0 && nr; i--) {
		nr += iv[i];
		iv[i] = (u8)nr;
		nr >>= 8;
	}
}

static void next_iv(const struct cipher_row *row, bool enc, u8 iv[16], const u8 *plain,
		    const u8 *cipher, u32 len)
{
	if (row->alg == SV_ALG_CBC && len)
		memcpy(iv, cipher + len - 16, 16);
	if (row->alg == SV_ALG_CTR)
		add_blocks(iv, (len + 15) / 16);
	(void)enc;
	(void)plain;
}

static void check_cipher(struct rig *r, u32 i, const struct cipher_row *row, u32 len,
			 struct rng *rng)
{
	u8 key[SV_KEY_MAX], iv[16], want_iv[16];
	u8 *plain = rig_alloc(len + 1), *cipher = rig_alloc(len + 1), *work = rig_alloc(len + 1);
	struct rig_call c = { .data = work, .data_len = len };
	u64 id;

	rng_fill(rng, key, sizeof(key));
	rng_fill(rng, iv, sizeof(iv));
	memset(iv + 12, rng_below(rng, 2) ? 0xff : 0, 4);
	if (row->alg == SV_ALG_ECB)
		memset(iv, 0, sizeof(iv));
	rng_fill(rng, plain, len);
	ref_cipher(row->mode, true, key, row->key_len, iv, cipher, plain, len);
	id = must_load(r, row->alg, key, row->key_len);

	memcpy(work, plain, len);
	c.hdr = (struct sv_slot_hdr){ .op = row->enc, .key_id = id, .text_len = len };
	memcpy(c.hdr.iv, iv, 16);
	memcpy(want_iv, iv, 16);
	next_iv(row, true, want_iv, plain, cipher, len);
	assert_row(i, rig_do(r, DATA, &c) == SV_ST_OK);
	assert_row(i, !memcmp(work, cipher, len));
	assert_row(i, !memcmp(c.hdr.iv, want_iv, 16));

	c.hdr = (struct sv_slot_hdr){ .op = row->dec, .key_id = id, .text_len = len };
	memcpy(c.hdr.iv, iv, 16);
	assert_row(i, rig_do(r, DATA, &c) == SV_ST_OK);
	assert_row(i, !memcmp(work, plain, len));
	assert_row(i, !memcmp(c.hdr.iv, want_iv, 16));

	assert_row(i, rig_drop(r, id) == SV_ST_OK);
	c.hdr = (struct sv_slot_hdr){ .op = row->enc, .key_id = id, .text_len = len };
	assert_row(i, rig_do(r, DATA, &c) == SV_ST_BAD_KEY);
	assert_row(i, !memcmp(work, plain, len));
	free(plain);
	free(cipher);
	free(work);
}

static void test_ciphers_against_openssl(void **state)
{
	struct rng rng = { 21 };
	u32 i, n;

	for (i = 0; i < ARRAY_SIZE(ciphers); i++)
		for (n = 0; n < ARRAY_SIZE(lens); n++)
			if (lens[n] % ciphers[i].grain == 0 && lens[n] >= ciphers[i].min)
				check_cipher(*state, i, &ciphers[i], lens[n], &rng);
}

/* One long data unit in parts of random length, against OpenSSL in one go. */
static void test_xts_in_parts(void **state)
{
	enum { LEN = 20000 };
	struct rig *r = *state;
	struct rng rng = { 4 };
	u8 key[64], iv[16], plain[LEN], cipher[LEN], work[LEN];
	u32 round;
	u64 id;

	rng_fill(&rng, key, sizeof(key));
	rng_fill(&rng, iv, sizeof(iv));
	rng_fill(&rng, plain, sizeof(plain));
	id = must_load(r, SV_ALG_XTS, key, sizeof(key));
	for (round = 0; round < 20; round++) {
		u32 len = LEN - rng_below(&rng, 100), at = 0;

		ref_cipher("XTS", true, key, sizeof(key), iv, cipher, plain, len);
		memcpy(work, plain, len);
		while (at < len) {
			u32 part = 16 * (1 + rng_below(&rng, 300));
			struct rig_call c = { .data = work + at };

			if (part + 16 > len - at)
				part = len - at;
			c.data_len = part;
			c.hdr = (struct sv_slot_hdr){ .op = SV_OP_XTS_ENC, .key_id = id,
						      .text_len = part, .block_offset = at / 16 };
			memcpy(c.hdr.iv, iv, 16);
			assert_row(round, rig_do(r, DATA, &c) == SV_ST_OK);
			at += part;
		}
		assert_row(round, !memcmp(work, cipher, len));
	}
}

struct gcm_row {
	u8 alg;
	u32 key_len, aad_len, len, tag_len;
};

static const struct gcm_row gcms[] = {
	{ SV_ALG_GCM, 16, 0, 0, 16 },
	{ SV_ALG_GCM, 16, 0, 16, 4 },
	{ SV_ALG_GCM, 24, 13, 17, 8 },
	{ SV_ALG_GCM, 32, 16, 4096, 12 },
	{ SV_ALG_GCM, 32, 1000, 1, 13 },
	{ SV_ALG_GCM, 32, 20, 65536, 14 },
	{ SV_ALG_GCM, 32, 2000, 65535, 15 },
	{ SV_ALG_RFC4106, 20, 20, 1500, 16 },
	{ SV_ALG_RFC4106, 28, 16, 64, 8 },
	{ SV_ALG_RFC4106, 36, 24, 0, 12 },
};

struct gcm_case {
	const struct gcm_row *row;
	struct ref_gcm ref;
	u8 key[36];
	u8 iv[12];
	u8 hdr_iv[16];
	u8 *plain;		/* aad, text */
	u8 *sealed;		/* aad, text, tag */
	u8 *work;
	size_t total;
};

static void make_gcm_case(struct gcm_case *g, const struct gcm_row *row, struct rng *rng)
{
	bool has_salt = row->alg == SV_ALG_RFC4106;
	u32 aes_len = row->key_len - (has_salt ? 4 : 0);

	memset(g, 0, sizeof(*g));
	g->row = row;
	g->total = row->aad_len + row->len + row->tag_len;
	g->plain = rig_alloc(g->total);
	g->sealed = rig_alloc(g->total);
	g->work = rig_alloc(g->total);
	rng_fill(rng, g->key, row->key_len);
	rng_fill(rng, g->iv, 12);
	rng_fill(rng, g->plain, row->aad_len + row->len);
	if (has_salt) {
		memcpy(g->iv, g->key + aes_len, 4);
		memcpy(g->hdr_iv, g->iv + 4, 8);
	} else {
		memcpy(g->hdr_iv, g->iv, 12);
	}
	g->ref = (struct ref_gcm){ g->key, aes_len, g->iv, g->plain, row->aad_len, row->len,
				   row->tag_len };
	memcpy(g->sealed, g->plain, row->aad_len);
	ref_gcm_seal(&g->ref, g->sealed + row->aad_len, g->plain + row->aad_len,
		     g->sealed + row->aad_len + row->len);
}

static void free_gcm_case(struct gcm_case *g)
{
	free(g->plain);
	free(g->sealed);
	free(g->work);
}

static u32 do_gcm(struct rig *r, struct gcm_case *g, u8 op, u64 id)
{
	struct rig_call c = {
		.hdr = { .op = op, .key_id = id, .tag_len = (u8)g->row->tag_len,
			 .aad_len = g->row->aad_len, .text_len = g->row->len },
		.data = g->work,
		.data_len = g->total,
	};
	u32 st;

	memcpy(c.hdr.iv, g->hdr_iv, 16);
	st = rig_do(r, DATA, &c);
	assert_memory_equal(c.hdr.iv, g->hdr_iv, 16);
	return st;
}

static void test_gcm_against_openssl(void **state)
{
	struct rig *r = *state;
	struct rng rng = { 8 };
	struct gcm_case g;
	u32 i, n;
	u64 id;

	for (i = 0; i < ARRAY_SIZE(gcms); i++) {
		make_gcm_case(&g, &gcms[i], &rng);
		id = must_load(r, gcms[i].alg, g.key, gcms[i].key_len);

		memcpy(g.work, g.plain, g.total);
		assert_row(i, do_gcm(r, &g, SV_OP_GCM_SEAL, id) == SV_ST_OK);
		assert_row(i, !memcmp(g.work, g.sealed, g.total));
		assert_row(i, do_gcm(r, &g, SV_OP_GCM_OPEN, id) == SV_ST_OK);
		assert_row(i, !memcmp(g.work, g.plain, gcms[i].aad_len + gcms[i].len));

		/* One bit anywhere: no plaintext, the slot as it was sent. */
		for (n = 0; n < 40; n++) {
			u32 at = rng_below(&rng, (u32)g.total);
			u8 bit = (u8)(1 << rng_below(&rng, 8));

			memcpy(g.work, g.sealed, g.total);
			g.work[at] ^= bit;
			assert_row(i, do_gcm(r, &g, SV_OP_GCM_OPEN, id) == SV_ST_BAD_TAG);
			g.work[at] ^= bit;
			assert_row(i, !memcmp(g.work, g.sealed, g.total));
		}
		assert_row(i, rig_drop(r, id) == SV_ST_OK);
		free_gcm_case(&g);
	}
}

/*
 * Host and vault take turns at random, with many requests in flight; each
 * answer is that of its request. Neither side may sleep while the other has
 * work for it and has not woken it.
 */
struct flight {
	u8 iv[16];
	u32 len;
	u64 number;
	bool used;
};

struct turns {
	struct rig *r;
	struct rng rng;
	struct flight flight[SV_MAX_SLOTS];
	u8 key[64];
	u64 key_id;
	u64 submitted, answered, sleeps, waits;
	bool vault_sleeps;
	bool host_waits_answer;
	bool host_waits_slot;
};

static void fill_text(u8 *p, u32 len, u64 number)
{
	struct rng rng = { number };

	rng_fill(&rng, p, len);
}

static void host_submits(struct turns *t)
{
	struct sv_chan *c = t->r->chan[DATA];
	struct sv_slot_hdr hdr = { .op = SV_OP_XTS_ENC, .key_id = t->key_id };
	u32 batch = 1 + rng_below(&t->rng, 20);
	struct flight *f;
	int slot;

	while (batch--) {
		slot = sv_chan_take(c);
		assert_int_not_equal(slot, SV_CHAN_BROKEN);
		if (slot < 0) {
			t->host_waits_slot = !sv_chan_arm_slots(c);
			t->waits++;
			break;
		}
		f = &t->flight[slot];
		assert_false(f->used);
		*f = (struct flight){ .len = 16 + rng_below(&t->rng, 500), .used = true,
				      .number = t->submitted++ };
		rng_fill(&t->rng, f->iv, 16);
		memcpy(hdr.iv, f->iv, 16);
		hdr.text_len = f->len;
		fill_text(sv_shm_stream(sv_chan_data(c, (u32)slot)), f->len, f->number);
		sv_chan_submit(c, (u32)slot, &hdr);
	}
	if (sv_chan_notify_needed(c))
		t->vault_sleeps = false;
}

static void host_reaps(struct turns *t)
{
	struct sv_chan *c = t->r->chan[DATA];
	u8 plain[600], want[600];
	struct sv_slot_hdr hdr;
	struct flight *f;
	int slot;

	while (rng_below(&t->rng, 8)) {
		slot = sv_chan_reap(c, &hdr);
		assert_int_not_equal(slot, SV_CHAN_BROKEN);
		if (slot < 0) {
			t->host_waits_answer = !sv_chan_arm(c);
			break;
		}
		f = &t->flight[slot];
		assert_true(f->used);
		assert_int_equal(hdr.status, SV_ST_OK);
		fill_text(plain, f->len, f->number);
		ref_cipher("XTS", true, t->key, 64, f->iv, want, plain, f->len);
		assert_memory_equal(sv_shm_stream(sv_chan_data(c, (u32)slot)), want, f->len);
		f->used = false;
		t->answered++;
		sv_chan_release(c, (u32)slot);
	}
	if (sv_chan_release_notify_needed(c))
		t->vault_sleeps = false;
}

static void take_kick(struct turns *t, u32 kick)
{
	assert_int_equal(kick & ~0xfU, 0);
	if (kick & 1 << 2)
		t->host_waits_slot = false;
	if (kick & 1 << 3)
		t->host_waits_answer = false;
}

static void vault_works(struct turns *t)
{
	u32 kick;
	int n;

	n = sv_server_poll(t->r->server, &kick);
	assert_true(n >= 0 && n <= SV_SERVER_BUDGET);
	take_kick(t, kick);
	if (n || rng_below(&t->rng, 3))
		return;
	if (sv_server_arm(t->r->server, &kick)) {
		take_kick(t, kick);
		return;
	}
	take_kick(t, kick);
	t->vault_sleeps = true;
	t->sleeps++;
}

/* With everybody asleep nothing is left to do, and the host has slots. */
static void check_nobody_is_forgotten(const struct turns *t)
{
	if (!t->vault_sleeps || !t->host_waits_answer)
		return;
	assert_int_equal(t->submitted, t->answered);
	assert_false(t->host_waits_slot);
}

static void test_random_turns(void **state)
{
	struct turns *t = rig_alloc(sizeof(*t));
	struct rig *r = *state;
	u32 i;

	t->r = r;
	t->rng.state = 99;
	rng_fill(&t->rng, t->key, sizeof(t->key));
	t->key_id = must_load(r, SV_ALG_XTS, t->key, sizeof(t->key));
	for (i = 0; i < 60000; i++) {
		switch (rng_below(&t->rng, 3)) {
		case 0:
			/* Phases of load and of quiet. */
			if (!t->host_waits_slot && i / 1000 % 3)
				host_submits(t);
			break;
		case 1:
			if (!t->host_waits_answer)
				host_reaps(t);
			break;
		default:
			if (!t->vault_sleeps)
				vault_works(t);
		}
		check_nobody_is_forgotten(t);
	}
	assert_true(t->answered > 10000);
	assert_true(t->sleeps > 50);
	assert_true(t->waits > 50);
	free(t);
}

/* A slot has room for more than one request may have. */
static void test_text_too_long(void **state)
{
	static const struct { u8 alg, op; u32 key_len, aad_len, len, tag_len; } rows[] = {
		{ SV_ALG_ECB, SV_OP_ECB_ENC, 16, 0, SV_TEXT_MAX + 16, 0 },
		{ SV_ALG_CBC, SV_OP_CBC_DEC, 16, 0, SV_TEXT_MAX + 16, 0 },
		{ SV_ALG_CTR, SV_OP_CTR, 16, 0, SV_TEXT_MAX + 1, 0 },
		{ SV_ALG_XTS, SV_OP_XTS_ENC, 32, 0, SV_TEXT_MAX + 1, 0 },
		{ SV_ALG_GCM, SV_OP_GCM_SEAL, 16, 0, SV_TEXT_MAX + 1, 16 },
		{ SV_ALG_GCM, SV_OP_GCM_OPEN, 16, 0, SV_TEXT_MAX + 1, 16 },
		{ SV_ALG_GCM, SV_OP_GCM_SEAL, 16, SV_DATA_SLOT_LEN - SV_TEXT_MAX - 64 - 15,
		  SV_TEXT_MAX, 16 },
	};
	struct rig *r = *state;
	u8 key[32] = { 1 };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct rig_call c = {
			.hdr = { .op = rows[i].op, .aad_len = rows[i].aad_len,
				 .text_len = rows[i].len, .tag_len = (u8)rows[i].tag_len },
		};

		c.hdr.key_id = must_load(r, rows[i].alg, key, rows[i].key_len);
		assert_row(i, rig_do(r, DATA, &c) == SV_ST_BAD_LEN);
	}
}

/* A pair that never ends does not starve the other one. */
static void test_budget_is_fair(void **state)
{
	struct rig *r = *state;
	struct sv_slot_hdr hdr = { .op = SV_OP_ECB_ENC };
	u32 kick, n;
	int slot;

	for (n = 0; n < SV_DATA_SLOTS; n++)
		sv_chan_submit(r->chan[DATA], (u32)sv_chan_take(r->chan[DATA]), &hdr);
	hdr.op = SV_OP_COUNTERS;
	slot = sv_chan_take(r->chan[0]);
	sv_chan_submit(r->chan[0], (u32)slot, &hdr);
	assert_int_equal(sv_server_poll(r->server, &kick), SV_SERVER_BUDGET + 1);
	assert_int_equal(sv_chan_reap(r->chan[0], &hdr), slot);
	assert_true(sv_server_arm(r->server, &kick));
}

/* The same with real threads that really sleep: a lost wake-up is a timeout. */
struct threads {
	struct rig *r;
	sem_t vault_wake;
	sem_t host_wake;
	bool stop;
	bool is_starved;	/* no slot to take, and armed for one */
	u64 answered;
	u64 sleeps;
};

static void wait_for(sem_t *sem)
{
	struct timespec end;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += 60;
	if (sem_timedwait(sem, &end)) {
		fprintf(stderr, "nobody was woken within a minute\n");
		abort();
	}
}

static void *vault_thread(void *arg)
{
	struct threads *t = arg;
	u32 kick, idle = 0;
	bool may_sleep;
	int n;

	while (!__atomic_load_n(&t->stop, __ATOMIC_ACQUIRE)) {
		n = sv_server_poll(t->r->server, &kick);
		if (n < 0)
			abort();
		if (kick)
			sem_post(&t->host_wake);
		idle = n ? 0 : idle + 1;
		if (idle < 20)
			continue;
		may_sleep = !sv_server_arm(t->r->server, &kick);
		if (kick)
			sem_post(&t->host_wake);
		if (!may_sleep)
			continue;
		t->sleeps++;
		wait_for(&t->vault_wake);
		sv_server_disarm(t->r->server);
	}
	return NULL;
}

/* Have up to @depth requests in flight; how many there are. */
static u32 submit_up_to(struct threads *t, u32 in_flight, u32 depth, u64 left)
{
	struct sv_chan *c = t->r->chan[DATA];
	struct sv_slot_hdr hdr = { .op = SV_OP_ECB_ENC };

	t->is_starved = false;
	while (in_flight < depth && left && !t->is_starved) {
		int slot = sv_chan_take(c);

		if (slot == SV_CHAN_BROKEN)
			abort();
		if (slot < 0) {
			t->is_starved = !sv_chan_arm_slots(c);
			continue;
		}
		sv_chan_submit(c, (u32)slot, &hdr);
		in_flight++;
		left--;
	}
	if (sv_chan_notify_needed(c))
		sem_post(&t->vault_wake);
	return in_flight;
}

static u32 reap_all(struct threads *t, u32 in_flight)
{
	struct sv_chan *c = t->r->chan[DATA];
	struct sv_slot_hdr hdr;
	int slot;

	while ((slot = sv_chan_reap(c, &hdr)) >= 0) {
		sv_chan_release(c, (u32)slot);
		t->answered++;
		in_flight--;
	}
	if (slot == SV_CHAN_BROKEN)
		abort();
	if (sv_chan_release_notify_needed(c))
		sem_post(&t->vault_wake);
	return in_flight;
}

static void test_threads_that_sleep(void **state)
{
	const u64 total = 100000;
	struct threads t = { .r = *state };
	struct sv_chan *c = t.r->chan[DATA];
	struct rng rng = { 1 };
	u32 in_flight = 0;
	pthread_t thread;

	sem_init(&t.vault_wake, 0, 0);
	sem_init(&t.host_wake, 0, 0);
	assert_int_equal(pthread_create(&thread, NULL, vault_thread, &t), 0);
	while (t.answered < total) {
		u32 depth = 1 + rng_below(&rng, SV_DATA_SLOTS);

		in_flight = submit_up_to(&t, in_flight, depth, total - t.answered - in_flight);
		in_flight = reap_all(&t, in_flight);
		if (!sv_chan_arm(c) && (in_flight || t.is_starved))
			wait_for(&t.host_wake);
		sv_chan_disarm(c);
		sv_chan_disarm_slots(c);
	}
	__atomic_store_n(&t.stop, true, __ATOMIC_RELEASE);
	sem_post(&t.vault_wake);
	pthread_join(thread, NULL);
	assert_true(t.sleeps > 0);
	assert_int_equal(in_flight, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_ciphers_against_openssl, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ciphers_against_openssl, setup_portable,
						teardown),
		cmocka_unit_test_setup_teardown(test_xts_in_parts, setup, teardown),
		cmocka_unit_test_setup_teardown(test_gcm_against_openssl, setup, teardown),
		cmocka_unit_test_setup_teardown(test_gcm_against_openssl, setup_portable,
						teardown),
		cmocka_unit_test_setup_teardown(test_random_turns, setup, teardown),
		cmocka_unit_test_setup_teardown(test_text_too_long, setup, teardown),
		cmocka_unit_test_setup_teardown(test_budget_is_fair, setup, teardown),
		cmocka_unit_test_setup_teardown(test_threads_that_sleep, setup, teardown),
	};

	return cmocka_run_group_tests_name("server", tests, NULL, NULL);
}

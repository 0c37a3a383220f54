// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Both sides of one split virtqueue: each alone against a hostile peer, and together. */
#include "lib_test.h"

#include "core/vring_drv.h"
#include "ring/vring_dev.h"

#include <sevault/shm.h>

enum {
	NUM = 8,
	NR_IDS = 6,
	BUF_LEN = 0x1000,
};

/* One ring in memory of its own, both sides on it. */
struct ring {
	struct sv_vring_desc desc[SV_MAX_SLOTS];
	u8 avail[256] __aligned(64);
	u8 used[1024] __aligned(64);
	struct sv_vring_dev dev;
	struct sv_vring_drv drv;
	u16 num;
};

static struct sv_vring_avail *avail_of(struct ring *r)
{
	return (struct sv_vring_avail *)r->avail;
}

static struct sv_vring_used *used_of(struct ring *r)
{
	return (struct sv_vring_used *)r->used;
}

static void ring_init(struct ring *r, u16 num, u16 nr_ids)
{
	struct sv_vring_drv_mem mem = {
		.desc = r->desc,
		.avail = avail_of(r),
		.used = used_of(r),
	};

	memset(r, 0xee, sizeof(*r));
	r->num = num;
	sv_vring_drv_init(&r->drv, &mem, num, nr_ids, 0x1000, BUF_LEN, BUF_LEN);
	sv_vring_dev_init(&r->dev, mem.avail, mem.used, num, nr_ids);
}

static void lend(struct ring *r, u32 id)
{
	sv_vring_drv_stage(&r->drv, id);
	sv_vring_drv_publish(&r->drv);
}

static void give_back(struct ring *r, u32 id)
{
	sv_vring_dev_stage(&r->dev, id, 0);
	sv_vring_dev_publish(&r->dev);
}

/* One end of a ring, for what holds of both. */
struct end {
	void (*stage)(struct ring *r, u32 id);
	void (*publish)(struct ring *r);
	bool (*must_wake)(struct ring *r);
	int (*pop)(struct ring *r);
	bool (*arm)(struct ring *r);
	void (*disarm)(struct ring *r);
};

static void drv_stage(struct ring *r, u32 id)
{
	sv_vring_drv_stage(&r->drv, id);
}

static void dev_stage(struct ring *r, u32 id)
{
	sv_vring_dev_stage(&r->dev, id, 0);
}

#define DEFINE_END(side, need_wake)							\
	static void side##_publish(struct ring *r) { sv_vring_##side##_publish(&r->side); }	\
	static bool side##_must_wake(struct ring *r) { return need_wake(&r->side); }	\
	static int side##_pop(struct ring *r) { return sv_vring_##side##_pop(&r->side); }	\
	static bool side##_arm(struct ring *r) { return sv_vring_##side##_arm(&r->side); }	\
	static void side##_disarm(struct ring *r) { sv_vring_##side##_disarm(&r->side); }	\
	static const struct end side##_end = {						\
		side##_stage, side##_publish, side##_must_wake, side##_pop,		\
		side##_arm, side##_disarm,						\
	}

DEFINE_END(drv, sv_vring_drv_need_kick);
DEFINE_END(dev, sv_vring_dev_need_notify);

static void test_event_arithmetic(void **state)
{
	static const struct { u16 event, new, old; bool want; } rows[] = {
		{ 0, 1, 0, true },
		{ 0, 0, 0, false },
		{ 1, 1, 0, false },
		{ 1, 2, 0, true },
		{ 5, 5, 0, false },
		{ 5, 6, 0, true },
		{ 5, 6, 5, true },
		{ 5, 7, 6, false },
		{ 4, 7, 6, false },
		{ 0xffff, 0, 0xffff, true },
		{ 0xffff, 3, 0xfffd, true },
		{ 0xfffc, 3, 0xfffd, false },
		{ 3, 3, 0xfffd, false },
		{ 2, 3, 0xfffd, true },
		{ 0x8000, 1, 0, false },
	};
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		assert_row(i, sv_vring_need_event(rows[i].event, rows[i].new, rows[i].old) ==
			      rows[i].want);
}

static void test_descriptors_are_static(void **state)
{
	struct ring r;
	u32 i;

	(void)state;
	ring_init(&r, NUM, NR_IDS);
	for (i = 0; i < NUM; i++) {
		const struct sv_vring_desc *d = &r.desc[i];
		bool in_use = i < NR_IDS;

		assert_row(i, d->addr == (in_use ? 0x1000 + (u64)i * BUF_LEN : 0));
		assert_row(i, d->len == (in_use ? BUF_LEN : 0));
		assert_row(i, d->flags == (in_use ? SV_VRING_DESC_F_WRITE : 0));
		assert_row(i, d->next == 0);
	}
}

static void test_batch_is_invisible_before_publish(void **state)
{
	struct ring r;

	(void)state;
	ring_init(&r, NUM, NR_IDS);
	assert_int_equal(sv_vring_dev_pop(&r.dev), SV_VRING_NONE);
	sv_vring_drv_stage(&r.drv, 3);
	sv_vring_drv_stage(&r.drv, 1);
	assert_int_equal(sv_vring_dev_pop(&r.dev), SV_VRING_NONE);
	sv_vring_drv_publish(&r.drv);
	assert_int_equal(sv_vring_dev_pop(&r.dev), 3);
	assert_int_equal(sv_vring_dev_peek(&r.dev), 1);
	assert_int_equal(sv_vring_dev_pop(&r.dev), 1);
	assert_int_equal(sv_vring_dev_peek(&r.dev), SV_VRING_NONE);
	assert_int_equal(sv_vring_dev_pop(&r.dev), SV_VRING_NONE);

	sv_vring_dev_stage(&r.dev, 1, 64);
	sv_vring_dev_stage(&r.dev, 3, 64);
	assert_int_equal(sv_vring_drv_pop(&r.drv), SV_VRING_NONE);
	sv_vring_dev_publish(&r.dev);
	assert_int_equal(sv_vring_drv_pop(&r.drv), 1);
	assert_int_equal(sv_vring_drv_peek(&r.drv), 3);
	assert_int_equal(sv_vring_drv_pop(&r.drv), 3);
	assert_int_equal(sv_vring_drv_pop(&r.drv), SV_VRING_NONE);
}

/* What a peer wrote by hand; @pops succeed before the one that finds the ring broken. */
struct forgery {
	u16 idx;
	u32 entry[5];
	int pops;
};

/* It is broken for ever then, and nobody sleeps on it. */
static void check_forgery(u32 row, struct ring *r, const struct end *e, const struct forgery *f,
			  __le16 *idx)
{
	int n;

	for (n = 0; n < f->pops; n++)
		assert_row(row, e->pop(r) == (int)f->entry[n]);
	assert_row(row, e->pop(r) == SV_VRING_BROKEN);
	*idx = (u16)f->pops;
	assert_row(row, e->pop(r) == SV_VRING_BROKEN);
	assert_row(row, e->arm(r));
}

static void test_device_against_hostile_driver(void **state)
{
	static const struct forgery rows[] = {
		{ 7, { 0, 1, 2, 3 }, 0 },		/* more than there are ids */
		{ 9, { 0 }, 0 },			/* more than the queue size */
		{ 0xffff, { 0 }, 0 },			/* backwards */
		{ 0x8000, { 0 }, 0 },
		{ 1, { 6 }, 0 },			/* a descriptor without a slot */
		{ 1, { 7 }, 0 },
		{ 1, { 8 }, 0 },			/* behind the table */
		{ 1, { 64 }, 0 },
		{ 1, { 0x8000 }, 0 },
		{ 1, { 0xffff }, 0 },
		{ 2, { 0, 0 }, 1 },			/* twice */
		{ 3, { 5, 4, 5 }, 2 },
		{ 4, { 0, 1, 2, 0xeeee }, 3 },
	};
	u32 i, n;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct ring r;

		ring_init(&r, NUM, NR_IDS);
		for (n = 0; n < ARRAY_SIZE(rows[i].entry); n++)
			avail_of(&r)->ring[n] = (u16)rows[i].entry[n];
		avail_of(&r)->idx = rows[i].idx;
		check_forgery(i, &r, &dev_end, &rows[i], &avail_of(&r)->idx);
	}
}

/* Ids 0 to 3 were lent. */
static void test_driver_against_hostile_device(void **state)
{
	static const struct forgery rows[] = {
		{ 5, { 0, 1, 2, 3, 0 }, 0 },		/* more than was lent */
		{ 6, { 0 }, 0 },
		{ 0xffff, { 0 }, 0 },
		{ 0x8000, { 0 }, 0 },
		{ 1, { 4 }, 0 },			/* not lent */
		{ 1, { 5 }, 0 },
		{ 1, { 6 }, 0 },			/* out of range */
		{ 1, { 8 }, 0 },
		{ 1, { 64 }, 0 },
		{ 1, { 0x10000 }, 0 },			/* 16 bits of it would do */
		{ 1, { 0x80000001 }, 0 },
		{ 1, { 0xffffffff }, 0 },
		{ 2, { 2, 2 }, 1 },			/* twice */
		{ 4, { 3, 2, 1, 3 }, 3 },
	};
	u32 i, n;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct ring r;

		ring_init(&r, NUM, NR_IDS);
		for (n = 0; n < 4; n++)
			lend(&r, n);
		for (n = 0; n < ARRAY_SIZE(rows[i].entry); n++) {
			used_of(&r)->ring[n].id = rows[i].entry[n];
			used_of(&r)->ring[n].len = 0xffffffff;
		}
		used_of(&r)->idx = rows[i].idx;
		check_forgery(i, &r, &drv_end, &rows[i], &used_of(&r)->idx);
	}
}

/* A replay: the index stays, the entry behind it was used before. */
static void test_replay_is_caught(void **state)
{
	struct ring r;

	(void)state;
	ring_init(&r, NUM, NR_IDS);
	lend(&r, 2);
	lend(&r, 3);
	assert_int_equal(sv_vring_dev_pop(&r.dev), 2);
	give_back(&r, 2);
	assert_int_equal(sv_vring_drv_pop(&r.drv), 2);
	used_of(&r)->ring[1] = used_of(&r)->ring[0];
	used_of(&r)->idx = 2;
	assert_int_equal(sv_vring_drv_pop(&r.drv), SV_VRING_BROKEN);
}

/* An index that jumps back after it was seen changes nothing that was judged. */
static void test_index_that_goes_back(void **state)
{
	struct ring r;

	(void)state;
	ring_init(&r, NUM, NR_IDS);
	lend(&r, 0);
	lend(&r, 1);
	assert_int_equal(sv_vring_dev_pop(&r.dev), 0);
	avail_of(&r)->idx = 1;
	assert_int_equal(sv_vring_dev_pop(&r.dev), 1);
	assert_int_equal(sv_vring_dev_pop(&r.dev), SV_VRING_BROKEN);
}

/* Our own mistakes break the ring instead of corrupting it. */
static void test_misuse_breaks_the_ring(void **state)
{
	static const u32 ids[] = { 0, 5, 6, 7, 64, 0xffffffff };
	struct ring r;
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		ring_init(&r, NUM, NR_IDS);
		sv_vring_dev_stage(&r.dev, ids[i], 0);
		sv_vring_dev_publish(&r.dev);
		assert_row(i, r.dev.is_broken && !used_of(&r)->idx);

		ring_init(&r, NUM, NR_IDS);
		if (ids[i] < NR_IDS)
			lend(&r, ids[i]);
		sv_vring_drv_stage(&r.drv, ids[i]);
		sv_vring_drv_publish(&r.drv);
		assert_row(i, r.drv.is_broken && avail_of(&r)->idx == (ids[i] < NR_IDS));
	}
}

static void test_notification_only_when_armed(void **state)
{
	struct ring r;

	(void)state;
	ring_init(&r, NUM, NR_IDS);
	assert_false(sv_vring_drv_need_kick(&r.drv));
	lend(&r, 0);
	assert_false(sv_vring_drv_need_kick(&r.drv));

	/* Something is there: no sleep. */
	assert_true(sv_vring_dev_arm(&r.dev));
	assert_int_equal(sv_vring_dev_pop(&r.dev), 0);
	assert_false(sv_vring_drv_looks_armed(&r.drv));
	assert_false(sv_vring_dev_arm(&r.dev));
	assert_false(sv_vring_drv_looks_armed(&r.drv));
	lend(&r, 1);
	assert_true(sv_vring_drv_looks_armed(&r.drv));
	assert_true(sv_vring_drv_need_kick(&r.drv));
	assert_false(sv_vring_drv_looks_armed(&r.drv));
	assert_false(sv_vring_drv_need_kick(&r.drv));
	lend(&r, 2);
	assert_false(sv_vring_drv_need_kick(&r.drv));

	assert_int_equal(sv_vring_dev_pop(&r.dev), 1);
	assert_int_equal(sv_vring_dev_pop(&r.dev), 2);
	assert_false(sv_vring_dev_arm(&r.dev));
	sv_vring_dev_disarm(&r.dev);
	lend(&r, 3);
	assert_false(sv_vring_drv_need_kick(&r.drv));

	/* The other direction. */
	give_back(&r, 1);
	assert_false(sv_vring_dev_need_notify(&r.dev));
	assert_true(sv_vring_drv_arm(&r.drv));
	assert_int_equal(sv_vring_drv_pop(&r.drv), 1);
	assert_false(sv_vring_drv_arm(&r.drv));
	sv_vring_dev_stage(&r.dev, 0, 0);
	assert_false(sv_vring_dev_need_notify(&r.dev));
	sv_vring_dev_stage(&r.dev, 2, 0);
	sv_vring_dev_publish(&r.dev);
	assert_true(sv_vring_dev_need_notify(&r.dev));
	assert_int_equal(sv_vring_drv_pop(&r.drv), 0);
	assert_int_equal(sv_vring_drv_pop(&r.drv), 2);
	assert_false(sv_vring_drv_arm(&r.drv));
	sv_vring_drv_disarm(&r.drv);
	give_back(&r, 1 + 2);
	assert_false(sv_vring_dev_need_notify(&r.dev));
}

/* Garbage in the event index costs notifications, nothing else. */
static void test_event_index_garbage(void **state)
{
	struct rng rng = { 7 };
	struct ring r;
	u32 i;

	(void)state;
	ring_init(&r, NUM, NR_IDS);
	for (i = 0; i < 200000; i++) {
		*sv_vring_avail_event(used_of(&r), NUM) = (u16)rng_next(&rng);
		*sv_vring_used_event(avail_of(&r), NUM) = (u16)rng_next(&rng);
		lend(&r, i % NR_IDS);
		(void)!sv_vring_drv_need_kick(&r.drv);
		assert_int_equal(sv_vring_dev_pop(&r.dev), i % NR_IDS);
		give_back(&r, i % NR_IDS);
		(void)!sv_vring_dev_need_notify(&r.dev);
		assert_int_equal(sv_vring_drv_pop(&r.drv), i % NR_IDS);
	}
}

/*
 * Both sides take random steps; a model knows where each id is. Enough steps
 * for the 16-bit indices to wrap several times. A side that armed and saw
 * nothing must be notified of the next entry.
 */
struct party {
	const struct end *end;
	u64 has;		/* bit i: id i is its own */
	u32 staged;		/* and not published */
	bool sleeps;
};

struct model {
	struct ring *r;
	struct rng rng;
	struct party drv, dev;
	u64 moved;
};

static u32 pick(struct model *m, u64 set)
{
	u32 id = rng_below(&m->rng, SV_MAX_SLOTS);

	while (!(set >> id & 1))
		id = (id + 1) % SV_MAX_SLOTS;
	return id;
}

static void step(struct model *m, struct party *me, struct party *peer)
{
	const struct end *e = me->end;
	u32 id;
	int got;

	switch (rng_below(&m->rng, 5)) {
	case 0:
	case 1:
		if (!me->has)
			break;
		id = pick(m, me->has);
		me->has &= ~(1ULL << id);
		e->stage(m->r, id);
		me->staged++;
		break;
	case 2:
		e->publish(m->r);
		if (e->must_wake(m->r))
			peer->sleeps = false;
		else
			assert_false(peer->sleeps && me->staged);
		me->staged = 0;
		break;
	case 3:
		got = e->pop(m->r);
		assert_int_not_equal(got, SV_VRING_BROKEN);
		if (got >= 0) {
			assert_false((me->has | peer->has) >> got & 1);
			me->has |= 1ULL << got;
			m->moved++;
		}
		break;
	default:
		me->sleeps = !e->arm(m->r);
		if (rng_below(&m->rng, 2)) {
			e->disarm(m->r);
			me->sleeps = false;
		}
	}
}

static void test_random_interleavings(void **state)
{
	static const struct { u16 num, nr_ids; } rows[] = {
		{ 1, 1 }, { 2, 1 }, { 4, 4 }, { 8, 6 }, { 64, 56 }, { 64, 64 },
	};
	u32 row, i;

	(void)state;
	for (row = 0; row < ARRAY_SIZE(rows); row++) {
		struct ring r;
		struct model m = {
			.r = &r,
			.rng = { row + 1 },
			.drv = { .end = &drv_end, .has = ~0ULL >> (64 - rows[row].nr_ids) },
			.dev = { .end = &dev_end },
		};

		ring_init(&r, rows[row].num, rows[row].nr_ids);
		for (i = 0; m.moved < 4 * 65536 && i < 100 * 65536; i++) {
			if (rng_next(&m.rng) & 1)
				step(&m, &m.drv, &m.dev);
			else
				step(&m, &m.dev, &m.drv);
		}
		assert_row(row, m.moved == 4 * 65536);
	}
}

/* The word that the device is done with the driver reaches it, whatever state the ring is in. */
static void test_given_up(void **state)
{
	struct ring r;

	(void)state;
	ring_init(&r, NUM, NR_IDS);
	assert_false(sv_vring_drv_is_given_up(&r.drv));
	lend(&r, 2);
	assert_int_equal(sv_vring_dev_pop(&r.dev), 2);
	give_back(&r, 2);
	assert_false(sv_vring_drv_is_given_up(&r.drv));
	sv_vring_dev_stage(&r.dev, 2, 0);
	assert_true(r.dev.is_broken);
	sv_vring_dev_give_up(&r.dev);
	assert_true(sv_vring_drv_is_given_up(&r.drv));
	/* Nothing of the ring itself has changed. */
	assert_int_equal(sv_vring_drv_pop(&r.drv), 2);
	assert_int_equal(sv_vring_drv_pop(&r.drv), SV_VRING_NONE);
	used_of(&r)->flags = cpu_to_le16(1);
	assert_false(sv_vring_drv_is_given_up(&r.drv));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_event_arithmetic),
		cmocka_unit_test(test_descriptors_are_static),
		cmocka_unit_test(test_batch_is_invisible_before_publish),
		cmocka_unit_test(test_device_against_hostile_driver),
		cmocka_unit_test(test_driver_against_hostile_device),
		cmocka_unit_test(test_replay_is_caught),
		cmocka_unit_test(test_index_that_goes_back),
		cmocka_unit_test(test_misuse_breaks_the_ring),
		cmocka_unit_test(test_notification_only_when_armed),
		cmocka_unit_test(test_event_index_garbage),
		cmocka_unit_test(test_given_up),
		cmocka_unit_test(test_random_interleavings),
	};

	return cmocka_run_group_tests_name("vring", tests, NULL, NULL);
}

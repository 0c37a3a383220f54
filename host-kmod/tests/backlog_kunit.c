// SPDX-License-Identifier: GPL-2.0
/* The grammar of back-pressure: what submit returns and how often a user is called with what. */
#include "queue_env.h"
#include "params.h"

#include <linux/workqueue.h>

enum { MAY_WAIT = CRYPTO_TFM_REQ_MAY_BACKLOG };

/* Fill all slots with requests 0 to FAKE_SLOTS - 1. */
static void fill_slots(struct kunit *test)
{
	u32 i;

	for (i = 0; i < FAKE_SLOTS; i++)
		KUNIT_ASSERT_EQ(test, queue_env_submit(test->priv, i, SV_OP_CTR, 64, MAY_WAIT),
				-EINPROGRESS);
}

static void backlog_in_order(struct kunit *test)
{
	struct queue_env *env = test->priv;
	u32 i;

	fill_slots(test);
	for (i = FAKE_SLOTS; i < NR_REQS; i++)
		KUNIT_ASSERT_EQ(test, queue_env_submit(env, i, SV_OP_CTR, 64, MAY_WAIT), -EBUSY);
	for (i = 0; i < NR_REQS; i++)
		KUNIT_EXPECT_EQ_MSG(test, env->reqs[i].nr_calls, 0, "request %u", i);
	queue_env_run(env);
	for (i = 0; i < NR_REQS; i++) {
		if (i < FAKE_SLOTS)
			queue_env_expect(test, &env->reqs[i], 1, 0, 0);
		else
			queue_env_expect(test, &env->reqs[i], 2, -EINPROGRESS, 0);
		KUNIT_EXPECT_EQ_MSG(test, env->reqs[i].order, i + 1, "request %u", i);
	}
	KUNIT_EXPECT_EQ(test, env->q->stats.backlogged, NR_REQS - FAKE_SLOTS);
}

/* Users that may not wait for ever do so all the same, and do not hear of it. */
static void backlog_for_everybody(struct kunit *test)
{
	struct queue_env *env = test->priv;
	u32 i;

	fill_slots(test);
	for (i = FAKE_SLOTS; i < NR_REQS; i++)
		KUNIT_ASSERT_EQ(test, queue_env_submit(env, i, SV_OP_CTR, 64, 0), -EINPROGRESS);
	queue_env_run(env);
	for (i = 0; i < NR_REQS; i++) {
		queue_env_expect(test, &env->reqs[i], 1, 0, 0);
		KUNIT_EXPECT_EQ_MSG(test, env->reqs[i].order, i + 1, "request %u", i);
	}
	KUNIT_EXPECT_EQ(test, env->q->stats.refused, 0);
}

/* Too many of them: refused, and never heard of again. */
static void backlog_not_wanted(struct kunit *test)
{
	struct queue_env *env = test->priv;

	fill_slots(test);
	env->tenant.flow.nr_bounded = SV_FLOW_ROOM;
	KUNIT_EXPECT_EQ(test, queue_env_submit(env, 8, SV_OP_CTR, 64, 0), -ENOSPC);
	KUNIT_EXPECT_EQ(test, queue_env_submit(env, 9, SV_OP_CTR, 64, CRYPTO_TFM_REQ_MAY_SLEEP),
			-ENOSPC);
	KUNIT_EXPECT_EQ(test, queue_env_refs(env), FAKE_SLOTS);
	queue_env_run(env);
	queue_env_expect(test, &env->reqs[8], 0, 0, 0);
	queue_env_expect(test, &env->reqs[9], 0, 0, 0);
	KUNIT_EXPECT_EQ(test, env->q->stats.refused, 2);
	/* The rest of a long request is always taken, so there may be too many. */
	env->tenant.flow.nr_bounded = SV_FLOW_ROOM + 1;
	KUNIT_EXPECT_FALSE(test, sv_backlog_add(&env->q->backlog, &env->reqs[8].req));
	env->tenant.flow.nr_bounded = 0;
	/* There is room again. */
	KUNIT_EXPECT_EQ(test, queue_env_submit(env, 8, SV_OP_CTR, 64, 0), -EINPROGRESS);
}

/* While somebody waits, nobody overtakes, though there are slots. */
static void backlog_is_not_overtaken(struct kunit *test)
{
	struct queue_env *env = test->priv;

	fill_slots(test);
	KUNIT_ASSERT_EQ(test, queue_env_submit(env, 4, SV_OP_CTR, 64, MAY_WAIT), -EBUSY);
	/* The vault offers slots, the poller has not looked yet. */
	fake_push(&env->vault, 1, 0, 0);
	env->vault.pair[1].avail[0]->idx = cpu_to_le16(FAKE_SLOTS);
	KUNIT_EXPECT_EQ(test, queue_env_submit(env, 5, SV_OP_CTR, 64, 0), -EINPROGRESS);
	KUNIT_EXPECT_EQ(test, queue_env_submit(env, 6, SV_OP_CTR, 64, MAY_WAIT), -EBUSY);
	queue_env_run(env);
	queue_env_expect(test, &env->reqs[4], 2, -EINPROGRESS, 0);
	queue_env_expect(test, &env->reqs[5], 1, 0, 0);
	queue_env_expect(test, &env->reqs[6], 2, -EINPROGRESS, 0);
	KUNIT_EXPECT_LT(test, env->reqs[4].order, env->reqs[5].order);
	KUNIT_EXPECT_LT(test, env->reqs[5].order, env->reqs[6].order);
}

/* One tenant waits with many long requests, another with one: it is served before their end. */
static void backlog_is_fair(struct kunit *test)
{
	struct queue_env *env = test->priv;
	u32 len = env->q->text_max;
	struct test_req *r;
	u32 i;

	fill_slots(test);
	for (i = FAKE_SLOTS; i < NR_REQS - 1; i++)
		KUNIT_ASSERT_EQ(test, queue_env_submit(env, i, SV_OP_CTR, len, MAY_WAIT), -EBUSY);
	r = queue_env_req(env, i, SV_OP_CTR, 64, 0);
	r->req.key = &env->other_key;
	sv_key_get(r->req.key);
	KUNIT_ASSERT_EQ(test, sv_queue_submit(env->q, &r->req), -EINPROGRESS);
	queue_env_run(env);
	queue_env_expect(test, r, 1, 0, 0);
	KUNIT_EXPECT_LT(test, r->order, env->reqs[i - 1].order);
	for (i = FAKE_SLOTS; i < NR_REQS - 2; i++)
		KUNIT_EXPECT_LT_MSG(test, env->reqs[i].order, env->reqs[i + 1].order,
				    "request %u", i);
}

/* The vault works, but so slowly that a request is not served in time: it ends by itself. */
static void backlog_expires(struct kunit *test)
{
	struct queue_env *env = test->priv;

	fill_slots(test);
	KUNIT_ASSERT_EQ(test, queue_env_submit(env, 4, SV_OP_CTR, 64, MAY_WAIT), -EBUSY);
	KUNIT_ASSERT_EQ(test, queue_env_submit(env, 5, SV_OP_CTR, 64, 0), -EINPROGRESS);
	queue_env_wait(env, 1);
	KUNIT_ASSERT_EQ(test, queue_env_submit(env, 6, SV_OP_CTR, 64, MAY_WAIT), -EBUSY);
	queue_env_wait(env, SV_PATIENCE_FOR_SLOT - 1);
	sv_queue_expire(env->q);
	queue_env_expect(test, &env->reqs[4], 0, 0, 0);
	queue_env_expect(test, &env->reqs[5], 0, 0, 0);
	queue_env_wait(env, 1);
	sv_queue_expire(env->q);
	queue_env_expect(test, &env->reqs[4], 2, -EINPROGRESS, -ETIMEDOUT);
	queue_env_expect(test, &env->reqs[5], 1, -ETIMEDOUT, 0);
	queue_env_expect(test, &env->reqs[6], 0, 0, 0);
	KUNIT_EXPECT_EQ(test, env->q->stats.expired, 2);
	queue_env_run(env);
	queue_env_expect(test, &env->reqs[4], 2, -EINPROGRESS, -ETIMEDOUT);
	queue_env_expect(test, &env->reqs[6], 2, -EINPROGRESS, 0);
}

/*
 * Users that submit bios from their last callback: they may sleep in it, and each waits for what
 * only the next one's will do.
 */
static void backlog_callbacks_may_sleep(struct kunit *test)
{
	struct queue_env *env = test->priv;
	u32 i;

	for (i = 0; i < NR_REQS; i++) {
		int ret = queue_env_submit_from_bio(env, i, SV_OP_CTR, 64, MAY_WAIT);

		KUNIT_ASSERT_EQ(test, ret, i < FAKE_SLOTS ? -EINPROGRESS : -EBUSY);
		if (i)
			env->reqs[i - 1].sleeps_for = &env->reqs[i];
	}
	queue_env_run(env);
	flush_workqueue(sv_end_wq);
	for (i = 0; i < FAKE_SLOTS; i++)
		queue_env_expect(test, &env->reqs[i], 1, 0, 0);
	for (; i < NR_REQS; i++)
		queue_env_expect(test, &env->reqs[i], 2, -EINPROGRESS, 0);
	KUNIT_EXPECT_EQ(test, queue_env_refs(env), 0);
}

/* Those that may not wait are of the network, which expects bottom halves to be off. */
static void backlog_callbacks_in_place(struct kunit *test)
{
	struct queue_env *env = test->priv;

	KUNIT_ASSERT_EQ(test, queue_env_submit_from_bio(env, 0, SV_OP_CTR, 64, 0), -EINPROGRESS);
	queue_env_run(env);
	queue_env_expect(test, &env->reqs[0], 1, 0, 0);
}

/* The vault dies over such users. */
static void backlog_death_of_sleepers(struct kunit *test)
{
	struct queue_env *env = test->priv;
	u32 i;

	for (i = 0; i < FAKE_SLOTS + 2; i++)
		queue_env_submit_from_bio(env, i, SV_OP_CTR, 64, MAY_WAIT);
	sv_queue_stop(env->q);
	flush_workqueue(sv_end_wq);
	for (i = 0; i < FAKE_SLOTS; i++)
		queue_env_expect(test, &env->reqs[i], 1, -EIO, 0);
	for (; i < FAKE_SLOTS + 2; i++)
		queue_env_expect(test, &env->reqs[i], 2, -EINPROGRESS, -EIO);
}

/* -EINPROGRESS comes when the request leaves the backlog, before there is a result. */
static void backlog_announces_early(struct kunit *test)
{
	struct queue_env *env = test->priv;
	int slot;

	fill_slots(test);
	KUNIT_ASSERT_EQ(test, queue_env_submit(env, 4, SV_OP_CTR, 64, MAY_WAIT), -EBUSY);
	slot = fake_pop(&env->vault, 1, 0);
	KUNIT_ASSERT_GE(test, slot, 0);
	fake_answer(&env->vault, 1, slot, SV_ST_OK);
	sv_queue_service(env->q);
	queue_env_expect(test, &env->reqs[0], 1, 0, 0);
	queue_env_expect(test, &env->reqs[4], 0, 0, 0);
	KUNIT_ASSERT_EQ(test, fake_recycle(&env->vault, 1), 1);
	sv_queue_service(env->q);
	queue_env_expect(test, &env->reqs[4], 1, -EINPROGRESS, 0);
	queue_env_run(env);
	queue_env_expect(test, &env->reqs[4], 2, -EINPROGRESS, 0);
}

static void backlog_error_after_waiting(struct kunit *test)
{
	struct queue_env *env = test->priv;
	int slot;

	fill_slots(test);
	KUNIT_ASSERT_EQ(test, queue_env_submit(env, 4, SV_OP_CTR, 64, MAY_WAIT), -EBUSY);
	while ((slot = fake_pop(&env->vault, 1, 0)) >= 0)
		fake_answer(&env->vault, 1, slot, SV_ST_OK);
	sv_queue_service(env->q);
	fake_recycle(&env->vault, 1);
	sv_queue_service(env->q);
	slot = fake_pop(&env->vault, 1, 0);
	KUNIT_ASSERT_GE(test, slot, 0);
	fake_answer(&env->vault, 1, slot, SV_ST_BAD_KEY);
	queue_env_run(env);
	queue_env_expect(test, &env->reqs[4], 2, -EINPROGRESS, -ENOKEY);
}

/* Death with a backlog: each gets what it is owed, once. */
static void backlog_death(struct kunit *test)
{
	struct queue_env *env = test->priv;
	u32 i;

	fill_slots(test);
	for (i = FAKE_SLOTS; i < NR_REQS; i++)
		KUNIT_ASSERT_EQ(test, queue_env_submit(env, i, SV_OP_CTR, 64, MAY_WAIT), -EBUSY);
	sv_queue_stop(env->q);
	for (i = 0; i < NR_REQS; i++) {
		if (i < FAKE_SLOTS)
			queue_env_expect(test, &env->reqs[i], 1, -EIO, 0);
		else
			queue_env_expect(test, &env->reqs[i], 2, -EINPROGRESS, -EIO);
	}
	KUNIT_EXPECT_EQ(test, queue_env_refs(env), 0);
	sv_queue_stop(env->q);
	queue_env_expect(test, &env->reqs[0], 1, -EIO, 0);
}

/* Death in the middle: one announced and in flight, one still waiting. */
static void backlog_death_half_way(struct kunit *test)
{
	struct queue_env *env = test->priv;
	int slot;

	fill_slots(test);
	KUNIT_ASSERT_EQ(test, queue_env_submit(env, 4, SV_OP_CTR, 64, MAY_WAIT), -EBUSY);
	KUNIT_ASSERT_EQ(test, queue_env_submit(env, 5, SV_OP_CTR, 64, MAY_WAIT), -EBUSY);
	slot = fake_pop(&env->vault, 1, 0);
	KUNIT_ASSERT_GE(test, slot, 0);
	fake_answer(&env->vault, 1, slot, SV_ST_OK);
	sv_queue_service(env->q);
	fake_recycle(&env->vault, 1);
	sv_queue_service(env->q);
	queue_env_expect(test, &env->reqs[4], 1, -EINPROGRESS, 0);
	sv_queue_stop(env->q);
	queue_env_expect(test, &env->reqs[0], 1, 0, 0);
	queue_env_expect(test, &env->reqs[1], 1, -EIO, 0);
	queue_env_expect(test, &env->reqs[4], 2, -EINPROGRESS, -EIO);
	queue_env_expect(test, &env->reqs[5], 2, -EINPROGRESS, -EIO);
}

/* A user that submits again from the callback that brings it -EIO is told so, and it ends. */
static void backlog_death_and_resubmit(struct kunit *test)
{
	struct queue_env *env = test->priv;
	u32 i;

	for (i = 0; i < FAKE_SLOTS + 2; i++) {
		struct test_req *r;

		queue_env_submit(env, i, SV_OP_CTR, 64, MAY_WAIT);
		r = queue_env_req(env, 8 + i, SV_OP_CTR, 64, MAY_WAIT);
		env->reqs[i].then = r;
	}
	sv_queue_stop(env->q);
	for (i = 0; i < FAKE_SLOTS + 2; i++) {
		KUNIT_EXPECT_EQ_MSG(test, env->reqs[i].then_ret, -EIO, "request %u", i);
		queue_env_expect(test, &env->reqs[8 + i], 0, 0, 0);
	}
}

/* The rest of a long request goes first, and its user gets no -EINPROGRESS for it. */
static void backlog_long_request(struct kunit *test)
{
	struct queue_env *env = test->priv;
	u32 i;

	KUNIT_ASSERT_EQ(test, queue_env_submit(env, 0, SV_OP_CTR, 2 * env->q->text_max + 3,
					       MAY_WAIT), -EINPROGRESS);
	for (i = 1; i < FAKE_SLOTS; i++)
		KUNIT_ASSERT_EQ(test, queue_env_submit(env, i, SV_OP_CTR, 64, MAY_WAIT),
				-EINPROGRESS);
	KUNIT_ASSERT_EQ(test, queue_env_submit(env, 4, SV_OP_CTR, 2 * env->q->text_max, MAY_WAIT),
			-EBUSY);
	queue_env_run(env);
	queue_env_expect(test, &env->reqs[0], 1, 0, 0);
	queue_env_expect(test, &env->reqs[4], 2, -EINPROGRESS, 0);
}

static void backlog_long_request_dies(struct kunit *test)
{
	struct queue_env *env = test->priv;
	int slot;

	KUNIT_ASSERT_EQ(test, queue_env_submit(env, 0, SV_OP_CTR, 2 * env->q->text_max, MAY_WAIT),
			-EINPROGRESS);
	slot = fake_pop(&env->vault, 1, 0);
	KUNIT_ASSERT_GE(test, slot, 0);
	fake_answer(&env->vault, 1, slot, SV_ST_OK);
	sv_queue_service(env->q);
	sv_queue_stop(env->q);
	queue_env_expect(test, &env->reqs[0], 1, -EIO, 0);
}

/* The vault answers, but never offers a slot again: the watchdog sees that, too. */
static void backlog_stuck(struct kunit *test)
{
	struct queue_env *env = test->priv;
	int slot;

	fill_slots(test);
	KUNIT_ASSERT_EQ(test, queue_env_submit(env, 4, SV_OP_CTR, 64, MAY_WAIT), -EBUSY);
	while ((slot = fake_pop(&env->vault, 1, 0)) >= 0)
		fake_answer(&env->vault, 1, slot, SV_ST_OK);
	sv_queue_service(env->q);
	queue_env_wait(env, SV_PATIENCE);
	KUNIT_EXPECT_FALSE(test, sv_queue_is_overdue(env->q));
	queue_env_wait(env, 1);
	KUNIT_EXPECT_TRUE(test, sv_queue_is_overdue(env->q));
	sv_queue_stop(env->q);
	queue_env_expect(test, &env->reqs[4], 2, -EINPROGRESS, -EIO);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(backlog_in_order),
	KUNIT_CASE(backlog_announces_early),
	KUNIT_CASE(backlog_long_request),
	KUNIT_CASE(backlog_for_everybody),
	KUNIT_CASE(backlog_is_fair),
	KUNIT_CASE(backlog_callbacks_may_sleep),
	KUNIT_CASE(backlog_callbacks_in_place),
	KUNIT_CASE(backlog_not_wanted),
	KUNIT_CASE(backlog_is_not_overtaken),
	KUNIT_CASE(backlog_error_after_waiting),
	KUNIT_CASE(backlog_death),
	KUNIT_CASE(backlog_death_half_way),
	KUNIT_CASE(backlog_death_and_resubmit),
	KUNIT_CASE(backlog_long_request_dies),
	KUNIT_CASE(backlog_death_of_sleepers),
	KUNIT_CASE(backlog_expires),
	KUNIT_CASE(backlog_stuck),
	{}
};

static struct kunit_suite suite = {
	.name = "sevault_backlog",
	.init = queue_env_init,
	.exit = queue_env_exit,
	.test_cases = cases,
};
kunit_test_suites(&suite);

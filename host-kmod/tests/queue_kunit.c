// SPDX-License-Identifier: GPL-2.0
#include "queue_env.h"
#include "vault/poller.h"
#include "params.h"

#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/rcupdate.h>

static void expect_text(struct kunit *test, struct test_req *r, u32 len)
{
	u32 i, wrong = 0;

	for (i = 0; i < len; i++)
		wrong += r->out[i] != (u8)~r->in[i];
	for (; i < TEXT_MAX; i++)
		wrong += r->out[i] != 0;
	KUNIT_EXPECT_EQ(test, wrong, 0);
}

static void queue_one(struct kunit *test)
{
	struct queue_env *env = test->priv;
	struct test_req *r = queue_env_req(env, 0, SV_OP_CBC_ENC, 4096, 0);

	r->req.iv[0] = 7;
	r->req.iv_out = r->iv_out;
	sv_key_get(&env->key);
	KUNIT_ASSERT_EQ(test, sv_queue_submit(env->q, &r->req), -EINPROGRESS);
	KUNIT_EXPECT_EQ(test, r->nr_calls, 0);
	KUNIT_EXPECT_TRUE(test, sv_queue_is_pending(env->q));
	queue_env_run(env);
	queue_env_expect(test, r, 1, 0, 0);
	expect_text(test, r, 4096);
	KUNIT_EXPECT_EQ(test, r->iv_out[0], 8);
	KUNIT_EXPECT_FALSE(test, sv_queue_is_pending(env->q));
	KUNIT_EXPECT_EQ(test, queue_env_refs(env), 0);
}

/* An answer that is not OK: the error, and nothing is written. */
static void queue_refusals(struct kunit *test)
{
	static const struct {
		u32 status;
		int err;
	} rows[] = {
		{ SV_ST_BAD_OP, -EOPNOTSUPP },
		{ SV_ST_BAD_LEN, -EINVAL },
		{ SV_ST_BAD_KEY, -ENOKEY },
		{ SV_ST_BAD_TAG, -EBADMSG },
		{ SV_ST_NO_SPACE, -EDQUOT },
	};
	struct queue_env *env = test->priv;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct test_req *r = &env->reqs[i];
		int slot;

		KUNIT_ASSERT_EQ(test, queue_env_submit(env, i, SV_OP_CBC_DEC, 512, 0),
				-EINPROGRESS);
		r->req.iv_out = r->iv_out;
		slot = fake_pop(&env->vault, 1, 0);
		KUNIT_ASSERT_GE(test, slot, 0);
		memset(fake_data(&env->vault, 1, slot), 0x77, 512);
		fake_answer(&env->vault, 1, slot, rows[i].status);
		queue_env_run(env);
		queue_env_expect(test, r, 1, rows[i].err, 0);
		expect_text(test, r, 0);
		KUNIT_EXPECT_EQ_MSG(test, r->iv_out[0], 0, "row %u", i);
	}
}

/* What the vault sees of a request. */
static void queue_header(struct kunit *test)
{
	struct queue_env *env = test->priv;
	struct test_req *r = queue_env_req(env, 0, SV_OP_GCM_SEAL, 100, 0);
	struct sv_slot_hdr *hdr;
	int slot;

	r->req.aad_len = 20;
	r->req.text_off = 28;
	r->req.tag_len = 16;
	r->req.can_split = false;
	memset(r->req.iv, 0x21, sizeof(r->req.iv));
	sv_key_get(&env->key);
	KUNIT_ASSERT_EQ(test, sv_queue_submit(env->q, &r->req), -EINPROGRESS);
	slot = fake_pop(&env->vault, 1, 0);
	KUNIT_ASSERT_GE(test, slot, 0);
	hdr = fake_hdr(&env->vault, 1, slot);
	KUNIT_EXPECT_EQ(test, hdr->op, SV_OP_GCM_SEAL);
	KUNIT_EXPECT_EQ(test, hdr->flags, 0);
	KUNIT_EXPECT_EQ(test, hdr->tag_len, 16);
	KUNIT_EXPECT_EQ(test, hdr->reserved0, 0);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(hdr->status), 0);
	KUNIT_EXPECT_EQ(test, le64_to_cpu(hdr->key_id), 0x700000003ULL);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(hdr->aad_len), 20);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(hdr->text_len), 100);
	KUNIT_EXPECT_EQ(test, le64_to_cpu(hdr->block_offset), 0);
	KUNIT_EXPECT_EQ(test, le64_to_cpu(hdr->reserved1), 0);
	KUNIT_EXPECT_EQ(test, memcmp(hdr->iv, r->req.iv, sizeof(hdr->iv)), 0);
	KUNIT_EXPECT_EQ(test, memcmp(fake_data(&env->vault, 1, slot), r->in, 20), 0);
	KUNIT_EXPECT_EQ(test, memcmp(fake_data(&env->vault, 1, slot) + 20, r->in + 28, 100), 0);
	fake_answer(&env->vault, 1, slot, SV_ST_OK);
	queue_env_run(env);
	queue_env_expect(test, r, 1, 0, 0);
	/* Text and tag where they belong, the associated data left alone. */
	KUNIT_EXPECT_EQ(test, r->out[27], 0);
	KUNIT_EXPECT_EQ(test, r->out[28], (u8)~r->in[28]);
	KUNIT_EXPECT_EQ(test, r->out[127], (u8)~r->in[127]);
	KUNIT_EXPECT_EQ(test, r->out[128], 0xa6);
	KUNIT_EXPECT_EQ(test, r->out[143], 0xa6);
	KUNIT_EXPECT_EQ(test, r->out[144], 0);
}

/* Longer than a slot: parts in order, positions without gaps, the last one at least a block. */
static void queue_splits(struct kunit *test)
{
	struct queue_env *env = test->priv;
	u32 max = env->q->text_max;
	const u32 lens[] = { max, max + 1, max + 15, max + 16, max + 17, 2 * max, 2 * max + 5,
			     3 * max - 1 };
	u32 row;

	for (row = 0; row < ARRAY_SIZE(lens); row++) {
		struct test_req *r = &env->reqs[0];
		u32 at = 0;
		int slot;

		KUNIT_ASSERT_EQ(test, queue_env_submit(env, 0, SV_OP_XTS_ENC, lens[row], 0),
				-EINPROGRESS);
		while ((slot = fake_pop(&env->vault, 1, 0)) >= 0) {
			struct sv_slot_hdr *hdr = fake_hdr(&env->vault, 1, slot);
			u32 len = le32_to_cpu(hdr->text_len);

			KUNIT_EXPECT_EQ_MSG(test, le64_to_cpu(hdr->block_offset) * 16, at, "row %u",
					    row);
			KUNIT_EXPECT_GE_MSG(test, len, 16, "row %u", row);
			KUNIT_EXPECT_LE_MSG(test, len, max, "row %u", row);
			at += len;
			KUNIT_EXPECT_EQ_MSG(test, fake_pop(&env->vault, 1, 0), -1, "row %u", row);
			KUNIT_EXPECT_EQ_MSG(test, r->nr_calls, 0, "row %u", row);
			fake_answer(&env->vault, 1, slot, SV_ST_OK);
			sv_queue_service(env->q);
			fake_recycle(&env->vault, 1);
			sv_queue_service(env->q);
		}
		KUNIT_EXPECT_EQ_MSG(test, at, lens[row], "row %u", row);
		queue_env_expect(test, r, 1, 0, 0);
		expect_text(test, r, lens[row]);
	}
}

static void queue_split_ends_at_error(struct kunit *test)
{
	struct queue_env *env = test->priv;
	int slot;

	KUNIT_ASSERT_EQ(test, queue_env_submit(env, 0, SV_OP_CTR, 2 * env->q->text_max, 0),
			-EINPROGRESS);
	slot = fake_pop(&env->vault, 1, 0);
	KUNIT_ASSERT_GE(test, slot, 0);
	fake_answer(&env->vault, 1, slot, SV_ST_BAD_KEY);
	queue_env_run(env);
	queue_env_expect(test, &env->reqs[0], 1, -ENOKEY, 0);
	KUNIT_EXPECT_EQ(test, fake_pop(&env->vault, 1, 0), -1);
}

static void queue_fits(struct kunit *test)
{
	struct queue_env *env = test->priv;
	u32 data = env->q->chan.data_len;

	KUNIT_EXPECT_TRUE(test, sv_queue_fits(env->q, 0, 0, 0));
	KUNIT_EXPECT_TRUE(test, sv_queue_fits(env->q, 0, data, 0));
	KUNIT_EXPECT_TRUE(test, sv_queue_fits(env->q, 100, data - 116, 16));
	KUNIT_EXPECT_FALSE(test, sv_queue_fits(env->q, 100, data - 115, 16));
	KUNIT_EXPECT_FALSE(test, sv_queue_fits(env->q, data + 1, 0, 0));
	KUNIT_EXPECT_FALSE(test, sv_queue_fits(env->q, 0, SV_TEXT_MAX + 1, 0));
	KUNIT_EXPECT_FALSE(test, sv_queue_fits(env->q, 1ULL << 32, 16, 16));
	KUNIT_EXPECT_FALSE(test, sv_queue_fits(env->q, 16, 1ULL << 32, 16));
	KUNIT_EXPECT_FALSE(test, sv_queue_fits(env->q, ~0ULL, 2, 16));
}

static void queue_dead_takes_nothing(struct kunit *test)
{
	struct queue_env *env = test->priv;

	sv_queue_stop(env->q);
	KUNIT_EXPECT_EQ(test, queue_env_submit(env, 0, SV_OP_CTR, 16, 0), -EIO);
	KUNIT_EXPECT_EQ(test, queue_env_submit(env, 1, SV_OP_CTR, 16,
					       CRYPTO_TFM_REQ_MAY_BACKLOG), -EIO);
	queue_env_expect(test, &env->reqs[0], 0, 0, 0);
	queue_env_expect(test, &env->reqs[1], 0, 0, 0);
	KUNIT_EXPECT_EQ(test, fake_pop(&env->vault, 1, 0), -1);
}

/* An answer that comes after the end changes nothing. */
static void queue_late_answer(struct kunit *test)
{
	struct queue_env *env = test->priv;
	int slot;

	KUNIT_ASSERT_EQ(test, queue_env_submit(env, 0, SV_OP_CTR, 512, 0), -EINPROGRESS);
	slot = fake_pop(&env->vault, 1, 0);
	KUNIT_ASSERT_GE(test, slot, 0);
	sv_queue_stop(env->q);
	queue_env_expect(test, &env->reqs[0], 1, -EIO, 0);
	fake_answer(&env->vault, 1, slot, SV_ST_OK);
	KUNIT_EXPECT_EQ(test, sv_queue_service(env->q), 0);
	sv_queue_stop(env->q);
	queue_env_expect(test, &env->reqs[0], 1, -EIO, 0);
	expect_text(test, &env->reqs[0], 0);
	KUNIT_EXPECT_EQ(test, fake_pop(&env->vault, 1, 1), -1);
}

/* The vault breaks the rules of either ring: the owner hears of it once, every request ends. */
static void queue_broken_rings(struct kunit *test)
{
	struct queue_env *env = test->priv;
	u32 row = *(const u32 *)test->param_value;

	KUNIT_ASSERT_EQ(test, queue_env_submit(env, 0, SV_OP_CTR, 512, 0), -EINPROGRESS);
	switch (row) {
	case 0:	/* an answer to nothing */
		fake_push(&env->vault, 1, 1, FAKE_SLOTS - 1);
		break;
	case 1:	/* an id that does not exist */
		fake_push(&env->vault, 1, 1, 0xffff);
		break;
	case 2:	/* an index far ahead */
		env->vault.pair[1].avail[1]->idx = cpu_to_le16(1000);
		break;
	case 3:	/* a slot offered that is in flight; seen by the next submit that gets there */
		env->vault.pair[1].avail[0]->ring[1] = cpu_to_le16(0);
		KUNIT_EXPECT_EQ(test, queue_env_submit(env, 1, SV_OP_CTR, 512, 0), -EIO);
		break;
	}
	sv_queue_service(env->q);
	sv_queue_service(env->q);
	KUNIT_EXPECT_EQ(test, env->nr_failed, 1);
	KUNIT_EXPECT_EQ(test, queue_env_submit(env, 2, SV_OP_CTR, 16, 0), -EIO);
	sv_queue_stop(env->q);
	queue_env_expect(test, &env->reqs[0], 1, -EIO, 0);
	KUNIT_EXPECT_EQ(test, queue_env_refs(env), 0);
}

static const u32 broken_rows[] = { 0, 1, 2, 3 };

static void row_name(const u32 *row, char *name)
{
	snprintf(name, KUNIT_PARAM_DESC_SIZE, "row %u", *row);
}

KUNIT_ARRAY_PARAM(broken, broken_rows, row_name);

static void queue_watchdog(struct kunit *test)
{
	struct queue_env *env = test->priv;

	queue_env_wait(env, 10 * SV_PATIENCE);
	KUNIT_EXPECT_FALSE_MSG(test, sv_queue_is_overdue(env->q), "idle");
	KUNIT_ASSERT_EQ(test, queue_env_submit(env, 0, SV_OP_CTR, 16, 0), -EINPROGRESS);
	queue_env_wait(env, SV_PATIENCE);
	KUNIT_EXPECT_FALSE_MSG(test, sv_queue_is_overdue(env->q), "in time");
	queue_env_wait(env, 1);
	KUNIT_EXPECT_TRUE_MSG(test, sv_queue_is_overdue(env->q), "not answered");
	queue_env_run(env);
	KUNIT_EXPECT_FALSE_MSG(test, sv_queue_is_overdue(env->q), "answered");
}

/*
 * The host stands still for an hour with a request in flight, and the vault with it. The poller is
 * woken, finds no answer yet, and goes on waiting.
 */
static void queue_survives_pause(struct kunit *test)
{
	struct queue_env *env = test->priv;
	u32 i;

	KUNIT_ASSERT_EQ(test, sv_poller_start(env->q, "kunit"), 0);
	KUNIT_ASSERT_EQ(test, queue_env_submit(env, 0, SV_OP_CTR, 16, 0), -EINPROGRESS);
	for (i = 0; i < SV_PATIENCE / 2; i++) {
		u32 then = READ_ONCE(env->q->patience.now);

		WRITE_ONCE(env->q->patience.ticked_at, jiffies - 3600 * HZ);
		sv_queue_wake(env->q);
		KUNIT_ASSERT_TRUE(test, wait_until(READ_ONCE(env->q->patience.now) != then));
	}
	KUNIT_EXPECT_EQ(test, READ_ONCE(env->nr_failed), 0);
	fake_serve(&env->vault, 1);
	sv_queue_wake(env->q);
	KUNIT_EXPECT_TRUE(test, wait_until(READ_ONCE(env->nr_done)));
	sv_queue_stop(env->q);
	queue_env_expect(test, &env->reqs[0], 1, 0, 0);
}

/* A completion may submit the next request at once. */
static void queue_resubmits(struct kunit *test)
{
	struct queue_env *env = test->priv;
	u32 i;

	for (i = 0; i < NR_REQS; i++)
		queue_env_req(env, i, SV_OP_CTR, 64, CRYPTO_TFM_REQ_MAY_BACKLOG);
	for (i = 0; i + 1 < NR_REQS; i++)
		env->reqs[i].then = &env->reqs[i + 1];
	sv_key_get(&env->key);
	KUNIT_ASSERT_EQ(test, sv_queue_submit(env->q, &env->reqs[0].req), -EINPROGRESS);
	queue_env_run(env);
	for (i = 0; i < NR_REQS; i++) {
		KUNIT_EXPECT_EQ_MSG(test, env->reqs[i].order, i + 1, "request %u", i);
		expect_text(test, &env->reqs[i], 64);
	}
}

static int serve_forever(void *arg)
{
	struct queue_env *env = arg;

	while (!kthread_should_stop()) {
		if (!fake_serve(&env->vault, 1))
			usleep_range(50, 100);
		/* It does nothing by halves: a kick, always. */
		sv_queue_wake(env->q);
	}
	return 0;
}

/* With the real thread: chains of requests on a vault that works beside it. */
static void queue_with_poller(struct kunit *test)
{
	struct queue_env *env = test->priv;
	struct task_struct *vault;
	u32 i, round;

	KUNIT_ASSERT_EQ(test, sv_poller_start(env->q, "kunit"), 0);
	vault = kthread_run(serve_forever, env, "kunit-vault");
	KUNIT_ASSERT_FALSE(test, IS_ERR(vault));
	for (round = 0; round < 50; round++) {
		WRITE_ONCE(env->nr_done, 0);
		for (i = 0; i < NR_REQS; i++) {
			int ret = queue_env_submit(env, i, SV_OP_CTR, 1024 * i + 1,
						   CRYPTO_TFM_REQ_MAY_BACKLOG);

			KUNIT_EXPECT_TRUE(test, ret == -EINPROGRESS || ret == -EBUSY);
		}
		for (i = 0; i < 10000 && READ_ONCE(env->nr_done) < NR_REQS; i++)
			usleep_range(500, 1000);
		KUNIT_ASSERT_EQ(test, READ_ONCE(env->nr_done), NR_REQS);
	}
	kthread_stop(vault);
	sv_queue_stop(env->q);
	for (i = 0; i < NR_REQS; i++)
		expect_text(test, &env->reqs[i], 1024 * i + 1);
	KUNIT_EXPECT_EQ(test, env->nr_failed, 0);
}

static void rcu_passed(struct rcu_head *head)
{
	complete(&container_of(head, struct queue_env, rcu)->rcu_done);
}

/*
 * A vault that always has the next answer ready: the poller is never idle. RCU for tasks waits
 * until every thread has offered to let others run.
 */
static void queue_poller_yields(struct kunit *test)
{
	struct queue_env *env = test->priv;
	struct test_req *r;

	init_completion(&env->rcu_done);
	KUNIT_ASSERT_EQ(test, queue_env_submit(env, 0, SV_OP_CTR, 16, 0), -EINPROGRESS);
	r = &env->reqs[0];
	WRITE_ONCE(r->is_endless, true);
	fake_serve(&env->vault, 1);
	KUNIT_ASSERT_EQ(test, sv_poller_start(env->q, "kunit"), 0);
	call_rcu_tasks(&env->rcu, rcu_passed);
	KUNIT_EXPECT_TRUE(test, wait_until(completion_done(&env->rcu_done)));
	KUNIT_EXPECT_GT(test, READ_ONCE(r->nr_calls), 0);
	WRITE_ONCE(r->is_endless, false);
	KUNIT_EXPECT_TRUE(test, wait_until(READ_ONCE(env->nr_done)));
	wait_for_completion(&env->rcu_done);
}

/* The thread finds a vault that does not answer, and says so once. */
static void queue_poller_times_out(struct kunit *test)
{
	struct queue_env *env = test->priv;

	sv_param_timeout_ms = 100;
	KUNIT_ASSERT_EQ(test, sv_poller_start(env->q, "kunit"), 0);
	KUNIT_ASSERT_EQ(test, queue_env_submit(env, 0, SV_OP_CTR, 16, 0), -EINPROGRESS);
	KUNIT_EXPECT_TRUE(test, wait_until(READ_ONCE(env->nr_failed)));
	KUNIT_EXPECT_EQ(test, env->nr_failed, 1);
	KUNIT_EXPECT_EQ(test, queue_env_submit(env, 1, SV_OP_CTR, 16, 0), -EIO);
	sv_queue_stop(env->q);
	queue_env_expect(test, &env->reqs[0], 1, -EIO, 0);
	KUNIT_EXPECT_EQ(test, env->q->stats.timeouts, 1);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(queue_one),
	KUNIT_CASE(queue_header),
	KUNIT_CASE(queue_splits),
	KUNIT_CASE(queue_resubmits),
	KUNIT_CASE(queue_with_poller),
	KUNIT_CASE(queue_poller_yields),
	KUNIT_CASE(queue_survives_pause),
	KUNIT_CASE(queue_fits),
	KUNIT_CASE(queue_refusals),
	KUNIT_CASE(queue_split_ends_at_error),
	KUNIT_CASE(queue_dead_takes_nothing),
	KUNIT_CASE(queue_late_answer),
	KUNIT_CASE_PARAM(queue_broken_rings, broken_gen_params),
	KUNIT_CASE(queue_watchdog),
	KUNIT_CASE(queue_poller_times_out),
	{}
};

static struct kunit_suite suite = {
	.name = "sevault_queue",
	.init = queue_env_init,
	.exit = queue_env_exit,
	.test_cases = cases,
};
kunit_test_suites(&suite);

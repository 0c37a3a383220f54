// SPDX-License-Identifier: GPL-2.0
/* channel.c and vring_dev.c as the kernel compiles them. tests/native has the wide coverage. */
#include "fake_vault.h"

#include <kunit/test.h>

struct env {
	struct sv_chan chan;
	struct fake_vault vault;
};

static enum sv_chan_error try_init(struct env *env)
{
	return sv_chan_init(&env->chan, &env->vault.window, &env->vault.vq[2], &env->vault.vq[3],
			    SV_DATA_SLOT_MIN, SV_DATA_SLOT_MAX);
}

/* Send a request for @text_len bytes; the slot. */
static int send(struct env *env, u32 text_len)
{
	struct sv_slot_hdr hdr = {
		.op = SV_OP_XTS_ENC,
		.key_id = cpu_to_le64(0x500000001ULL),
		.text_len = cpu_to_le32(text_len),
	};
	int slot = sv_chan_take(&env->chan);

	if (slot >= 0)
		sv_chan_submit(&env->chan, slot, &hdr);
	return slot;
}

static void ring_round_trip(struct kunit *test)
{
	struct env *env = test->priv;
	struct sv_slot_hdr hdr;
	u32 round;
	int slot;

	KUNIT_ASSERT_EQ(test, try_init(env), SV_CHAN_OK);
	KUNIT_EXPECT_EQ(test, env->chan.nr_slots, FAKE_SLOTS);
	KUNIT_EXPECT_EQ(test, env->chan.data_len, FAKE_SLOT_LEN - SV_SLOT_HDR_LEN);
	for (round = 0; round < 70000; round++) {	/* indices wrap */
		slot = send(env, 16);
		KUNIT_ASSERT_GE(test, slot, 0);
		KUNIT_ASSERT_EQ(test, sv_chan_reap(&env->chan, &hdr), SV_CHAN_NONE);
		KUNIT_ASSERT_EQ(test, fake_pop(&env->vault, 1, 0), slot);
		fake_answer(&env->vault, 1, slot, SV_ST_OK);
		KUNIT_ASSERT_EQ(test, sv_chan_reap(&env->chan, &hdr), slot);
		sv_chan_release(&env->chan, slot);
		KUNIT_ASSERT_EQ(test, fake_recycle(&env->vault, 1), 1);
	}
}

static void ring_runs_empty(struct kunit *test)
{
	struct env *env = test->priv;
	u32 i;

	KUNIT_ASSERT_EQ(test, try_init(env), SV_CHAN_OK);
	for (i = 0; i < FAKE_SLOTS; i++)
		KUNIT_EXPECT_GE(test, send(env, 16), 0);
	KUNIT_EXPECT_EQ(test, send(env, 16), SV_CHAN_NONE);
	KUNIT_EXPECT_EQ(test, send(env, 16), SV_CHAN_NONE);
}

/* What the vault may have got wrong before DRIVER_OK. */
static const struct {
	enum sv_chan_error want;
	const char *what;
} setups[] = {
	{ SV_CHAN_BAD_NUM, "size not a power of two" },
	{ SV_CHAN_BAD_NUM, "sizes differ" },
	{ SV_CHAN_BAD_NUM, "size zero" },
	{ SV_CHAN_BAD_RING, "ring below the window" },
	{ SV_CHAN_BAD_RING, "ring behind the window" },
	{ SV_CHAN_BAD_RING, "ring misaligned" },
	{ SV_CHAN_BAD_DESC, "slot behind the window" },
	{ SV_CHAN_BAD_DESC, "slot wraps the address space" },
	{ SV_CHAN_BAD_DESC, "chained" },
	{ SV_CHAN_BAD_DESC, "queues disagree" },
	{ SV_CHAN_BAD_SLOT_LEN, "too short" },
	{ SV_CHAN_NO_SLOTS, "no slots" },
	{ SV_CHAN_OVERLAP, "slots overlap" },
	{ SV_CHAN_OVERLAP, "slot over a ring" },
};

static void both_desc(struct fake_pair *p, u32 i, u64 addr, u32 len, u16 flags)
{
	u32 side;

	for (side = 0; side < 2; side++) {
		p->desc[side][i].addr = cpu_to_le64(addr);
		p->desc[side][i].len = cpu_to_le32(len);
		p->desc[side][i].flags = cpu_to_le16(flags);
	}
}

static void spoil(struct env *env, u32 row)
{
	struct fake_pair *p = &env->vault.pair[1];
	struct sv_chan_queue *vq = &env->vault.vq[2];
	u64 first = le64_to_cpu(p->desc[0][0].addr);
	u32 i;

	switch (row) {
	case 0:
		vq[0].num = 6;
		vq[1].num = 6;
		break;
	case 1:
		vq[0].num = 4;
		break;
	case 2:
		vq[0].num = 0;
		vq[1].num = 0;
		break;
	case 3:
		vq[0].avail_gpa = SV_WINDOW_GPA - 4;
		break;
	case 4:
		vq[1].used_gpa = SV_WINDOW_GPA + FAKE_WINDOW_LEN - 4;
		break;
	case 5:
		vq[1].desc_gpa += 8;
		break;
	case 6:
		both_desc(p, 1, SV_WINDOW_GPA + FAKE_WINDOW_LEN - 64, FAKE_SLOT_LEN, 2);
		break;
	case 7:
		both_desc(p, 1, ~0ULL - 63, FAKE_SLOT_LEN, 2);
		break;
	case 8:
		both_desc(p, 1, first + FAKE_SLOT_LEN, FAKE_SLOT_LEN, 3);
		break;
	case 9:
		p->desc[1][1].addr = cpu_to_le64(first + 2 * FAKE_SLOT_LEN);
		break;
	case 10:
		for (i = 0; i < FAKE_SLOTS; i++)
			both_desc(p, i, first + i * 4096, 4096, 2);
		break;
	case 11:
		for (i = 0; i < FAKE_SLOTS; i++)
			both_desc(p, i, 0, 0, 0);
		break;
	case 12:
		both_desc(p, 1, first + 64, FAKE_SLOT_LEN, 2);
		break;
	case 13:
		both_desc(p, 1, vq[0].used_gpa, FAKE_SLOT_LEN, 2);
		break;
	}
}

static void ring_bad_setups(struct kunit *test)
{
	struct env *env = test->priv;
	u32 row;

	for (row = 0; row < ARRAY_SIZE(setups); row++) {
		fake_free(&env->vault);
		KUNIT_ASSERT_EQ(test, fake_init(&env->vault), 0);
		spoil(env, row);
		KUNIT_EXPECT_EQ_MSG(test, try_init(env), setups[row].want, "row %u: %s", row,
				    setups[row].what);
	}
}

/* What a running vault may do wrong on the request queue. */
static void ring_bad_offers(struct kunit *test)
{
	static const u16 ids[] = { FAKE_SLOTS, FAKE_NUM - 1, FAKE_NUM, 0xffff, 0 };
	struct env *env = test->priv;
	u32 row, i;

	for (row = 0; row < ARRAY_SIZE(ids); row++) {
		fake_free(&env->vault);
		KUNIT_ASSERT_EQ(test, fake_init(&env->vault), 0);
		KUNIT_ASSERT_EQ(test, try_init(env), SV_CHAN_OK);
		for (i = 0; i < FAKE_SLOTS; i++)
			KUNIT_ASSERT_GE(test, send(env, 16), 0);
		/* The last row is a slot that is in flight. */
		fake_push(&env->vault, 1, 0, ids[row]);
		KUNIT_EXPECT_EQ_MSG(test, sv_chan_take(&env->chan), SV_CHAN_BROKEN, "row %u", row);
		KUNIT_EXPECT_EQ_MSG(test, sv_chan_take(&env->chan), SV_CHAN_BROKEN, "row %u", row);
	}
}

static void ring_index_runs_ahead(struct kunit *test)
{
	struct env *env = test->priv;

	KUNIT_ASSERT_EQ(test, try_init(env), SV_CHAN_OK);
	env->vault.pair[1].avail[0]->idx = cpu_to_le16(FAKE_NUM + 1);
	KUNIT_EXPECT_EQ(test, sv_chan_take(&env->chan), SV_CHAN_BROKEN);
	env->vault.pair[1].avail[0]->idx = cpu_to_le16(1);
	KUNIT_EXPECT_EQ(test, sv_chan_take(&env->chan), SV_CHAN_BROKEN);
}

/* Answers that are not to the request that was sent. */
static void spoil_answer(struct env *env, u32 row, u32 slot)
{
	struct sv_slot_hdr *hdr = fake_hdr(&env->vault, 1, slot);

	switch (row) {
	case 0:
		hdr->cookie = cpu_to_le64(le64_to_cpu(hdr->cookie) - 1);
		break;
	case 1:
		hdr->cookie = 0;
		break;
	case 2:
		hdr->op = SV_OP_XTS_DEC;
		break;
	case 3:
		hdr->status = cpu_to_le32(SV_ST_END);
		break;
	case 4:
		hdr->status = cpu_to_le32(0xffffffff);
		break;
	case 5:
		hdr->text_len = cpu_to_le32(17);
		break;
	case 6:
		hdr->text_len = cpu_to_le32(0xffffffff);
		break;
	case 7:
		hdr->key_id = 0;
		break;
	}
}

static void ring_bad_answers(struct kunit *test)
{
	struct env *env = test->priv;
	struct sv_slot_hdr hdr;
	u32 row;
	int slot;

	for (row = 0; row < 8; row++) {
		fake_free(&env->vault);
		KUNIT_ASSERT_EQ(test, fake_init(&env->vault), 0);
		KUNIT_ASSERT_EQ(test, try_init(env), SV_CHAN_OK);
		slot = send(env, 16);
		KUNIT_ASSERT_GE(test, slot, 0);
		fake_answer(&env->vault, 1, slot, SV_ST_OK);
		spoil_answer(env, row, slot);
		KUNIT_EXPECT_EQ_MSG(test, sv_chan_reap(&env->chan, &hdr), SV_CHAN_BROKEN, "row %u",
				    row);
	}
}

static void ring_answers_without_request(struct kunit *test)
{
	struct env *env = test->priv;
	struct sv_slot_hdr hdr;

	KUNIT_ASSERT_EQ(test, try_init(env), SV_CHAN_OK);
	fake_push(&env->vault, 1, 1, 0);
	KUNIT_EXPECT_EQ(test, sv_chan_reap(&env->chan, &hdr), SV_CHAN_BROKEN);
}

static void ring_answers_twice(struct kunit *test)
{
	struct env *env = test->priv;
	struct sv_slot_hdr hdr;
	int slot;

	KUNIT_ASSERT_EQ(test, try_init(env), SV_CHAN_OK);
	slot = send(env, 16);
	KUNIT_ASSERT_GE(test, slot, 0);
	fake_answer(&env->vault, 1, slot, SV_ST_OK);
	fake_push(&env->vault, 1, 1, slot);
	KUNIT_EXPECT_EQ(test, sv_chan_reap(&env->chan, &hdr), slot);
	KUNIT_EXPECT_EQ(test, sv_chan_reap(&env->chan, &hdr), SV_CHAN_BROKEN);
}

static void ring_arms(struct kunit *test)
{
	struct env *env = test->priv;
	int slot;

	KUNIT_ASSERT_EQ(test, try_init(env), SV_CHAN_OK);
	KUNIT_EXPECT_TRUE(test, sv_chan_arm_slots(&env->chan));
	KUNIT_EXPECT_FALSE(test, sv_chan_arm(&env->chan));
	slot = send(env, 16);
	KUNIT_ASSERT_GE(test, slot, 0);
	fake_answer(&env->vault, 1, slot, SV_ST_OK);
	KUNIT_EXPECT_TRUE(test, sv_chan_arm(&env->chan));
}

static int init(struct kunit *test)
{
	struct env *env = kunit_kzalloc(test, roundup_pow_of_two(sizeof(*env)), GFP_KERNEL);

	if (!env)
		return -ENOMEM;
	test->priv = env;
	return fake_init(&env->vault);
}

static void cleanup(struct kunit *test)
{
	struct env *env = test->priv;

	if (env)
		fake_free(&env->vault);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(ring_round_trip),
	KUNIT_CASE(ring_runs_empty),
	KUNIT_CASE(ring_arms),
	KUNIT_CASE(ring_bad_setups),
	KUNIT_CASE(ring_bad_offers),
	KUNIT_CASE(ring_index_runs_ahead),
	KUNIT_CASE(ring_bad_answers),
	KUNIT_CASE(ring_answers_without_request),
	KUNIT_CASE(ring_answers_twice),
	{}
};

static struct kunit_suite suite = {
	.name = "sevault_ring",
	.init = init,
	.exit = cleanup,
	.test_cases = cases,
};
kunit_test_suites(&suite);

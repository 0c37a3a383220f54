// SPDX-License-Identifier: GPL-2.0
/* Who goes next: the order of what waits for a slot, without a queue. */
#include "vault/backlog.h"
#include "vault/patience.h"
#include "vault/request.h"

#include <kunit/test.h>
#include <linux/crypto.h>

enum {
	NR_FLOWS = 4,
	NR_EACH = 64,
	LONG = 65536,
	SHORT = 16,
};

/* @served: bytes and requests that left each flow */
struct env {
	struct sv_backlog b;
	struct sv_flow flow[NR_FLOWS];
	struct sv_req reqs[NR_FLOWS][NR_EACH];
	struct crypto_async_request base;	/* may wait for ever */
	struct crypto_async_request bounded;
	u64 bytes[NR_FLOWS];
	u32 served[NR_FLOWS];
};

static struct sv_req *make(struct env *env, u32 flow, u32 i, u32 len)
{
	struct sv_req *req = &env->reqs[flow][i];

	memset(req, 0, sizeof(*req));
	req->base = &env->base;
	req->flow = &env->flow[flow];
	req->text_len = len;
	return req;
}

static void fill(struct kunit *test, u32 flow, u32 nr, u32 len)
{
	struct env *env = test->priv;
	u32 i;

	for (i = 0; i < nr; i++)
		KUNIT_ASSERT_TRUE(test, sv_backlog_add(&env->b, make(env, flow, i, len)));
}

/* Serve the first one. Its flow. */
static u32 serve(struct kunit *test)
{
	struct env *env = test->priv;
	struct sv_req *req = sv_backlog_first(&env->b);
	u32 flow;

	KUNIT_ASSERT_NOT_NULL(test, req);
	flow = req->flow - env->flow;
	KUNIT_EXPECT_PTR_EQ(test, req, &env->reqs[flow][env->served[flow]]);
	sv_backlog_remove_first(&env->b, req->text_len);
	env->served[flow]++;
	env->bytes[flow] += req->text_len;
	return flow;
}

static void flow_empty(struct kunit *test)
{
	struct env *env = test->priv;
	LIST_HEAD(all);

	KUNIT_EXPECT_TRUE(test, sv_backlog_is_empty(&env->b));
	KUNIT_EXPECT_NULL(test, sv_backlog_first(&env->b));
	sv_backlog_take_all(&env->b, &all);
	KUNIT_EXPECT_TRUE(test, list_empty(&all));
}

static void flow_alone_keeps_order(struct kunit *test)
{
	struct env *env = test->priv;
	u32 i;

	fill(test, 0, NR_EACH, LONG);
	for (i = 0; i < NR_EACH; i++)
		serve(test);
	KUNIT_EXPECT_TRUE(test, sv_backlog_is_empty(&env->b));
}

/* Long requests against short ones: equal bytes, as good as it goes, at any time. */
static void flow_shares_bytes(struct kunit *test)
{
	struct env *env = test->priv;
	u32 i;

	fill(test, 0, NR_EACH, LONG);
	fill(test, 1, NR_EACH, LONG / 4);
	for (i = 0; i < NR_EACH; i++) {
		s64 ahead;

		serve(test);
		ahead = env->bytes[0] - env->bytes[1];
		KUNIT_EXPECT_LE(test, ahead, 6 * LONG);
		KUNIT_EXPECT_GE(test, ahead, -6 * LONG);
	}
	KUNIT_EXPECT_GT(test, env->served[1], 2 * env->served[0]);
}

/* Short requests cost something, too: a flow full of them does not keep the others from a turn. */
static void flow_short_ones_take_turns(struct kunit *test)
{
	u32 i;

	fill(test, 0, NR_EACH, SHORT);
	fill(test, 1, 1, SHORT);
	for (i = 0; serve(test) != 1; i++)
		;
	KUNIT_EXPECT_LT(test, i, NR_EACH / 2);
}

/* Whoever has waited with nothing has saved nothing up; whoever comes late is not pushed back. */
static void flow_newcomer(struct kunit *test)
{
	struct env *env = test->priv;
	u32 i;

	fill(test, 0, NR_EACH, LONG);
	for (i = 0; i < NR_EACH / 2; i++)
		serve(test);
	fill(test, 1, NR_EACH, LONG);
	env->bytes[0] = 0;
	for (i = 0; i < NR_EACH / 2; i++)
		serve(test);
	KUNIT_EXPECT_LE(test, abs((s64)(env->bytes[0] - env->bytes[1])), 3 * LONG);
}

/* The rest of a long request is the next of its flow, when it is the flow's turn. */
static void flow_rest_goes_first(struct kunit *test)
{
	struct env *env = test->priv;
	struct sv_req *rest = make(env, 0, NR_EACH - 1, LONG);

	fill(test, 1, 1, SHORT);
	fill(test, 0, 2, SHORT);
	sv_backlog_add_first(&env->b, rest);
	KUNIT_EXPECT_EQ(test, serve(test), 1);
	KUNIT_EXPECT_PTR_EQ(test, sv_backlog_first(&env->b), rest);
	sv_backlog_remove_first(&env->b, LONG);
	KUNIT_EXPECT_EQ(test, serve(test), 0);
	KUNIT_EXPECT_EQ(test, serve(test), 0);
	KUNIT_EXPECT_TRUE(test, sv_backlog_is_empty(&env->b));
}

/* The room for those that may not wait for ever: of each flow, and it comes back. */
static void flow_bounded(struct kunit *test)
{
	struct env *env = test->priv;
	struct sv_req *req = make(env, 0, 0, SHORT);
	struct sv_req *other = make(env, 1, 0, SHORT);

	req->base = &env->bounded;
	other->base = &env->bounded;
	env->flow[0].nr_bounded = SV_FLOW_ROOM;
	KUNIT_EXPECT_FALSE(test, sv_backlog_add(&env->b, req));
	KUNIT_EXPECT_TRUE(test, sv_backlog_is_empty(&env->b));
	KUNIT_EXPECT_TRUE(test, sv_backlog_add(&env->b, other));
	env->flow[0].nr_bounded = SV_FLOW_ROOM - 1;
	KUNIT_EXPECT_TRUE(test, sv_backlog_add(&env->b, req));
	KUNIT_EXPECT_EQ(test, env->flow[0].nr_bounded, SV_FLOW_ROOM);
	serve(test);
	serve(test);
	KUNIT_EXPECT_EQ(test, env->flow[0].nr_bounded, SV_FLOW_ROOM - 1);
	KUNIT_EXPECT_EQ(test, env->flow[1].nr_bounded, 0);
	/* Who may wait for ever needs no room. */
	env->flow[0].nr_bounded = SV_FLOW_ROOM;
	KUNIT_EXPECT_TRUE(test, sv_backlog_add(&env->b, make(env, 0, 1, SHORT)));
}

/* What came before the limit is late, of every flow, and nothing else. */
static void flow_late(struct kunit *test)
{
	struct env *env = test->priv;
	struct sv_patience p = { .now = 30 };
	LIST_HEAD(late);
	u32 flow, i;

	for (flow = 0; flow < NR_FLOWS; flow++) {
		fill(test, flow, 4, SHORT);
		for (i = 0; i < 4; i++)
			env->reqs[flow][i].since = 10 * i + flow;
	}
	sv_backlog_take_late(&env->b, &p, 24, &late);
	/* Since 0 to 3 and nothing more: 30 - 5 would be the last of them. */
	KUNIT_EXPECT_EQ(test, list_count_nodes(&late), NR_FLOWS);
	for (flow = 0; flow < NR_FLOWS; flow++)
		env->served[flow] = 1;
	for (i = 0; i < 3 * NR_FLOWS; i++)
		serve(test);
	KUNIT_EXPECT_TRUE(test, sv_backlog_is_empty(&env->b));
}

static void flow_take_all(struct kunit *test)
{
	struct env *env = test->priv;
	LIST_HEAD(all);
	u32 flow;

	for (flow = 0; flow < NR_FLOWS; flow++)
		fill(test, flow, flow + 1, LONG);
	sv_backlog_take_all(&env->b, &all);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&all), 1 + 2 + 3 + 4);
	KUNIT_EXPECT_TRUE(test, sv_backlog_is_empty(&env->b));
}

static int init(struct kunit *test)
{
	struct env *env = kunit_kzalloc(test, sizeof(*env), GFP_KERNEL);
	u32 i;

	if (!env)
		return -ENOMEM;
	test->priv = env;
	env->base.flags = CRYPTO_TFM_REQ_MAY_BACKLOG;
	sv_backlog_init(&env->b);
	for (i = 0; i < NR_FLOWS; i++)
		sv_flow_init(&env->flow[i]);
	return 0;
}

static struct kunit_case cases[] = {
	KUNIT_CASE(flow_empty),
	KUNIT_CASE(flow_alone_keeps_order),
	KUNIT_CASE(flow_shares_bytes),
	KUNIT_CASE(flow_short_ones_take_turns),
	KUNIT_CASE(flow_newcomer),
	KUNIT_CASE(flow_rest_goes_first),
	KUNIT_CASE(flow_bounded),
	KUNIT_CASE(flow_late),
	KUNIT_CASE(flow_take_all),
	{}
};

static struct kunit_suite suite = {
	.name = "sevault_flow",
	.init = init,
	.test_cases = cases,
};
kunit_test_suites(&suite);

// SPDX-License-Identifier: GPL-2.0
/* Ticks: what counts as one, and when patience is over. */
#include "params.h"
#include "vault/patience.h"

#include <kunit/test.h>
#include <linux/jiffies.h>

enum { TIMEOUT_MS = 80000 };

static void patience_no_time(struct kunit *test)
{
	struct sv_patience p;

	sv_patience_start(&p);
	KUNIT_EXPECT_FALSE(test, sv_patience_tick(&p));
	KUNIT_EXPECT_FALSE(test, sv_patience_tick(&p));
	KUNIT_EXPECT_EQ(test, p.now, 0);
}

/* However long it was, the waiter has lived through one tick of it. */
static void patience_one_tick_at_a_time(struct kunit *test)
{
	const unsigned long passed[] = { sv_tick_jiffies(), 8 * sv_tick_jiffies(), 3600 * HZ };
	struct sv_patience p;
	u32 i;

	sv_patience_start(&p);
	for (i = 0; i < ARRAY_SIZE(passed); i++) {
		p.ticked_at = jiffies - passed[i];
		KUNIT_EXPECT_TRUE_MSG(test, sv_patience_tick(&p), "row %u", i);
		KUNIT_EXPECT_FALSE_MSG(test, sv_patience_tick(&p), "row %u", i);
		KUNIT_EXPECT_EQ_MSG(test, p.now, i + 1, "row %u", i);
	}
	KUNIT_EXPECT_FALSE(test, sv_patience_is_over(&p, 0, SV_PATIENCE));
}

/* No time passes, and what did not pass is not made up for. */
static void patience_on_hold(struct kunit *test)
{
	struct sv_patience p;

	sv_patience_start(&p);
	sv_patience_hold(true);
	p.ticked_at = jiffies - 8 * sv_tick_jiffies();
	KUNIT_EXPECT_FALSE(test, sv_patience_tick(&p));
	sv_patience_hold(false);
	KUNIT_EXPECT_FALSE(test, sv_patience_tick(&p));
	KUNIT_EXPECT_EQ(test, p.now, 0);
	p.ticked_at = jiffies - sv_tick_jiffies();
	KUNIT_EXPECT_TRUE(test, sv_patience_tick(&p));
}

/* A wait may have begun at the end of a tick: that one does not count. */
static void patience_limit(struct kunit *test)
{
	static const struct {
		u32 since;
		u32 now;
		bool is_over;
	} rows[] = {
		{ 0, 0, false },
		{ 0, SV_PATIENCE, false },
		{ 0, SV_PATIENCE + 1, true },
		{ 100, 100, false },
		{ 100, 100 + SV_PATIENCE, false },
		{ 100, 101 + SV_PATIENCE, true },
		{ U32_MAX, SV_PATIENCE - 1, false },
		{ U32_MAX, SV_PATIENCE, true },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct sv_patience p = { .now = rows[i].now };

		KUNIT_EXPECT_EQ_MSG(test, sv_patience_is_over(&p, rows[i].since, SV_PATIENCE),
				    rows[i].is_over, "row %u", i);
	}
}

/* Whatever timeout_ms is, a tick has a length, and eight are not longer than it. */
static void patience_tick_length(struct kunit *test)
{
	sv_param_timeout_ms = 0;
	KUNIT_EXPECT_EQ(test, sv_tick_jiffies(), 1);
	sv_param_timeout_ms = 1;
	KUNIT_EXPECT_EQ(test, sv_tick_jiffies(), 1);
	sv_param_timeout_ms = TIMEOUT_MS;
	KUNIT_EXPECT_EQ(test, sv_tick_jiffies(), msecs_to_jiffies(TIMEOUT_MS) / SV_PATIENCE);
}

static int init(struct kunit *test)
{
	test->priv = (void *)(unsigned long)sv_param_timeout_ms;
	sv_param_timeout_ms = TIMEOUT_MS;
	return 0;
}

static void cleanup(struct kunit *test)
{
	sv_param_timeout_ms = (unsigned long)test->priv;
}

static struct kunit_case cases[] = {
	KUNIT_CASE(patience_no_time),
	KUNIT_CASE(patience_one_tick_at_a_time),
	KUNIT_CASE(patience_on_hold),
	KUNIT_CASE(patience_limit),
	KUNIT_CASE(patience_tick_length),
	{}
};

static struct kunit_suite suite = {
	.name = "sevault_patience",
	.init = init,
	.exit = cleanup,
	.test_cases = cases,
};
kunit_test_suites(&suite);

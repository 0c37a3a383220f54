// SPDX-License-Identifier: GPL-2.0
/* How many keys who may have. */
#include "vault/tenant.h"

#include <kunit/test.h>
#include <linux/cred.h>

enum {
	CAPACITY = 8,
	SHARE = CAPACITY / 4,
	ALL_USERS = CAPACITY - CAPACITY / 4,
	ALICE = 1000,
};

/* Two addresses that stand for queues; nobody looks into one. */
static struct sv_queue *const one = (void *)16, *const two = (void *)32;

/* Join as user @uid without any capability, or with all when @uid is 0. */
static struct sv_tenant *join_as(struct kunit *test, u32 uid, struct sv_queue *q)
{
	struct cred *cred = prepare_creds();
	const struct cred *saved;
	struct sv_tenant *t;

	KUNIT_ASSERT_NOT_NULL(test, cred);
	cred->euid = KUIDT_INIT(uid);
	if (uid)
		cap_clear(cred->cap_effective);
	saved = override_creds(cred);
	t = sv_tenant_join(test->priv, CAPACITY, q);
	revert_creds(saved);
	put_cred(cred);
	return t;
}

static void tenant_share(struct kunit *test)
{
	struct sv_tenants *all = test->priv;
	struct sv_tenant *t = NULL;
	u32 i;

	for (i = 0; i < SHARE; i++) {
		struct sv_tenant *same = join_as(test, ALICE, i ? two : one);

		KUNIT_ASSERT_FALSE(test, IS_ERR(same));
		if (t)
			KUNIT_EXPECT_PTR_EQ(test, same, t);
		t = same;
	}
	KUNIT_EXPECT_PTR_EQ(test, t->queue, one);
	KUNIT_EXPECT_EQ(test, PTR_ERR(join_as(test, ALICE, one)), -EDQUOT);
	sv_tenant_leave(all, t);
	KUNIT_EXPECT_PTR_EQ(test, join_as(test, ALICE, one), t);
	KUNIT_EXPECT_EQ(test, PTR_ERR(join_as(test, ALICE, one)), -EDQUOT);
	for (i = 0; i < SHARE; i++)
		sv_tenant_leave(all, t);
	KUNIT_EXPECT_TRUE(test, list_empty(&all->users));
	KUNIT_EXPECT_EQ(test, all->nr_keys, 0);
}

/* However many users there are, a part of the store is kept for the kernel. */
static void tenant_reserve(struct kunit *test)
{
	struct sv_tenant *user[ALL_USERS], *kernel[2 * CAPACITY];
	struct sv_tenants *all = test->priv;
	u32 i;

	for (i = 0; i < ALL_USERS; i++) {
		user[i] = join_as(test, ALICE + i, one);
		KUNIT_ASSERT_FALSE(test, IS_ERR(user[i]));
	}
	KUNIT_EXPECT_EQ(test, PTR_ERR(join_as(test, ALICE, one)), -EDQUOT);
	KUNIT_EXPECT_EQ(test, PTR_ERR(join_as(test, ALICE + i, one)), -EDQUOT);
	/* The store itself tells these when it is full. */
	for (i = 0; i < ARRAY_SIZE(kernel); i++) {
		kernel[i] = join_as(test, 0, i % 2 ? one : two);
		KUNIT_ASSERT_FALSE(test, IS_ERR(kernel[i]));
		KUNIT_EXPECT_PTR_EQ(test, kernel[i]->queue, i % 2 ? one : two);
		if (i)
			KUNIT_EXPECT_PTR_NE(test, kernel[i], kernel[i - 1]);
	}
	for (i = 0; i < ARRAY_SIZE(kernel); i++)
		sv_tenant_leave(all, kernel[i]);
	KUNIT_EXPECT_EQ(test, all->nr_keys, ALL_USERS);
	KUNIT_EXPECT_EQ(test, PTR_ERR(join_as(test, ALICE, one)), -EDQUOT);
	for (i = 0; i < ALL_USERS; i++)
		sv_tenant_leave(all, user[i]);
	KUNIT_EXPECT_EQ(test, all->nr_keys, 0);
}

/* A user id is not enough: root without its capabilities, as in a container, is a user. */
static void tenant_root_without_capabilities(struct kunit *test)
{
	struct sv_tenants *all = test->priv;
	struct cred *cred = prepare_creds();
	const struct cred *saved;
	struct sv_tenant *t;

	KUNIT_ASSERT_NOT_NULL(test, cred);
	cap_clear(cred->cap_effective);
	saved = override_creds(cred);
	t = sv_tenant_join(all, CAPACITY, one);
	KUNIT_EXPECT_EQ(test, all->nr_keys, 1);
	KUNIT_EXPECT_PTR_EQ(test, sv_tenant_join(all, CAPACITY, one), t);
	revert_creds(saved);
	put_cred(cred);
	sv_tenant_leave(all, t);
	sv_tenant_leave(all, t);
}

/* A store of any size: somebody may have a key, unless there is none. */
static void tenant_small_stores(struct kunit *test)
{
	struct sv_tenants *all = test->priv;
	struct cred *cred = prepare_creds();
	const struct cred *saved;
	struct sv_tenant *t;
	u32 capacity;

	KUNIT_ASSERT_NOT_NULL(test, cred);
	cap_clear(cred->cap_effective);
	saved = override_creds(cred);
	for (capacity = 1; capacity < CAPACITY; capacity++) {
		t = sv_tenant_join(all, capacity, one);
		KUNIT_EXPECT_FALSE_MSG(test, IS_ERR(t), "capacity %u", capacity);
		KUNIT_EXPECT_EQ_MSG(test, PTR_ERR(sv_tenant_join(all, capacity, one)), -EDQUOT,
				    "capacity %u", capacity);
		sv_tenant_leave(all, t);
	}
	KUNIT_EXPECT_EQ(test, PTR_ERR(sv_tenant_join(all, 0, one)), -EDQUOT);
	revert_creds(saved);
	put_cred(cred);
}

static int init(struct kunit *test)
{
	struct sv_tenants *all = kunit_kzalloc(test, sizeof(*all), GFP_KERNEL);

	if (!all)
		return -ENOMEM;
	sv_tenants_init(all);
	test->priv = all;
	return 0;
}

static struct kunit_case cases[] = {
	KUNIT_CASE(tenant_share),
	KUNIT_CASE(tenant_reserve),
	KUNIT_CASE(tenant_root_without_capabilities),
	KUNIT_CASE(tenant_small_stores),
	{}
};

static struct kunit_suite suite = {
	.name = "sevault_tenant",
	.init = init,
	.test_cases = cases,
};
kunit_test_suites(&suite);

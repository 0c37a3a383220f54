// SPDX-License-Identifier: GPL-2.0
/* Known answers: no vault becomes ready that gives a wrong one. */
#include "crypto/kat_table.h"
#include "crypto/keyslot.h"
#include "dev_env.h"

#include <kunit/test.h>
#include <linux/err.h>

static bool applies(const struct sv_kat *row, enum dev_env_lie lie)
{
	if (lie == LIE_TAG || lie == LIE_FORGED)
		return row->alg == SV_ALG_GCM || row->alg == SV_ALG_RFC4106;
	return lie != LIE_IV || row->next_iv;
}

/* The honest one is ready, and was asked for each row: both ways, and with GCM a forged one. */
static void kat_takes_honest(struct kunit *test)
{
	struct dev_env *env = test->priv;
	u32 i, nr = 0;

	for (i = 0; i < sv_nr_kats; i++)
		nr += 2 + applies(&sv_kats[i], LIE_FORGED);
	KUNIT_EXPECT_EQ(test, env->nr_asked, nr);
	KUNIT_EXPECT_EQ(test, atomic_read(&env->dev->state), SV_DEV_READY);
}

/* Every row, with every lie that there can be about it. */
static void kat_refuses_liars(struct kunit *test)
{
	struct dev_env *env = test->priv;
	struct sv_dev *dev;

	for (env->lie_row = 0; env->lie_row < sv_nr_kats; env->lie_row++) {
		for (env->lie = LIE_NONE + 1; env->lie < LIE_END; env->lie++) {
			if (!applies(&sv_kats[env->lie_row], env->lie))
				continue;
			dev_env_restart(test, SV_MODE_SOFT);
			KUNIT_EXPECT_TRUE_MSG(test, dev_env_wait(env, SV_DEV_DEAD),
					      "row %u, lie %u", env->lie_row, env->lie);
			dev = sv_dev_get_ready();
			KUNIT_EXPECT_NULL_MSG(test, dev, "row %u, lie %u", env->lie_row, env->lie);
			if (dev)
				sv_dev_put(dev);
		}
	}
}

/* One that says that it takes no clear keys is not asked, and gets none, whatever it would do. */
static void kat_not_asked_for_without_import(struct kunit *test)
{
	struct dev_env *env = test->priv;

	env->hello_policy = 0;
	dev_env_restart(test, SV_MODE_SOFT);
	KUNIT_ASSERT_TRUE(test, dev_env_wait(env, SV_DEV_READY));
	KUNIT_EXPECT_EQ(test, env->nr_asked, 0);
	KUNIT_EXPECT_EQ(test, PTR_ERR(sv_key_load(SV_ALG_XTS, 0, env->key, KEY_LEN)), -EACCES);
	KUNIT_EXPECT_EQ(test, env->nr_loaded, 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(kat_takes_honest),
	KUNIT_CASE_SLOW(kat_refuses_liars),
	KUNIT_CASE(kat_not_asked_for_without_import),
	{}
};

static struct kunit_suite suite = {
	.name = "sevault_kat",
	.init = dev_env_init,
	.exit = dev_env_exit,
	.test_cases = cases,
};
kunit_test_suites(&suite);

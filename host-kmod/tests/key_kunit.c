// SPDX-License-Identifier: GPL-2.0
/* Key handles and the life of a device; a thread plays the vault and answers admin calls. */
#include "crypto/keyslot.h"
#include "params.h"
#include "dev_env.h"

#include <kunit/test.h>
#include <linux/cred.h>
#include <linux/delay.h>
#include <linux/kthread.h>

static struct sv_key *load(struct dev_env *env)
{
	return sv_key_load(SV_ALG_XTS, 0, env->key, KEY_LEN);
}

static void flush(void)
{
	flush_workqueue(sv_wq);
}

/* Is any of the key's bytes left in the window, in a run that is no accident? */
static bool window_has_key(struct dev_env *env)
{
	u32 i, run = 0;

	for (i = 0; i < FAKE_WINDOW_LEN; i++) {
		run = env->vault.va[i] == KEY_BYTE ? run + 1 : 0;
		if (run >= 4)
			return true;
	}
	return false;
}

static void key_load_and_drop(struct kunit *test)
{
	struct dev_env *env = test->priv;
	struct sv_key *key = load(env);

	KUNIT_ASSERT_FALSE(test, IS_ERR(key));
	KUNIT_EXPECT_EQ(test, key->id, sv_key_id(1, 9));
	KUNIT_EXPECT_FALSE(test, window_has_key(env));
	sv_key_put_sync(key);
	KUNIT_EXPECT_EQ(test, env->nr_dropped, 1);
	KUNIT_EXPECT_EQ(test, env->dropped_id, sv_key_id(1, 9));
}

static void key_lives_while_used(struct kunit *test)
{
	struct dev_env *env = test->priv;
	struct sv_key *key = load(env);

	KUNIT_ASSERT_FALSE(test, IS_ERR(key));
	sv_key_get(key);
	sv_key_get(key);
	sv_key_put_sync(key);
	sv_key_put(key);
	flush();
	KUNIT_EXPECT_EQ(test, env->nr_dropped, 0);
	sv_key_put(key);
	flush();
	KUNIT_EXPECT_EQ(test, env->nr_dropped, 1);
}

/* The last put may come from where nobody can sleep. */
static void key_put_in_atomic_context(struct kunit *test)
{
	struct dev_env *env = test->priv;
	struct sv_key *key = load(env);
	unsigned long flags;

	KUNIT_ASSERT_FALSE(test, IS_ERR(key));
	local_irq_save(flags);
	sv_key_put(key);
	local_irq_restore(flags);
	flush();
	KUNIT_EXPECT_EQ(test, env->nr_dropped, 1);
}

static void key_load_refused(struct kunit *test)
{
	static const struct {
		u32 status;
		int err;
	} rows[] = {
		{ SV_ST_WEAK_KEY, -EINVAL },
		{ SV_ST_BAD_KEYLEN, -EINVAL },
		{ SV_ST_NO_SPACE, -EDQUOT },
		{ SV_ST_BAD_FLAGS, -EINVAL },
		{ SV_ST_BAD_OP, -EOPNOTSUPP },
	};
	struct dev_env *env = test->priv;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		env->load_status = rows[i].status;
		KUNIT_EXPECT_EQ_MSG(test, PTR_ERR(load(env)), rows[i].err, "row %u", i);
		KUNIT_EXPECT_FALSE_MSG(test, window_has_key(env), "row %u", i);
	}
	flush();
	KUNIT_EXPECT_EQ(test, env->nr_dropped, 0);
	KUNIT_EXPECT_EQ(test, PTR_ERR(sv_key_load(SV_ALG_XTS, 0, env->vault.va, SV_KEY_MAX + 1)),
			-EINVAL);
}

/* What becomes of a user's share: the fake store has four keys, so it is one. */
static void key_quota(struct kunit *test)
{
	struct dev_env *env = test->priv;
	struct cred *cred = prepare_creds();
	const struct cred *saved;
	struct sv_key *key, *root;

	KUNIT_ASSERT_NOT_NULL(test, cred);
	cap_clear(cred->cap_effective);
	saved = override_creds(cred);
	env->load_status = SV_ST_NO_SPACE;
	KUNIT_EXPECT_EQ(test, PTR_ERR(load(env)), -EDQUOT);
	env->load_status = SV_ST_OK;
	key = load(env);
	KUNIT_EXPECT_EQ(test, PTR_ERR(load(env)), -EDQUOT);
	revert_creds(saved);
	root = load(env);
	KUNIT_ASSERT_FALSE(test, IS_ERR(key));
	KUNIT_ASSERT_FALSE(test, IS_ERR(root));
	KUNIT_EXPECT_EQ(test, env->nr_loaded, 2);
	sv_key_put_sync(key);
	override_creds(cred);
	key = load(env);
	revert_creds(saved);
	put_cred(cred);
	KUNIT_ASSERT_FALSE(test, IS_ERR(key));
	sv_key_put_sync(key);
	sv_key_put_sync(root);
	KUNIT_EXPECT_EQ(test, env->dev->tenants.nr_keys, 0);
}

/* The vault left it in the slot: the host wipes it. */
static void key_wiped_by_host(struct kunit *test)
{
	struct dev_env *env = test->priv;
	struct sv_key *key;

	env->keeps_key = true;
	key = load(env);
	KUNIT_ASSERT_FALSE(test, IS_ERR(key));
	KUNIT_EXPECT_FALSE(test, window_has_key(env));
	sv_key_put_sync(key);
}

/* A vault that was declared dead is told so: by its rings, and by one notification. */
static void expect_told(struct kunit *test)
{
	struct dev_env *env = test->priv;
	u32 i;

	KUNIT_EXPECT_TRUE(test, sv_dev_is_dead(env->dev));
	KUNIT_EXPECT_EQ(test, env->nr_given_up, 1);
	for (i = 0; i < FAKE_PAIRS; i++)
		KUNIT_EXPECT_EQ(test, le16_to_cpu(env->vault.pair[i].used[0]->flags),
				SV_VRING_USED_F_GIVEN_UP);
}

static void key_load_times_out(struct kunit *test)
{
	struct dev_env *env = test->priv;

	sv_param_timeout_ms = 100;
	env->is_mute = true;
	KUNIT_EXPECT_EQ(test, PTR_ERR(load(env)), -EIO);
	KUNIT_EXPECT_FALSE(test, window_has_key(env));
	KUNIT_EXPECT_TRUE(test, dev_env_wait(env, SV_DEV_DEAD));
	flush();
	KUNIT_EXPECT_EQ(test, PTR_ERR(load(env)), -ENODEV);
	expect_told(test);
}

static void key_without_vault(struct kunit *test)
{
	struct dev_env *env = test->priv;

	dev_env_stop(env);
	KUNIT_EXPECT_NULL(test, sv_dev_get_ready());
	KUNIT_EXPECT_EQ(test, PTR_ERR(load(env)), -ENODEV);
}

/* A key outlives its vault as an empty shell: no drop is sent, the device is freed with it. */
static void key_outlives_vault(struct kunit *test)
{
	struct dev_env *env = test->priv;
	struct sv_key *key = load(env);
	struct crypto_async_request base = {};
	struct sv_req req = { .base = &base, .key = key };

	KUNIT_ASSERT_FALSE(test, IS_ERR(key));
	dev_env_stop(env);
	KUNIT_EXPECT_EQ(test, sv_queue_submit(key->queue, &req), -EIO);
	sv_key_get(key);
	sv_key_put(key);
	sv_key_put(key);
	flush();
	KUNIT_EXPECT_EQ(test, env->nr_dropped, 0);
}

static void keyslot_replaces(struct kunit *test)
{
	struct dev_env *env = test->priv;
	struct sv_keyslot slot = {};
	struct sv_key *key;

	KUNIT_EXPECT_NULL(test, sv_keyslot_get(&slot));
	KUNIT_ASSERT_EQ(test, sv_keyslot_set(&slot, SV_ALG_CBC, 0, env->key, 16), 0);
	key = sv_keyslot_get(&slot);
	KUNIT_ASSERT_NOT_NULL(test, key);
	KUNIT_EXPECT_EQ(test, key->id, sv_key_id(1, 9));
	/* In use: it goes when its user is done. */
	KUNIT_ASSERT_EQ(test, sv_keyslot_set(&slot, SV_ALG_CBC, 0, env->key, 16), 0);
	KUNIT_EXPECT_EQ(test, env->nr_dropped, 0);
	sv_key_put_sync(key);
	KUNIT_EXPECT_EQ(test, env->nr_dropped, 1);
	/* Not in use: it goes at once. */
	KUNIT_ASSERT_EQ(test, sv_keyslot_set(&slot, SV_ALG_CBC, 0, env->key, 16), 0);
	KUNIT_EXPECT_EQ(test, env->nr_dropped, 2);
	sv_keyslot_exit(&slot);
	flush();
	KUNIT_EXPECT_EQ(test, env->nr_dropped, 3);
	sv_keyslot_exit(&slot);
	KUNIT_EXPECT_NULL(test, sv_keyslot_get(&slot));
}

/* A setkey that fails leaves no key behind, above all not the old one. */
static void keyslot_fails_empty(struct kunit *test)
{
	struct dev_env *env = test->priv;
	struct sv_keyslot slot = {};

	KUNIT_ASSERT_EQ(test, sv_keyslot_set(&slot, SV_ALG_CBC, 0, env->key, 16), 0);
	env->load_status = SV_ST_WEAK_KEY;
	KUNIT_EXPECT_EQ(test, sv_keyslot_set(&slot, SV_ALG_CBC, 0, env->key, 16), -EINVAL);
	KUNIT_EXPECT_NULL(test, sv_keyslot_get(&slot));
	KUNIT_EXPECT_EQ(test, env->nr_dropped, 1);
}

/* Whatever says that it protects something must be known to. */
static void dev_refuses_unknown_mode(struct kunit *test)
{
	dev_env_restart(test, 77);
	KUNIT_EXPECT_TRUE(test, dev_env_wait(test->priv, SV_DEV_DEAD));
	KUNIT_EXPECT_NULL(test, sv_dev_get_ready());
}

static void dev_refuses_other_mode(struct kunit *test)
{
	sv_param_mode = "sev-es";
	dev_env_restart(test, SV_MODE_PLAIN);
	KUNIT_EXPECT_TRUE(test, dev_env_wait(test->priv, SV_DEV_DEAD));
	KUNIT_EXPECT_NULL(test, sv_dev_get_ready());
}

static void dev_takes_mode_asked_for(struct kunit *test)
{
	sv_param_mode = "sev-es";
	dev_env_restart(test, SV_MODE_SEV_ES);
	KUNIT_EXPECT_TRUE(test, dev_env_wait(test->priv, SV_DEV_READY));
}

static void dev_dies_once(struct kunit *test)
{
	struct dev_env *env = test->priv;

	sv_dev_kill(env->dev, "first");
	sv_dev_kill(env->dev, "second");
	flush();
	KUNIT_EXPECT_STREQ(test, env->dev->cause, "first");
	expect_told(test);
	KUNIT_EXPECT_NULL(test, sv_dev_get_ready());
	sv_dev_kick(env->dev, 0);
	sv_dev_kick(env->dev, 3);
	sv_dev_kick(env->dev, 4);
	sv_dev_kick(env->dev, 0xffff);
}

static int stop_main(void *arg)
{
	struct dev_env *env = arg;

	sv_dev_stop(env->dev, "the test ended");
	WRITE_ONCE(env->is_stopped, true);
	while (!kthread_should_stop())
		usleep_range(1000, 2000);
	return 0;
}

/* Declared dead by somebody who has not come to queue the rest: a stop waits for that. */
static void dev_stop_waits_for_killer(struct kunit *test)
{
	struct dev_env *env = test->priv;
	struct task_struct *stopper;
	u32 i;

	atomic_set(&env->dev->state, SV_DEV_DEAD);
	stopper = kthread_run(stop_main, env, "kunit-stop");
	KUNIT_ASSERT_FALSE(test, IS_ERR(stopper));
	msleep(100);
	KUNIT_EXPECT_FALSE(test, READ_ONCE(env->is_stopped));
	env->dev->cause = "by the killer";
	sv_dev_get(env->dev);
	queue_work(sv_wq, &env->dev->death_work);
	for (i = 0; i < 5000 && !READ_ONCE(env->is_stopped); i++)
		usleep_range(1000, 2000);
	KUNIT_EXPECT_TRUE(test, READ_ONCE(env->is_stopped));
	kthread_stop(stopper);
	expect_told(test);
	kthread_stop(env->thread);
	env->thread = NULL;
}

static struct kunit_case cases[] = {
	KUNIT_CASE(key_load_and_drop),
	KUNIT_CASE(key_lives_while_used),
	KUNIT_CASE(key_put_in_atomic_context),
	KUNIT_CASE(keyslot_replaces),
	KUNIT_CASE(key_wiped_by_host),
	KUNIT_CASE(key_load_refused),
	KUNIT_CASE(key_quota),
	KUNIT_CASE(key_load_times_out),
	KUNIT_CASE(key_without_vault),
	KUNIT_CASE(key_outlives_vault),
	KUNIT_CASE(keyslot_fails_empty),
	KUNIT_CASE(dev_refuses_unknown_mode),
	KUNIT_CASE(dev_refuses_other_mode),
	KUNIT_CASE(dev_takes_mode_asked_for),
	KUNIT_CASE(dev_dies_once),
	KUNIT_CASE(dev_stop_waits_for_killer),
	{}
};

static struct kunit_suite suite = {
	.name = "sevault_key",
	.init = dev_env_init,
	.exit = dev_env_exit,
	.test_cases = cases,
};
kunit_test_suites(&suite);

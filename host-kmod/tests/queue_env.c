// SPDX-License-Identifier: GPL-2.0
#include "queue_env.h"
#include "params.h"

#include <linux/bio.h>
#include <linux/log2.h>
#include <linux/preempt.h>
#include <linux/slab.h>

static void notify(void *ctx, u32 vq)
{
	struct queue_env *env = ctx;

	env->nr_notified[vq]++;
}

static void fail(struct sv_owner *owner, const char *why)
{
	container_of(owner, struct queue_env, owner)->nr_failed++;
}

static int submit(struct test_req *r)
{
	int ret;

	sv_key_get(r->req.key);
	ret = sv_queue_submit(r->env->q, &r->req);
	if (ret != -EINPROGRESS && ret != -EBUSY)
		sv_key_put(r->req.key);
	return ret;
}

static void completed(void *data, int err)
{
	struct test_req *r = data;

	if (!softirq_count() != (r->is_from_bio && err != -EINPROGRESS))
		r->nr_bad_context++;
	if (r->nr_calls < MAX_CALLS)
		r->call[r->nr_calls] = err;
	r->nr_calls++;
	if (err == -EINPROGRESS)
		return;
	if (r->sleeps_for && !wait_until(READ_ONCE(r->sleeps_for->order)))
		r->nr_bad_context++;
	if (READ_ONCE(r->is_endless)) {
		submit(r);
		fake_serve(&r->env->vault, 1);
		return;
	}
	WRITE_ONCE(r->order, r->env->nr_done + 1);
	WRITE_ONCE(r->env->nr_done, r->order);
	if (r->then)
		r->then_ret = submit(r->then);
}

/* Never dropped to zero, so nobody looks for a vault that has it. */
static void init_key(struct sv_key *key, struct sv_tenant *tenant)
{
	refcount_set(&key->ref, KEY_REFS);
	key->id = 0x700000003ULL;
	key->tenant = tenant;
	sv_flow_init(&tenant->flow);
}

int queue_env_init(struct kunit *test)
{
	struct queue_env *env;
	const char *why = "";
	u32 i;
	int err;

	env = kunit_kzalloc(test, sizeof(*env), GFP_KERNEL);
	if (!env)
		return -ENOMEM;
	test->priv = env;
	env->saved_timeout_ms = sv_param_timeout_ms;
	env->owner.notify = notify;
	env->owner.ctx = env;
	env->owner.fail = fail;
	init_key(&env->key, &env->tenant);
	init_key(&env->other_key, &env->other_tenant);
	err = fake_init(&env->vault);
	if (err)
		return err;
	for (i = 0; i < NR_REQS; i++) {
		env->reqs[i].in = kunit_kzalloc(test, TEXT_MAX, GFP_KERNEL);
		env->reqs[i].out = kunit_kzalloc(test, TEXT_MAX, GFP_KERNEL);
		if (!env->reqs[i].in || !env->reqs[i].out)
			return -ENOMEM;
	}
	env->q = sv_queue_create(1, &env->vault.window, &env->vault.vq[2], &env->vault.vq[3],
				 &env->owner, &why);
	if (IS_ERR(env->q)) {
		err = PTR_ERR(env->q);
		env->q = NULL;
		kunit_err(test, "queue: %s\n", why);
	}
	return err;
}

void queue_env_exit(struct kunit *test)
{
	struct queue_env *env = test->priv;

	if (!env)
		return;
	sv_param_timeout_ms = env->saved_timeout_ms;
	if (env->q) {
		sv_queue_stop(env->q);
		flush_workqueue(sv_end_wq);
		sv_queue_destroy(env->q);
	}
	KUNIT_EXPECT_EQ(test, queue_env_refs(env), 0);
	fake_free(&env->vault);
}

struct test_req *queue_env_req(struct queue_env *env, u32 i, u8 op, u32 len, u32 flags)
{
	struct test_req *r = &env->reqs[i];
	u8 *in = r->in, *out = r->out;
	u32 k;

	memset(r, 0, sizeof(*r));
	r->env = env;
	r->in = in;
	r->out = out;
	for (k = 0; k < len; k++)
		in[k] = i + k;
	memset(out, 0, TEXT_MAX);
	sg_init_one(&r->src, in, TEXT_MAX);
	sg_init_one(&r->dst, out, TEXT_MAX);
	r->base.complete = completed;
	r->base.data = r;
	r->base.flags = flags;
	r->req.base = &r->base;
	r->req.key = &env->key;
	r->req.src = &r->src;
	r->req.dst = &r->dst;
	r->req.text_len = len;
	r->req.op = op;
	r->req.can_split = true;
	return r;
}

int queue_env_submit(struct queue_env *env, u32 i, u8 op, u32 len, u32 flags)
{
	return submit(queue_env_req(env, i, op, len, flags));
}

int queue_env_submit_from_bio(struct queue_env *env, u32 i, u8 op, u32 len, u32 flags)
{
	struct bio_list *saved = current->bio_list;
	struct bio_list lists[2];
	struct test_req *r = queue_env_req(env, i, op, len, flags);
	int ret;

	r->is_from_bio = flags & CRYPTO_TFM_REQ_MAY_BACKLOG;
	current->bio_list = lists;
	ret = submit(r);
	current->bio_list = saved;
	return ret;
}

void queue_env_run(struct queue_env *env)
{
	while (fake_serve(&env->vault, 1) + sv_queue_service(env->q) +
	       fake_recycle(&env->vault, 1))
		;
}

void queue_env_wait(struct queue_env *env, u32 n)
{
	env->q->patience.now += n;
}

void queue_env_expect(struct kunit *test, struct test_req *r, u32 n, int first, int second)
{
	long i = r - r->env->reqs;

	KUNIT_EXPECT_EQ_MSG(test, r->nr_calls, n, "request %ld", i);
	KUNIT_EXPECT_EQ_MSG(test, r->nr_bad_context, 0, "request %ld", i);
	if (n > 0)
		KUNIT_EXPECT_EQ_MSG(test, r->call[0], first, "request %ld", i);
	if (n > 1)
		KUNIT_EXPECT_EQ_MSG(test, r->call[1], second, "request %ld", i);
}

u32 queue_env_refs(struct queue_env *env)
{
	return refcount_read(&env->key.ref) + refcount_read(&env->other_key.ref) - 2 * KEY_REFS;
}

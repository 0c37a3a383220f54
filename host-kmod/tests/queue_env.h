/* SPDX-License-Identifier: GPL-2.0 */
/* What queue and backlog suites share: a queue on a fake vault, requests that log callbacks. */
#ifndef HOST_KMOD_TESTS_QUEUE_ENV_H
#define HOST_KMOD_TESTS_QUEUE_ENV_H

#include "vault/key.h"
#include "vault/queue.h"
#include "vault/tenant.h"
#include "fake_vault.h"

#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/delay.h>

enum {
	NR_REQS = 16,
	TEXT_MAX = 3 * FAKE_SLOT_LEN,
	MAX_CALLS = 4,
	KEY_REFS = 1000,
};

/* Poll a condition, with an end. */
#define wait_until(condition)						\
({									\
	u32 left = 20000;						\
									\
	while (!(condition) && --left)					\
		usleep_range(1000, 2000);				\
	left;								\
})

/*
 * One request with its text and the results that its user was called with, in order. The source
 * keeps its contents, the destination gets the result.
 */
struct test_req {
	struct crypto_async_request base;
	struct sv_req req;
	struct scatterlist src;
	struct scatterlist dst;
	u8 *in;
	u8 *out;
	u8 iv_out[SV_IV_LEN];
	int call[MAX_CALLS];
	u32 nr_calls;
	u32 order;		/* of the final callback among all requests, from 1 */
	u32 nr_bad_context;
	bool is_from_bio;
	struct test_req *sleeps_for;	/* the last callback waits for that of this one */
	bool is_endless;	/* submitted again from its callback, and answered at once */
	struct test_req *then;	/* submitted from the final callback */
	int then_ret;
	struct queue_env *env;
};

struct queue_env {
	struct sv_owner owner;
	struct fake_vault vault;
	struct sv_queue *q;
	struct sv_key key;
	struct sv_tenant tenant;
	struct sv_key other_key;	/* of another tenant */
	struct sv_tenant other_tenant;
	struct test_req reqs[NR_REQS];
	u32 nr_done;
	u32 nr_notified[2 * FAKE_PAIRS];
	u32 nr_failed;
	unsigned int saved_timeout_ms;
	struct rcu_head rcu;
	struct completion rcu_done;
};

int queue_env_init(struct kunit *test);
void queue_env_exit(struct kunit *test);

/* Make request @i ready: @len bytes, @flags of the Crypto API. */
struct test_req *queue_env_req(struct queue_env *env, u32 i, u8 op, u32 len, u32 flags);

/* The same, and submit it. */
int queue_env_submit(struct queue_env *env, u32 i, u8 op, u32 len, u32 flags);

/* Let vault and queue work until neither finds anything. */
void queue_env_run(struct queue_env *env);

/* The same, by a user that is inside of ->submit_bio(). */
int queue_env_submit_from_bio(struct queue_env *env, u32 i, u8 op, u32 len, u32 flags);

/* Let the poller's clock go on by @n ticks, when there is no poller. */
void queue_env_wait(struct queue_env *env, u32 n);

/* Was @r called with just these results, in bottom-half context? @n is 1: @second is ignored. */
void queue_env_expect(struct kunit *test, struct test_req *r, u32 n, int first, int second);

/* Key references that requests hold now. */
u32 queue_env_refs(struct queue_env *env);

#endif /* HOST_KMOD_TESTS_QUEUE_ENV_H */

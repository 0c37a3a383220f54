// SPDX-License-Identifier: GPL-2.0
#include "vault/request.h"
#include "params.h"
#include "vault/key.h"

#include <crypto/algapi.h>
#include <linux/bottom_half.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/string.h>

/* The block layer sets current->bio_list for as long as a task is in ->submit_bio(). */
static bool is_inside_submit_bio(void)
{
	return in_task() && current->bio_list;
}

void sv_req_begin(struct sv_req *req, u32 now)
{
	INIT_LIST_HEAD(&req->node);
	req->since = now;
	req->done = 0;
	req->is_announced = false;
	req->may_sleep = sv_req_may_backlog(req) && is_inside_submit_bio();
}

bool sv_req_may_backlog(const struct sv_req *req)
{
	return req->base->flags & CRYPTO_TFM_REQ_MAY_BACKLOG;
}

static void call_back(struct crypto_async_request *base, int err)
{
	local_bh_disable();
	crypto_request_complete(base, err);
	local_bh_enable();
}

void sv_req_announce(struct sv_req *req)
{
	if (req->is_announced)
		return;
	req->is_announced = true;
	/* Here, whoever the user is: it may be waiting for just this in an end_work. */
	call_back(req->base, -EINPROGRESS);
}

static void end_work(struct work_struct *work)
{
	struct sv_req *req = container_of(work, struct sv_req, end_work);
	struct sv_key *key = req->key;

	crypto_request_complete(req->base, req->err);
	sv_key_put(key);
}

void sv_req_end(struct sv_req *req, int err)
{
	struct sv_key *key = req->key;

	sv_req_announce(req);
	if (!err && req->iv_out)
		memcpy(req->iv_out, req->iv, sizeof(req->iv));
	if (req->may_sleep) {
		req->err = err;
		INIT_WORK(&req->end_work, end_work);
		queue_work(sv_end_wq, &req->end_work);
		return;
	}
	call_back(req->base, err);
	sv_key_put(key);
}

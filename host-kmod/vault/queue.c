// SPDX-License-Identifier: GPL-2.0
#include "vault/queue.h"
#include "compat.h"
#include "vault/key.h"
#include "vault/sgl.h"
#include "vault/status.h"
#include "vault/tenant.h"
#include "vault/trace.h"

#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/log2.h>
#include <linux/slab.h>
#include <sevault/shm.h>

enum {
	REAP_BATCH = 16,	/* answers handled before anybody else gets the CPU */
	XTS_MIN = 16,		/* bytes: ciphertext stealing needs one block */
	BLOCK_LEN = 16,
};

struct sv_queue *sv_queue_create(u32 pair, const struct sv_chan_window *w,
				 const struct sv_chan_queue *req,
				 const struct sv_chan_queue *resp,
				 struct sv_owner *owner, const char **why)
{
	enum sv_chan_error bad;
	struct sv_queue *q;

	/* A power of two, for kmalloc then aligns to it. */
	q = kzalloc(roundup_pow_of_two(sizeof(*q)), GFP_KERNEL);
	if (!q)
		return ERR_PTR(-ENOMEM);
	bad = sv_chan_init(&q->chan, w, req, resp, SV_DATA_SLOT_MIN, SV_DATA_SLOT_MAX);
	if (bad) {
		*why = sv_chan_error_name(bad);
		kfree(q);
		return ERR_PTR(-EPROTO);
	}
	q->owner = owner;
	q->pair = pair;
	q->text_max = min_t(u32, q->chan.data_len, SV_TEXT_MAX) & ~(BLOCK_LEN - 1);
	spin_lock_init(&q->lock);
	sv_backlog_init(&q->backlog);
	init_waitqueue_head(&q->wait);
	init_waitqueue_head(&q->drained);
	sv_patience_start(&q->patience);
	return q;
}

void sv_queue_destroy(struct sv_queue *q)
{
	if (!q)
		return;
	WARN_ON(q->poller || !sv_backlog_is_empty(&q->backlog));
	kfree(q);
}

bool sv_queue_fits(const struct sv_queue *q, u64 aad_len, u64 text_len, u32 tag_len)
{
	return text_len <= SV_TEXT_MAX && aad_len <= q->chan.data_len &&
	       aad_len + text_len + tag_len <= q->chan.data_len;
}

/* Text of the next part. The last one is never shorter than a block, unless the whole text is. */
static u32 next_part(const struct sv_queue *q, const struct sv_req *req)
{
	u32 left = req->text_len - req->done;
	u32 n = q->text_max;

	if (!req->can_split || left <= n)
		return left;
	if (left - n < XTS_MIN)
		n -= BLOCK_LEN;
	return n;
}

static bool is_xts(u8 op)
{
	return op == SV_OP_XTS_ENC || op == SV_OP_XTS_DEC;
}

/* Copy the next part of @req into @slot, which the caller has taken, and describe it in @hdr. */
static void fill(struct sv_queue *q, u32 slot, struct sv_req *req, struct sv_slot_hdr *hdr)
{
	u8 *data = sv_shm_stream(sv_chan_data(&q->chan, slot));

	req->part = next_part(q, req);
	trace_sv_submit(q->pair, req, req->op, slot, req->part);
	sv_sgl_read(data, req->src, 0, req->aad_len);
	data += req->aad_len;
	sv_sgl_read(data, req->src, req->text_off + req->done, req->part);
	if (req->op == SV_OP_GCM_OPEN)
		sv_sgl_read(data + req->part, req->src, req->text_off + req->text_len,
			    req->tag_len);

	memset(hdr, 0, sizeof(*hdr));
	hdr->op = req->op;
	hdr->tag_len = req->tag_len;
	hdr->key_id = cpu_to_le64(req->key->id);
	hdr->aad_len = cpu_to_le32(req->aad_len);
	hdr->text_len = cpu_to_le32(req->part);
	memcpy(hdr->iv, req->iv, sizeof(hdr->iv));
	if (is_xts(req->op))
		hdr->block_offset = cpu_to_le64(req->done / BLOCK_LEN);
}

/* Copy the answer of the part in @slot to its user. */
static void drain(struct sv_queue *q, u32 slot, struct sv_req *req, const struct sv_slot_hdr *hdr)
{
	const u8 *data = sv_shm_stream(sv_chan_data(&q->chan, slot));

	data += req->aad_len;
	sv_sgl_write(req->dst, req->text_off + req->done, data, req->part);
	if (req->op == SV_OP_GCM_SEAL)
		sv_sgl_write(req->dst, req->text_off + req->text_len, data + req->part,
			     req->tag_len);
	if (req->iv_out)
		memcpy(req->iv, hdr->iv, sizeof(req->iv));
	req->done += req->part;
}

/* The end of @req, which may be freed by now. */
static void finish(struct sv_queue *q, struct sv_req *req, int err)
{
	trace_sv_complete(q->pair, req, req->op, err);
	q->stats.requests++;
	sv_req_end(req, err);
}

static u32 now(const struct sv_queue *q)
{
	return READ_ONCE(q->patience.now);
}

static void notify(struct sv_queue *q, u32 vq)
{
	atomic_long_inc(&q->stats.interrupts);
	q->owner->notify(q->owner->ctx, vq);
}

static u32 request_vq(const struct sv_queue *q)
{
	return 2 * q->pair;
}

static u32 response_vq(const struct sv_queue *q)
{
	return 2 * q->pair + 1;
}

/* Returns what take() returns; a broken ring ends the queue. */
static int take_locked(struct sv_queue *q)
{
	int slot;

	lockdep_assert_held(&q->lock);
	slot = sv_chan_take(&q->chan);
	if (slot == SV_CHAN_BROKEN && !q->is_dead) {
		q->is_dead = true;
		q->owner->fail(q->owner, "it broke the rules of the request queue");
	}
	return slot;
}

static void publish_locked(struct sv_queue *q, u32 slot, struct sv_req *req,
			   const struct sv_slot_hdr *hdr)
{
	lockdep_assert_held(&q->lock);
	q->slots[slot].req = req;
	q->slots[slot].since = now(q);
	WRITE_ONCE(q->sent, q->sent + 1);
	q->stats.parts++;
	trace_sv_publish(q->pair, req, req->op, slot, req->part);
	sv_chan_submit(&q->chan, slot, hdr);
}

/* After a batch of publish_locked(). */
static void notify_locked(struct sv_queue *q)
{
	lockdep_assert_held(&q->lock);
	if (sv_chan_notify_needed(&q->chan))
		notify(q, request_vq(q));
}

void sv_queue_wake(struct sv_queue *q)
{
	/* Full barrier: what the caller did before is seen by a poller that misses the flag. */
	xchg(&q->is_woken, 1);
	wake_up(&q->wait);
}

static void wake_poller_locked(struct sv_queue *q)
{
	lockdep_assert_held(&q->lock);
	if (!q->want_wake)
		return;
	q->want_wake = false;
	sv_queue_wake(q);
}

static int enqueue_locked(struct sv_queue *q, struct sv_req *req)
{
	int ret = -EBUSY;

	lockdep_assert_held(&q->lock);
	if (sv_backlog_is_empty(&q->backlog))
		WRITE_ONCE(q->moved_at, now(q));
	if (!sv_backlog_add(&q->backlog, req)) {
		q->stats.refused++;
		return -ENOSPC;
	}
	/* Without the flag its user hears nothing more before the end. */
	if (!sv_req_may_backlog(req)) {
		req->is_announced = true;
		ret = -EINPROGRESS;
	}
	q->stats.backlogged++;
	trace_sv_backlog(q->pair, req, req->op, ret);
	wake_poller_locked(q);
	return ret;
}

/* Second half of a submit that got a slot. The lock was dropped in between to copy. */
static int submit_taken(struct sv_queue *q, struct sv_req *req, u32 slot)
{
	struct sv_slot_hdr hdr;
	int ret = -EINPROGRESS;

	req->is_announced = true;
	fill(q, slot, req, &hdr);

	spin_lock_bh(&q->lock);
	if (q->is_dead) {
		ret = -EIO;
	} else {
		publish_locked(q, slot, req, &hdr);
		notify_locked(q);
		wake_poller_locked(q);
	}
	/* The last thing that touches q: stop() may be waiting for it. */
	if (!--q->nr_filling && q->is_dead)
		wake_up(&q->drained);
	spin_unlock_bh(&q->lock);
	return ret;
}

int sv_queue_submit(struct sv_queue *q, struct sv_req *req)
{
	int slot = SV_CHAN_NONE;
	int ret = -EINPROGRESS;

	sv_req_begin(req, now(q));
	req->flow = &req->key->tenant->flow;

	spin_lock_bh(&q->lock);
	if (!q->is_dead && sv_backlog_is_empty(&q->backlog))
		slot = take_locked(q);
	if (q->is_dead)
		ret = -EIO;
	else if (slot < 0)
		ret = enqueue_locked(q, req);
	else
		q->nr_filling++;
	spin_unlock_bh(&q->lock);

	return slot < 0 ? ret : submit_taken(q, req, slot);
}

/* The next request that can go, still on the backlog, and a slot for it. */
static struct sv_req *next_backlogged(struct sv_queue *q, u32 *slot)
{
	struct sv_req *req = NULL;
	int s;

	spin_lock_bh(&q->lock);
	if (!q->is_dead && !sv_backlog_is_empty(&q->backlog)) {
		s = take_locked(q);
		if (s >= 0) {
			*slot = s;
			req = sv_backlog_first(&q->backlog);
		}
	}
	spin_unlock_bh(&q->lock);
	return req;
}

/*
 * Move the backlog on. A request stays there until it is published, so that no later one of the
 * same user overtakes it while it is being copied.
 */
static u32 pump(struct sv_queue *q)
{
	struct sv_slot_hdr hdr;
	struct sv_req *req;
	u32 slot, n;

	for (n = 0; n < REAP_BATCH; n++) {
		req = next_backlogged(q, &slot);
		if (!req)
			break;
		fill(q, slot, req, &hdr);
		sv_req_announce(req);

		spin_lock_bh(&q->lock);
		if (!q->is_dead) {
			sv_backlog_remove_first(&q->backlog, req->aad_len + req->part);
			WRITE_ONCE(q->moved_at, now(q));
			publish_locked(q, slot, req, &hdr);
		}
		spin_unlock_bh(&q->lock);
	}
	if (n) {
		spin_lock_bh(&q->lock);
		if (!q->is_dead)
			notify_locked(q);
		spin_unlock_bh(&q->lock);
	}
	return n;
}

/* The rest of a long request goes before all others of its tenant. */
static void requeue(struct sv_queue *q, struct sv_req *req)
{
	spin_lock_bh(&q->lock);
	if (sv_backlog_is_empty(&q->backlog))
		WRITE_ONCE(q->moved_at, now(q));
	/* It waits anew: each part has its own time. */
	req->since = now(q);
	sv_backlog_add_first(&q->backlog, req);
	spin_unlock_bh(&q->lock);
}

static void answer(struct sv_queue *q, u32 slot, const struct sv_slot_hdr *hdr)
{
	struct sv_req *req = q->slots[slot].req;
	int err = sv_status_errno(le32_to_cpu(hdr->status));

	q->slots[slot].req = NULL;
	if (!err)
		drain(q, slot, req, hdr);
	sv_chan_release(&q->chan, slot);
	q->done++;
	/* For the watchdog; a race with a submitter that writes the same is harmless. */
	WRITE_ONCE(q->moved_at, now(q));
	if (!err && req->done < req->text_len)
		requeue(q, req);
	else
		finish(q, req, err);
}

static u32 reap(struct sv_queue *q)
{
	struct sv_slot_hdr hdr;
	u32 n;
	int slot;

	for (n = 0; n < REAP_BATCH; n++) {
		slot = sv_chan_reap(&q->chan, &hdr);
		if (slot == SV_CHAN_BROKEN)
			sv_queue_fail(q, "it broke the rules of the response queue");
		if (slot < 0)
			break;
		answer(q, slot, &hdr);
	}
	if (n && sv_chan_release_notify_needed(&q->chan))
		notify(q, response_vq(q));
	return n;
}

u32 sv_queue_service(struct sv_queue *q)
{
	u32 n = 0;

	/* Racy reads: a submitter that changes the answer also wakes the poller. */
	if (READ_ONCE(q->is_dead))
		return 0;
	if (READ_ONCE(q->sent) != q->done)
		n = reap(q);
	if (!sv_backlog_is_empty(&q->backlog))
		n += pump(q);
	return n;
}

bool sv_queue_is_pending(struct sv_queue *q)
{
	bool ret;

	spin_lock_bh(&q->lock);
	ret = q->sent != q->done || !sv_backlog_is_empty(&q->backlog);
	spin_unlock_bh(&q->lock);
	return ret;
}

void sv_queue_expire(struct sv_queue *q)
{
	struct sv_req *req, *next;
	LIST_HEAD(late);

	spin_lock_bh(&q->lock);
	sv_backlog_take_late(&q->backlog, &q->patience, SV_PATIENCE_FOR_SLOT, &late);
	spin_unlock_bh(&q->lock);
	list_for_each_entry_safe(req, next, &late, node) {
		q->stats.expired++;
		finish(q, req, -ETIMEDOUT);
	}
}

static bool is_too_long(const struct sv_queue *q, u32 since)
{
	return sv_patience_is_over(&q->patience, since, SV_PATIENCE);
}

bool sv_queue_is_overdue(struct sv_queue *q)
{
	struct sv_req *late = NULL;
	u32 i;

	spin_lock_bh(&q->lock);
	for (i = 0; i < q->chan.nr_slots && !late; i++) {
		if (q->slots[i].req && is_too_long(q, q->slots[i].since))
			late = q->slots[i].req;
	}
	if (!late && q->sent == q->done && is_too_long(q, q->moved_at))
		late = sv_backlog_first(&q->backlog);
	if (late) {
		q->stats.timeouts++;
		trace_sv_timeout(q->pair, late, late->op, -ETIMEDOUT);
	}
	spin_unlock_bh(&q->lock);
	return late;
}

void sv_queue_fail(struct sv_queue *q, const char *why)
{
	spin_lock_bh(&q->lock);
	if (!q->is_dead) {
		q->is_dead = true;
		q->owner->fail(q->owner, why);
	}
	spin_unlock_bh(&q->lock);
}

static bool is_drained(struct sv_queue *q)
{
	bool ret;

	spin_lock_bh(&q->lock);
	ret = !q->nr_filling;
	spin_unlock_bh(&q->lock);
	return ret;
}

void sv_queue_stop(struct sv_queue *q)
{
	struct sv_req *req, *next;
	LIST_HEAD(orphans);
	u32 i;

	spin_lock_bh(&q->lock);
	q->is_dead = true;
	spin_unlock_bh(&q->lock);
	if (q->poller)
		sv_kthread_stop_put(q->poller);
	q->poller = NULL;
	wait_event(q->drained, is_drained(q));

	/* Nobody else is left: poller joined, submitters turned away. */
	for (i = 0; i < q->chan.nr_slots; i++) {
		req = q->slots[i].req;
		q->slots[i].req = NULL;
		if (req)
			finish(q, req, -EIO);
	}
	q->done = q->sent;
	sv_backlog_take_all(&q->backlog, &orphans);
	list_for_each_entry_safe(req, next, &orphans, node) {
		finish(q, req, -EIO);
		cond_resched();
	}
}

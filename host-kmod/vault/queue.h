/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A data queue: crypto requests in, slots to the vault and back, completions out.
 *
 *   submit   any context but hard interrupt; takes a slot, or puts the request on the backlog
 *   service  one thread at a time, the poller: reaps answers, completes requests, moves the
 *            backlog on
 *   stop     ends everything with -EIO
 *
 * The rules of the Crypto API that this file keeps: a request is completed exactly once; a
 * backlogged one gets -EINPROGRESS exactly once before that, when it leaves the backlog;
 * completions run outside of all locks (request.h says where) and may submit again. While anything
 * is on the backlog (backlog.h), later requests go there, too.
 */
#ifndef HOST_KMOD_VAULT_QUEUE_H
#define HOST_KMOD_VAULT_QUEUE_H

#include "ring/channel.h"
#include "vault/backlog.h"
#include "vault/owner.h"
#include "vault/patience.h"
#include "vault/request.h"

#include <linux/atomic.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

struct task_struct;

/*
 * Since the queue was created. @kicks is counted as the vault kicks, which it may do
 * concurrently; the others have one writer, poller or lock holder.
 */
struct sv_queue_stats {
	atomic_long_t kicks;		/* of the vault */
	atomic_long_t interrupts;	/* times that the vault was notified */
	unsigned long requests;		/* completed, with any result */
	unsigned long parts;		/* slots submitted */
	unsigned long polls;		/* looks of the poller that found work */
	unsigned long sleeps;		/* times that the poller went to sleep */
	unsigned long backlogged;
	unsigned long refused;		/* full, and so is the room for users that may not wait */
	unsigned long expired;		/* waited for a slot for too long */
	unsigned long timeouts;
};

struct sv_inflight {
	struct sv_req *req;	/* from before the submit to before the release */
	u32 since;		/* tick of the submit */
};

/*
 * Allocated 64-byte aligned by sv_queue_create().
 *
 * @lock: protects the submitting side of @chan, backlog, is_dead, want_wake, nr_filling and sent.
 *        Innermost but for what owner->notify takes.
 */
struct sv_queue {
	struct sv_chan chan;
	struct sv_owner *owner;
	u32 pair;
	u32 text_max;		/* most text in one slot, a multiple of 16 */

	spinlock_t lock;	/* see above */
	struct sv_backlog backlog;
	bool is_dead;		/* nothing is submitted or reaped any more */
	bool want_wake;		/* the poller sleeps and nothing is in flight */
	u32 nr_filling;		/* submitters between take and publish */
	u32 sent;		/* parts submitted, modulo 2^32 */
	u32 moved_at;		/* tick when the backlog, or anything, last moved */
	struct sv_inflight slots[SV_MAX_SLOTS];

	/* poller */
	struct task_struct *poller;
	u32 done;		/* parts reaped, modulo 2^32 */
	u64 spin_ns;		/* how long it looks for work before it sleeps, adaptive */
	struct sv_patience patience;

	wait_queue_head_t wait;		/* the poller sleeps here */
	int is_woken;			/* there is something to look at; xchg */
	wait_queue_head_t drained;	/* nr_filling became zero */
	struct sv_queue_stats stats;
};

/*
 * Judge the rings of pair @pair and make a queue without a poller. ERR_PTR(-ENOMEM), or -EPROTO
 * with the reason in *@why.
 */
struct sv_queue *sv_queue_create(u32 pair, const struct sv_chan_window *w,
				 const struct sv_chan_queue *req,
				 const struct sv_chan_queue *resp,
				 struct sv_owner *owner, const char **why);
void sv_queue_destroy(struct sv_queue *q);

/* Does a request with these lengths fit into one slot? */
bool sv_queue_fits(const struct sv_queue *q, u64 aad_len, u64 text_len, u32 tag_len);

/*
 * -EINPROGRESS: taken. -EBUSY: on the backlog. Both: completed later. Without the flag
 * CRYPTO_TFM_REQ_MAY_BACKLOG a request may wait for a slot, too, but its user does not hear of it;
 * when too many do: -ENOSPC. -EIO: dead. The last two: nothing happened, the caller keeps the key
 * reference.
 */
int sv_queue_submit(struct sv_queue *q, struct sv_req *req);

/* Poller only: do what there is to do now. How many slots moved. */
u32 sv_queue_service(struct sv_queue *q);

/* Poller only, at each tick: end the requests that have waited for a slot for too long. */
void sv_queue_expire(struct sv_queue *q);

/* Poller only: has the vault had a request, or the backlog been stuck, for too long? */
bool sv_queue_is_overdue(struct sv_queue *q);

/* Poller only: is anything in flight or waiting? */
bool sv_queue_is_pending(struct sv_queue *q);

/* Poller only: nothing is touched from now on; tell the owner why. Once. */
void sv_queue_fail(struct sv_queue *q, const char *why);

/*
 * Mark the queue dead, join the poller, wait for submitters, end every request with -EIO. Sleeps.
 * When it returns nobody touches the window through this queue, ever. May be called again.
 */
void sv_queue_stop(struct sv_queue *q);

/* Let the poller look again. Any context. */
void sv_queue_wake(struct sv_queue *q);

#endif /* HOST_KMOD_VAULT_QUEUE_H */

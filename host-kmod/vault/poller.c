// SPDX-License-Identifier: GPL-2.0
#include "vault/poller.h"
#include "params.h"
#include "vault/queue.h"

#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

enum {
	SPIN_MIN_NS = 2000,	/* below this an adaptive spin is not worth its bookkeeping */
};

static u64 spin_max_ns(void)
{
	return (u64)sv_poll_us() * NSEC_PER_USEC;
}

/* Polling paid off (or would have): look longer the next time. It did not: less. */
static void adapt(struct sv_queue *q, bool paid_off)
{
	u64 max = spin_max_ns();
	u64 ns = paid_off ? q->spin_ns * 2 : q->spin_ns / 2;

	q->spin_ns = min_t(u64, max, max_t(u64, ns, SPIN_MIN_NS));
}

/* After a look at what the vault has done. */
static void check_watchdog(struct sv_queue *q)
{
	if (!sv_patience_tick(&q->patience))
		return;
	sv_queue_expire(q);
	if (sv_queue_is_overdue(q))
		sv_queue_fail(q, "it did not answer within timeout_ms");
}

/* Look for work for a bounded time. True: there was some, and it is done. */
static bool spin(struct sv_queue *q)
{
	u64 end = ktime_get_ns() + min(q->spin_ns, spin_max_ns());

	do {
		if (sv_queue_service(q)) {
			q->stats.polls++;
			return true;
		}
		if (kthread_should_stop())
			return false;
		cond_resched();
		cpu_relax();
	} while (ktime_get_ns() < end);
	return false;
}

/* Ask both sides for a wake-up. False: something happened meanwhile, look again. */
static bool may_sleep(struct sv_queue *q)
{
	bool in_flight, more = false;

	spin_lock_bh(&q->lock);
	in_flight = q->sent != q->done;
	if (!sv_backlog_is_empty(&q->backlog))
		more = sv_chan_arm_slots(&q->chan);
	else
		q->want_wake = !in_flight;
	spin_unlock_bh(&q->lock);

	return !more && !(in_flight && sv_chan_arm(&q->chan));
}

static void stay_awake(struct sv_queue *q)
{
	sv_chan_disarm(&q->chan);
	spin_lock_bh(&q->lock);
	sv_chan_disarm_slots(&q->chan);
	q->want_wake = false;
	spin_unlock_bh(&q->lock);
}

static void sleep(struct sv_queue *q)
{
	u64 start = ktime_get_ns();
	unsigned long timeout = MAX_SCHEDULE_TIMEOUT;

	/* Before the last look: what sets it from here on keeps us awake. Full barrier. */
	xchg(&q->is_woken, 0);
	if (may_sleep(q)) {
		/* Soon enough to notice a dead vault; without anything pending, never. */
		if (sv_queue_is_pending(q))
			timeout = sv_tick_jiffies();
		q->stats.sleeps++;
		wait_event_idle_timeout(q->wait, READ_ONCE(q->is_woken) || kthread_should_stop(),
					timeout);
		adapt(q, ktime_get_ns() - start < spin_max_ns());
	}
	stay_awake(q);
}

static int poller_main(void *arg)
{
	struct sv_queue *q = arg;
	bool is_busy;

	while (!kthread_should_stop()) {
		if (READ_ONCE(q->is_dead)) {
			wait_event_idle(q->wait, kthread_should_stop());
			break;
		}
		is_busy = spin(q);
		check_watchdog(q);
		if (is_busy)
			adapt(q, true);
		else
			sleep(q);
		/* A vault that is faster than us always has more: let others run, and RCU pass. */
		cond_resched_tasks_rcu_qs();
	}
	return 0;
}

int sv_poller_start(struct sv_queue *q, const char *dev_name)
{
	struct task_struct *t;

	q->spin_ns = spin_max_ns();
	t = kthread_create(poller_main, q, "sevault/%s-%u", dev_name, q->pair);
	if (IS_ERR(t))
		return PTR_ERR(t);
	q->poller = get_task_struct(t);
	wake_up_process(t);
	return 0;
}

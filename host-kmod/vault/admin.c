// SPDX-License-Identifier: GPL-2.0
#include "vault/admin.h"
#include "vault/patience.h"
#include "vault/status.h"

#include <linux/ktime.h>
#include <linux/sched.h>
#include <sevault/shm.h>

enum {
	SLOT_MIN = 1024,	/* room for the largest admin structure */
	SPIN_NS = 20000,
};

static_assert(SLOT_MIN - SV_SLOT_HDR_LEN >= sizeof(struct sv_selftest));

int sv_admin_init(struct sv_admin *a, const struct sv_chan_window *w,
		  const struct sv_chan_queue *req, const struct sv_chan_queue *resp,
		  struct sv_owner *owner, const char **why)
{
	enum sv_chan_error bad;

	mutex_init(&a->lock);
	init_waitqueue_head(&a->wait);
	a->owner = owner;
	bad = sv_chan_init(&a->chan, w, req, resp, SLOT_MIN, SV_DATA_SLOT_MAX);
	if (bad) {
		*why = sv_chan_error_name(bad);
		return -EPROTO;
	}
	return 0;
}

static void notify(struct sv_admin *a, u32 vq)
{
	atomic_long_inc(&a->interrupts);
	a->owner->notify(a->owner->ctx, vq);
}

static int take(struct sv_admin *a, struct sv_slot_hdr *unused)
{
	return sv_chan_take(&a->chan);
}

static int reap(struct sv_admin *a, struct sv_slot_hdr *hdr)
{
	return sv_chan_reap(&a->chan, hdr);
}

/* What to wait for, and how to be told. */
struct side {
	int (*look)(struct sv_admin *a, struct sv_slot_hdr *hdr);
	bool (*arm)(struct sv_chan *c);
	void (*disarm)(struct sv_chan *c);
};

static const struct side slots = { take, sv_chan_arm_slots, sv_chan_disarm_slots };
static const struct side answers = { reap, sv_chan_arm, sv_chan_disarm };

/*
 * Wait until there is a slot on @side: its number. Negative: SV_CHAN_BROKEN, or SV_CHAN_NONE when
 * patience is over or the vault died.
 */
static int wait_slot(struct sv_admin *a, const struct side *side, struct sv_slot_hdr *hdr,
		     struct sv_patience *p)
{
	u64 spin_end = ktime_get_ns() + SPIN_NS;
	int slot;

	for (;;) {
		/* Before the look: what sets it from here on keeps us awake. Full barrier. */
		xchg(&a->is_woken, 0);
		slot = side->look(a, hdr);
		if (slot != SV_CHAN_NONE || READ_ONCE(a->is_dead) ||
		    sv_patience_is_over(p, 0, SV_PATIENCE))
			break;
		sv_patience_tick(p);
		if (ktime_get_ns() < spin_end)
			cpu_relax();
		else if (!side->arm(&a->chan))
			wait_event_timeout(a->wait,
					   READ_ONCE(a->is_woken) || READ_ONCE(a->is_dead),
					   sv_tick_jiffies());
	}
	side->disarm(&a->chan);
	return slot;
}

static void send(struct sv_admin *a, u32 slot, const struct sv_admin_call *call)
{
	struct sv_slot_hdr hdr = {
		.op = call->op,
		.key_id = cpu_to_le64(call->key_id),
		.text_len = cpu_to_le32(call->in_len),
	};

	sv_shm_write(sv_chan_data(&a->chan, slot), call->in, call->in_len);
	sv_chan_submit(&a->chan, slot, &hdr);
	if (sv_chan_notify_needed(&a->chan))
		notify(a, 2 * SV_PAIR_ADMIN);
}

/* Copy once, judge the copy. */
static int receive(struct sv_admin *a, u32 slot, const struct sv_admin_call *call,
		   const struct sv_slot_hdr *hdr)
{
	u32 status = le32_to_cpu(hdr->status);
	u32 len = le32_to_cpu(hdr->text_len);

	if (status != SV_ST_OK)
		return sv_status_errno(status);
	if (len != call->out_len)
		return -EPROTO;
	if (len)
		sv_shm_read(call->out, sv_chan_data(&a->chan, slot), len);
	if (call->new_key_id)
		*call->new_key_id = le64_to_cpu(hdr->key_id);
	return 0;
}

static int fail(struct sv_admin *a, int slot)
{
	const char *why = "it did not answer an admin request within timeout_ms";

	if (slot == SV_CHAN_BROKEN)
		why = "it broke the rules of the admin queues";
	else if (!READ_ONCE(a->is_dead))
		a->timeouts++;
	WRITE_ONCE(a->is_dead, true);
	a->owner->fail(a->owner, why);
	return -EIO;
}

static int do_locked(struct sv_admin *a, const struct sv_admin_call *call)
{
	struct sv_patience patience;
	struct sv_slot_hdr hdr;
	int sent, slot, ret;

	lockdep_assert_held(&a->lock);
	if (a->is_stopped || READ_ONCE(a->is_dead))
		return -EIO;
	a->calls++;
	sv_patience_start(&patience);
	sent = wait_slot(a, &slots, &hdr, &patience);
	if (sent < 0)
		return fail(a, sent);
	send(a, sent, call);
	slot = wait_slot(a, &answers, &hdr, &patience);
	/* Whatever became of the request, the key must not stay behind. */
	if (sv_op_facts(call->op) & SV_OP_F_SECRET)
		sv_shm_zero(sv_chan_data(&a->chan, sent), call->in_len);
	if (slot < 0)
		return fail(a, slot);
	ret = receive(a, slot, call, &hdr);
	sv_chan_release(&a->chan, slot);
	if (sv_chan_release_notify_needed(&a->chan))
		notify(a, 2 * SV_PAIR_ADMIN + 1);
	return ret;
}

/*
 * Callers queue here, and a slow vault lets the last of many wait for long: whoever is killed need
 * not. But a key that is to be dropped would stay in the vault.
 */
static int lock(struct sv_admin *a, u8 op)
{
	int err = mutex_lock_killable(&a->lock);

	if (!err || op != SV_OP_KEY_DROP)
		return err;
	mutex_lock(&a->lock);
	return 0;
}

int sv_admin_do(struct sv_admin *a, const struct sv_admin_call *call)
{
	int ret = lock(a, call->op);

	if (ret)
		return ret;
	ret = do_locked(a, call);
	mutex_unlock(&a->lock);
	return ret;
}

void sv_admin_wake(struct sv_admin *a)
{
	xchg(&a->is_woken, 1);
	wake_up(&a->wait);
}

void sv_admin_stop(struct sv_admin *a)
{
	WRITE_ONCE(a->is_dead, true);
	sv_admin_wake(a);
	mutex_lock(&a->lock);
	a->is_stopped = true;
	mutex_unlock(&a->lock);
}

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * One queue pair as the host sees it: slots are taken, filled in, submitted,
 * reaped and released (sevault/wire.h says how slots travel). Portable:
 * kernel module, native tests, benches and fuzzers.
 *
 * Two threads may use a channel at once: the submitting side (take, data,
 * submit, notify_needed, arm_slots, disarm_slots) and the reaping side (reap,
 * data, release, release_notify_needed, arm, disarm). The caller serialises
 * each side. The sides share only the state of each slot, which travels with
 * the slot.
 */
#ifndef HOST_KMOD_RING_CHANNEL_H
#define HOST_KMOD_RING_CHANNEL_H

#include "ring/vring_dev.h"

/* Instead of a slot number. */
enum {
	SV_CHAN_NONE = SV_VRING_NONE,		/* nothing there now */
	SV_CHAN_BROKEN = SV_VRING_BROKEN,	/* the vault violated the protocol: for ever */
};

/* Why sv_chan_init() refused. */
enum sv_chan_error {
	SV_CHAN_OK = 0,
	SV_CHAN_BAD_NUM,	/* queue size: not equal, no power of two, or too large */
	SV_CHAN_BAD_RING,	/* a ring is misaligned or not inside the window */
	SV_CHAN_BAD_DESC,	/* flags, chain, alignment, range, or the queues disagree */
	SV_CHAN_BAD_SLOT_LEN,	/* lengths differ or are not in the accepted range */
	SV_CHAN_NO_SLOTS,	/* descriptor 0 is empty */
	SV_CHAN_OVERLAP,	/* slots or rings overlap */
	SV_CHAN_NR_ERRORS
};

/*
 * Who has a slot, from the host's view. Each state has exactly one side that
 * may leave it, so a byte with acquire and release is enough:
 *
 *   VAULT      take       -> HOST        submitting side
 *   HOST       submit     -> IN_FLIGHT   submitting side
 *   IN_FLIGHT  reap       -> ANSWERED    reaping side
 *   ANSWERED   release    -> VAULT       reaping side
 *
 * A vault that offers a slot which is in any other state has broken the
 * protocol.
 */
enum sv_chan_state {
	SV_CHAN_VAULT,
	SV_CHAN_HOST,
	SV_CHAN_IN_FLIGHT,
	SV_CHAN_ANSWERED,
};

/*
 * Private record of one slot, a cache line of its own: the next slots belong
 * to another thread.
 *
 * @data:     the slot's data area, constant
 * @cookie, @key_id, @text_len, @op: the request as submitted; they belong to
 *            whoever may leave the present state
 * @state:    enum sv_chan_state, acquire and release
 */
struct sv_chan_slot {
	u8 __shared *data;
	u64 cookie;
	u64 key_id;
	u32 text_len;
	u8 op;
	u8 state;
} __aligned(64);

/*
 * Must be 64-byte aligned. Read-only for users: nr_slots, slot_len, data_len.
 *
 * @nr_slots: slots that the vault offers, 1 to SV_MAX_SLOTS
 * @slot_len: bytes of one slot, header and data area
 * @data_len: bytes of one data area
 * @req:      submitting side
 * @seq:      submitting side: last cookie
 * @resp:     reaping side
 */
struct sv_chan {
	u32 nr_slots;
	u32 slot_len;
	u32 data_len;

	struct sv_vring_dev req;
	u64 seq;

	struct sv_vring_dev resp;

	struct sv_chan_slot slots[SV_MAX_SLOTS];
} __aligned(64);

/* One virtqueue as the vault programmed it: guest physical addresses. */
struct sv_chan_queue {
	u64 desc_gpa;
	u64 avail_gpa;
	u64 used_gpa;
	u32 num;
};

/*
 * The window, mapped in one piece at @va for as long as the channel lives.
 * Nothing outside of [gpa, gpa + len) is ever touched.
 */
struct sv_chan_window {
	u8 __shared *va;
	u64 gpa;
	u64 len;
};

/*
 * Judge both queues of a pair and set the channel up. Descriptors are read
 * here, once. Slots are descriptors 0 to nr_slots - 1, the rest must be zero.
 * All slots have one length, from @slot_min to @slot_max, a multiple of 64.
 *
 * On error the channel must not be used. Overlap is checked within the pair;
 * pairs that overlap each other confuse only the vault that laid them out.
 */
enum sv_chan_error __must_check
sv_chan_init(struct sv_chan *c, const struct sv_chan_window *w,
	     const struct sv_chan_queue *req, const struct sv_chan_queue *resp,
	     u32 slot_min, u32 slot_max);

/* Words for a log message: "descriptor out of the window" and so on. */
const char *sv_chan_error_name(enum sv_chan_error e);

/*
 * Submitting side. Take an empty slot: its number, SV_CHAN_NONE or
 * SV_CHAN_BROKEN. There is no way to give it back but to submit it.
 */
int __must_check sv_chan_take(struct sv_chan *c);

/*
 * The data area of a slot that the caller has (taken or reaped), data_len
 * bytes, 64-byte aligned. Hostile memory: copy, then judge.
 */
static inline u8 __shared *sv_chan_data(const struct sv_chan *c, u32 slot)
{
	return c->slots[slot].data;
}

/*
 * Submitting side. Send @slot, which the caller has taken and whose data area
 * is filled in. @hdr->cookie is ignored: the channel uses one of its own. The
 * vault sees the request at once; call notify_needed() after the last of a batch.
 */
void sv_chan_submit(struct sv_chan *c, u32 slot, const struct sv_slot_hdr *hdr);

/* Submitting side. Must the vault be interrupted, on the request queue? */
bool __must_check sv_chan_notify_needed(struct sv_chan *c);

/*
 * Submitting side, for when take() found nothing: ask for a kick on
 * the request queue at the next empty slot. True: one is there already, take
 * again.
 */
bool __must_check sv_chan_arm_slots(struct sv_chan *c);
void sv_chan_disarm_slots(struct sv_chan *c);

/*
 * Reaping side. Take an answer: its slot and in @hdr a private, judged copy
 * of the header, SV_CHAN_NONE, or SV_CHAN_BROKEN.
 *
 * Judged means: the slot was in flight; cookie and op are those of the
 * request; status is below SV_ST_END; text_len is that of the request, or for
 * admin ops at most data_len; key_id is that of the request, unless the op
 * returns a new one (sv_op_facts()). Everything else in @hdr, the data area
 * above all, is whatever the vault likes. hdr->cookie is zero in the copy.
 */
int __must_check sv_chan_reap(struct sv_chan *c, struct sv_slot_hdr *hdr);

/*
 * Reaping side. Give a reaped slot back, after its data was copied out. The
 * vault sees it at once.
 */
void sv_chan_release(struct sv_chan *c, u32 slot);

/* Reaping side. Must the vault be interrupted, on the response queue? */
bool __must_check sv_chan_release_notify_needed(struct sv_chan *c);

/*
 * Reaping side. Ask for a kick on the response queue at the next
 * answer. True: one is there already (or the channel is broken), do not sleep.
 */
bool __must_check sv_chan_arm(struct sv_chan *c);
void sv_chan_disarm(struct sv_chan *c);

/*
 * Tell the vault, in its memory, that nothing of what it has is wanted any
 * more. The last use of the channel, after both sides have stopped.
 */
void sv_chan_give_up(struct sv_chan *c);

#endif /* HOST_KMOD_RING_CHANNEL_H */

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Device side of one split virtqueue with event index (Virtual I/O Device
 * 1.2, sections 2.7.6 to 2.7.10). Portable: kernel module, native tests,
 * benches and fuzzers. No allocation, no printing, no callbacks.
 *
 * Only buffers of one descriptor exist, so an id is a descriptor index. What
 * the driver may do with which id is decided by private state alone; the
 * shared indices are copied once and the copies are judged.
 */
#ifndef HOST_KMOD_RING_VRING_DEV_H
#define HOST_KMOD_RING_VRING_DEV_H

#include <sevault/vring.h>
#include <sevault/wire.h>

/*
 * One thread at a time may use a ring. Whoever owns the structure aligns it to
 * a cache line, so that the rings of two threads do not share one.
 *
 * @held:       bit i: id i was popped and not staged since, it is the device's
 * @nr_held:    bits set in @held
 * @nr_ids:     ids below this one are valid
 * @avail_seen: copy of the driver's index, judged; entries up to it may be popped
 * @avail_next: next entry to pop
 * @used_next:  next entry to stage
 * @used_idx:   what the driver was last told (published)
 * @notified:   used_idx at the last need_notify
 * @is_broken:  the driver violated the ring; nothing is popped any more
 */
struct sv_vring_dev {
	const struct sv_vring_avail __shared *avail;
	struct sv_vring_used __shared *used;
	u64 held;
	u16 num;
	u16 nr_ids;
	u16 nr_held;
	u16 avail_seen;
	u16 avail_next;
	u16 used_next;
	u16 used_idx;
	u16 notified;
	bool is_broken;
} __aligned(64);

/*
 * @num: queue size, a power of two, at most SV_MAX_SLOTS; @nr_ids: 1 to @num.
 * @avail and @used are mapped for sv_vring_avail_len(@num) and
 * sv_vring_used_len(@num) bytes and aligned as the virtqueue format demands,
 * for as long as the ring is used. Both shared indices start at zero. Leaves
 * the ring disarmed.
 */
void sv_vring_dev_init(struct sv_vring_dev *r, const struct sv_vring_avail __shared *avail,
		       struct sv_vring_used __shared *used, u16 num, u16 nr_ids);

/*
 * Take the next buffer that the driver made available: its id, SV_VRING_NONE,
 * or SV_VRING_BROKEN when the index ran ahead by more than the ids that the
 * driver has, or the id is out of range or already the device's. What the driver wrote into
 * the buffer before it made it available is visible afterwards.
 */
int __must_check sv_vring_dev_pop(struct sv_vring_dev *r);

/*
 * The id that the next pop is likely to return, for prefetching; negative when
 * unknown. Not judged beyond its range, touches no line that pop would not.
 */
int sv_vring_dev_peek(const struct sv_vring_dev *r);

/*
 * Return buffer @id with @len bytes written. The driver sees it after the next
 * publish. @id must be the device's; if not, the ring is marked broken and
 * nothing is staged.
 */
void sv_vring_dev_stage(struct sv_vring_dev *r, u32 id, u32 len);

/* Release: buffers staged so far, and what was written into them, become visible. */
void sv_vring_dev_publish(struct sv_vring_dev *r);

/*
 * Did the entries published since the last call pass the event index of the
 * driver, so that it must be notified? Contains a full barrier; call it once
 * per batch, after publish.
 */
bool __must_check sv_vring_dev_need_notify(struct sv_vring_dev *r);

/*
 * Ask the driver for a kick at its next entry, then look again: true
 * when an entry is already there (or the ring is broken) and the caller must
 * not sleep. Full barrier.
 */
bool __must_check sv_vring_dev_arm(struct sv_vring_dev *r);

/* No kicks wanted. Advisory: one may still come, at any time. */
void sv_vring_dev_disarm(struct sv_vring_dev *r);

/*
 * Mark the ring as one that is served no more (SV_VRING_USED_F_GIVEN_UP), also
 * when it is broken. Nobody else may use @r at the same time.
 */
void sv_vring_dev_give_up(struct sv_vring_dev *r);

#endif /* HOST_KMOD_RING_VRING_DEV_H */

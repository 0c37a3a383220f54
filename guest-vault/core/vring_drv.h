/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Driver side of one split virtqueue with event index (Virtual I/O Device
 * 1.2, sections 2.7.6 to 2.7.10): the mirror image of host-kmod/ring/vring_dev.h.
 *
 * Only buffers of one descriptor exist, so an id is a descriptor index, and
 * descriptors are written once, at init. What the device may do with which id
 * is decided by private state alone.
 */
#ifndef CORE_VRING_DRV_H
#define CORE_VRING_DRV_H

#include <sevault/vring.h>
#include <sevault/wire.h>

/*
 * One thread at a time may use a ring.
 *
 * @lent:       bit i: id i was staged and not popped since, it is the device's
 * @nr_lent:    bits set in @lent
 * @nr_ids:     ids below this one are valid
 * @used_seen:  copy of the device's index, judged; entries up to it may be popped
 * @used_next:  next entry to pop
 * @avail_next: next entry to stage
 * @avail_idx:  what the device was last told (published)
 * @kicked:     avail_idx at the last need_kick
 * @is_broken:  the device violated the ring; nothing is popped any more
 */
struct sv_vring_drv {
	struct sv_vring_avail __shared *avail;
	const struct sv_vring_used __shared *used;
	u64 lent;
	u16 num;
	u16 nr_ids;
	u16 nr_lent;
	u16 used_seen;
	u16 used_next;
	u16 avail_next;
	u16 avail_idx;
	u16 kicked;
	bool is_broken;
} __aligned(64);

/* The three parts of a ring; all of it belongs to the caller. */
struct sv_vring_drv_mem {
	struct sv_vring_desc __shared *desc;
	struct sv_vring_avail __shared *avail;
	struct sv_vring_used __shared *used;
};

/*
 * Zero the ring and write descriptor i, for i below @nr_ids, as the buffer of
 * @len bytes at @gpa + i * @stride, writable by the device; the others stay
 * zero. @num: queue size, a power of two, at most SV_MAX_SLOTS; @nr_ids: 1 to
 * @num. The device must not run yet. Leaves the ring disarmed.
 */
void sv_vring_drv_init(struct sv_vring_drv *r, const struct sv_vring_drv_mem *mem, u16 num,
		       u16 nr_ids, u64 gpa, u32 stride, u32 len);

/*
 * Take the next buffer that the device returned: its id, SV_VRING_NONE, or
 * SV_VRING_BROKEN when the index ran ahead of what was lent, or the id is out
 * of range or not the device's. The length that the device claims to have
 * written is not looked at. What it wrote into the buffer is visible.
 */
int __must_check sv_vring_drv_pop(struct sv_vring_drv *r);

/*
 * The id that the next pop is likely to return, for prefetching; negative when
 * unknown. Not judged beyond its range.
 */
int sv_vring_drv_peek(const struct sv_vring_drv *r);

/*
 * Make buffer @id available. The device sees it after the next publish. @id
 * must not be the device's; if it is, the ring is marked broken and nothing
 * is staged.
 */
void sv_vring_drv_stage(struct sv_vring_drv *r, u32 id);

/* Release: buffers staged so far, and what was written into them, become visible. */
void sv_vring_drv_publish(struct sv_vring_drv *r);

/*
 * Did the entries published since the last call pass the event index of the
 * device, so that it must be kicked? Contains a full barrier; call it once
 * per batch, after publish.
 */
bool __must_check sv_vring_drv_need_kick(struct sv_vring_drv *r);

/*
 * The same question without the barrier and without remembering that it was
 * asked: cheap, and blind to a device that armed just now.
 */
bool __must_check sv_vring_drv_looks_armed(const struct sv_vring_drv *r);

/*
 * Ask the device for a notification at its next entry, then look again: true
 * when an entry is already there (or the ring is broken) and the caller must
 * not sleep. Full barrier.
 */
bool __must_check sv_vring_drv_arm(struct sv_vring_drv *r);

/* No notifications wanted. Advisory: one may still come, at any time. */
void sv_vring_drv_disarm(struct sv_vring_drv *r);

/*
 * Has the device said that it is done with us for good? One read; not looked at
 * by any other function.
 */
bool __must_check sv_vring_drv_is_given_up(const struct sv_vring_drv *r);

#endif /* CORE_VRING_DRV_H */

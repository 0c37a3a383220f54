/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Memory layout of a split virtqueue (Virtual I/O Device 1.2, section 2.7)
 * and its index arithmetic. No behaviour: host-kmod/ring/vring_dev.c is the device
 * side, guest-vault/core/vring_drv.c the driver side.
 */
#ifndef SEVAULT_VRING_H
#define SEVAULT_VRING_H

#include <port.h>

struct sv_vring_desc {
	__le64 addr;	/* guest physical address */
	__le32 len;
	__le16 flags;
	__le16 next;
};

struct sv_vring_used_elem {
	__le32 id;
	__le32 len;
};

/* Written by the driver (the vault), read by the device (the host). */
struct sv_vring_avail {
	__le16 flags;
	__le16 idx;
	__le16 ring[];	/* num entries, then le16 used_event */
};

/* Written by the device (the host), read by the driver (the vault). */
struct sv_vring_used {
	__le16 flags;
	__le16 idx;
	struct sv_vring_used_elem ring[];	/* num, then le16 avail_event */
};

static_assert(sizeof(struct sv_vring_desc) == 16, "2.7.5");
static_assert(offsetof(struct sv_vring_avail, ring) == 4, "2.7.6");
static_assert(offsetof(struct sv_vring_used, ring) == 4, "2.7.8");
static_assert(sizeof(struct sv_vring_used_elem) == 8, "2.7.8");

enum {
	SV_VRING_DESC_F_WRITE = 2,	/* device may write the buffer */

	/*
	 * In a used ring's flags, which virtio leaves unused with the event
	 * index: the device is done with this driver for good. The same as
	 * NEEDS_RESET in the device status, which a vhost back end cannot set.
	 */
	SV_VRING_USED_F_GIVEN_UP = 0x8000,

	SV_VRING_DESC_ALIGN = 16,
	SV_VRING_AVAIL_ALIGN = 2,
	SV_VRING_USED_ALIGN = 4,
};

/* What taking from a ring returns instead of an id. */
enum {
	SV_VRING_NONE = -1,	/* nothing there now */
	SV_VRING_BROKEN = -2,	/* the peer violated the ring: for ever */
};

static inline size_t sv_vring_desc_len(u16 num)
{
	return (size_t)num * sizeof(struct sv_vring_desc);
}

/* Both with the event index that follows the ring entries. */
static inline size_t sv_vring_avail_len(u16 num)
{
	return offsetof(struct sv_vring_avail, ring) + (size_t)num * 2 + 2;
}

static inline size_t sv_vring_used_len(u16 num)
{
	return offsetof(struct sv_vring_used, ring) +
	       (size_t)num * sizeof(struct sv_vring_used_elem) + 2;
}

/* The event index that the driver writes behind the available ring. */
static inline __le16 __shared *
sv_vring_used_event(struct sv_vring_avail __shared *avail, u16 num)
{
	return &avail->ring[num];
}

/* The event index that the device writes behind the used ring. */
static inline __le16 __shared *
sv_vring_avail_event(struct sv_vring_used __shared *used, u16 num)
{
	return (__force __le16 __shared *)&used->ring[num];
}

/*
 * True when moving an index from @old to @new passes @event, the index at
 * which the peer asked to be woken (section 2.7.7.2 and 2.7.10).
 */
static inline bool sv_vring_need_event(u16 event, u16 new, u16 old)
{
	return (u16)(new - event - 1) < (u16)(new - old);
}

#endif /* SEVAULT_VRING_H */

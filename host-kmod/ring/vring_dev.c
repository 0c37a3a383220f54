// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "ring/vring_dev.h"

#include <sevault/shm.h>

/* A disarmed event index lies this far ahead of the entry expected next. */
enum { EVENT_FAR = 0x8000 };

void sv_vring_dev_init(struct sv_vring_dev *r, const struct sv_vring_avail __shared *avail,
		       struct sv_vring_used __shared *used, u16 num, u16 nr_ids)
{
	memset(r, 0, sizeof(*r));
	r->avail = avail;
	r->used = used;
	r->num = num;
	r->nr_ids = nr_ids;
	sv_vring_dev_disarm(r);
}

static int mark_broken(struct sv_vring_dev *r)
{
	r->is_broken = true;
	return SV_VRING_BROKEN;
}

static u16 read_entry(const struct sv_vring_dev *r)
{
	__le16 id;

	sv_shm_read(&id, &r->avail->ring[r->avail_next & (r->num - 1)], sizeof(id));
	return le16_to_cpu(id);
}

/* Look at the driver's index: 0, SV_VRING_NONE or SV_VRING_BROKEN. */
static int look_for_more(struct sv_vring_dev *r)
{
	u16 idx = sv_shm_load16(&r->avail->idx);
	u16 ahead = idx - r->avail_next;

	if (!ahead)
		return SV_VRING_NONE;
	if (ahead > r->nr_ids - r->nr_held)
		return mark_broken(r);
	r->avail_seen = idx;
	return 0;
}

int sv_vring_dev_pop(struct sv_vring_dev *r)
{
	u32 id;
	int ret;

	if (unlikely(r->is_broken))
		return SV_VRING_BROKEN;
	if (r->avail_next == r->avail_seen) {
		ret = look_for_more(r);
		if (ret)
			return ret;
	}
	id = read_entry(r);
	if (unlikely(id >= r->nr_ids || (r->held >> id & 1)))
		return mark_broken(r);
	/*
	 * SECURITY: the driver picked @id, and callers index arrays of
	 * SV_MAX_SLOTS with it; the mask keeps speculation inside as well.
	 */
	id &= SV_MAX_SLOTS - 1;
	r->held |= 1ULL << id;
	r->nr_held++;
	r->avail_next++;
	return (int)id;
}

int sv_vring_dev_peek(const struct sv_vring_dev *r)
{
	u32 id;

	if (r->avail_next == r->avail_seen)
		return SV_VRING_NONE;
	id = read_entry(r);
	return id < r->nr_ids ? (int)(id & (SV_MAX_SLOTS - 1)) : SV_VRING_NONE;
}

void sv_vring_dev_stage(struct sv_vring_dev *r, u32 id, u32 len)
{
	struct sv_vring_used_elem elem = {
		.id = cpu_to_le32(id),
		.len = cpu_to_le32(len),
	};

	if (unlikely(id >= r->nr_ids || !(r->held >> id & 1))) {
		mark_broken(r);
		return;
	}
	r->held &= ~(1ULL << id);
	r->nr_held--;
	sv_shm_write(&r->used->ring[r->used_next & (r->num - 1)], &elem, sizeof(elem));
	r->used_next++;
}

void sv_vring_dev_publish(struct sv_vring_dev *r)
{
	if (r->used_idx == r->used_next)
		return;
	r->used_idx = r->used_next;
	sv_shm_store16(&r->used->idx, r->used_idx);
}

bool sv_vring_dev_need_notify(struct sv_vring_dev *r)
{
	u16 old = r->notified;
	__le16 event;

	if (old == r->used_idx)
		return false;
	r->notified = r->used_idx;
	/*
	 * Orders our index before their event index. Pairs with the barrier in
	 * the driver's arm: one of the two sees the other's store.
	 */
	smp_mb();
	sv_shm_read(&event, sv_vring_used_event((struct sv_vring_avail __shared *)r->avail, r->num),
		    sizeof(event));
	return sv_vring_need_event(le16_to_cpu(event), r->used_idx, old);
}

bool sv_vring_dev_arm(struct sv_vring_dev *r)
{
	sv_shm_store16(sv_vring_avail_event(r->used, r->num), r->avail_next);
	/* Pairs with the barrier in the driver's need_kick, see above. */
	smp_mb();
	return r->is_broken || sv_shm_load16(&r->avail->idx) != r->avail_next;
}

void sv_vring_dev_disarm(struct sv_vring_dev *r)
{
	sv_shm_store16(sv_vring_avail_event(r->used, r->num), r->avail_next + EVENT_FAR);
}

void sv_vring_dev_give_up(struct sv_vring_dev *r)
{
	sv_shm_store16(&r->used->flags, SV_VRING_USED_F_GIVEN_UP);
}

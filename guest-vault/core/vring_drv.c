// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "vring_drv.h"

#include <sevault/shm.h>

/* A disarmed event index lies this far ahead of the entry expected next. */
enum { EVENT_FAR = 0x8000 };

void sv_vring_drv_init(struct sv_vring_drv *r, const struct sv_vring_drv_mem *mem, u16 num,
		       u16 nr_ids, u64 gpa, u32 stride, u32 len)
{
	u32 i;

	memset(r, 0, sizeof(*r));
	r->avail = mem->avail;
	r->used = mem->used;
	r->num = num;
	r->nr_ids = nr_ids;

	sv_shm_zero(mem->desc, sv_vring_desc_len(num));
	sv_shm_zero(mem->avail, sv_vring_avail_len(num));
	sv_shm_zero(mem->used, sv_vring_used_len(num));
	for (i = 0; i < nr_ids; i++) {
		struct sv_vring_desc desc = {
			.addr = cpu_to_le64(gpa + (u64)i * stride),
			.len = cpu_to_le32(len),
			.flags = cpu_to_le16(SV_VRING_DESC_F_WRITE),
		};

		sv_shm_write(&mem->desc[i], &desc, sizeof(desc));
	}
	sv_vring_drv_disarm(r);
}

static int mark_broken(struct sv_vring_drv *r)
{
	r->is_broken = true;
	return SV_VRING_BROKEN;
}

/* The length that the device claims is not even copied. */
static u32 read_entry(const struct sv_vring_drv *r)
{
	__le32 id;

	sv_shm_read(&id, &r->used->ring[r->used_next & (r->num - 1)].id, sizeof(id));
	return le32_to_cpu(id);
}

/* Look at the device's index: 0, SV_VRING_NONE or SV_VRING_BROKEN. */
static int look_for_more(struct sv_vring_drv *r)
{
	u16 idx = sv_shm_load16(&r->used->idx);
	u16 ahead = idx - r->used_next;

	if (!ahead)
		return SV_VRING_NONE;
	if (ahead > r->nr_lent)
		return mark_broken(r);
	r->used_seen = idx;
	return 0;
}

int sv_vring_drv_pop(struct sv_vring_drv *r)
{
	u32 id;
	int ret;

	if (unlikely(r->is_broken))
		return SV_VRING_BROKEN;
	if (r->used_next == r->used_seen) {
		ret = look_for_more(r);
		if (ret)
			return ret;
	}
	id = read_entry(r);
	if (unlikely(id >= r->nr_ids || !(r->lent >> id & 1)))
		return mark_broken(r);
	/*
	 * SECURITY: the device picked @id, and it turns into the address of a
	 * slot; the mask keeps speculation inside the window as well.
	 */
	id &= SV_MAX_SLOTS - 1;
	r->lent &= ~(1ULL << id);
	r->nr_lent--;
	r->used_next++;
	return (int)id;
}

int sv_vring_drv_peek(const struct sv_vring_drv *r)
{
	u32 id;

	if (r->used_next == r->used_seen)
		return SV_VRING_NONE;
	id = read_entry(r);
	return id < r->nr_ids ? (int)(id & (SV_MAX_SLOTS - 1)) : SV_VRING_NONE;
}

void sv_vring_drv_stage(struct sv_vring_drv *r, u32 id)
{
	__le16 entry = cpu_to_le16(id);

	if (unlikely(id >= r->nr_ids || (r->lent >> id & 1))) {
		mark_broken(r);
		return;
	}
	r->lent |= 1ULL << id;
	r->nr_lent++;
	sv_shm_write(&r->avail->ring[r->avail_next & (r->num - 1)], &entry, sizeof(entry));
	r->avail_next++;
}

void sv_vring_drv_publish(struct sv_vring_drv *r)
{
	if (r->avail_idx == r->avail_next)
		return;
	r->avail_idx = r->avail_next;
	sv_shm_store16(&r->avail->idx, r->avail_idx);
}

bool sv_vring_drv_looks_armed(const struct sv_vring_drv *r)
{
	__le16 event;

	sv_shm_read(&event, sv_vring_avail_event((struct sv_vring_used __shared *)r->used, r->num),
		    sizeof(event));
	return sv_vring_need_event(le16_to_cpu(event), r->avail_idx, r->kicked);
}

bool sv_vring_drv_need_kick(struct sv_vring_drv *r)
{
	bool armed;

	if (r->kicked == r->avail_idx)
		return false;
	/*
	 * Orders our index before their event index. Pairs with the barrier in
	 * the device's arm: one of the two sees the other's store.
	 */
	smp_mb();
	armed = sv_vring_drv_looks_armed(r);
	r->kicked = r->avail_idx;
	return armed;
}

bool sv_vring_drv_arm(struct sv_vring_drv *r)
{
	sv_shm_store16(sv_vring_used_event(r->avail, r->num), r->used_next);
	/* Pairs with the barrier in the device's need_notify, see above. */
	smp_mb();
	return r->is_broken || sv_shm_load16(&r->used->idx) != r->used_next;
}

void sv_vring_drv_disarm(struct sv_vring_drv *r)
{
	sv_shm_store16(sv_vring_used_event(r->avail, r->num), r->used_next + EVENT_FAR);
}

bool sv_vring_drv_is_given_up(const struct sv_vring_drv *r)
{
	return sv_shm_load16(&r->used->flags) & SV_VRING_USED_F_GIVEN_UP;
}

// SPDX-License-Identifier: GPL-2.0
#include "fake_vault.h"

#include <linux/errno.h>
#include <linux/vmalloc.h>

static void init_pair(struct fake_vault *f, u32 pair)
{
	struct fake_pair *p = &f->pair[pair];
	u32 base = pair * FAKE_PAIR_LEN;
	u32 side, i;

	p->slots = f->va + base + FAKE_PAIR_LEN / 2;
	for (side = 0; side < 2; side++) {
		struct sv_chan_queue *vq = &f->vq[2 * pair + side];
		u32 at = base + side * 3 * FAKE_RING_LEN;

		p->desc[side] = (void *)(f->va + at);
		p->avail[side] = (void *)(f->va + at + FAKE_RING_LEN);
		p->used[side] = (void *)(f->va + at + 2 * FAKE_RING_LEN);
		vq->desc_gpa = SV_WINDOW_GPA + at;
		vq->avail_gpa = SV_WINDOW_GPA + at + FAKE_RING_LEN;
		vq->used_gpa = SV_WINDOW_GPA + at + 2 * FAKE_RING_LEN;
		vq->num = FAKE_NUM;
		for (i = 0; i < FAKE_SLOTS; i++) {
			u64 gpa = SV_WINDOW_GPA + (p->slots - f->va) + i * FAKE_SLOT_LEN;

			p->desc[side][i].addr = cpu_to_le64(gpa);
			p->desc[side][i].len = cpu_to_le32(FAKE_SLOT_LEN);
			p->desc[side][i].flags = cpu_to_le16(SV_VRING_DESC_F_WRITE);
		}
	}
	for (i = 0; i < FAKE_SLOTS; i++)
		fake_push(f, pair, 0, i);
}

int fake_init(struct fake_vault *f)
{
	u32 pair;

	memset(f, 0, sizeof(*f));
	f->va = vzalloc(FAKE_WINDOW_LEN);
	if (!f->va)
		return -ENOMEM;
	f->window.va = (u8 __shared __force *)f->va;
	f->window.gpa = SV_WINDOW_GPA;
	f->window.len = FAKE_WINDOW_LEN;
	for (pair = 0; pair < FAKE_PAIRS; pair++)
		init_pair(f, pair);
	return 0;
}

void fake_free(struct fake_vault *f)
{
	vfree(f->va);
	f->va = NULL;
}

struct sv_slot_hdr *fake_hdr(struct fake_vault *f, u32 pair, u32 slot)
{
	return (void *)(f->pair[pair].slots + slot * FAKE_SLOT_LEN);
}

u8 *fake_data(struct fake_vault *f, u32 pair, u32 slot)
{
	return f->pair[pair].slots + slot * FAKE_SLOT_LEN + SV_SLOT_HDR_LEN;
}

void fake_push(struct fake_vault *f, u32 pair, u32 side, u16 id)
{
	struct sv_vring_avail *avail = f->pair[pair].avail[side];
	u16 idx = le16_to_cpu(avail->idx);

	avail->ring[idx % FAKE_NUM] = cpu_to_le16(id);
	/* Release: the entry, and the slot behind it. */
	smp_store_release(&avail->idx, cpu_to_le16(idx + 1));
}

int fake_pop(struct fake_vault *f, u32 pair, u32 side)
{
	struct fake_pair *p = &f->pair[pair];
	/* Acquire: what the queue wrote before. */
	u16 idx = le16_to_cpu(smp_load_acquire(&p->used[side]->idx));

	if (idx == p->used_seen[side])
		return -1;
	return le32_to_cpu(p->used[side]->ring[p->used_seen[side]++ % FAKE_NUM].id);
}

void fake_answer(struct fake_vault *f, u32 pair, u32 slot, u32 status)
{
	struct sv_slot_hdr *hdr = fake_hdr(f, pair, slot);
	u8 *text = fake_data(f, pair, slot) + le32_to_cpu(hdr->aad_len);
	u32 i, len = le32_to_cpu(hdr->text_len);

	if (status == SV_ST_OK) {
		for (i = 0; i < len; i++)
			text[i] = ~text[i];
		hdr->iv[0]++;
		if (hdr->op == SV_OP_GCM_SEAL)
			memset(text + len, 0xa6, hdr->tag_len);
	}
	hdr->status = cpu_to_le32(status);
	fake_push(f, pair, 1, slot);
}

u32 fake_recycle(struct fake_vault *f, u32 pair)
{
	u32 n = 0;
	int slot;

	for (; (slot = fake_pop(f, pair, 1)) >= 0; n++)
		fake_push(f, pair, 0, slot);
	return n;
}

u32 fake_serve(struct fake_vault *f, u32 pair)
{
	u32 n = 0;
	int slot;

	for (; (slot = fake_pop(f, pair, 0)) >= 0; n++)
		fake_answer(f, pair, slot, SV_ST_OK);
	fake_recycle(f, pair);
	return n;
}

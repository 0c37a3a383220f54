// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "window.h"

#include <sevault/shm.h>

/* Two cache lines: CPUs prefetch in pairs of them. */
enum { PART_ALIGN = 128 };

static u32 align_up(u32 x)
{
	return (x + PART_ALIGN - 1) & ~(u32)(PART_ALIGN - 1);
}

static u32 place_queue(struct sv_window_queue *q, u32 at, u16 num)
{
	q->num = num;
	q->desc = align_up(at);
	q->avail = align_up(q->desc + (u32)sv_vring_desc_len(num));
	q->used = align_up(q->avail + (u32)sv_vring_avail_len(num));
	return q->used + (u32)sv_vring_used_len(num);
}

static u32 place_slots(struct sv_window_pair *p, u32 at, u32 nr, u32 len)
{
	p->slots = align_up(at);
	p->stride = len;
	p->slot_len = len;
	p->nr_slots = (u16)nr;
	return p->slots + nr * len;
}

bool sv_window_layout(struct sv_window *w, u64 len, u32 nr_data_pairs)
{
	u32 at = SV_BOARD_LEN, nr_slots, i;

	memset(w, 0, sizeof(*w));
	if (!nr_data_pairs || nr_data_pairs > SV_MAX_DATA_PAIRS)
		return false;
	w->nr_pairs = SV_PAIR_DATA + nr_data_pairs;
	for (i = 0; i < w->nr_pairs; i++) {
		u16 num = i == SV_PAIR_ADMIN ? SV_ADMIN_NUM : SV_DATA_NUM;

		at = place_queue(&w->pair[i].queue[SV_WINDOW_REQ], at, num);
		at = place_queue(&w->pair[i].queue[SV_WINDOW_RESP], at, num);
	}
	at = place_slots(&w->pair[SV_PAIR_ADMIN], at, SV_ADMIN_NUM, SV_ADMIN_SLOT_LEN);
	at = align_up(at);
	if (at > len)
		return false;

	nr_slots = min_t(u32, SV_DATA_SLOTS,
			 min_t(u64, len - at, SV_WINDOW_LEN) / (SV_DATA_SLOT_LEN * nr_data_pairs));
	if (nr_slots < SV_WINDOW_MIN_SLOTS)
		return false;
	for (i = SV_PAIR_DATA; i < w->nr_pairs; i++)
		at = place_slots(&w->pair[i], at, nr_slots, SV_DATA_SLOT_LEN);
	w->end = at;
	return true;
}

void sv_window_post(const struct sv_window *w, u8 __shared *va)
{
	struct sv_board board;
	u32 i;

	memset(&board, 0, sizeof(board));
	board.magic = cpu_to_le32(SV_BOARD_MAGIC);
	board.version_major = cpu_to_le16(SV_VERSION_MAJOR);
	board.version_minor = cpu_to_le16(SV_VERSION_MINOR);
	board.nr_pairs = cpu_to_le16((u16)w->nr_pairs);
	for (i = 0; i < w->nr_pairs * SV_WINDOW_NR_DIRS; i++) {
		const struct sv_window_queue *q = sv_window_queue(w, i);

		board.queue[i].desc = cpu_to_le32(q->desc);
		board.queue[i].avail = cpu_to_le32(q->avail);
		board.queue[i].used = cpu_to_le32(q->used);
		board.queue[i].num = cpu_to_le32(q->num);
	}
	sv_shm_write(va, &board, sizeof(board));
	/* Whoever tells the host to look does so by other means than this memory. */
	barrier();
}

bool sv_window_answer(const u8 __shared *va, struct sv_config *config)
{
	sv_shm_read(config, va + SV_BOARD_ANSWER, sizeof(*config));
	return le32_to_cpu(config->magic) == SV_CONFIG_MAGIC;
}

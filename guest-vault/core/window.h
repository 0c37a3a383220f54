/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Where board, rings and slots lie in the shared window. The vault image and
 * sevault-soft tell the host by the board, the server uses it.
 *
 * Every part of a ring has cache lines of its own, because its writer is
 * another CPU than that of its neighbours.
 */
#ifndef CORE_WINDOW_H
#define CORE_WINDOW_H

#include <sevault/vring.h>
#include <sevault/wire.h>

/* One virtqueue: offsets into the window, multiples of 64. */
struct sv_window_queue {
	u32 desc;
	u32 avail;
	u32 used;
	u16 num;
};

enum { SV_WINDOW_REQ, SV_WINDOW_RESP, SV_WINDOW_NR_DIRS };

/* One pair: slot i is slot_len bytes at slots + i * stride. */
struct sv_window_pair {
	struct sv_window_queue queue[SV_WINDOW_NR_DIRS];
	u32 slots;
	u32 stride;
	u32 slot_len;
	u16 nr_slots;
};

/* @end: first byte behind the last slot. */
struct sv_window {
	struct sv_window_pair pair[SV_MAX_PAIRS];
	u32 nr_pairs;		/* with the admin pair */
	u32 end;
};

enum {
	SV_WINDOW_MIN_SLOTS = 4,	/* of a data pair, or the layout fails */
};

/*
 * Lay out the admin pair and @nr_data_pairs (1 to SV_MAX_DATA_PAIRS) data
 * pairs in a window of @len bytes. Data pairs share what is left evenly, up to
 * SV_DATA_SLOTS slots each. False when the window is too small.
 */
bool __must_check sv_window_layout(struct sv_window *w, u64 len, u32 nr_data_pairs);

/* Write the board of a window that lies at @va and is zero: here is everything. */
void sv_window_post(const struct sv_window *w, u8 __shared *va);

/*
 * What the host answered, once it was told to start. False: nothing, it did not
 * take the vault. What the answer says is for the caller to judge.
 */
bool __must_check sv_window_answer(const u8 __shared *va, struct sv_config *config);

/* Offset of a part of bell @bell's empty rings: its descriptors, available or used ring. */
static inline u32 sv_window_bell_desc(u32 bell)
{
	return SV_BOARD_RINGS + bell * SV_BOARD_RING_LEN;
}

static inline u32 sv_window_bell_avail(u32 bell)
{
	return sv_window_bell_desc(bell) + 64;
}

static inline u32 sv_window_bell_used(u32 bell)
{
	return sv_window_bell_desc(bell) + 128;
}

/*
 * The layout of virtqueue @index (sevault/wire.h: 2p request, 2p + 1 response);
 * @index is below 2 * nr_pairs.
 */
static inline const struct sv_window_queue *
sv_window_queue(const struct sv_window *w, u32 index)
{
	return &w->pair[index / SV_WINDOW_NR_DIRS].queue[index % SV_WINDOW_NR_DIRS];
}

#endif /* CORE_WINDOW_H */

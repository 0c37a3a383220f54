/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A vault for tests: the driver side of the rings in ordinary kernel memory, by hand, so that a
 * test can do right and wrong. Its "cipher" inverts every byte.
 */
#ifndef HOST_KMOD_TESTS_FAKE_VAULT_H
#define HOST_KMOD_TESTS_FAKE_VAULT_H

#include "ring/channel.h"

enum {
	FAKE_NUM = 8,			/* queue size */
	FAKE_SLOTS = 4,			/* of each pair */
	FAKE_SLOT_LEN = SV_DATA_SLOT_MIN,
	FAKE_PAIRS = 2,
	FAKE_PAIR_LEN = 0x10000,	/* rings in the first half, slots in the second */
	FAKE_RING_LEN = 0x1000,
	FAKE_WINDOW_LEN = FAKE_PAIRS * FAKE_PAIR_LEN,
};

/* Driver side of one pair. The structures are host memory, no hostile peer here. */
struct fake_pair {
	struct sv_vring_desc *desc[2];
	struct sv_vring_avail *avail[2];
	struct sv_vring_used *used[2];
	u8 *slots;
	u16 used_seen[2];
};

struct fake_vault {
	u8 *va;
	struct fake_pair pair[FAKE_PAIRS];
	struct sv_chan_window window;
	struct sv_chan_queue vq[2 * FAKE_PAIRS];
};

/* Lay both pairs out, offer all slots. Freed with fake_free(). */
int fake_init(struct fake_vault *f);
void fake_free(struct fake_vault *f);

struct sv_slot_hdr *fake_hdr(struct fake_vault *f, u32 pair, u32 slot);
u8 *fake_data(struct fake_vault *f, u32 pair, u32 slot);

/* Put any id on the available ring of queue @side: 0 request, 1 response. */
void fake_push(struct fake_vault *f, u32 pair, u32 side, u16 id);

/* The next id that the host returned on queue @side, or -1. */
int fake_pop(struct fake_vault *f, u32 pair, u32 side);

/* Run the request in @slot and answer it. */
void fake_answer(struct fake_vault *f, u32 pair, u32 slot, u32 status);

/* Offer what the host released again. How many. */
u32 fake_recycle(struct fake_vault *f, u32 pair);

/* Answer all that is there with OK, recycle. How many answers. */
u32 fake_serve(struct fake_vault *f, u32 pair);

#endif /* HOST_KMOD_TESTS_FAKE_VAULT_H */

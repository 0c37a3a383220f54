// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * A hostile vault's board: whatever is on it, and changes while it is read,
 * the module gets a number of queue pairs that it offered, and rings that
 * sv_chan_init() judges.
 */
#include "lib_fuzz.h"

#include "core/window.h"
#include "ring/board.h"

#include <stdlib.h>

enum { MAX_SPOILS = 6 };

static void spoil(u8 *window)
{
	u32 n;

	for (n = fuzz_below(MAX_SPOILS); n; n--) {
		u32 off = fuzz_below(sizeof(struct sv_board));

		if (fuzz_u8() & 1)
			window[off] ^= (u8)(1U << fuzz_below(8));
		else
			window[off] = fuzz_u8();
	}
}

/* A pair as the module takes it; the result does not matter, where it looks does. */
static void take_pair(const struct sv_chan_window *w, const struct sv_chan_queue *vq)
{
	static struct sv_chan chan;

	if (!sv_chan_init(&chan, w, &vq[0], &vq[1], SV_ADMIN_SLOT_LEN, SV_DATA_SLOT_MAX))
		fuzz_assert(chan.nr_slots && chan.nr_slots <= SV_MAX_SLOTS, "slots");
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	struct sv_chan_window w = { .gpa = SV_WINDOW_GPA, .len = SV_WINDOW_LEN };
	static u8 *window;
	struct sv_window layout;
	struct sv_chan_queue *vq;
	struct sv_board board;
	u32 offered, nr, i;
	bool fits;

	if (!window)
		window = fuzz_alloc(SV_WINDOW_LEN);
	fuzz_start(data, len);
	memset(window, 0, SV_BOARD_LEN);
	fits = sv_window_layout(&layout, SV_WINDOW_LEN, 1 + fuzz_below(SV_MAX_DATA_PAIRS));
	fuzz_assert(fits, "layout");
	sv_window_post(&layout, (__force u8 __shared *)window);
	spoil(window);
	offered = 1 + fuzz_below(SV_MAX_DATA_PAIRS);
	fuzz_expose(window, SV_BOARD_LEN);

	w.va = (__force u8 __shared *)window;
	sv_board_read(&board, w.va);
	if (sv_board_judge(&board, offered) != SV_BOARD_OK)
		return 0;
	nr = sv_board_nr_pairs(&board);
	fuzz_assert(nr > SV_PAIR_DATA && nr - SV_PAIR_DATA <= offered, "queue pairs");
	/* Just as many as it may fill in. */
	vq = calloc(2 * nr, sizeof(*vq));
	fuzz_assert(vq, "memory");
	sv_board_queues(&board, vq);
	for (i = 0; i < nr; i++)
		take_pair(&w, &vq[2 * i]);
	free(vq);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * What the vault wrote on the board (sevault/wire.h), and the host's answer. Portable: kernel
 * module, native tests, fuzzers.
 */
#ifndef HOST_KMOD_RING_BOARD_H
#define HOST_KMOD_RING_BOARD_H

#include "ring/channel.h"

/* Why sv_board_judge() refused. */
enum sv_board_error {
	SV_BOARD_OK = 0,
	SV_BOARD_BLANK,		/* another magic */
	SV_BOARD_VERSION,	/* another major version; nothing else was looked at */
	SV_BOARD_PAIRS,		/* too few or too many queue pairs */
	SV_BOARD_RESERVED,	/* a byte that must be zero is not */
	SV_BOARD_NR_ERRORS
};

/* Copy the board of @window, once. What follows works on the copy. */
void sv_board_read(struct sv_board *board, const u8 __shared *window);

/* Is it one of our version, with an admin pair and 1 to @max_data_pairs data pairs? */
enum sv_board_error __must_check sv_board_judge(const struct sv_board *board, u32 max_data_pairs);

/* Words for a log message. */
const char *sv_board_error_name(enum sv_board_error e);

/* Of a judged board: queue pairs, with the admin pair. */
u32 sv_board_nr_pairs(const struct sv_board *board);

/*
 * Of a judged board: both virtqueues of each pair, 2 * SV_MAX_PAIRS at most. Places and sizes are
 * still the vault's word, for sv_chan_init() to judge.
 */
void sv_board_queues(const struct sv_board *board, struct sv_chan_queue *vq);

/* The host's answer: the vault reads it when its write of DRIVER_OK has returned. */
void sv_board_answer(u8 __shared *window, const struct sv_config *config);

#endif /* HOST_KMOD_RING_BOARD_H */

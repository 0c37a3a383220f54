// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "ring/board.h"

#include <sevault/shm.h>

void sv_board_read(struct sv_board *board, const u8 __shared *window)
{
	sv_shm_read(board, window, sizeof(*board));
}

static bool is_zero(const void *p, size_t n)
{
	const u8 *byte = p;

	while (n && !*byte) {
		byte++;
		n--;
	}
	return !n;
}

enum sv_board_error sv_board_judge(const struct sv_board *board, u32 max_data_pairs)
{
	u32 nr = sv_board_nr_pairs(board);
	const struct sv_board_queue *end = &board->queue[2 * SV_MAX_PAIRS];

	if (le32_to_cpu(board->magic) != SV_BOARD_MAGIC)
		return SV_BOARD_BLANK;
	if (le16_to_cpu(board->version_major) != SV_VERSION_MAJOR)
		return SV_BOARD_VERSION;
	if (nr <= SV_PAIR_DATA || nr > SV_MAX_PAIRS || nr - SV_PAIR_DATA > max_data_pairs)
		return SV_BOARD_PAIRS;
	if (!is_zero(board->reserved, sizeof(board->reserved)) ||
	    !is_zero(&board->queue[2 * nr], (size_t)(end - &board->queue[2 * nr]) * sizeof(*end)))
		return SV_BOARD_RESERVED;
	return SV_BOARD_OK;
}

const char *sv_board_error_name(enum sv_board_error e)
{
	static const char * const names[SV_BOARD_NR_ERRORS] = {
		[SV_BOARD_OK] = "no error",
		[SV_BOARD_BLANK] = "it wrote nothing into its window",
		[SV_BOARD_VERSION] = "it speaks another version of the protocol",
		[SV_BOARD_PAIRS] = "the number of its queue pairs is not acceptable",
		[SV_BOARD_RESERVED] = "reserved bytes are not zero",
	};

	return e < SV_BOARD_NR_ERRORS ? names[e] : "unknown error";
}

u32 sv_board_nr_pairs(const struct sv_board *board)
{
	return le16_to_cpu(board->nr_pairs);
}

void sv_board_queues(const struct sv_board *board, struct sv_chan_queue *vq)
{
	u32 nr = 2 * sv_board_nr_pairs(board), i;

	for (i = 0; i < nr; i++) {
		const struct sv_board_queue *q = &board->queue[i];

		vq[i].desc_gpa = SV_WINDOW_GPA + le32_to_cpu(q->desc);
		vq[i].avail_gpa = SV_WINDOW_GPA + le32_to_cpu(q->avail);
		vq[i].used_gpa = SV_WINDOW_GPA + le32_to_cpu(q->used);
		vq[i].num = le32_to_cpu(q->num);
	}
}

void sv_board_answer(u8 __shared *window, const struct sv_config *config)
{
	sv_shm_write(window + SV_BOARD_ANSWER, config, sizeof(*config));
}

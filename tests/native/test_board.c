// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The board: what a vault writes on it, and what the module makes of that. */
#include "lib_test.h"

#include "core/window.h"
#include "ring/board.h"

static u8 page[SV_BOARD_LEN];

static u8 __shared *shared(void)
{
	return (__force u8 __shared *)page;
}

static void post(struct sv_window *layout, u32 nr_data_pairs)
{
	memset(page, 0, sizeof(page));
	assert_true(sv_window_layout(layout, SV_WINDOW_LEN, nr_data_pairs));
	sv_window_post(layout, shared());
}

/* What one side wrote is what the other reads, for any number of pairs. */
static void test_good(void **state)
{
	struct sv_chan_queue vq[2 * SV_MAX_PAIRS];
	struct sv_window layout;
	struct sv_board board;
	u32 nr, i;

	(void)state;
	for (nr = 1; nr <= SV_MAX_DATA_PAIRS; nr++) {
		post(&layout, nr);
		sv_board_read(&board, shared());
		assert_row(nr, sv_board_judge(&board, nr) == SV_BOARD_OK);
		assert_row(nr, sv_board_judge(&board, nr - 1) == SV_BOARD_PAIRS);
		assert_row(nr, sv_board_nr_pairs(&board) == SV_PAIR_DATA + nr);
		sv_board_queues(&board, vq);
		for (i = 0; i < 2 * layout.nr_pairs; i++) {
			const struct sv_window_queue *q = sv_window_queue(&layout, i);

			assert_row(nr, vq[i].desc_gpa == SV_WINDOW_GPA + q->desc);
			assert_row(nr, vq[i].avail_gpa == SV_WINDOW_GPA + q->avail);
			assert_row(nr, vq[i].used_gpa == SV_WINDOW_GPA + q->used);
			assert_row(nr, vq[i].num == q->num);
			/* Nothing of it lies on the board. */
			assert_row(nr, q->desc >= SV_BOARD_LEN);
		}
	}
}

static void test_refused(void **state)
{
	static const struct { u32 off, len, value; enum sv_board_error want; } rows[] = {
		{ offsetof(struct sv_board, version_minor), 2, 99, SV_BOARD_OK },
		{ offsetof(struct sv_board, queue[0].desc), 4, ~0U, SV_BOARD_OK },
		{ offsetof(struct sv_board, magic), 4, 0, SV_BOARD_BLANK },
		{ offsetof(struct sv_board, magic), 4, SV_CONFIG_MAGIC, SV_BOARD_BLANK },
		{ offsetof(struct sv_board, magic), 1, 0, SV_BOARD_BLANK },
		{ offsetof(struct sv_board, version_major), 2, 0, SV_BOARD_VERSION },
		{ offsetof(struct sv_board, version_major), 2, SV_VERSION_MAJOR - 1,
		  SV_BOARD_VERSION },
		{ offsetof(struct sv_board, version_major), 2, SV_VERSION_MAJOR + 1,
		  SV_BOARD_VERSION },
		{ offsetof(struct sv_board, nr_pairs), 2, 0, SV_BOARD_PAIRS },
		{ offsetof(struct sv_board, nr_pairs), 2, 1, SV_BOARD_PAIRS },
		/* 10 */
		{ offsetof(struct sv_board, nr_pairs), 2, SV_MAX_PAIRS + 1, SV_BOARD_PAIRS },
		{ offsetof(struct sv_board, nr_pairs), 2, 0xffff, SV_BOARD_PAIRS },
		{ offsetof(struct sv_board, reserved), 1, 1, SV_BOARD_RESERVED },
		{ offsetof(struct sv_board, reserved) + 5, 1, 0x80, SV_BOARD_RESERVED },
		{ offsetof(struct sv_board, queue[4]), 1, 1, SV_BOARD_RESERVED },
		{ offsetof(struct sv_board, queue[17].num) + 3, 1, 1, SV_BOARD_RESERVED },
	};
	struct sv_window layout;
	struct sv_board board;
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		post(&layout, 1);
		memcpy(page + rows[i].off, &rows[i].value, rows[i].len);
		sv_board_read(&board, shared());
		assert_row(i, sv_board_judge(&board, SV_MAX_DATA_PAIRS) == rows[i].want);
	}
}

/* The copy is judged, not what has become of the page. */
static void test_copied_once(void **state)
{
	struct sv_window layout;
	struct sv_board board;

	(void)state;
	post(&layout, 1);
	sv_board_read(&board, shared());
	memset(page, 0xff, sizeof(page));
	assert_int_equal(sv_board_judge(&board, 1), SV_BOARD_OK);
}

static void test_answer(void **state)
{
	static const struct sv_config good = {
		.magic = cpu_to_le32(SV_CONFIG_MAGIC), .poll_us = cpu_to_le32(7),
	};
	struct sv_config config;
	struct sv_window layout;

	(void)state;
	post(&layout, SV_MAX_DATA_PAIRS);
	assert_false(sv_window_answer(shared(), &config));
	sv_board_answer(shared(), &good);
	assert_true(sv_window_answer(shared(), &config));
	assert_memory_equal(&config, &good, sizeof(good));
	page[SV_BOARD_ANSWER] ^= 1;
	assert_false(sv_window_answer(shared(), &config));
}

static void test_names(void **state)
{
	u32 i, n;

	(void)state;
	for (i = 0; i < SV_BOARD_NR_ERRORS; i++)
		for (n = 0; n < i; n++)
			assert_string_not_equal(sv_board_error_name(i), sv_board_error_name(n));
	assert_string_equal(sv_board_error_name(SV_BOARD_NR_ERRORS), "unknown error");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_copied_once),
		cmocka_unit_test(test_answer),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The host's end of a queue pair: set-up, the way of a slot, a hostile vault. */
#include "lib_test.h"

#include "lib_rig.h"

#include <sevault/shm.h>

enum { DATA = SV_PAIR_DATA };

static int setup(void **state)
{
	*state = rig_create(0);
	return 0;
}

static int teardown(void **state)
{
	rig_destroy(*state);
	return 0;
}

static struct sv_vring_desc *desc_of(struct rig *r, u32 queue, u32 i)
{
	return (struct sv_vring_desc *)(r->window + sv_window_queue(&r->layout, queue)->desc) + i;
}

static struct sv_vring_avail *avail_of(struct rig *r, u32 queue)
{
	return (struct sv_vring_avail *)(r->window + sv_window_queue(&r->layout, queue)->avail);
}

/* The vault offers @id on the ring of @queue, whatever its own state says. */
static void offer(struct rig *r, u32 queue, u16 id)
{
	struct sv_vring_avail *avail = avail_of(r, queue);

	avail->ring[avail->idx % SV_DATA_NUM] = id;
	avail->idx++;
}

static struct sv_slot_hdr *hdr_of(struct rig *r, u32 slot)
{
	return (struct sv_slot_hdr *)(r->chan[DATA]->slots[slot].data - SV_SLOT_HDR_LEN);
}

static void test_layout_of_every_pair_count(void **state)
{
	static const struct { u64 len; u32 nr; bool want; u16 slots; } rows[] = {
		{ SV_WINDOW_LEN, 1, true, 56 },
		{ SV_WINDOW_LEN, 2, true, 29 },
		{ SV_WINDOW_LEN, 8, true, 7 },
		{ SV_WINDOW_LEN * 16, 8, true, 7 },
		{ SV_WINDOW_LEN, 0, false, 0 },
		{ SV_WINDOW_LEN, 9, false, 0 },
		{ SV_WINDOW_LEN, 0xffffffff, false, 0 },
		{ 0, 1, false, 0 },
		{ 4096, 1, false, 0 },
		{ 0x40000, 1, false, 0 },
		{ 0x80000, 8, false, 0 },
	};
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct sv_window w;
		bool ok = sv_window_layout(&w, rows[i].len, rows[i].nr);

		assert_row(i, ok == rows[i].want);
		if (!ok)
			continue;
		assert_row(i, w.pair[DATA].nr_slots == rows[i].slots);
		assert_row(i, w.end <= SV_WINDOW_LEN);
		assert_row(i, w.pair[w.nr_pairs - 1].slots % SV_SLOT_ALIGN == 0);
	}
}

struct init_row {
	const char *what;
	void (*spoil)(struct rig *r, struct sv_chan_queue *req, struct sv_chan_queue *resp);
	enum sv_chan_error want;
};

#define SPOIL(name, statement)								\
static void spoil_##name(struct rig *r, struct sv_chan_queue *req, struct sv_chan_queue *resp) \
{											\
	(void)r;									\
	(void)req;									\
	(void)resp;									\
	statement;									\
}

SPOIL(nothing, (void)0)
SPOIL(num_zero, req->num = resp->num = 0)
SPOIL(num_odd, req->num = resp->num = 48)
SPOIL(num_large, req->num = resp->num = 128)
SPOIL(num_wraps, req->num = resp->num = 0x10040)
SPOIL(num_differs, resp->num = 32)
SPOIL(desc_below, req->desc_gpa = SV_WINDOW_GPA - 16)
SPOIL(desc_above, req->desc_gpa = SV_WINDOW_GPA + SV_WINDOW_LEN - 1008)
SPOIL(desc_wraps, req->desc_gpa = ~0ULL - 15)
SPOIL(desc_zero, req->desc_gpa = 0)
SPOIL(desc_misaligned, req->desc_gpa += 8)
SPOIL(avail_misaligned, resp->avail_gpa += 1)
SPOIL(avail_above, resp->avail_gpa = SV_WINDOW_GPA + SV_WINDOW_LEN - 132)
SPOIL(avail_far, resp->avail_gpa = SV_WINDOW_GPA + (1ULL << 40))
SPOIL(used_misaligned, resp->used_gpa += 2)
SPOIL(used_above, req->used_gpa = SV_WINDOW_GPA + SV_WINDOW_LEN)
SPOIL(rings_equal, *resp = *req)
SPOIL(avail_on_used, req->avail_gpa = req->used_gpa)
SPOIL(desc_on_desc, resp->desc_gpa = req->desc_gpa)
SPOIL(ring_in_slot, req->used_gpa = SV_WINDOW_GPA + r->layout.pair[DATA].slots + 0x200)
SPOIL(queues_disagree, desc_of(r, 3, 7)->addr += 64)
SPOIL(len_disagrees, desc_of(r, 3, 7)->len -= 64)

#define BOTH(i, change) (desc_of(r, 2, i)->change, desc_of(r, 3, i)->change)

SPOIL(flag_missing, BOTH(0, flags = 0))
SPOIL(flag_next, BOTH(3, flags = 3))
SPOIL(flag_indirect, BOTH(55, flags = 6))
SPOIL(chain, BOTH(1, next = 2))
SPOIL(slot_below, BOTH(9, addr = SV_WINDOW_GPA - 64))
SPOIL(slot_above, BOTH(9, addr = SV_WINDOW_GPA + SV_WINDOW_LEN - SV_DATA_SLOT_LEN + 64))
SPOIL(slot_wraps, BOTH(9, addr = ~0ULL - 63))
SPOIL(slot_private, BOTH(9, addr = 0x1000))
SPOIL(slot_misaligned, BOTH(9, addr += 32))
SPOIL(slot_longer, BOTH(9, len = SV_DATA_SLOT_LEN + 64))
SPOIL(slot_shorter, BOTH(55, len = 64))
SPOIL(slot_huge, BOTH(0, len = 0xffffffc0))
SPOIL(slots_overlap, BOTH(9, addr = desc_of(r, 2, 8)->addr + 64))
SPOIL(slots_equal, BOTH(55, addr = desc_of(r, 2, 0)->addr))
SPOIL(slot_on_ring, BOTH(55, addr = SV_WINDOW_GPA))
SPOIL(hole, (memset(desc_of(r, 2, 5), 0, 16), memset(desc_of(r, 3, 5), 0, 16)))
SPOIL(no_slots, (memset(desc_of(r, 2, 0), 0, 1024), memset(desc_of(r, 3, 0), 0, 1024)))
SPOIL(tail_not_zero, BOTH(57, next = 1))
SPOIL(tail_in_one, desc_of(r, 2, 60)->len = 1)

static void set_all_lens(struct rig *r, u32 len)
{
	u32 i;

	for (i = 0; i < SV_DATA_SLOTS; i++)
		BOTH(i, len = len);
}

SPOIL(all_short, set_all_lens(r, SV_DATA_SLOT_MIN - 64))
SPOIL(all_odd, set_all_lens(r, SV_DATA_SLOT_MIN + 32))
SPOIL(all_min, set_all_lens(r, SV_DATA_SLOT_MIN))

static const struct init_row init_rows[] = {
	{ "nothing", spoil_nothing, SV_CHAN_OK },
	{ "all_min", spoil_all_min, SV_CHAN_OK },
	{ "num_zero", spoil_num_zero, SV_CHAN_BAD_NUM },
	{ "num_odd", spoil_num_odd, SV_CHAN_BAD_NUM },
	{ "num_large", spoil_num_large, SV_CHAN_BAD_NUM },
	{ "num_wraps", spoil_num_wraps, SV_CHAN_BAD_NUM },
	{ "num_differs", spoil_num_differs, SV_CHAN_BAD_NUM },
	{ "desc_below", spoil_desc_below, SV_CHAN_BAD_RING },
	{ "desc_above", spoil_desc_above, SV_CHAN_BAD_RING },
	{ "desc_wraps", spoil_desc_wraps, SV_CHAN_BAD_RING },
	{ "desc_zero", spoil_desc_zero, SV_CHAN_BAD_RING },
	{ "desc_misaligned", spoil_desc_misaligned, SV_CHAN_BAD_RING },
	{ "avail_misaligned", spoil_avail_misaligned, SV_CHAN_BAD_RING },
	{ "avail_above", spoil_avail_above, SV_CHAN_BAD_RING },
	{ "avail_far", spoil_avail_far, SV_CHAN_BAD_RING },
	{ "used_misaligned", spoil_used_misaligned, SV_CHAN_BAD_RING },
	{ "used_above", spoil_used_above, SV_CHAN_BAD_RING },
	{ "rings_equal", spoil_rings_equal, SV_CHAN_OVERLAP },
	{ "avail_on_used", spoil_avail_on_used, SV_CHAN_OVERLAP },
	{ "desc_on_desc", spoil_desc_on_desc, SV_CHAN_OVERLAP },
	{ "ring_in_slot", spoil_ring_in_slot, SV_CHAN_OVERLAP },
	{ "queues_disagree", spoil_queues_disagree, SV_CHAN_BAD_DESC },
	{ "len_disagrees", spoil_len_disagrees, SV_CHAN_BAD_DESC },
	{ "flag_missing", spoil_flag_missing, SV_CHAN_BAD_DESC },
	{ "flag_next", spoil_flag_next, SV_CHAN_BAD_DESC },
	{ "flag_indirect", spoil_flag_indirect, SV_CHAN_BAD_DESC },
	{ "chain", spoil_chain, SV_CHAN_BAD_DESC },
	{ "slot_below", spoil_slot_below, SV_CHAN_BAD_DESC },
	{ "slot_above", spoil_slot_above, SV_CHAN_BAD_DESC },
	{ "slot_wraps", spoil_slot_wraps, SV_CHAN_BAD_DESC },
	{ "slot_private", spoil_slot_private, SV_CHAN_BAD_DESC },
	{ "slot_misaligned", spoil_slot_misaligned, SV_CHAN_BAD_DESC },
	{ "slot_longer", spoil_slot_longer, SV_CHAN_BAD_SLOT_LEN },
	{ "slot_shorter", spoil_slot_shorter, SV_CHAN_BAD_SLOT_LEN },
	{ "slot_huge", spoil_slot_huge, SV_CHAN_BAD_DESC },
	{ "slots_overlap", spoil_slots_overlap, SV_CHAN_OVERLAP },
	{ "slots_equal", spoil_slots_equal, SV_CHAN_OVERLAP },
	{ "slot_on_ring", spoil_slot_on_ring, SV_CHAN_OVERLAP },
	{ "hole", spoil_hole, SV_CHAN_BAD_DESC },
	{ "no_slots", spoil_no_slots, SV_CHAN_NO_SLOTS },
	{ "tail_not_zero", spoil_tail_not_zero, SV_CHAN_BAD_DESC },
	{ "tail_in_one", spoil_tail_in_one, SV_CHAN_BAD_DESC },
	{ "all_short", spoil_all_short, SV_CHAN_BAD_SLOT_LEN },
	{ "all_odd", spoil_all_odd, SV_CHAN_BAD_SLOT_LEN },
};

static void test_init_judges_everything(void **state)
{
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(init_rows); i++) {
		struct rig *r = rig_create(0);
		struct sv_chan_queue req = rig_queue(r, 2), resp = rig_queue(r, 3);
		enum sv_chan_error got;

		init_rows[i].spoil(r, &req, &resp);
		got = sv_chan_init(r->chan[DATA], &r->mapped, &req, &resp, SV_DATA_SLOT_MIN,
				   SV_DATA_SLOT_MAX);
		if (got != init_rows[i].want)
			fail_msg("row %u, %s: %s", i, init_rows[i].what, sv_chan_error_name(got));
		rig_destroy(r);
	}
	assert_string_equal(sv_chan_error_name(SV_CHAN_NR_ERRORS), "unknown");
}

static void test_the_way_of_a_slot(void **state)
{
	struct rig *r = *state;
	struct sv_chan *c = r->chan[DATA];
	struct sv_slot_hdr hdr = { .op = SV_OP_ECB_ENC, .cookie = 42, .key_id = 7 };
	u32 seen = 0, kick;
	int slot;

	assert_int_equal(c->nr_slots, SV_DATA_SLOTS);
	assert_int_equal(c->data_len, SV_DATA_SLOT_LEN - SV_SLOT_HDR_LEN);
	while ((slot = sv_chan_take(c)) >= 0) {
		assert_int_equal((uintptr_t)sv_chan_data(c, (u32)slot) % 64, 0);
		sv_chan_submit(c, (u32)slot, &hdr);
		seen++;
	}
	assert_int_equal(slot, SV_CHAN_NONE);
	assert_int_equal(seen, SV_DATA_SLOTS);
	assert_false(sv_chan_notify_needed(c));

	while (seen) {
		assert_true(sv_server_poll(r->server, &kick) >= 0);
		assert_int_equal(kick, 0);
		while ((slot = sv_chan_reap(c, &hdr)) >= 0) {
			assert_int_equal(hdr.status, SV_ST_BAD_KEY);
			assert_int_equal(hdr.cookie, 0);
			assert_int_equal(hdr.key_id, 7);
			sv_chan_release(c, (u32)slot);
			seen--;
		}
		assert_int_equal(slot, SV_CHAN_NONE);
	}
	assert_false(sv_chan_release_notify_needed(c));
	assert_true(sv_server_poll(r->server, &kick) >= 0);
	assert_true(sv_chan_take(c) >= 0);
}

static void test_misuse_breaks_the_channel(void **state)
{
	struct rig *r = *state;
	struct sv_chan *c = r->chan[DATA];
	struct sv_slot_hdr hdr = { .op = SV_OP_ECB_ENC };
	int slot;

	sv_chan_release(c, 0);
	assert_int_equal(sv_chan_reap(c, &hdr), SV_CHAN_BROKEN);
	assert_int_equal(rig_open_chan(r, DATA), SV_CHAN_OK);
	sv_chan_release(c, 0xffffffff);
	assert_int_equal(sv_chan_reap(c, &hdr), SV_CHAN_BROKEN);

	slot = sv_chan_take(c);
	assert_true(slot >= 0);
	sv_chan_submit(c, (u32)slot, &hdr);
	sv_chan_submit(c, (u32)slot, &hdr);
	assert_int_equal(sv_chan_take(c), SV_CHAN_BROKEN);
	assert_true(sv_chan_arm_slots(c));
	assert_int_equal(rig_open_chan(r, DATA), SV_CHAN_OK);
	sv_chan_submit(c, SV_MAX_SLOTS, &hdr);
	assert_int_equal(sv_chan_take(c), SV_CHAN_BROKEN);
}

/* Slots in states in which the vault must not offer them. */
static void test_vault_offers_what_it_does_not_have(void **state)
{
	struct rig *r = *state;
	struct sv_chan *c = r->chan[DATA];
	struct sv_slot_hdr hdr = { .op = SV_OP_ECB_ENC };
	u32 kick;
	int slot, n;

	/* An answer to nothing. */
	offer(r, 3, 5);
	assert_int_equal(sv_chan_reap(c, &hdr), SV_CHAN_BROKEN);
	assert_true(sv_chan_arm(c));
	rig_destroy(r);

	/* An answer for a slot that the host is filling in. */
	*state = r = rig_create(0);
	c = r->chan[DATA];
	slot = sv_chan_take(c);
	offer(r, 3, (u16)slot);
	assert_int_equal(sv_chan_reap(c, &hdr), SV_CHAN_BROKEN);
	rig_destroy(r);

	/* A request in flight, offered as empty. The ring has room for it. */
	*state = r = rig_create(0);
	c = r->chan[DATA];
	for (n = 0; n < SV_DATA_SLOTS; n++) {
		slot = sv_chan_take(c);
		sv_chan_submit(c, (u32)slot, &hdr);
	}
	offer(r, 2, (u16)slot);
	assert_int_equal(sv_chan_take(c), SV_CHAN_BROKEN);
	rig_destroy(r);

	/* The same answer twice. */
	*state = r = rig_create(0);
	c = r->chan[DATA];
	slot = sv_chan_take(c);
	sv_chan_submit(c, (u32)slot, &hdr);
	assert_int_equal(sv_server_poll(r->server, &kick), 1);
	assert_int_equal(sv_chan_reap(c, &hdr), slot);
	offer(r, 3, (u16)slot);
	assert_int_equal(sv_chan_reap(c, &hdr), SV_CHAN_BROKEN);
	rig_destroy(r);

	/* Twice, with the release in between. */
	*state = r = rig_create(0);
	c = r->chan[DATA];
	slot = sv_chan_take(c);
	hdr = (struct sv_slot_hdr){ .op = SV_OP_ECB_ENC };
	sv_chan_submit(c, (u32)slot, &hdr);
	assert_int_equal(sv_server_poll(r->server, &kick), 1);
	assert_int_equal(sv_chan_reap(c, &hdr), slot);
	sv_chan_release(c, (u32)slot);
	offer(r, 3, (u16)slot);
	assert_int_equal(sv_chan_reap(c, &hdr), SV_CHAN_BROKEN);
}

/* Answers with one field wrong. */
static void test_answer_is_judged(void **state)
{
	static const struct {
		u8 op;
		u32 text_len;
		size_t offset;	/* of the byte to spoil, in the header */
		u8 xor;
		bool ok;
	} rows[] = {
		{ SV_OP_XTS_ENC, 512, offsetof(struct sv_slot_hdr, iv), 0xff, true },
		{ SV_OP_XTS_ENC, 512, offsetof(struct sv_slot_hdr, flags), 1, true },
		{ SV_OP_XTS_ENC, 512, offsetof(struct sv_slot_hdr, status), 2, true },
		{ SV_OP_KEY_LOAD, 72, offsetof(struct sv_slot_hdr, key_id), 9, true },
		{ SV_OP_HELLO, 56, offsetof(struct sv_slot_hdr, text_len) + 1, 1, true },
		{ SV_OP_HELLO, 0x10fc0, offsetof(struct sv_slot_hdr, text_len), 0xc0, true },
		{ SV_OP_XTS_ENC, 512, offsetof(struct sv_slot_hdr, op), 1, false },
		{ SV_OP_HELLO, 0, offsetof(struct sv_slot_hdr, op), 0x20, false },
		{ SV_OP_XTS_ENC, 512, offsetof(struct sv_slot_hdr, cookie), 1, false },
		{ SV_OP_XTS_ENC, 512, offsetof(struct sv_slot_hdr, cookie) + 7, 0x80, false },
		{ SV_OP_XTS_ENC, 512, offsetof(struct sv_slot_hdr, key_id), 1, false },
		{ SV_OP_XTS_ENC, 512, offsetof(struct sv_slot_hdr, key_id) + 7, 1, false },
		{ SV_OP_KEY_DROP, 0, offsetof(struct sv_slot_hdr, key_id), 1, false },
		{ SV_OP_XTS_ENC, 512, offsetof(struct sv_slot_hdr, text_len), 1, false },
		{ SV_OP_XTS_ENC, 512, offsetof(struct sv_slot_hdr, text_len) + 3, 1, false },
		{ SV_OP_HELLO, 56, offsetof(struct sv_slot_hdr, text_len) + 2, 2, false },
		{ SV_OP_HELLO, 56, offsetof(struct sv_slot_hdr, text_len) + 3, 0x80, false },
		{ SV_OP_XTS_ENC, 512, offsetof(struct sv_slot_hdr, status), 0x0f, false },
		{ SV_OP_XTS_ENC, 512, offsetof(struct sv_slot_hdr, status) + 1, 1, false },
		{ SV_OP_XTS_ENC, 512, offsetof(struct sv_slot_hdr, status) + 3, 0x80, false },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct rig *r = rig_create(0);
		struct sv_chan *c = r->chan[DATA];
		struct sv_slot_hdr hdr = { .op = rows[i].op, .text_len = rows[i].text_len };
		int slot = sv_chan_take(c);

		/* No server: the vault is this test. */
		sv_chan_submit(c, (u32)slot, &hdr);
		((u8 *)hdr_of(r, (u32)slot))[rows[i].offset] ^= rows[i].xor;
		offer(r, 3, (u16)slot);
		assert_row(i, sv_chan_reap(c, &hdr) == (rows[i].ok ? slot : SV_CHAN_BROKEN));
		if (!rows[i].ok)
			assert_row(i, sv_chan_reap(c, &hdr) == SV_CHAN_BROKEN);
		rig_destroy(r);
	}
	(void)state;
}

/* A stale answer, replayed into a slot that carries a new request. */
static void test_cookies_are_not_reused(void **state)
{
	struct rig *r = *state;
	struct sv_chan *c = r->chan[DATA];
	struct sv_slot_hdr hdr = { .op = SV_OP_ECB_ENC }, old;
	u32 round, kick;
	int slot;

	for (round = 0; round < 3 * SV_DATA_SLOTS; round++) {
		slot = sv_chan_take(c);
		if (slot == SV_CHAN_NONE) {
			assert_false(sv_server_arm(r->server, &kick));
			slot = sv_chan_take(c);
		}
		hdr = (struct sv_slot_hdr){ .op = SV_OP_ECB_ENC };
		sv_chan_submit(c, (u32)slot, &hdr);
		if (round > 0)
			assert_true(hdr_of(r, (u32)slot)->cookie > old.cookie);
		assert_int_equal(sv_server_poll(r->server, &kick), 1);
		old = *hdr_of(r, (u32)slot);
		if (round == 3 * SV_DATA_SLOTS - 1)
			break;
		assert_int_equal(sv_chan_reap(c, &hdr), slot);
		sv_chan_release(c, (u32)slot);
	}
	hdr_of(r, (u32)slot)->cookie--;
	assert_int_equal(sv_chan_reap(c, &hdr), SV_CHAN_BROKEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layout_of_every_pair_count),
		cmocka_unit_test(test_init_judges_everything),
		cmocka_unit_test_setup_teardown(test_the_way_of_a_slot, setup, teardown),
		cmocka_unit_test_setup_teardown(test_misuse_breaks_the_channel, setup, teardown),
		cmocka_unit_test_setup_teardown(test_vault_offers_what_it_does_not_have, setup,
						teardown),
		cmocka_unit_test(test_answer_is_judged),
		cmocka_unit_test_setup_teardown(test_cookies_are_not_reused, setup, teardown),
	};

	return cmocka_run_group_tests_name("channel", tests, NULL, NULL);
}

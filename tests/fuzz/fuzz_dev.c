// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The host's side against a hostile vault: descriptors and ring addresses for
 * sv_chan_init(), then everything that a channel does, held against a model.
 */
#include "lib_fuzz.h"

#include "ring/channel.h"

enum {
	WINDOW_LEN = 0x20000,
	NUM = 8,
	NR_SLOTS = 7,
	SLOT_MIN = 0x1000,
	SLOT_MAX = 0x4000,
	SLOTS_AT = 0x2000,
	MAX_STEPS = 300,
};

struct target {
	struct sv_chan *chan;
	u8 *window;
	struct sv_chan_queue req;
	struct sv_chan_queue resp;
	u64 in_flight;		/* bit i: slot i was submitted and not reaped */
	u64 reaped;
	u8 op[SV_MAX_SLOTS];
};

/* What an honest vault would set up. */
static void lay_out(struct target *t)
{
	u32 i, q;

	memset(t->window, 0, SLOTS_AT);
	t->req = (struct sv_chan_queue){ SV_WINDOW_GPA, SV_WINDOW_GPA + 0x400,
					 SV_WINDOW_GPA + 0x800, NUM };
	t->resp = (struct sv_chan_queue){ SV_WINDOW_GPA + 0x1000, SV_WINDOW_GPA + 0x1400,
					  SV_WINDOW_GPA + 0x1800, NUM };
	for (q = 0; q < 2; q++) {
		struct sv_vring_desc *desc = (struct sv_vring_desc *)(t->window + q * 0x1000);

		for (i = 0; i < NR_SLOTS; i++)
			desc[i] = (struct sv_vring_desc){
				.addr = SV_WINDOW_GPA + SLOTS_AT + i * SLOT_MIN,
				.len = SLOT_MIN,
				.flags = SV_VRING_DESC_F_WRITE,
			};
	}
}

static void spoil_queue(struct sv_chan_queue *q)
{
	u64 *words[] = { &q->desc_gpa, &q->avail_gpa, &q->used_gpa };
	u8 how = fuzz_u8();

	if (how & 1)
		*words[fuzz_below(3)] += fuzz_u32();
	if (how & 2)
		*words[fuzz_below(3)] ^= 1ULL << fuzz_below(64);
	if (how & 4)
		q->num = fuzz_u32();
	if (how & 8)
		q->num = 1U << fuzz_below(8);
}

/* Both queues say the same, or sv_chan_init() would not look any further. */
static void spoil_descs(struct target *t)
{
	u32 n = fuzz_below(8);

	while (n--) {
		u32 at = fuzz_below(NUM * 16);
		u8 value = fuzz_u8();

		t->window[at] = value;
		t->window[0x1000 + at] = value;
	}
}

static bool range_is_inside(const struct target *t, const u8 *p, size_t len)
{
	return p >= t->window && p + len <= t->window + WINDOW_LEN;
}

static void check_slots(const struct target *t)
{
	const struct sv_chan *c = t->chan;
	u32 i;

	fuzz_assert(c->nr_slots && c->nr_slots <= SV_MAX_SLOTS, "number of slots");
	fuzz_assert(c->slot_len >= SLOT_MIN && c->slot_len <= SLOT_MAX, "slot length");
	for (i = 0; i < c->nr_slots; i++)
		fuzz_assert(range_is_inside(t, sv_chan_data(c, i) - SV_SLOT_HDR_LEN, c->slot_len),
			    "slot outside of the window");
}

static void offer(struct target *t, const struct sv_chan_queue *q, u16 id)
{
	struct sv_vring_avail *avail =
		(struct sv_vring_avail *)(t->window + (q->avail_gpa - SV_WINDOW_GPA));

	avail->ring[avail->idx % q->num] = id;
	avail->idx++;
}

static void take(struct target *t)
{
	struct sv_slot_hdr hdr;
	int slot = sv_chan_take(t->chan);

	fuzz_assert(slot >= SV_CHAN_BROKEN && slot < (int)t->chan->nr_slots, "slot");
	if (slot < 0)
		return;
	fuzz_assert(!((t->in_flight | t->reaped) >> slot & 1), "slot is ours already");
	fuzz_bytes(&hdr, sizeof(hdr));
	t->op[slot] = hdr.op;
	sv_chan_submit(t->chan, (u32)slot, &hdr);
	fuzz_assert(!t->chan->req.is_broken, "submit of a slot that was taken");
	t->in_flight |= 1ULL << slot;
}

static void reap(struct target *t)
{
	struct sv_slot_hdr hdr;
	int slot = sv_chan_reap(t->chan, &hdr);

	fuzz_assert(slot >= SV_CHAN_BROKEN && slot < (int)t->chan->nr_slots, "slot");
	if (slot < 0)
		return;
	fuzz_assert(t->in_flight >> slot & 1, "answer to nothing");
	fuzz_assert(hdr.op == t->op[slot] && hdr.status < SV_ST_END && !hdr.cookie, "answer");
	t->in_flight &= ~(1ULL << slot);
	t->reaped |= 1ULL << slot;
}

static void release(struct target *t)
{
	u32 slot = fuzz_below(SV_MAX_SLOTS);

	if (!(t->reaped >> slot & 1))
		return;
	/* Before the vault can know, for it may offer the slot at once. */
	t->reaped &= ~(1ULL << slot);
	sv_chan_release(t->chan, slot);
	fuzz_assert(slot < t->chan->nr_slots, "released");
}

static void step(struct target *t)
{
	switch (fuzz_below(10)) {
	case 0:
		take(t);
		break;
	case 1:
		reap(t);
		break;
	case 2:
		release(t);
		break;
	case 3:
		offer(t, &t->req, (u16)fuzz_below(NUM + 1));
		break;
	case 4:
		offer(t, &t->resp, (u16)fuzz_below(NUM + 1));
		break;
	case 5:
		fuzz_scribble();
		break;
	case 6:
		(void)!sv_chan_notify_needed(t->chan);
		(void)!sv_chan_release_notify_needed(t->chan);
		break;
	case 7:
		fuzz_assert(sv_chan_arm(t->chan) || !t->chan->resp.is_broken, "arm");
		break;
	case 8:
		fuzz_assert(sv_chan_arm_slots(t->chan) || !t->chan->req.is_broken, "arm");
		break;
	default:
		sv_chan_disarm(t->chan);
		sv_chan_disarm_slots(t->chan);
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	static struct target t;
	struct sv_chan_window w;
	enum sv_chan_error err;
	bool spoil;
	u32 i;

	if (!t.window) {
		t.window = fuzz_alloc(WINDOW_LEN);
		t.chan = fuzz_alloc(sizeof(*t.chan));
	}
	fuzz_start(data, len);
	t.in_flight = 0;
	t.reaped = 0;
	lay_out(&t);
	spoil = fuzz_u8() & 1;
	if (spoil) {
		spoil_queue(&t.req);
		spoil_queue(&t.resp);
		spoil_descs(&t);
	}
	w = (struct sv_chan_window){ t.window, SV_WINDOW_GPA, WINDOW_LEN };
	if (spoil)
		fuzz_expose(t.window, SLOTS_AT);
	err = sv_chan_init(t.chan, &w, &t.req, &t.resp, SLOT_MIN, SLOT_MAX);
	fuzz_assert(err < SV_CHAN_NR_ERRORS && sv_chan_error_name(err), "error");
	fuzz_assert(spoil || !err, "honest layout refused");
	if (err)
		return 0;
	check_slots(&t);
	if (!spoil)
		fuzz_expose(t.window, SLOTS_AT);
	fuzz_expose(t.window + 0x400, 64);
	fuzz_expose(t.window + 0x1400, 64);
	fuzz_expose(t.window + SLOTS_AT, SV_SLOT_HDR_LEN);
	for (i = 0; i < MAX_STEPS && !fuzz_is_over(); i++)
		step(&t);
	return 0;
}

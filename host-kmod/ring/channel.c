// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "ring/channel.h"

#include <sevault/shm.h>

/* The parts of a virtqueue, translated: mapped and inside of the window. */
struct queue_va {
	const struct sv_vring_desc __shared *desc;
	const struct sv_vring_avail __shared *avail;
	struct sv_vring_used __shared *used;
};

/* A range of the window, for the check of overlaps. */
struct extent {
	u64 gpa;
	u64 len;
};

enum {
	NR_RING_RANGES = 6,
	PREFETCH_LINES = 8,	/* of the next answer, the CPU fetches the rest */
};

static const char *const error_names[SV_CHAN_NR_ERRORS] = {
	[SV_CHAN_OK] = "ok",
	[SV_CHAN_BAD_NUM] = "queue sizes differ or are not supported",
	[SV_CHAN_BAD_RING] = "a ring is misaligned or not inside the window",
	[SV_CHAN_BAD_DESC] = "a descriptor is malformed or not inside the window",
	[SV_CHAN_BAD_SLOT_LEN] = "slot length not supported",
	[SV_CHAN_NO_SLOTS] = "the vault offers no slots",
	[SV_CHAN_OVERLAP] = "slots or rings overlap",
};

const char *sv_chan_error_name(enum sv_chan_error e)
{
	return (u32)e < SV_CHAN_NR_ERRORS ? error_names[e] : "unknown";
}

/* The address of @len bytes at @gpa, or NULL. Never wraps. */
static u8 __shared *translate(const struct sv_chan_window *w, u64 gpa, u64 len, u64 align)
{
	if (gpa % align || gpa < w->gpa || gpa - w->gpa > w->len ||
	    len > w->len - (gpa - w->gpa))
		return NULL;
	return w->va + (gpa - w->gpa);
}

static bool translate_queue(struct queue_va *va, const struct sv_chan_window *w,
			    const struct sv_chan_queue *q)
{
	u16 num = (u16)q->num;

	va->desc = (const struct sv_vring_desc __shared *)
		translate(w, q->desc_gpa, sv_vring_desc_len(num), SV_VRING_DESC_ALIGN);
	va->avail = (const struct sv_vring_avail __shared *)
		translate(w, q->avail_gpa, sv_vring_avail_len(num), SV_VRING_AVAIL_ALIGN);
	va->used = (struct sv_vring_used __shared *)
		translate(w, q->used_gpa, sv_vring_used_len(num), SV_VRING_USED_ALIGN);
	return va->desc && va->avail && va->used;
}

static bool ranges_overlap(const struct extent *a, const struct extent *b)
{
	return a->gpa < b->gpa + b->len && b->gpa < a->gpa + a->len;
}

static void list_rings(struct extent *r, const struct sv_chan_queue *q)
{
	r[0] = (struct extent){ q->desc_gpa, sv_vring_desc_len((u16)q->num) };
	r[1] = (struct extent){ q->avail_gpa, sv_vring_avail_len((u16)q->num) };
	r[2] = (struct extent){ q->used_gpa, sv_vring_used_len((u16)q->num) };
}

static struct extent slot_range(const struct sv_chan *c, const struct sv_chan_window *w, u32 i)
{
	u64 offset = (u64)(c->slots[i].data - w->va) - SV_SLOT_HDR_LEN;

	return (struct extent){ w->gpa + offset, c->slot_len };
}

/* Quadratic over at most 70 ranges, once in the life of a device. */
static bool layout_overlaps(const struct sv_chan *c, const struct sv_chan_window *w,
			    const struct sv_chan_queue *req, const struct sv_chan_queue *resp)
{
	struct extent rings[NR_RING_RANGES];
	u32 i, j;

	list_rings(rings, req);
	list_rings(rings + NR_RING_RANGES / 2, resp);
	for (i = 0; i < NR_RING_RANGES; i++)
		for (j = 0; j < i; j++)
			if (ranges_overlap(&rings[i], &rings[j]))
				return true;

	for (i = 0; i < c->nr_slots; i++) {
		struct extent slot = slot_range(c, w, i);

		for (j = 0; j < NR_RING_RANGES; j++)
			if (ranges_overlap(&slot, &rings[j]))
				return true;
		for (j = 0; j < i; j++) {
			struct extent other = slot_range(c, w, j);

			if (ranges_overlap(&slot, &other))
				return true;
		}
	}
	return false;
}

static bool desc_is_zero(const struct sv_vring_desc *d)
{
	return !d->addr && !d->len && !d->flags && !d->next;
}

/* Judge a private copy of the descriptor of slot @i. */
static enum sv_chan_error add_slot(struct sv_chan *c, const struct sv_chan_window *w,
				   const struct sv_vring_desc *d, u32 i)
{
	u32 len = le32_to_cpu(d->len);
	u8 __shared *va;

	if (le16_to_cpu(d->flags) != SV_VRING_DESC_F_WRITE || d->next)
		return SV_CHAN_BAD_DESC;
	if (i == 0)
		c->slot_len = len;
	else if (len != c->slot_len)
		return SV_CHAN_BAD_SLOT_LEN;
	va = translate(w, le64_to_cpu(d->addr), len, SV_SLOT_ALIGN);
	if (!va)
		return SV_CHAN_BAD_DESC;
	c->slots[i].data = va + SV_SLOT_HDR_LEN;
	c->slots[i].state = SV_CHAN_VAULT;
	return SV_CHAN_OK;
}

static enum sv_chan_error read_slots(struct sv_chan *c, const struct sv_chan_window *w,
				     const struct queue_va *req, const struct queue_va *resp,
				     u32 num)
{
	bool ended = false;
	u32 i;

	for (i = 0; i < num; i++) {
		struct sv_vring_desc a, b;
		enum sv_chan_error err;

		sv_shm_read(&a, &req->desc[i], sizeof(a));
		sv_shm_read(&b, &resp->desc[i], sizeof(b));
		if (memcmp(&a, &b, sizeof(a)))
			return SV_CHAN_BAD_DESC;
		if (desc_is_zero(&a)) {
			ended = true;
			continue;
		}
		if (ended)
			return SV_CHAN_BAD_DESC;
		err = add_slot(c, w, &a, i);
		if (err)
			return err;
		c->nr_slots = i + 1;
	}
	return c->nr_slots ? SV_CHAN_OK : SV_CHAN_NO_SLOTS;
}

enum sv_chan_error sv_chan_init(struct sv_chan *c, const struct sv_chan_window *w,
				const struct sv_chan_queue *req,
				const struct sv_chan_queue *resp, u32 slot_min, u32 slot_max)
{
	struct queue_va req_va, resp_va;
	u32 num = req->num;
	enum sv_chan_error err;

	memset(c, 0, sizeof(*c));
	if (num != resp->num || !num || num > SV_MAX_SLOTS || (num & (num - 1)))
		return SV_CHAN_BAD_NUM;
	if (!translate_queue(&req_va, w, req) || !translate_queue(&resp_va, w, resp))
		return SV_CHAN_BAD_RING;
	err = read_slots(c, w, &req_va, &resp_va, num);
	if (err)
		return err;
	if (c->slot_len < slot_min || c->slot_len > slot_max || c->slot_len % SV_SLOT_ALIGN ||
	    c->slot_len <= SV_SLOT_HDR_LEN)
		return SV_CHAN_BAD_SLOT_LEN;
	if (layout_overlaps(c, w, req, resp))
		return SV_CHAN_OVERLAP;

	c->data_len = c->slot_len - SV_SLOT_HDR_LEN;
	sv_vring_dev_init(&c->req, req_va.avail, req_va.used, (u16)num, (u16)c->nr_slots);
	sv_vring_dev_init(&c->resp, resp_va.avail, resp_va.used, (u16)num, (u16)c->nr_slots);
	return SV_CHAN_OK;
}

/* The vault, or the caller, did with a slot what its state forbids. */
static int mark_broken(struct sv_vring_dev *side)
{
	side->is_broken = true;
	return SV_CHAN_BROKEN;
}

static u8 __shared *slot_hdr(const struct sv_chan_slot *s)
{
	return s->data - SV_SLOT_HDR_LEN;
}

int sv_chan_take(struct sv_chan *c)
{
	int id = sv_vring_dev_pop(&c->req);
	struct sv_chan_slot *s;

	if (id < 0)
		return id;
	s = &c->slots[id];
	/* Acquire: the reaping side is done with the record. Pairs with release. */
	if (unlikely(smp_load_acquire(&s->state) != SV_CHAN_VAULT))
		return mark_broken(&c->req);
	/* Seen by the reaping side if the vault answers a slot that it has lent. */
	smp_store_release(&s->state, SV_CHAN_HOST);
	return id;
}

void sv_chan_submit(struct sv_chan *c, u32 slot, const struct sv_slot_hdr *hdr)
{
	struct sv_slot_hdr out = *hdr;
	struct sv_chan_slot *s;

	if (unlikely(slot >= c->nr_slots || c->slots[slot].state != SV_CHAN_HOST)) {
		mark_broken(&c->req);
		return;
	}
	s = &c->slots[slot];
	s->cookie = ++c->seq;
	s->key_id = le64_to_cpu(hdr->key_id);
	s->text_len = le32_to_cpu(hdr->text_len);
	s->op = hdr->op;
	out.cookie = cpu_to_le64(s->cookie);
	sv_shm_write(slot_hdr(s), &out, sizeof(out));
	/* Release: the record above, to the reaping side. */
	smp_store_release(&s->state, SV_CHAN_IN_FLIGHT);
	sv_vring_dev_stage(&c->req, slot, c->slot_len);
	sv_vring_dev_publish(&c->req);
}

bool sv_chan_notify_needed(struct sv_chan *c)
{
	return sv_vring_dev_need_notify(&c->req);
}

bool sv_chan_arm_slots(struct sv_chan *c)
{
	return sv_vring_dev_arm(&c->req);
}

void sv_chan_disarm_slots(struct sv_chan *c)
{
	sv_vring_dev_disarm(&c->req);
}

/* Judge @hdr, a private copy of the answer to the request recorded in @s. */
static bool answer_is_valid(const struct sv_chan *c, const struct sv_chan_slot *s,
			    const struct sv_slot_hdr *hdr)
{
	u32 text_len = le32_to_cpu(hdr->text_len);
	u32 facts = sv_op_facts(s->op);

	if (le64_to_cpu(hdr->cookie) != s->cookie || hdr->op != s->op)
		return false;
	if (le32_to_cpu(hdr->status) >= SV_ST_END)
		return false;
	if (text_len != s->text_len && !((facts & SV_OP_F_ADMIN) && text_len <= c->data_len))
		return false;
	return (facts & SV_OP_F_KEY_OUT) || le64_to_cpu(hdr->key_id) == s->key_id;
}

/* Header and text together: the text would only be asked for when the header has been judged. */
static void prefetch_slot(const struct sv_chan_slot *s)
{
	u32 i;

	for (i = 0; i <= PREFETCH_LINES; i++)
		sv_shm_prefetch(slot_hdr(s) + i * 64);
}

/* The answer after this one is probably complete: have its head on the way. */
static void prefetch_next(const struct sv_chan *c)
{
	int next = sv_vring_dev_peek(&c->resp);

	if (next >= 0)
		prefetch_slot(&c->slots[next]);
}

int sv_chan_reap(struct sv_chan *c, struct sv_slot_hdr *hdr)
{
	int id = sv_vring_dev_pop(&c->resp);
	struct sv_chan_slot *s;

	if (id < 0)
		return id;
	s = &c->slots[id];
	prefetch_slot(s);
	sv_shm_read(hdr, slot_hdr(s), sizeof(*hdr));
	prefetch_next(c);
	/* Acquire: the record that the submitting side wrote. Pairs with submit. */
	if (unlikely(smp_load_acquire(&s->state) != SV_CHAN_IN_FLIGHT ||
		     !answer_is_valid(c, s, hdr)))
		return mark_broken(&c->resp);
	/* Seen by the submitting side if the vault lends a slot that it has answered. */
	smp_store_release(&s->state, SV_CHAN_ANSWERED);
	hdr->cookie = 0;
	return id;
}

void sv_chan_release(struct sv_chan *c, u32 slot)
{
	if (unlikely(slot >= c->nr_slots || c->slots[slot].state != SV_CHAN_ANSWERED)) {
		mark_broken(&c->resp);
		return;
	}
	/* Release, and before the vault knows: it may offer the slot at once. */
	smp_store_release(&c->slots[slot].state, SV_CHAN_VAULT);
	sv_vring_dev_stage(&c->resp, slot, 0);
	sv_vring_dev_publish(&c->resp);
}

bool sv_chan_release_notify_needed(struct sv_chan *c)
{
	return sv_vring_dev_need_notify(&c->resp);
}

bool sv_chan_arm(struct sv_chan *c)
{
	return sv_vring_dev_arm(&c->resp);
}

void sv_chan_disarm(struct sv_chan *c)
{
	sv_vring_dev_disarm(&c->resp);
}

void sv_chan_give_up(struct sv_chan *c)
{
	sv_vring_dev_give_up(&c->req);
}

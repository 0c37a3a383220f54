// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "server.h"

#include <sevault/shm.h>

enum {
	RECYCLE_BATCH = 8,	/* slots, between two requests */
	PUBLISH_BYTES = 2048,	/* of text that is done may wait for the next request */
	PREFETCH_LINES = 8,	/* of the next request, the CPU fetches the rest */
};

static void init_ring(struct sv_vring_drv *r, const struct sv_window_pair *wp,
		      const struct sv_window_queue *q, u8 __shared *va, u64 gpa)
{
	struct sv_vring_drv_mem mem = {
		.desc = (struct sv_vring_desc __shared *)(va + q->desc),
		.avail = (struct sv_vring_avail __shared *)(va + q->avail),
		.used = (struct sv_vring_used __shared *)(va + q->used),
	};

	sv_vring_drv_init(r, &mem, q->num, wp->nr_slots, gpa + wp->slots, wp->stride,
			  wp->slot_len);
}

static void init_pair(struct sv_server_pair *p, const struct sv_window_pair *wp, u32 index,
		      u8 __shared *va, u64 gpa)
{
	u32 i;

	memset(p, 0, sizeof(*p));
	p->slots = va + wp->slots;
	p->stride = wp->stride;
	p->slot_len = wp->slot_len;
	p->nr_slots = wp->nr_slots;
	p->index = index;
	init_ring(&p->req, wp, &wp->queue[SV_WINDOW_REQ], va, gpa);
	init_ring(&p->resp, wp, &wp->queue[SV_WINDOW_RESP], va, gpa);
	for (i = 0; i < p->nr_slots; i++)
		sv_vring_drv_stage(&p->req, i);
	sv_vring_drv_publish(&p->req);
}

void sv_server_init(struct sv_server *s, struct sv_vault *v, u8 __shared *window_va,
		    u64 window_gpa, const struct sv_window *layout, u32 first, u32 nr)
{
	u32 i;

	s->vault = v;
	s->nr_pairs = nr;
	for (i = 0; i < nr; i++)
		init_pair(&s->pair[i], &layout->pair[first + i], first + i, window_va,
			  window_gpa);
	sv_vault_add_worker(v, &s->worker);
}

static u8 __shared *slot_va(const struct sv_server_pair *p, u32 id)
{
	return p->slots + (size_t)id * p->stride;
}

/*
 * Header and text together: the text would only be asked for when the header has been judged. To
 * be written, as the answer goes where the request was.
 */
static void prefetch_slot(const struct sv_server_pair *p, u32 id)
{
	u8 __shared *slot = slot_va(p, id);
	u32 i;

	for (i = 0; i <= PREFETCH_LINES; i++)
		sv_shm_prefetchw(slot + i * 64);
}

static void prefetch_next(const struct sv_server_pair *p)
{
	int id = sv_vring_drv_peek(&p->req);

	if (id >= 0)
		prefetch_slot(p, (u32)id);
}

/*
 * Answers are published early, so that the host copies one while the next is
 * made, but small ones together while more requests are known to wait: the host
 * watches the index, and each look at it moves the line between the two CPUs.
 */
static int serve_requests(struct sv_server *s, struct sv_server_pair *p)
{
	bool is_admin = p->index == SV_PAIR_ADMIN;
	u64 told = s->worker.bytes;
	int n;

	for (n = 0; n < SV_SERVER_BUDGET; n++) {
		int id = sv_vring_drv_pop(&p->req);

		if (id < 0)
			break;
		prefetch_slot(p, (u32)id);
		prefetch_next(p);
		sv_vault_handle(s->vault, &s->worker, is_admin, slot_va(p, (u32)id),
				p->slot_len);
		sv_vring_drv_stage(&p->resp, (u32)id);
		if (sv_vring_drv_peek(&p->req) >= 0 && s->worker.bytes - told < PUBLISH_BYTES)
			continue;
		sv_vring_drv_publish(&p->resp);
		told = s->worker.bytes;
	}
	sv_vring_drv_publish(&p->resp);
	return n;
}

/* Offer up to @max released slots again. */
static void recycle_slots(struct sv_server_pair *p, u32 max)
{
	while (max--) {
		int id = sv_vring_drv_pop(&p->resp);

		if (id < 0)
			break;
		sv_vring_drv_stage(&p->req, (u32)id);
	}
	sv_vring_drv_publish(&p->req);
}

/*
 * Under load only when the host may soon run short, and then a few at a time:
 * looking at the index costs a cache line that the host writes all the time.
 */
static void recycle_as_needed(struct sv_server_pair *p)
{
	if (p->req.nr_lent < p->nr_slots / 2)
		recycle_slots(p, RECYCLE_BATCH);
}

static bool pair_is_broken(const struct sv_server_pair *p)
{
	return p->req.is_broken || p->resp.is_broken;
}

static void collect_kick(struct sv_server_pair *p, u32 *kick)
{
	if (sv_vring_drv_need_kick(&p->req))
		*kick |= 1U << (SV_WINDOW_NR_DIRS * p->index + SV_WINDOW_REQ);
	if (sv_vring_drv_need_kick(&p->resp))
		*kick |= 1U << (SV_WINDOW_NR_DIRS * p->index + SV_WINDOW_RESP);
}

/*
 * The full barrier of need_kick waits until the host's CPU has given up
 * every line that the answers went to. While requests keep coming, look
 * without it; that misses a host that is just going to sleep, so look properly
 * when there are none, and after a number of answers at the latest.
 */
static void collect_kick_lazily(struct sv_server_pair *p, int served, u32 *kick)
{
	p->unchecked += (u16)served;
	if (served && p->unchecked < SV_SERVER_BUDGET && !sv_vring_drv_looks_armed(&p->req) &&
	    !sv_vring_drv_looks_armed(&p->resp))
		return;
	p->unchecked = 0;
	collect_kick(p, kick);
}

int sv_server_poll(struct sv_server *s, u32 *kick)
{
	bool is_broken = false;
	int served = 0;
	u32 i;

	*kick = 0;
	for (i = 0; i < s->nr_pairs; i++) {
		struct sv_server_pair *p = &s->pair[i];
		int n = serve_requests(s, p);

		served += n;
		recycle_as_needed(p);
		collect_kick_lazily(p, n, kick);
		is_broken = is_broken || pair_is_broken(p);
	}
	return is_broken ? SV_SERVER_BROKEN : served;
}

/*
 * The host is never left without slots: it can wake us with a request as long
 * as it has one to take. Only when few are left does a release wake us too.
 */
static bool arm_pair(struct sv_server_pair *p)
{
	bool is_busy = false;

	recycle_slots(p, p->nr_slots);
	if (pair_is_broken(p))
		return true;
	if (p->req.nr_lent <= p->nr_slots / 4)
		is_busy = sv_vring_drv_arm(&p->resp);
	return sv_vring_drv_arm(&p->req) || is_busy;
}

bool sv_server_arm(struct sv_server *s, u32 *kick)
{
	bool is_busy = false;
	u32 i;

	*kick = 0;
	for (i = 0; i < s->nr_pairs; i++) {
		is_busy = arm_pair(&s->pair[i]) || is_busy;
		collect_kick(&s->pair[i], kick);
	}
	if (is_busy)
		sv_server_disarm(s);
	return is_busy;
}

void sv_server_disarm(struct sv_server *s)
{
	u32 i;

	for (i = 0; i < s->nr_pairs; i++) {
		sv_vring_drv_disarm(&s->pair[i].req);
		sv_vring_drv_disarm(&s->pair[i].resp);
	}
}

bool sv_server_is_given_up(const struct sv_server *s)
{
	u32 i;

	for (i = 0; i < s->nr_pairs; i++)
		if (sv_vring_drv_is_given_up(&s->pair[i].req))
			return true;
	return false;
}

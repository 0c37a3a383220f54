// SPDX-License-Identifier: GPL-2.0
#include "vault/backlog.h"
#include "vault/patience.h"
#include "vault/request.h"

#include <sevault/wire.h>

enum {
	SLOT_COST = 4096,	/* what a request costs without any text, in bytes of text */
	TURN = SV_DATA_SLOT_MAX + SLOT_COST,	/* bytes; nothing in one slot costs more */
};

void sv_backlog_init(struct sv_backlog *b)
{
	INIT_LIST_HEAD(&b->flows);
}

void sv_flow_init(struct sv_flow *f)
{
	INIT_LIST_HEAD(&f->node);
	INIT_LIST_HEAD(&f->reqs);
	f->credit = 0;
	f->nr_bounded = 0;
}

/* The first one of its flow waits: behind all others, with a turn of its own. */
static void activate(struct sv_backlog *b, struct sv_flow *f)
{
	if (!list_empty(&f->reqs))
		return;
	f->credit = TURN;
	list_add_tail(&f->node, &b->flows);
}

bool sv_backlog_add(struct sv_backlog *b, struct sv_req *req)
{
	struct sv_flow *f = req->flow;

	if (!sv_req_may_backlog(req)) {
		if (f->nr_bounded >= SV_FLOW_ROOM)
			return false;
		f->nr_bounded++;
	}
	activate(b, f);
	list_add_tail(&req->node, &f->reqs);
	return true;
}

void sv_backlog_add_first(struct sv_backlog *b, struct sv_req *req)
{
	struct sv_flow *f = req->flow;

	if (!sv_req_may_backlog(req))
		f->nr_bounded++;
	activate(b, f);
	list_add(&req->node, &f->reqs);
}

struct sv_req *sv_backlog_first(struct sv_backlog *b)
{
	struct sv_flow *f = list_first_entry_or_null(&b->flows, struct sv_flow, node);

	return f ? list_first_entry(&f->reqs, struct sv_req, node) : NULL;
}

/* Take @req out of its flow; a flow without any waits for no turn. */
static void take_out(struct sv_req *req)
{
	struct sv_flow *f = req->flow;

	if (!sv_req_may_backlog(req))
		f->nr_bounded--;
	list_del_init(&req->node);
	if (list_empty(&f->reqs))
		list_del_init(&f->node);
}

void sv_backlog_remove_first(struct sv_backlog *b, u32 bytes)
{
	struct sv_req *req = sv_backlog_first(b);
	struct sv_flow *f = req->flow;

	take_out(req);
	f->credit -= bytes + SLOT_COST;
	if (f->credit > 0 || list_empty(&f->reqs))
		return;
	f->credit += TURN;
	list_move_tail(&f->node, &b->flows);
}

void sv_backlog_take_late(struct sv_backlog *b, const struct sv_patience *p, u32 limit,
			  struct list_head *late)
{
	struct sv_flow *f, *next_flow;
	struct sv_req *req, *next;

	list_for_each_entry_safe(f, next_flow, &b->flows, node) {
		list_for_each_entry_safe(req, next, &f->reqs, node) {
			if (!sv_patience_is_over(p, req->since, limit))
				break;
			take_out(req);
			list_add_tail(&req->node, late);
		}
	}
}

void sv_backlog_take_all(struct sv_backlog *b, struct list_head *orphans)
{
	struct sv_req *req;

	while ((req = sv_backlog_first(b))) {
		take_out(req);
		list_add_tail(&req->node, orphans);
	}
}

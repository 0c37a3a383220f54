/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Requests that wait for a slot, in a fair order.
 *
 * Each request belongs to a flow. Within a flow the order is that of the submits. Flows that have
 * something waiting take turns, and a turn is so many bytes: whoever waits with a thousand
 * requests, or with long ones, gets no more of the vault than whoever waits with one.
 *
 * A request whose user may not wait for ever (without CRYPTO_TFM_REQ_MAY_BACKLOG, as those of
 * network protocols) waits here like any other, but only so many of one flow do.
 *
 * No locks: all of it is protected by the queue's.
 */
#ifndef HOST_KMOD_VAULT_BACKLOG_H
#define HOST_KMOD_VAULT_BACKLOG_H

#include <linux/list.h>
#include <linux/types.h>

struct sv_patience;
struct sv_req;

enum {
	SV_FLOW_ROOM = 512,	/* requests of one flow that wait without MAY_BACKLOG */
};

/*
 * @node:      among the flows that have something waiting
 * @reqs:      what waits
 * @credit:    bytes left of this turn; what was overdrawn is paid in the next
 * @nr_bounded: requests without MAY_BACKLOG in @reqs
 */
struct sv_flow {
	struct list_head node;
	struct list_head reqs;
	s32 credit;
	u32 nr_bounded;
};

/* @flows: the first one's turn it is */
struct sv_backlog {
	struct list_head flows;
};

void sv_backlog_init(struct sv_backlog *b);
void sv_flow_init(struct sv_flow *f);

static inline bool sv_backlog_is_empty(const struct sv_backlog *b)
{
	return list_empty(&b->flows);
}

/* At the end of its flow. False: there is no room for one without MAY_BACKLOG. */
bool sv_backlog_add(struct sv_backlog *b, struct sv_req *req);

/* The rest of a long request: before all others of its flow. */
void sv_backlog_add_first(struct sv_backlog *b, struct sv_req *req);

/* The next one to go, or NULL. It stays. */
struct sv_req *sv_backlog_first(struct sv_backlog *b);

/* Take out the first one. It had a slot, @bytes of text and additional data in it. */
void sv_backlog_remove_first(struct sv_backlog *b, u32 bytes);

/* Move those that were submitted more than @limit ticks ago to @late, oldest first in each flow. */
void sv_backlog_take_late(struct sv_backlog *b, const struct sv_patience *p, u32 limit,
			  struct list_head *late);

/* Move all to @orphans. */
void sv_backlog_take_all(struct sv_backlog *b, struct list_head *orphans);

#endif /* HOST_KMOD_VAULT_BACKLOG_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One crypto request, and how its user hears of it: at most once that it left the backlog, exactly
 * once how it ended.
 *
 * The Crypto API calls users back with bottom halves disabled, and so do we, in the thread that
 * found the answer. One user does not bear that: dm-crypt with no_write_workqueue submits a bio
 * from the last callback of a write, where the block layer may sleep. Whoever encrypts from inside
 * of ->submit_bio() is taken for such a user: its requests end in a work item each, where they may
 * sleep, and wait for one another.
 */
#ifndef HOST_KMOD_VAULT_REQUEST_H
#define HOST_KMOD_VAULT_REQUEST_H

#include <linux/crypto.h>
#include <linux/list.h>
#include <linux/scatterlist.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include <sevault/wire.h>

struct sv_flow;
struct sv_key;

/*
 * State of one crypto request, in its request context. The user sets the first part and zeroes
 * nothing else; the queue owns all of it from a successful submit to the completion.
 *
 * @base:     completed with the result
 * @key:      one reference, which moves to the queue on success; says which flow it is of
 * @src, @dst: additional data (GCM: aad_len bytes at 0), text (text_len bytes at text_off), tag
 *            behind the text. The caller has checked that they are long enough.
 * @iv:       as sevault/wire.h says
 * @iv_out:   where the iv for the next request goes on success, or NULL
 * @can_split: text may be run as consecutive parts when it is longer than a slot
 */
struct sv_req {
	struct crypto_async_request *base;
	struct sv_key *key;
	struct scatterlist *src;
	struct scatterlist *dst;
	u8 *iv_out;
	u32 aad_len;
	u32 text_off;
	u32 text_len;
	u8 op;
	u8 tag_len;
	bool can_split;
	u8 iv[SV_IV_LEN];

	/* private: */
	struct sv_flow *flow;
	union {
		struct list_head node;		/* on the backlog */
		struct work_struct end_work;	/* after that */
	};
	u32 since;		/* tick of the submit */
	u32 done;		/* text of earlier parts */
	u32 part;		/* text of the part in flight */
	int err;		/* for end_work */
	bool is_announced;	/* the user knows that we work on it */
	bool may_sleep;		/* its user, in the callback */
};

/* At the submit, in the context of the user. */
void sv_req_begin(struct sv_req *req, u32 now);

/* Will its user wait for as long as it takes? Otherwise it would rather be refused. */
bool sv_req_may_backlog(const struct sv_req *req);

/* Tell a backlogged user, once, that its request left the backlog. */
void sv_req_announce(struct sv_req *req);

/*
 * The end of @req, which may be freed as soon as its user was told. Gives the key reference up. Not
 * under a lock; the user may submit again.
 */
void sv_req_end(struct sv_req *req, int err);

#endif /* HOST_KMOD_VAULT_REQUEST_H */

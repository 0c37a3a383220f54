/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * What the ops do, for vault.c: a table from op to handler for each kind of
 * pair. Another op is a row there, and its facts in sevault/wire.h.
 */
#ifndef CORE_OPS_H
#define CORE_OPS_H

#include "vault.h"

/*
 * One request while it is handled.
 *
 * @hdr:      private copy of the header; becomes the answer
 * @data:     the slot's data area, shared
 * @data_len: its length, private knowledge
 */
struct sv_vault_request {
	struct sv_vault *vault;
	struct sv_vault_worker *worker;
	struct sv_slot_hdr hdr;
	u8 __shared *data;
	u32 data_len;
};

/* Judge all of the request and run it. BAD_OP: unknown, or of the other kind of pair. */
enum sv_status __must_check sv_ops_admin(struct sv_vault_request *r);
enum sv_status __must_check sv_ops_data(struct sv_vault_request *r);

/* For sv_hello: bit n says that the table has op n. */
u64 sv_ops_admin_served(void);
u64 sv_ops_data_served(void);

static inline bool sv_ops_has_reserved_bits(const struct sv_slot_hdr *h)
{
	return h->flags || h->reserved0 || h->status || h->reserved1;
}

#endif /* CORE_OPS_H */

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The vault's side of all queue pairs of one thread: takes requests from the
 * rings, has the vault answer them, recycles slots.
 *
 *	sv_server_init(...); tell the device the queues; DRIVER_OK;
 *	for (;;) {
 *		n = sv_server_poll(s, &kick);
 *		for each bit q of kick: kick virtqueue q;
 *		if (n == SV_SERVER_BROKEN) die;
 *		if (n == 0 and idle for long enough and !sv_server_arm(s, &kick)) {
 *			kick as above; sleep until an interrupt;
 *			sv_server_disarm(s);
 *		}
 *	}
 */
#ifndef CORE_SERVER_H
#define CORE_SERVER_H

#include "vault.h"
#include "vring_drv.h"
#include "window.h"

enum {
	SV_SERVER_BROKEN = -1,	/* the host violated a ring: wipe and stop */
	SV_SERVER_BUDGET = 16,	/* requests of one pair per poll, at most */
};

/*
 * One pair. Slot i is at slots + i * stride.
 *
 * @req:   lends empty slots, gets requests
 * @resp:  lends answers, gets empty slots
 * @unchecked: answers since the host was last looked at with a full barrier
 */
struct sv_server_pair {
	struct sv_vring_drv req;
	struct sv_vring_drv resp;
	u8 __shared *slots;
	u32 stride;
	u32 slot_len;
	u32 index;		/* of the pair; queue 2 * index is req */
	u16 nr_slots;
	u16 unchecked;
};

/* Must be 64-byte aligned; about 70 KiB. For one thread. */
struct sv_server {
	struct sv_vault *vault;
	u32 nr_pairs;
	struct sv_server_pair pair[SV_MAX_PAIRS];
	struct sv_vault_worker worker;
};

/*
 * Serve pairs @first to @first + @nr - 1 of @layout, in the window mapped at
 * @window_va and known to the device as @window_gpa. Writes the rings and
 * offers every slot. The device must not run yet.
 */
void sv_server_init(struct sv_server *s, struct sv_vault *v, u8 __shared *window_va,
		    u64 window_gpa, const struct sv_window *layout, u32 first, u32 nr);

/*
 * Answer what is there, at most SV_SERVER_BUDGET requests of each pair, and
 * recycle slots. Returns the number of requests answered, or SV_SERVER_BROKEN,
 * also ever after. In any case bit q of @kick says that virtqueue q must be
 * kicked.
 */
int __must_check sv_server_poll(struct sv_server *s, u32 *kick);

/*
 * Before sleep: recycle everything, ask for interrupts, look again. True: there
 * is work (or a broken ring, which the next poll reports), do not sleep. Bits
 * of @kick as above, in both cases. An interrupt may come at any time after
 * the call.
 */
bool __must_check sv_server_arm(struct sv_server *s, u32 *kick);

/* After sleep: poll again, no interrupts wanted. */
void sv_server_disarm(struct sv_server *s);

/*
 * Has the host given this vault up, because it was too slow or stopped? Nothing
 * will come any more: wipe and stop. For idle times; the host's word, which
 * costs at most the vault's service.
 */
bool __must_check sv_server_is_given_up(const struct sv_server *s);

#endif /* CORE_SERVER_H */

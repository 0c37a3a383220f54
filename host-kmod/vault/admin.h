/* SPDX-License-Identifier: GPL-2.0 */
/* The admin pair: one synchronous call at a time, each of bounded length. */
#ifndef HOST_KMOD_VAULT_ADMIN_H
#define HOST_KMOD_VAULT_ADMIN_H

#include "ring/channel.h"
#include "vault/owner.h"

#include <linux/atomic.h>
#include <linux/mutex.h>
#include <linux/wait.h>

/*
 * @lock: held for the length of a call; protects both sides of @chan and is_stopped
 * @is_dead: the call under way gives up; set without the lock
 */
struct sv_admin {
	struct sv_chan chan;
	struct sv_owner *owner;
	struct mutex lock;
	bool is_stopped;
	bool is_dead;
	int is_woken;
	wait_queue_head_t wait;
	atomic_long_t kicks;
	atomic_long_t interrupts;
	unsigned long calls;
	unsigned long timeouts;
};

/*
 * One call: @op with @key_id and @in_len bytes of @in go to the vault. Returns 0, or a negative
 * errno: -EINTR when the caller was killed before its turn; -EIO when the vault is dead or did not
 * answer in time (then it is dead now); -EPROTO when the answer has not the length asked for; or
 * what sv_status_errno() makes of its refusal.
 *
 * @out:        gets @out_len bytes, the length that the answer must have; KEY_LOAD has none
 * @new_key_id: gets the handle after KEY_LOAD
 *
 * Pointers that an op does not need are NULL. A slot that held a secret is wiped when the answer is
 * there, or time is over.
 */
struct sv_admin_call {
	u8 op;
	u64 key_id;
	const void *in;
	u32 in_len;
	void *out;
	u32 out_len;
	u64 *new_key_id;
};

/* -EPROTO with the reason in *@why when the rings are bad. */
int sv_admin_init(struct sv_admin *a, const struct sv_chan_window *w,
		  const struct sv_chan_queue *req, const struct sv_chan_queue *resp,
		  struct sv_owner *owner, const char **why);
int sv_admin_do(struct sv_admin *a, const struct sv_admin_call *call);

/* The vault kicked. Any context. */
void sv_admin_wake(struct sv_admin *a);

/*
 * End the call under way and refuse all later ones. Nobody touches the window when it returns.
 * Sleeps.
 */
void sv_admin_stop(struct sv_admin *a);

#endif /* HOST_KMOD_VAULT_ADMIN_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel tests our drivers, and every template over them, when they are registered. A test that
 * fails is a warning, and a panic with fips=1, panic_on_warn or cryptomgr.panic_on_fail. But behind
 * our drivers is a process that may end or lie at any time, and neither may stop the machine.
 *
 * So a transform that a thread of the self-tests made has a witness: the kernel's own AES, which
 * gets the same test keys, and computes each answer before the vault is asked. The answer of the
 * vault is what the test sees if it is right. If it is wrong, the vault is killed; if there is
 * none, the witness answers. What the driver itself does wrong before it asks is not covered up.
 *
 * No other key comes here: transforms of users have no witness.
 */
#ifndef HOST_KMOD_CRYPTO_WITNESS_H
#define HOST_KMOD_CRYPTO_WITNESS_H

#include "vault/queue.h"

struct sv_testimony;
struct sv_witness;

/*
 * For a transform that is being made, for enum sv_alg @alg. NULL if it is not of a self-test, or
 * the kernel has no AES of its own in this mode. Sleeps.
 */
struct sv_witness *sv_witness_create(u8 alg);

/* Says in the log if it had to answer. May be NULL. Sleeps. */
void sv_witness_destroy(struct sv_witness *w);

/* What setkey is to say to this key. @flags: SV_KEY_F_*. */
int sv_witness_set_key(struct sv_witness *w, u8 flags, const u8 *key, u32 len);

/*
 * Compute the answer to @req, which is about to be submitted, and take the place of its user until
 * it is completed. NULL: no memory, the vault is asked alone. Any context but hard interrupt.
 */
struct sv_testimony *sv_witness_hear(struct sv_witness *w, struct sv_req *req);

/* The vault could not be asked: answer in its place. Returns what the user is to get. */
int sv_witness_answer(struct sv_testimony *t);

#endif /* HOST_KMOD_CRYPTO_WITNESS_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Known answers: what the vault computes is compared with what was published, through the same
 * queues that users' requests take, before any user's key goes to it.
 */
#ifndef HOST_KMOD_CRYPTO_KAT_H
#define HOST_KMOD_CRYPTO_KAT_H

struct sv_dev;

/*
 * Ask the vault, on every queue, before it is ready. 0, or an error after saying why: -EPROTO when
 * an answer is wrong, -EIO when the vault died over it. A vault whose owner allows no clear keys is
 * not asked: sv_key_load() gives it none. Sleeps, bounded as requests are.
 */
int sv_kat_run(struct sv_dev *dev);

#endif /* HOST_KMOD_CRYPTO_KAT_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* What queues and the admin pair need of the device that has them. */
#ifndef HOST_KMOD_VAULT_OWNER_H
#define HOST_KMOD_VAULT_OWNER_H

#include <linux/types.h>

/*
 * @notify: interrupt the vault for virtqueue @vq. Any context with interrupts on, also under
 *          spinlocks.
 * @ctx:    for @notify
 * @fail:   the vault is beyond repair, for this reason. Any context but hard interrupts, also
 *          under spinlocks; must not wait for whoever calls it.
 */
struct sv_owner {
	void (*notify)(void *ctx, u32 vq);
	void *ctx;
	void (*fail)(struct sv_owner *owner, const char *why);
};

#endif /* HOST_KMOD_VAULT_OWNER_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A doorbell: a virtqueue of which nothing is used but its two eventfds. The kick wakes us (QEMU:
 * ioeventfd), the call wakes the vault (QEMU: irqfd).
 */
#ifndef HOST_KMOD_VHOST_BELL_H
#define HOST_KMOD_VHOST_BELL_H

#include <linux/spinlock.h>
#include <linux/wait.h>

struct eventfd_ctx;
struct file;

/*
 * @rung: the vault kicked. Interrupts are off, the lock of the eventfd is held.
 * @kick: the eventfd that we listen to, at @wqh, by @wait; NULL: none
 * @lock: protects @call, which changes while the vault runs (when QEMU masks a vector)
 */
struct sv_bell {
	void (*rung)(struct sv_bell *bell);
	struct file *kick;
	wait_queue_head_t *wqh;
	wait_queue_entry_t wait;
	spinlock_t lock;
	struct eventfd_ctx *call;
};

void sv_bell_init(struct sv_bell *bell, void (*rung)(struct sv_bell *bell));

/* Forget both eventfds. When it returns @rung is not running and will not be called. */
void sv_bell_release(struct sv_bell *bell);

/*
 * Descriptors of the present process; negative: none. The caller serialises. On error (no eventfd)
 * what was set before stays.
 */
int sv_bell_set_kick(struct sv_bell *bell, int fd);
int sv_bell_set_call(struct sv_bell *bell, int fd);

/* Wake the vault. Any context with interrupts on, also under spinlocks. */
void sv_bell_ring(struct sv_bell *bell);

#endif /* HOST_KMOD_VHOST_BELL_H */

// SPDX-License-Identifier: GPL-2.0
#include "vhost/bell.h"
#include "compat.h"

#include <linux/err.h>
#include <linux/eventfd.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/poll.h>

/* poll() is how an eventfd gives its wait queue away. */
struct listen {
	poll_table pt;
	struct sv_bell *bell;
};

/* There is no EPOLLHUP, as we hold the file. */
static int wake(wait_queue_entry_t *wait, unsigned int mode, int sync, void *key)
{
	struct sv_bell *bell = container_of(wait, struct sv_bell, wait);

	if (key_to_poll(key) & EPOLLIN)
		bell->rung(bell);
	return 0;
}

static void listen(struct file *file, wait_queue_head_t *wqh, poll_table *pt)
{
	struct sv_bell *bell = container_of(pt, struct listen, pt)->bell;

	bell->wqh = wqh;
	add_wait_queue(wqh, &bell->wait);
}

void sv_bell_init(struct sv_bell *bell, void (*rung)(struct sv_bell *bell))
{
	*bell = (struct sv_bell){ .rung = rung };
	init_waitqueue_func_entry(&bell->wait, wake);
	spin_lock_init(&bell->lock);
}

void sv_bell_release(struct sv_bell *bell)
{
	/* None is always taken. */
	(void)sv_bell_set_kick(bell, -1);
	(void)sv_bell_set_call(bell, -1);
}

static void drop_kick(struct sv_bell *bell)
{
	if (!bell->kick)
		return;
	remove_wait_queue(bell->wqh, &bell->wait);
	fput(bell->kick);
	bell->kick = NULL;
}

int sv_bell_set_kick(struct sv_bell *bell, int fd)
{
	struct listen l = { .bell = bell };
	struct file *file = NULL;

	if (fd >= 0) {
		file = eventfd_fget(fd);
		if (IS_ERR(file))
			return PTR_ERR(file);
	}
	drop_kick(bell);
	bell->kick = file;
	if (!file)
		return 0;
	init_poll_funcptr(&l.pt, listen);
	/* It may have been rung before. */
	if (vfs_poll(file, &l.pt) & EPOLLIN)
		bell->rung(bell);
	return 0;
}

int sv_bell_set_call(struct sv_bell *bell, int fd)
{
	struct eventfd_ctx *call = NULL;

	if (fd >= 0) {
		call = eventfd_ctx_fdget(fd);
		if (IS_ERR(call))
			return PTR_ERR(call);
	}
	spin_lock_irq(&bell->lock);
	swap(bell->call, call);
	spin_unlock_irq(&bell->lock);
	if (call)
		eventfd_ctx_put(call);
	return 0;
}

void sv_bell_ring(struct sv_bell *bell)
{
	unsigned long flags;

	spin_lock_irqsave(&bell->lock, flags);
	if (bell->call)
		sv_eventfd_signal(bell->call);
	spin_unlock_irqrestore(&bell->lock, flags);
}

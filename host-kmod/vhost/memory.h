/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The shared window in the memory of the process that owns the vault: where it is, its pages, and
 * their mapping in one piece. Nothing else of that process's memory is ever touched.
 */
#ifndef HOST_KMOD_VHOST_MEMORY_H
#define HOST_KMOD_VHOST_MEMORY_H

#include <linux/types.h>

struct mm_struct;
struct vhost_memory;

/* What the attachment is called in messages and in debugfs. */
#define SV_VHOST_NAME "vhost"

/* @uaddr: where the window starts; @len: how many bytes of it are there in one piece, 0: none */
struct sv_place {
	u64 uaddr;
	u64 len;
};

/* @mm: whose pages they are, held; NULL: nothing is pinned. @va: their mapping. */
struct sv_memory {
	struct mm_struct *mm;
	struct page **page;
	void *va;
};

/*
 * Find the window in a table of guest memory. -EFAULT, -E2BIG, or -EINVAL if the table makes no
 * sense. A table without a window is fine: it is missed when the vault is started.
 */
int sv_memory_find(struct sv_place *place, const struct vhost_memory __user *table);

/*
 * Pin and map the window, which is in the memory of the present process, and count it there against
 * the memlock limit. After a message with the reason and the next step: -EINVAL if it is not whole,
 * -ENOMEM, or what pinning gives.
 */
int sv_memory_pin(struct sv_memory *m, const struct sv_place *place);

/* Any process, also after the end of the one that it belonged to. Fine if nothing is pinned. */
void sv_memory_unpin(struct sv_memory *m);

#endif /* HOST_KMOD_VHOST_MEMORY_H */

// SPDX-License-Identifier: GPL-2.0
#include "vhost/memory.h"
#include "complain.h"

#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <sevault/wire.h>
#include <uapi/linux/vhost.h>

enum {
	MAX_REGIONS = 509,	/* QEMU's own limit; it sends four */
	NR_PAGES = SV_WINDOW_LEN / PAGE_SIZE,
	WINDOW_KIB = SV_WINDOW_LEN / 1024,
};

static const char get_window[] = "start it with sevault-vm, or give QEMU a 4096 KiB pc-dimm there";

static_assert(WINDOW_KIB == 4096);

static bool wraps(const struct vhost_memory_region *r)
{
	return r->guest_phys_addr + r->memory_size < r->guest_phys_addr ||
	       r->userspace_addr + r->memory_size < r->userspace_addr;
}

/* Does its memory start in @r? */
static int look(struct sv_place *place, const struct vhost_memory_region *r)
{
	u64 offset = SV_WINDOW_GPA - r->guest_phys_addr;

	if (wraps(r))
		return -EINVAL;
	if (r->guest_phys_addr > SV_WINDOW_GPA || offset >= r->memory_size)
		return 0;
	if (place->len)		/* regions overlap: which of them is it? */
		return -EINVAL;
	place->uaddr = r->userspace_addr + offset;
	place->len = min_t(u64, r->memory_size - offset, SV_WINDOW_LEN);
	return 0;
}

int sv_memory_find(struct sv_place *place, const struct vhost_memory __user *table)
{
	struct vhost_memory_region region;
	struct vhost_memory head;
	u32 i;
	int err;

	*place = (struct sv_place){};
	if (copy_from_user(&head, table, sizeof(head)))
		return -EFAULT;
	if (head.padding)
		return -EOPNOTSUPP;
	if (head.nregions > MAX_REGIONS)
		return -E2BIG;
	for (i = 0; i < head.nregions; i++) {
		if (copy_from_user(&region, &table->regions[i], sizeof(region)))
			return -EFAULT;
		err = look(place, &region);
		if (err)
			return err;
	}
	return 0;
}

static int judge(const struct sv_place *place)
{
	if (!place->len)
		sv_complain(SV_VHOST_NAME, get_window,
			    "no window: the VM has no memory at guest address %#llx",
			    SV_WINDOW_GPA);
	else if (place->len != SV_WINDOW_LEN)
		sv_complain(SV_VHOST_NAME, get_window,
			    "window too small: %llu of %u KiB at guest address %#llx are there",
			    place->len / 1024, WINDOW_KIB, SV_WINDOW_GPA);
	else if (!PAGE_ALIGNED(place->uaddr))
		sv_complain(SV_VHOST_NAME, get_window, "the window does not start with a page");
	else
		return 0;
	return -EINVAL;
}

/* As other users of pinned memory do, but nobody is exempt. A process gives itself its name. */
static int account(struct mm_struct *mm)
{
	u64 limit = rlimit(RLIMIT_MEMLOCK);

	if (atomic64_add_return(NR_PAGES, &mm->pinned_vm) <= PHYS_PFN(limit))
		return 0;
	atomic64_sub(NR_PAGES, &mm->pinned_vm);
	sv_complain(SV_VHOST_NAME, "ulimit -l unlimited, or LimitMEMLOCK=infinity in the unit",
		    "memlock limit too small: %*pE (pid %d) may lock %llu of %u KiB",
		    (int)strnlen(current->comm, TASK_COMM_LEN), current->comm,
		    task_tgid_nr(current), limit / 1024, WINDOW_KIB);
	return -ENOMEM;
}

static int pin(struct page **page, u64 uaddr)
{
	int nr = pin_user_pages_fast(uaddr, NR_PAGES, FOLL_WRITE | FOLL_LONGTERM, page);

	if (nr == NR_PAGES)
		return 0;
	if (nr > 0)
		unpin_user_pages(page, nr);
	sv_complain(SV_VHOST_NAME, "give QEMU a memory-backend-memfd for the window, as sevault-vm does",
		    "cannot pin the window: %d of %lu pages", max(nr, 0), (unsigned long)NR_PAGES);
	return nr < 0 ? nr : -EFAULT;
}

static int map(struct sv_memory *m, u64 uaddr)
{
	int err;

	m->page = kvcalloc(NR_PAGES, sizeof(m->page[0]), GFP_KERNEL);
	if (!m->page)
		return -ENOMEM;
	err = pin(m->page, uaddr);
	if (err)
		goto err_free;
	m->va = vmap(m->page, NR_PAGES, VM_MAP, PAGE_KERNEL);
	if (m->va)
		return 0;
	err = -ENOMEM;
	unpin_user_pages(m->page, NR_PAGES);
err_free:
	kvfree(m->page);
	m->page = NULL;
	return err;
}

int sv_memory_pin(struct sv_memory *m, const struct sv_place *place)
{
	struct mm_struct *mm = current->mm;
	int err;

	err = judge(place);
	if (err)
		return err;
	err = account(mm);
	if (err)
		return err;
	err = map(m, place->uaddr);
	if (err) {
		atomic64_sub(NR_PAGES, &mm->pinned_vm);
		return err;
	}
	/* The counter must outlive its process. */
	mmgrab(mm);
	m->mm = mm;
	return 0;
}

void sv_memory_unpin(struct sv_memory *m)
{
	if (!m->mm)
		return;
	vunmap(m->va);
	unpin_user_pages_dirty_lock(m->page, NR_PAGES, true);
	kvfree(m->page);
	atomic64_sub(NR_PAGES, &m->mm->pinned_vm);
	mmdrop(m->mm);
	*m = (struct sv_memory){};
}

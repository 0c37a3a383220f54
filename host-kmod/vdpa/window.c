// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "vdpa/window.h"
#include "params.h"

#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <sevault/wire.h>

enum {
	NR_PAGES = SV_WINDOW_LEN / PAGE_SIZE,
	WINDOW_KIB = SV_WINDOW_LEN / 1024,
};

int sv_window_init(struct sv_window *w)
{
	w->va = NULL;
	w->page = kvcalloc(NR_PAGES, sizeof(w->page[0]), GFP_KERNEL);
	return w->page ? 0 : -ENOMEM;
}

void sv_window_release(struct sv_window *w)
{
	u32 i;

	sv_window_unmap(w);
	for (i = 0; w->page && i < NR_PAGES; i++) {
		if (w->page[i])
			put_page(w->page[i]);
	}
	kvfree(w->page);
	w->page = NULL;
}

void sv_window_add(struct sv_window *w, u64 gpa, u64 pa, u64 size)
{
	u64 done;

	if (!PAGE_ALIGNED(gpa | pa))
		return;
	for (done = 0; size - done >= PAGE_SIZE; done += PAGE_SIZE) {
		u64 offset = gpa + done - SV_WINDOW_GPA;	/* huge below the window */
		unsigned long pfn = PHYS_PFN(pa + done);
		struct page **page;

		if (offset >= SV_WINDOW_LEN || !pfn_valid(pfn))
			continue;
		page = &w->page[offset >> PAGE_SHIFT];
		if (*page)
			continue;
		*page = pfn_to_page(pfn);
		get_page(*page);
	}
}

bool sv_window_equal(const struct sv_window *a, const struct sv_window *b)
{
	return a->page && b->page && !memcmp(a->page, b->page, NR_PAGES * sizeof(a->page[0]));
}

static u32 count_pages(const struct sv_window *w)
{
	u32 i, n = 0;

	for (i = 0; w->page && i < NR_PAGES; i++)
		n += !!w->page[i];
	return n;
}

/* Could the process that starts the vault, the present one, not pin what is missing? */
static bool memlock_is_short(u32 nr_missing)
{
	u64 pinned = current->mm ? atomic64_read(&current->mm->pinned_vm) : 0;

	return PHYS_PFN(rlimit(RLIMIT_MEMLOCK)) < pinned + nr_missing;
}

static void explain(const char *name, u32 nr_pages)
{
	if (memlock_is_short(NR_PAGES - nr_pages)) {
		pr_err("%s: memlock limit too small: %s (pid %d) may lock %lu of %u KiB\n",
		       name, current->comm, task_tgid_nr(current), rlimit(RLIMIT_MEMLOCK) / 1024,
		       WINDOW_KIB);
		sv_next(name, "ulimit -l unlimited, or LimitMEMLOCK=infinity in the unit");
		return;
	}
	if (!nr_pages)
		pr_err("%s: no window: the VM has no memory at guest address %#llx\n", name,
		       SV_WINDOW_GPA);
	else
		pr_err("%s: window too small: %lu of %u KiB at guest address %#llx are there\n",
		       name, nr_pages * (PAGE_SIZE / 1024), WINDOW_KIB, SV_WINDOW_GPA);
	sv_next(name, "start it with sevault-vm, or give QEMU a %u KiB pc-dimm there", WINDOW_KIB);
}

int sv_window_map(struct sv_window *w, const char *name)
{
	u32 n = count_pages(w);

	if (n != NR_PAGES) {
		explain(name, n);
		return -EINVAL;
	}
	w->va = vmap(w->page, NR_PAGES, VM_MAP, PAGE_KERNEL);
	return w->va ? 0 : -ENOMEM;
}

void sv_window_unmap(struct sv_window *w)
{
	if (w->va)
		vunmap(w->va);
	w->va = NULL;
}

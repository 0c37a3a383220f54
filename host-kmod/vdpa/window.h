/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The shared window: which pages of the VM it consists of, and its mapping in the kernel. Not
 * locked: the attachment's lock covers it.
 */
#ifndef HOST_KMOD_VDPA_WINDOW_H
#define HOST_KMOD_VDPA_WINDOW_H

#include <linux/types.h>

/*
 * @page: one reference of our own on each, as whoever pinned them may unpin them first; NULL where
 *        nothing is mapped
 * @va:   all of it in one piece, or NULL
 */
struct sv_window {
	struct page **page;
	void *va;
};

/* A window without pages. -ENOMEM. */
int sv_window_init(struct sv_window *w);

/* Unmap, drop all references. Fine for a window of zeros, too. */
void sv_window_release(struct sv_window *w);

/* @size bytes of guest memory at @gpa are at @pa: take what lies in the window. */
void sv_window_add(struct sv_window *w, u64 gpa, u64 pa, u64 size);

/* Do both consist of the same pages? */
bool sv_window_equal(const struct sv_window *a, const struct sv_window *b);

/*
 * Map it, once all pages are there. -EINVAL if they are not, after a message with the reason and
 * the next step: memlock limit of the present process too small, window too small, or no window
 * at all. -ENOMEM.
 */
int sv_window_map(struct sv_window *w, const char *name);
void sv_window_unmap(struct sv_window *w);

#endif /* HOST_KMOD_VDPA_WINDOW_H */

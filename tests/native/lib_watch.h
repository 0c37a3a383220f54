/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Sees every access to one page of memory, by faults and single steps. What is
 * read twice there, a peer can change between the two.
 */
#ifndef NATIVE_LIB_WATCH_H
#define NATIVE_LIB_WATCH_H

#include <port.h>

enum {
	WATCH_PAGE_LEN = 4096,
	WATCH_MAX = 256,
};

/* @pauses: how many calls of watch_pause() came before it */
struct watch_access {
	u16 off;
	bool is_write;
	u32 pauses;
};

/* What was seen since watch_start(), the first WATCH_MAX of @nr. */
struct watch {
	struct watch_access access[WATCH_MAX];
	u32 nr;
};

extern struct watch watch;

/*
 * Watch @page until watch_stop(). Where set, @before is called before every
 * access, may change the page, and may not do what a signal handler may not.
 */
void watch_start(void *page, void (*before)(const struct watch_access *access));
void watch_stop(void);

/* Between the two the page is anybody's. Nothing happens where none is watched. */
void watch_pause(void);
void watch_resume(void);

#endif /* NATIVE_LIB_WATCH_H */

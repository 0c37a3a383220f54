/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* What the two halves of the program attach share: a vault of nobody, and the ioctls. */
#ifndef TOOLS_ATTACH_H
#define TOOLS_ATTACH_H

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/vhost.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <port.h>
#include <sevault/vhost.h>
#include <sevault/vring.h>

#include "core/window.h"

enum { MAX_REGIONS = 600, BIG = 2 * SV_WINDOW_LEN };

/* struct vhost_memory with its regions. */
struct table {
	struct {
		u32 nregions;
		u32 padding;
	} head;
	struct vhost_memory_region region[MAX_REGIONS];
};

static_assert(offsetof(struct table, region) == offsetof(struct vhost_memory, regions), "vhost");

extern int dev;		/* the device, or -1 */
extern u8 *window;	/* in the middle of more memory of ours */

/* Map it, or map it anew. */
void map_window(void);

/* Our vault in it: laid out as the real ones, all slots described. */
void make_vault(void);

/* A new life. */
void open_device(void);

/* The error of an ioctl, 0 for none. */
int call(unsigned long cmd, const void *arg);
int set_features(u64 features);
int set_base(u32 index, u32 num);
int set_file(unsigned long cmd, u32 index, int fd);
int run(int on);

/* Tables of guest memory; the next call has the same place for its own. */
struct table *one_region(u64 gpa, u64 len, u64 uaddr);
struct table *good_table(void);

static inline u64 va(const void *p)
{
	return (uintptr_t)p;
}

/* What may be run; exit statuses. */
int attach_rows(void);
int attach_fuzz(u64 seed, u32 nr_lives);

#endif /* TOOLS_ATTACH_H */

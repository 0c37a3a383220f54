/* SPDX-License-Identifier: GPL-2.0 */
/* One vault at the device: what its process has told us, its start and its end. */
#ifndef HOST_KMOD_VHOST_ATTACH_H
#define HOST_KMOD_VHOST_ATTACH_H

#include "vhost/bell.h"
#include "vhost/memory.h"

#include <linux/mutex.h>
#include <linux/types.h>
#include <sevault/wire.h>

struct sv_dev;

/* A virtqueue, of which only the bell counts. @base: where it starts; a kick finds @v by it. */
struct sv_vhost_door {
	struct sv_bell bell;
	struct sv_vhost *v;
	u32 base;
};

/*
 * @lock:   protects all but @dev
 * @owner:  held; NULL: nobody yet
 * @door:   the first for the admin pair, the second for all data pairs
 * @place:  of the window in @owner, as of the last memory table
 * @memory: pinned while @dev is set
 * @dev:    the running vault; read under RCU by kicks, which come with interrupts off
 */
struct sv_vhost {
	struct mutex lock;
	struct mm_struct *owner;
	u64 features;
	struct sv_vhost_door door[SV_NR_BELLS];
	struct sv_place place;
	struct sv_memory memory;
	struct sv_dev __rcu *dev;
};

/* All zeros before. */
void sv_vhost_bells_init(struct sv_vhost *v);

bool sv_vhost_is_running(struct sv_vhost *v);

/*
 * The vault says that its driver is ready. -EBUSY if it runs; else a message has been printed when
 * this fails. Under the lock, in the owner's process.
 */
int sv_vhost_start(struct sv_vhost *v);

/*
 * End every request of the vault and forget its memory. Nothing happens if it does not run. Under
 * the lock, in any process.
 */
void sv_vhost_stop(struct sv_vhost *v, const char *why);

/* What the module tells every vault. */
void sv_vhost_config(struct sv_config *config);

#endif /* HOST_KMOD_VHOST_ATTACH_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One life of a vault: from the moment that its rings are there (DRIVER_OK) to its death. A vault
 * that comes back is another sv_dev with a higher generation; nothing of the old one is used
 * again, so that a late answer or a stale handle has nowhere to go.
 *
 *   STARTING  -> READY  hello, self-test and known answers were good; keys can be loaded
 *   any state -> DEAD   for good: reset, watchdog, broken rings
 *
 * References: the attachment has one from create to stop, every key one, every work item
 * one while it is queued. After sv_dev_stop() the object is an empty shell that waits for its
 * last key. This file knows no transport: whoever attaches a vault passes a struct sv_link.
 */
#ifndef HOST_KMOD_VAULT_DEV_H
#define HOST_KMOD_VAULT_DEV_H

#include "vault/admin.h"
#include "vault/owner.h"
#include "vault/queue.h"
#include "vault/tenant.h"

#include <linux/completion.h>
#include <linux/kref.h>
#include <linux/rcupdate.h>
#include <linux/workqueue.h>

struct dentry;
struct sv_dev;

/* How to reach the vault. Valid until sv_dev_stop() returned. */
struct sv_link {
	const char *name;	/* for messages and debugfs; copied */
	struct sv_chan_window window;
	u32 nr_pairs;		/* admin pair and data pairs that the vault has set up */
	struct sv_chan_queue vq[2 * SV_MAX_PAIRS];
	/* As in struct sv_owner. */
	void (*notify)(void *ctx, u32 vq);
	/* The vault was declared dead and its rings say so: wake it to look. Sleepable context. */
	void (*give_up)(void *ctx);
	void *ctx;
};

enum sv_dev_state {
	SV_DEV_STARTING,
	SV_DEV_READY,
	SV_DEV_DEAD,
};

/*
 * Constant after create, but for:
 * @state:   changed by cmpxchg or xchg only
 * @hello:   written before READY
 * @cause:   why it died; written once, by whoever made it DEAD
 * @is_buried: the death work is over; nobody touches the window any more
 */
struct sv_dev {
	struct rcu_head rcu;
	struct kref ref;
	struct sv_admin admin;
	char name[32];
	u32 generation;
	atomic_t state;
	const char *cause;
	atomic_t next_queue;
	u32 nr_queues;
	struct sv_queue *queue[SV_MAX_DATA_PAIRS];
	struct sv_owner owner;
	struct sv_tenants tenants;
	void (*give_up)(void *ctx);
	struct sv_hello hello;
	struct sv_selftest selftest;
	struct work_struct start_work;
	struct work_struct death_work;
	struct completion is_buried;
	struct dentry *debugfs;
};

/*
 * What the rest of the module does at the turns of a life, in this order. All may sleep.
 * @born:  it is about to start
 * @judge: it has said who it is; an error, with a reason in the log, and it is refused. Not under
 *         any lock; the vault may die meanwhile. Runs on sv_start_wq.
 * @ready: users' keys can be loaded. As @judge.
 * @gone:  it was stopped; the last chance to look at it
 */
struct sv_dev_hooks {
	void (*born)(struct sv_dev *dev);
	int (*judge)(struct sv_dev *dev);
	void (*ready)(struct sv_dev *dev);
	void (*gone)(struct sv_dev *dev);
};

/* Once, before the first device. */
void sv_dev_init(const struct sv_dev_hooks *hooks);

/* Judge the rings and make a device. Nothing runs yet. Says in the log what is wrong with them. */
struct sv_dev *sv_dev_create(const struct sv_link *link);

/* Start pollers, greet the vault. On error the caller still has to stop it. */
int sv_dev_start(struct sv_dev *dev);

/*
 * End every request with -EIO and give the attachment's reference up. When it returns nobody
 * touches the window or calls notify. Sleeps, bounded by what completions take.
 */
void sv_dev_stop(struct sv_dev *dev, const char *why);

/* The vault is beyond use. Any context but hard interrupts; the rest happens in a work item. */
void sv_dev_kill(struct sv_dev *dev, const char *why);

/* The vault kicked virtqueue @vq. Any context. */
void sv_dev_kick(struct sv_dev *dev, u32 vq);

/* The vault that is ready now with a reference, or NULL. */
struct sv_dev *sv_dev_get_ready(void);
void sv_dev_get(struct sv_dev *dev);
void sv_dev_put(struct sv_dev *dev);

/* The data queue for the next tenant. */
struct sv_queue *sv_dev_pick_queue(struct sv_dev *dev);

const char *sv_dev_state_name(const struct sv_dev *dev);
bool sv_dev_is_dead(const struct sv_dev *dev);

/* Does the owner of the vault allow that keys are loaded in the clear? After its hello. */
bool sv_dev_takes_keys(const struct sv_dev *dev);

#endif /* HOST_KMOD_VAULT_DEV_H */

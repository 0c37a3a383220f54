// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "vault/dev.h"
#include "complain.h"
#include "params.h"
#include "vault/hello.h"
#include "vault/poller.h"

#include <linux/err.h>
#include <linux/log2.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <sevault/secret.h>

static const struct sv_dev_hooks *hooks;

static atomic_t last_generation = ATOMIC_INIT(0);

/* The vault that new keys go to. Writers hold the lock; the pointer itself is no reference. */
static DEFINE_SPINLOCK(ready_lock);
static struct sv_dev __rcu *ready_dev;

void sv_dev_init(const struct sv_dev_hooks *h)
{
	hooks = h;
}

static void free_dev(struct kref *ref)
{
	struct sv_dev *dev = container_of(ref, struct sv_dev, ref);
	u32 i;

	for (i = 0; i < dev->nr_queues; i++)
		sv_queue_destroy(dev->queue[i]);
	/* Readers of ready_dev may still look at ref. */
	kfree_rcu(dev, rcu);
}

void sv_dev_get(struct sv_dev *dev)
{
	kref_get(&dev->ref);
}

void sv_dev_put(struct sv_dev *dev)
{
	kref_put(&dev->ref, free_dev);
}

struct sv_dev *sv_dev_get_ready(void)
{
	struct sv_dev *dev;

	rcu_read_lock();
	dev = rcu_dereference(ready_dev);
	if (dev && !kref_get_unless_zero(&dev->ref))
		dev = NULL;
	rcu_read_unlock();
	return dev;
}

static void set_ready(struct sv_dev *dev)
{
	spin_lock(&ready_lock);
	/* A device that died meanwhile must not be offered: clear_ready() was or will be here. */
	if (atomic_cmpxchg(&dev->state, SV_DEV_STARTING, SV_DEV_READY) == SV_DEV_STARTING)
		rcu_assign_pointer(ready_dev, dev);
	spin_unlock(&ready_lock);
}

static void clear_ready(struct sv_dev *dev)
{
	spin_lock(&ready_lock);
	if (rcu_access_pointer(ready_dev) == dev)
		RCU_INIT_POINTER(ready_dev, NULL);
	spin_unlock(&ready_lock);
}

struct sv_queue *sv_dev_pick_queue(struct sv_dev *dev)
{
	u32 n = (u32)atomic_fetch_inc(&dev->next_queue);

	return dev->queue[n % dev->nr_queues];
}

const char *sv_dev_state_name(const struct sv_dev *dev)
{
	switch (atomic_read(&dev->state)) {
	case SV_DEV_STARTING:
		return "starting";
	case SV_DEV_READY:
		return "ready";
	default:
		return "dead";
	}
}

bool sv_dev_is_dead(const struct sv_dev *dev)
{
	return atomic_read(&dev->state) == SV_DEV_DEAD;
}

bool sv_dev_takes_keys(const struct sv_dev *dev)
{
	return le32_to_cpu(dev->hello.policy) & SV_POLICY_IMPORT;
}

static void owner_fail(struct sv_owner *owner, const char *why)
{
	sv_dev_kill(container_of(owner, struct sv_dev, owner), why);
}

/*
 * A vault that is dead to us may be alive, with keys: it was only stopped, or starved. It must
 * learn that it is of no use any more.
 */
static void tell_vault(struct sv_dev *dev)
{
	u32 i;

	sv_chan_give_up(&dev->admin.chan);
	for (i = 0; i < dev->nr_queues; i++)
		sv_chan_give_up(&dev->queue[i]->chan);
	dev->give_up(dev->owner.ctx);
}

/* Runs once per device. After it nothing touches the window. */
static void death_work(struct work_struct *work)
{
	struct sv_dev *dev = container_of(work, struct sv_dev, death_work);
	u32 i;

	clear_ready(dev);
	pr_warn_ratelimited("%s: vault %u is gone: %s\n", dev->name, dev->generation, dev->cause);
	sv_admin_stop(&dev->admin);
	for (i = 0; i < dev->nr_queues; i++)
		sv_queue_stop(dev->queue[i]);
	tell_vault(dev);
	complete_all(&dev->is_buried);
	sv_dev_put(dev);
}

void sv_dev_kill(struct sv_dev *dev, const char *why)
{
	if (atomic_xchg(&dev->state, SV_DEV_DEAD) == SV_DEV_DEAD)
		return;
	dev->cause = why;
	sv_dev_get(dev);
	queue_work(sv_wq, &dev->death_work);
}

static void start_work(struct work_struct *work)
{
	struct sv_dev *dev = container_of(work, struct sv_dev, start_work);

	if (sv_hello_run(dev) || hooks->judge(dev)) {
		sv_dev_kill(dev, "it was refused");
	} else {
		set_ready(dev);
		hooks->ready(dev);
	}
	sv_dev_put(dev);
}

static int create_queues(struct sv_dev *dev, const struct sv_link *link, const char **why)
{
	u32 pair;
	int err;

	err = sv_admin_init(&dev->admin, &link->window, &link->vq[0], &link->vq[1], &dev->owner,
			    why);
	for (pair = SV_PAIR_DATA; !err && pair < link->nr_pairs; pair++) {
		struct sv_queue *q;

		q = sv_queue_create(pair, &link->window, &link->vq[2 * pair],
				    &link->vq[2 * pair + 1], &dev->owner, why);
		if (IS_ERR(q))
			err = PTR_ERR(q);
		else
			dev->queue[dev->nr_queues++] = q;
	}
	/* The one that failed is behind us. */
	if (err == -EPROTO) {
		sv_complain(link->name, SV_SAME_RELEASE,
			    "queue pair %u of the vault is unusable: %s", pair - 1, *why);
	}
	return err;
}

struct sv_dev *sv_dev_create(const struct sv_link *link)
{
	const char *why = "";
	struct sv_dev *dev;
	int err;

	if (link->nr_pairs <= SV_PAIR_DATA || link->nr_pairs > SV_MAX_PAIRS)
		return ERR_PTR(-EINVAL);
	/* A power of two, for kmalloc then aligns to it. */
	dev = kzalloc(roundup_pow_of_two(sizeof(*dev)), GFP_KERNEL);
	if (!dev)
		return ERR_PTR(-ENOMEM);
	kref_init(&dev->ref);
	sv_tenants_init(&dev->tenants);
	strscpy(dev->name, link->name, sizeof(dev->name));
	dev->owner.notify = link->notify;
	dev->owner.ctx = link->ctx;
	dev->owner.fail = owner_fail;
	dev->give_up = link->give_up;
	dev->generation = atomic_inc_return(&last_generation);
	INIT_WORK(&dev->start_work, start_work);
	INIT_WORK(&dev->death_work, death_work);
	init_completion(&dev->is_buried);
	err = create_queues(dev, link, &why);
	if (err) {
		sv_dev_put(dev);
		return ERR_PTR(err);
	}
	return dev;
}

int sv_dev_start(struct sv_dev *dev)
{
	u32 i;
	int err;

	for (i = 0; i < dev->nr_queues; i++) {
		err = sv_poller_start(dev->queue[i], dev->name);
		if (err)
			return err;
	}
	hooks->born(dev);
	sv_dev_get(dev);
	queue_work(sv_start_wq, &dev->start_work);
	return 0;
}

void sv_dev_stop(struct sv_dev *dev, const char *why)
{
	sv_dev_kill(dev, why);
	/* Not flush_work(): whoever declared it dead may not have queued the work yet. */
	wait_for_completion(&dev->is_buried);
	hooks->gone(dev);
	sv_dev_put(dev);
}

void sv_dev_kick(struct sv_dev *dev, u32 vq)
{
	u32 pair = vq / 2;

	if (pair == SV_PAIR_ADMIN) {
		atomic_long_inc(&dev->admin.kicks);
		sv_admin_wake(&dev->admin);
	} else if (pair - SV_PAIR_DATA < dev->nr_queues) {
		struct sv_queue *q = dev->queue[pair - SV_PAIR_DATA];

		atomic_long_inc(&q->stats.kicks);
		sv_queue_wake(q);
	}
}

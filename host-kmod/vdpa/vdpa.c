// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "vdpa/vdpa.h"
#include "compat.h"
#include "params.h"
#include "vault/dev.h"
#include "vdpa/window.h"

#include <linux/device.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/vhost_iotlb.h>
#include <uapi/linux/virtio_config.h>

/* A virtqueue as the other side programs it. @start: its first available index. */
struct vq {
	u64 desc;
	u64 driver;
	u64 device;
	u32 num;
	u16 start;
	bool is_ready;
};

/*
 * @lock:    protects status, features, vq, window and starting and stopping
 * @status:  as the vault wrote it; get_status adds to it
 * @cb_lock: protects cb and config_cb: they change while the vault runs (eventfd, then irqfd)
 * @dev:     the running vault; read under RCU by kicks, which come with interrupts off
 * @window:  mapped while @dev is set
 */
struct sv_vdpa {
	struct vdpa_device vdpa;
	struct mutex lock;
	u8 status;
	u64 features;
	u32 nr_vqs;
	struct vq vq[2 * SV_MAX_PAIRS];
	spinlock_t cb_lock;
	struct vdpa_callback cb[2 * SV_MAX_PAIRS];
	struct vdpa_callback config_cb;
	struct sv_dev __rcu *dev;
	struct sv_window window;
};

static struct sv_vdpa *to_sv(struct vdpa_device *vdpa)
{
	return container_of(vdpa, struct sv_vdpa, vdpa);
}

static const char *name_of(const struct sv_vdpa *v)
{
	return dev_name(&v->vdpa.dev);
}

static struct sv_dev *dev_of(struct sv_vdpa *v)
{
	return rcu_dereference_protected(v->dev, lockdep_is_held(&v->lock));
}

/* QEMU makes all queues ready, also those that its guest left alone. Nothing of ours is at 0. */
static bool is_set_up(const struct vq *vq)
{
	return vq->is_ready && vq->desc;
}

/* Pairs of which both queues are set up, from the first on. */
static u32 count_pairs(const struct sv_vdpa *v)
{
	u32 n = 0;

	while (n < v->nr_vqs && is_set_up(&v->vq[n]))
		n++;
	return n / 2;
}

static bool queues_are_usable(const struct sv_vdpa *v)
{
	u32 i;

	if (count_pairs(v) <= SV_PAIR_DATA) {
		pr_err("%s: the vault set up %u queue pairs, at least %u are needed\n", name_of(v),
		       count_pairs(v), SV_PAIR_DATA + 1);
		sv_next_same_release(name_of(v));
		return false;
	}
	for (i = 0; i < v->nr_vqs; i++) {
		if (!v->vq[i].start)
			continue;
		pr_err("%s: the vault was stopped and continued, its keys are lost\n", name_of(v));
		sv_next(name_of(v), "start it again from the beginning");
		return false;
	}
	return true;
}

static void call(struct sv_vdpa *v, const struct vdpa_callback *cb)
{
	unsigned long flags;

	spin_lock_irqsave(&v->cb_lock, flags);
	if (cb->callback)
		cb->callback(cb->private);
	spin_unlock_irqrestore(&v->cb_lock, flags);
}

static void set_cb(struct sv_vdpa *v, struct vdpa_callback *cb, const struct vdpa_callback *new)
{
	unsigned long flags;

	spin_lock_irqsave(&v->cb_lock, flags);
	*cb = *new;
	spin_unlock_irqrestore(&v->cb_lock, flags);
}

static void notify(void *ctx, u32 i)
{
	struct sv_vdpa *v = ctx;

	call(v, &v->cb[i]);
}

/* The status that get_status shows has changed. */
static void give_up(void *ctx)
{
	struct sv_vdpa *v = ctx;

	call(v, &v->config_cb);
}

static void stop(struct sv_vdpa *v, const char *why)
{
	struct sv_dev *dev = dev_of(v);
	u32 i;

	lockdep_assert_held(&v->lock);
	if (!dev)
		return;
	/* Requests end at once; then no more kicks, no device, no mapping, in this order. */
	sv_dev_get(dev);
	sv_dev_kill(dev, why);
	RCU_INIT_POINTER(v->dev, NULL);
	synchronize_rcu();
	sv_dev_stop(dev, why);
	for (i = 0; i < v->nr_vqs; i++)
		v->vq[i].start = sv_dev_avail_index(dev, i);
	sv_dev_put(dev);
	sv_window_unmap(&v->window);
	module_put(THIS_MODULE);
}

static struct sv_dev *create_dev(struct sv_vdpa *v)
{
	struct sv_link *link;
	struct sv_dev *dev;
	u32 i;

	link = kzalloc(sizeof(*link), GFP_KERNEL);
	if (!link)
		return ERR_PTR(-ENOMEM);
	link->name = name_of(v);
	link->window.va = (u8 __shared __force *)v->window.va;
	link->window.gpa = SV_WINDOW_GPA;
	link->window.len = SV_WINDOW_LEN;
	link->nr_pairs = count_pairs(v);
	link->notify = notify;
	link->give_up = give_up;
	link->ctx = v;
	for (i = 0; i < 2 * link->nr_pairs; i++) {
		link->vq[i].desc_gpa = v->vq[i].desc;
		link->vq[i].avail_gpa = v->vq[i].driver;
		link->vq[i].used_gpa = v->vq[i].device;
		link->vq[i].num = v->vq[i].num;
	}
	dev = sv_dev_create(link);
	kfree(link);
	return dev;
}

/* The vault says that its driver is ready. Messages have been printed when this fails. */
static int start(struct sv_vdpa *v)
{
	struct sv_dev *dev;
	int err;

	lockdep_assert_held(&v->lock);
	if (dev_of(v))
		return -EBUSY;
	if (!queues_are_usable(v))
		return -EINVAL;
	err = sv_window_map(&v->window, name_of(v));
	if (err)
		return err;
	dev = create_dev(v);
	if (IS_ERR(dev)) {
		sv_window_unmap(&v->window);
		return PTR_ERR(dev);
	}
	/* An unload would wait for the end of the vault, and could not be interrupted. */
	__module_get(THIS_MODULE);
	rcu_assign_pointer(v->dev, dev);
	err = sv_dev_start(dev);
	if (err) {
		pr_err("%s: no thread for a queue (error %d)\n", name_of(v), err);
		stop(v, "it could not be started");
	}
	return err;
}

static int set_vq_address(struct vdpa_device *vdpa, u16 i, u64 desc, u64 driver, u64 device)
{
	struct sv_vdpa *v = to_sv(vdpa);

	mutex_lock(&v->lock);
	v->vq[i].desc = desc;
	v->vq[i].driver = driver;
	v->vq[i].device = device;
	mutex_unlock(&v->lock);
	return 0;
}

/* Judged at DRIVER_OK, as there is no way to refuse it here. */
static void set_vq_num(struct vdpa_device *vdpa, u16 i, u32 num)
{
	struct sv_vdpa *v = to_sv(vdpa);

	mutex_lock(&v->lock);
	v->vq[i].num = num;
	mutex_unlock(&v->lock);
}

/* Any context, also with interrupts off; also before the queue is ready. */
static void kick_vq(struct vdpa_device *vdpa, u16 i)
{
	struct sv_dev *dev;

	rcu_read_lock();
	dev = rcu_dereference(to_sv(vdpa)->dev);
	if (dev)
		sv_dev_kick(dev, i);
	rcu_read_unlock();
}

static void set_vq_cb(struct vdpa_device *vdpa, u16 i, struct vdpa_callback *cb)
{
	struct sv_vdpa *v = to_sv(vdpa);

	set_cb(v, &v->cb[i], cb);
}

static void set_vq_ready(struct vdpa_device *vdpa, u16 i, bool is_ready)
{
	struct sv_vdpa *v = to_sv(vdpa);

	mutex_lock(&v->lock);
	v->vq[i].is_ready = is_ready;
	mutex_unlock(&v->lock);
}

static bool get_vq_ready(struct vdpa_device *vdpa, u16 i)
{
	return READ_ONCE(to_sv(vdpa)->vq[i].is_ready);
}

static int set_vq_state(struct vdpa_device *vdpa, u16 i, const struct vdpa_vq_state *state)
{
	struct sv_vdpa *v = to_sv(vdpa);

	mutex_lock(&v->lock);
	v->vq[i].start = state->split.avail_index;
	mutex_unlock(&v->lock);
	return 0;
}

static int get_vq_state(struct vdpa_device *vdpa, u16 i, struct vdpa_vq_state *state)
{
	state->split.avail_index = READ_ONCE(to_sv(vdpa)->vq[i].start);
	return 0;
}

/* QEMU first sends zero, much later what the vault accepted. Judged at FEATURES_OK. */
static int set_driver_features(struct vdpa_device *vdpa, u64 features)
{
	struct sv_vdpa *v = to_sv(vdpa);

	if (features & ~SV_VIRTIO_FEATURES)
		return -EINVAL;
	mutex_lock(&v->lock);
	v->features = features;
	mutex_unlock(&v->lock);
	return 0;
}

static u64 get_driver_features(struct vdpa_device *vdpa)
{
	return READ_ONCE(to_sv(vdpa)->features);
}

/* The configuration never changes; the status does, when a vault is given up. */
static void set_config_cb(struct vdpa_device *vdpa, struct vdpa_callback *cb)
{
	struct sv_vdpa *v = to_sv(vdpa);

	set_cb(v, &v->config_cb, cb);
}

/* A vault that was started and is not served any more: given up, or stopped under it. */
static u8 get_status(struct vdpa_device *vdpa)
{
	struct sv_vdpa *v = to_sv(vdpa);
	u8 status = READ_ONCE(v->status);
	struct sv_dev *dev;

	rcu_read_lock();
	dev = rcu_dereference(v->dev);
	if (status & VIRTIO_CONFIG_S_DRIVER_OK && (!dev || sv_dev_is_dead(dev)))
		status |= VIRTIO_CONFIG_S_NEEDS_RESET;
	rcu_read_unlock();
	return status;
}

static bool is_new(u8 bit, u8 status, u8 old)
{
	return status & ~old & bit;
}

static void set_status(struct vdpa_device *vdpa, u8 status)
{
	struct sv_vdpa *v = to_sv(vdpa);

	mutex_lock(&v->lock);
	if (is_new(VIRTIO_CONFIG_S_FEATURES_OK, status, v->status) &&
	    v->features != SV_VIRTIO_FEATURES) {
		pr_err("%s: the vault accepted features %#llx of %#llx\n", name_of(v), v->features,
		       SV_VIRTIO_FEATURES);
		sv_next_same_release(name_of(v));
		status &= ~VIRTIO_CONFIG_S_FEATURES_OK;
	}
	/* QEMU reads the status back and stops when DRIVER_OK did not stick. */
	if (is_new(VIRTIO_CONFIG_S_DRIVER_OK, status, v->status) &&
	    (!(status & VIRTIO_CONFIG_S_FEATURES_OK) || start(v))) {
		status &= ~VIRTIO_CONFIG_S_DRIVER_OK;
		status |= VIRTIO_CONFIG_S_NEEDS_RESET;
	}
	WRITE_ONCE(v->status, status);
	mutex_unlock(&v->lock);
}

/* Runs first when the process that owns the vault goes away, in whatever state that was. */
static int reset(struct vdpa_device *vdpa)
{
	struct sv_vdpa *v = to_sv(vdpa);
	unsigned long flags;

	mutex_lock(&v->lock);
	stop(v, "it was reset or its process ended");
	memset(v->vq, 0, sizeof(v->vq));
	v->features = 0;
	WRITE_ONCE(v->status, 0);
	sv_window_release(&v->window);
	spin_lock_irqsave(&v->cb_lock, flags);
	memset(v->cb, 0, sizeof(v->cb));
	memset(&v->config_cb, 0, sizeof(v->config_cb));
	spin_unlock_irqrestore(&v->cb_lock, flags);
	mutex_unlock(&v->lock);
	return 0;
}

static int suspend(struct vdpa_device *vdpa)
{
	struct sv_vdpa *v = to_sv(vdpa);

	mutex_lock(&v->lock);
	stop(v, "its VM was stopped");
	mutex_unlock(&v->lock);
	return 0;
}

/* Comes before DRIVER_OK; under a running vault it may only say what we know already. */
static int set_map(struct vdpa_device *vdpa, unsigned int asid, struct vhost_iotlb *iotlb)
{
	u64 first = SV_WINDOW_GPA, last = SV_WINDOW_GPA + SV_WINDOW_LEN - 1;
	struct sv_vdpa *v = to_sv(vdpa);
	struct vhost_iotlb_map *map;
	struct sv_window new;
	int err;

	err = sv_window_init(&new);
	if (err)
		return err;
	for (map = vhost_iotlb_itree_first(iotlb, first, last); map;
	     map = vhost_iotlb_itree_next(map, first, last)) {
		if (map->perm == VHOST_MAP_RW)
			sv_window_add(&new, map->start, map->addr, map->size);
	}
	mutex_lock(&v->lock);
	if (!sv_window_equal(&v->window, &new)) {
		stop(v, "its window was taken away");
		swap(v->window, new);
	}
	mutex_unlock(&v->lock);
	sv_window_release(&new);
	return 0;
}

static void free_vdpa(struct vdpa_device *vdpa)
{
	struct sv_vdpa *v = to_sv(vdpa);

	sv_window_release(&v->window);
	mutex_destroy(&v->lock);
}

static const struct vdpa_config_ops config_ops = {
	.set_vq_address = set_vq_address,
	.set_vq_num = set_vq_num,
	.kick_vq = kick_vq,
	.set_vq_cb = set_vq_cb,
	.set_vq_ready = set_vq_ready,
	.get_vq_ready = get_vq_ready,
	.set_vq_state = set_vq_state,
	.get_vq_state = get_vq_state,
	.get_vq_align = sv_vdpa_get_vq_align,
	.get_device_features = sv_vdpa_get_device_features,
	.set_driver_features = set_driver_features,
	.get_driver_features = get_driver_features,
	.set_config_cb = set_config_cb,
	.get_vq_num_max = sv_vdpa_get_vq_num_max,
	.get_device_id = sv_vdpa_get_device_id,
	.get_vendor_id = sv_vdpa_get_vendor_id,
	.get_status = get_status,
	.set_status = set_status,
	.reset = reset,
	.suspend = suspend,
	.get_config_size = sv_vdpa_get_config_size,
	.get_config = sv_vdpa_get_config,
	.set_config = sv_vdpa_set_config,
	.get_iova_range = sv_vdpa_get_iova_range,
	.set_map = set_map,
	.free = free_vdpa,
};

struct vdpa_device *sv_vdpa_create(struct vdpa_mgmt_dev *mdev, const char *name)
{
	struct sv_vdpa *v;
	int err;

	v = sv_vdpa_alloc(struct sv_vdpa, vdpa, mdev->device, &config_ops, name);
	if (IS_ERR(v))
		return ERR_CAST(v);
	mutex_init(&v->lock);
	spin_lock_init(&v->cb_lock);
	v->nr_vqs = 2 * (SV_PAIR_DATA + sv_param_data_pairs);
	v->vdpa.mdev = mdev;
	sv_vdpa_set_dma_dev(&v->vdpa, mdev->device);
	err = _vdpa_register_device(&v->vdpa, v->nr_vqs);
	if (err) {
		put_device(&v->vdpa.dev);
		return ERR_PTR(err);
	}
	return &v->vdpa;
}

void sv_vdpa_destroy(struct vdpa_device *vdpa)
{
	struct sv_vdpa *v = to_sv(vdpa);

	/* Its driver (vhost) resets it and waits until nobody has it open. Ours is the last put. */
	get_device(&vdpa->dev);
	_vdpa_unregister_device(vdpa);
	mutex_lock(&v->lock);
	stop(v, "its device was removed");
	mutex_unlock(&v->lock);
	put_device(&vdpa->dev);
}

// SPDX-License-Identifier: GPL-2.0
#include "vhost/device.h"
#include "vhost/attach.h"

#include <linux/err.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <sevault/vhost.h>
#include <sevault/wire.h>
#include <uapi/linux/vhost.h>
#include <uapi/linux/virtio_config.h>

static_assert(_IOR(VHOST_VIRTIO, 0xf0, struct sv_config) == SV_VHOST_GET_CONFIG);
static_assert(SV_VIRTIO_F_ACCESS_PLATFORM == VIRTIO_F_ACCESS_PLATFORM);

static atomic_t is_open = ATOMIC_INIT(0);

bool sv_vhost_block(void)
{
	return !atomic_cmpxchg(&is_open, 0, 1);
}

void sv_vhost_unblock(void)
{
	atomic_set_release(&is_open, 0);
}

static int set_owner(struct sv_vhost *v)
{
	if (v->owner)
		return -EBUSY;
	if (!current->mm)
		return -EPERM;
	mmgrab(current->mm);
	v->owner = current->mm;
	return 0;
}

static int put_features(u64 __user *arg)
{
	return put_user(SV_VHOST_FEATURES, arg);
}

static int set_features(struct sv_vhost *v, const u64 __user *arg)
{
	u64 features;

	if (get_user(features, arg))
		return -EFAULT;
	if (features & ~SV_VHOST_FEATURES)
		return -EOPNOTSUPP;
	v->features = features;
	return 0;
}

static int put_config(struct sv_config __user *arg)
{
	struct sv_config config;

	sv_vhost_config(&config);
	return copy_to_user(arg, &config, sizeof(config)) ? -EFAULT : 0;
}

/* Under a running vault it may only say what we know already. */
static int set_table(struct sv_vhost *v, const struct vhost_memory __user *arg)
{
	struct sv_place place;
	int err;

	err = sv_memory_find(&place, arg);
	if (err)
		return err;
	if (place.uaddr != v->place.uaddr || place.len != v->place.len)
		sv_vhost_stop(v, "its window was taken away");
	v->place = place;
	return 0;
}

static int do_state(struct sv_vhost *v, unsigned int cmd, struct vhost_vring_state __user *arg)
{
	struct vhost_vring_state s;

	if (copy_from_user(&s, arg, sizeof(s)))
		return -EFAULT;
	if (s.index >= SV_NR_BELLS)
		return -ENOBUFS;
	switch (cmd) {
	case VHOST_SET_VRING_BASE:
		if (sv_vhost_is_running(v))
			return -EBUSY;
		v->door[s.index].base = s.num;
		return 0;
	case VHOST_GET_VRING_BASE:
		return put_user(v->door[s.index].base, &arg->num);
	default:		/* VHOST_SET_VRING_NUM: of rings that nobody uses */
		return 0;
	}
}

static int do_file(struct sv_vhost *v, unsigned int cmd, const struct vhost_vring_file __user *arg)
{
	struct vhost_vring_file f;

	if (copy_from_user(&f, arg, sizeof(f)))
		return -EFAULT;
	if (f.index >= SV_NR_BELLS)
		return -ENOBUFS;
	switch (cmd) {
	case VHOST_SET_VRING_KICK:
		return sv_bell_set_kick(&v->door[f.index].bell, f.fd);
	case VHOST_SET_VRING_CALL:
		return sv_bell_set_call(&v->door[f.index].bell, f.fd);
	default:		/* VHOST_SET_VRING_ERR: there is the kernel log */
		return 0;
	}
}

static int set_running(struct sv_vhost *v, const int __user *arg)
{
	int on;

	if (get_user(on, arg))
		return -EFAULT;
	if (on != 0 && on != 1)
		return -EINVAL;
	if (on)
		return sv_vhost_start(v);
	sv_vhost_stop(v, "it was reset or its VM was stopped");
	return 0;
}

/* Of the owner only: its memory is meant, and its descriptors. */
static int do_owned(struct sv_vhost *v, unsigned int cmd, void __user *arg)
{
	switch (cmd) {
	case VHOST_SET_FEATURES:
		return set_features(v, arg);
	case VHOST_SET_MEM_TABLE:
		return set_table(v, arg);
	case VHOST_SET_VRING_NUM:
	case VHOST_SET_VRING_BASE:
	case VHOST_GET_VRING_BASE:
		return do_state(v, cmd, arg);
	case VHOST_SET_VRING_KICK:
	case VHOST_SET_VRING_CALL:
	case VHOST_SET_VRING_ERR:
		return do_file(v, cmd, arg);
	case VHOST_VSOCK_SET_RUNNING:
		return set_running(v, arg);
	case VHOST_SET_VRING_ADDR:	/* the board has the places that count */
	case VHOST_VSOCK_SET_GUEST_CID:
		return 0;
	default:			/* QEMU tries others, and does without */
		return -ENOIOCTLCMD;
	}
}

static int do_locked(struct sv_vhost *v, unsigned int cmd, void __user *arg)
{
	if (cmd == VHOST_SET_OWNER)
		return set_owner(v);
	if (!v->owner || v->owner != current->mm)
		return -EPERM;
	return do_owned(v, cmd, arg);
}

long sv_vhost_ioctl(struct sv_vhost *v, unsigned int cmd, void __user *arg)
{
	int err;

	switch (cmd) {
	case SV_VHOST_GET_CONFIG:
		return put_config(arg);
	case VHOST_GET_FEATURES:
		return put_features(arg);
	}
	mutex_lock(&v->lock);
	err = do_locked(v, cmd, arg);
	mutex_unlock(&v->lock);
	return err;
}

struct sv_vhost *sv_vhost_create(void)
{
	struct sv_vhost *v;

	if (!sv_vhost_block())
		return ERR_PTR(-EBUSY);
	v = kzalloc(sizeof(*v), GFP_KERNEL);
	if (!v) {
		sv_vhost_unblock();
		return ERR_PTR(-ENOMEM);
	}
	mutex_init(&v->lock);
	sv_vhost_bells_init(v);
	return v;
}

/* The owner may be gone for long. */
void sv_vhost_destroy(struct sv_vhost *v)
{
	u32 i;

	mutex_lock(&v->lock);
	sv_vhost_stop(v, "its process ended");
	mutex_unlock(&v->lock);
	for (i = 0; i < SV_NR_BELLS; i++)
		sv_bell_release(&v->door[i].bell);
	if (v->owner)
		mmdrop(v->owner);
	mutex_destroy(&v->lock);
	kfree(v);
	sv_vhost_unblock();
}

static int vhost_open(struct inode *inode, struct file *file)
{
	struct sv_vhost *v = sv_vhost_create();

	if (IS_ERR(v))
		return PTR_ERR(v);
	file->private_data = v;
	return 0;
}

static int vhost_release(struct inode *inode, struct file *file)
{
	sv_vhost_destroy(file->private_data);
	return 0;
}

static long vhost_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	return sv_vhost_ioctl(file->private_data, cmd, (void __user *)arg);
}

/* Its users pin the module. */
static const struct file_operations fops = {
	.owner = THIS_MODULE,
	.open = vhost_open,
	.release = vhost_release,
	.unlocked_ioctl = vhost_ioctl,
	.llseek = noop_llseek,
};

/* udev gives it the group sevault (host-ctl/60-sevault.rules). */
static struct miscdevice misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "sevault-vhost",
	.fops = &fops,
	.mode = 0660,
};

int sv_vhost_init(void)
{
	return misc_register(&misc);
}

void sv_vhost_exit(void)
{
	misc_deregister(&misc);
}

// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "vdpa/vdpa.h"
#include "params.h"

#include <linux/device.h>
#include <linux/err.h>
#include <linux/vdpa.h>
#include <sevault/wire.h>
#include <uapi/linux/virtio_ids.h>

static_assert(SV_VIRTIO_ID == VIRTIO_ID_CRYPTO);

/* One device at a time. Written under the lock that vdpa holds around add and del. */
static struct vdpa_device *only_device;

static int dev_add(struct vdpa_mgmt_dev *mdev, const char *name,
		   const struct vdpa_dev_set_config *config)
{
	struct vdpa_device *vdpa;

	if (only_device) {
		pr_err("%s: there is a device already, and there can be one only\n", name);
		sv_next(name, "vdpa dev del %s", dev_name(&only_device->dev));
		return -EBUSY;
	}
	vdpa = sv_vdpa_create(mdev, name);
	if (IS_ERR(vdpa))
		return PTR_ERR(vdpa);
	WRITE_ONCE(only_device, vdpa);
	return 0;
}

static void dev_del(struct vdpa_mgmt_dev *mdev, struct vdpa_device *vdpa)
{
	WRITE_ONCE(only_device, NULL);
	sv_vdpa_destroy(vdpa);
}

static const struct vdpa_mgmtdev_ops ops = { .dev_add = dev_add, .dev_del = dev_del };

static struct virtio_device_id id_table[] = {
	{ SV_VIRTIO_ID, VIRTIO_DEV_ANY_ID },
	{ 0 },
};

static struct vdpa_mgmt_dev mgmt = { .ops = &ops, .id_table = id_table };

bool sv_mgmt_has_device(void)
{
	return READ_ONCE(only_device);
}

int sv_mgmt_init(void)
{
	int err;

	mgmt.device = root_device_register("sevault");
	if (IS_ERR(mgmt.device))
		return PTR_ERR(mgmt.device);
	mgmt.supported_features = SV_VIRTIO_FEATURES;
	mgmt.max_supported_vqs = 2 * (SV_PAIR_DATA + sv_param_data_pairs);
	err = vdpa_mgmtdev_register(&mgmt);
	if (err)
		root_device_unregister(mgmt.device);
	return err;
}

void sv_mgmt_exit(void)
{
	vdpa_mgmtdev_unregister(&mgmt);
	root_device_unregister(mgmt.device);
}

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The attachment over vDPA. vdpa.c has the device, ident.c what is constant about it, mgmt.c the
 * management device; nothing else knows vDPA.
 */
#ifndef HOST_KMOD_VDPA_VDPA_H
#define HOST_KMOD_VDPA_VDPA_H

#include <linux/types.h>

struct vdpa_device;
struct vdpa_iova_range;
struct vdpa_mgmt_dev;

/* Register the management device "sevault": `vdpa dev add name v0 mgmtdev sevault`. */
int sv_mgmt_init(void);

/* Removes the device; waits for whoever has /dev/vhost-vdpa-* open. */
void sv_mgmt_exit(void);

/* Was a device added? A snapshot, for information. */
bool sv_mgmt_has_device(void);

/* Under the lock that vdpa holds around add and del. ERR_PTR on failure. */
struct vdpa_device *sv_vdpa_create(struct vdpa_mgmt_dev *mdev, const char *name);
void sv_vdpa_destroy(struct vdpa_device *vdpa);

/* Operations of struct vdpa_config_ops that depend on nothing. Any context. */
u32 sv_vdpa_get_vq_align(struct vdpa_device *vdpa);
u16 sv_vdpa_get_vq_num_max(struct vdpa_device *vdpa);
u64 sv_vdpa_get_device_features(struct vdpa_device *vdpa);
u32 sv_vdpa_get_device_id(struct vdpa_device *vdpa);
u32 sv_vdpa_get_vendor_id(struct vdpa_device *vdpa);
size_t sv_vdpa_get_config_size(struct vdpa_device *vdpa);
void sv_vdpa_get_config(struct vdpa_device *vdpa, unsigned int offset, void *buf, unsigned int len);
void sv_vdpa_set_config(struct vdpa_device *vdpa, unsigned int offset, const void *buf,
			unsigned int len);
struct vdpa_iova_range sv_vdpa_get_iova_range(struct vdpa_device *vdpa);

#endif /* HOST_KMOD_VDPA_VDPA_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The attachment over vDPA. vdpa.c has the device, mgmt.c the management device; nothing else
 * knows vDPA.
 */
#ifndef HOST_KMOD_VDPA_H
#define HOST_KMOD_VDPA_H

struct vdpa_device;
struct vdpa_mgmt_dev;

/* Register the management device "sevault": `vdpa dev add name v0 mgmtdev sevault`. */
int sv_mgmt_init(void);

/* Removes the device; waits for whoever has /dev/vhost-vdpa-* open. */
void sv_mgmt_exit(void);

/* Under the lock that vdpa holds around add and del. ERR_PTR on failure. */
struct vdpa_device *sv_vdpa_create(struct vdpa_mgmt_dev *mdev, const char *name);
void sv_vdpa_destroy(struct vdpa_device *vdpa);

#endif /* HOST_KMOD_VDPA_H */

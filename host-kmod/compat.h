/* SPDX-License-Identifier: GPL-2.0 */
/* All that differs between kernel versions, from 6.12 on. */
#ifndef HOST_KMOD_COMPAT_H
#define HOST_KMOD_COMPAT_H

#include <linux/vdpa.h>
#include <linux/version.h>

/*
 * 6.18: vdpa_alloc_device() takes map operations (NULL: those of the DMA API, which are never
 * used as the device has set_map), and dma_dev became part of a union.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
#define sv_vdpa_alloc(type, member, parent, config, name) \
	vdpa_alloc_device(type, member, parent, config, NULL, 1, 1, name, false)

static inline void sv_vdpa_set_dma_dev(struct vdpa_device *vdev, struct device *dev)
{
	vdev->vmap.dma_dev = dev;
}
#else
#define sv_vdpa_alloc(type, member, parent, config, name) \
	vdpa_alloc_device(type, member, parent, config, 1, 1, name, false)

static inline void sv_vdpa_set_dma_dev(struct vdpa_device *vdev, struct device *dev)
{
	vdev->dma_dev = dev;
}
#endif

#endif /* HOST_KMOD_COMPAT_H */

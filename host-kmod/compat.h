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

/* 6.3: a completion gets the data of the request in place of the request. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
#define sv_completion_arg void
#define sv_completion_data(arg) (arg)
#else
#define sv_completion_arg struct crypto_async_request
#define sv_completion_data(arg) ((arg)->data)
#endif

/* 6.5: hex2bin() has a header of its own. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
#include <linux/hex.h>
#else
#include <linux/kernel.h>
#endif

/* 6.13: name spaces of symbols are strings. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
#define SV_IMPORT_KUNIT MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING")
#else
#define SV_IMPORT_KUNIT MODULE_IMPORT_NS(EXPORTED_FOR_KUNIT_TESTING)
#endif

#endif /* HOST_KMOD_COMPAT_H */

// SPDX-License-Identifier: GPL-2.0
/* What the device says of itself: the same at any time and for every vault. */
#include "vdpa/vdpa.h"
#include "params.h"

#include <asm/tsc.h>
#include <linux/vdpa.h>
#include <sevault/wire.h>
#include <uapi/linux/virtio_config.h>

static_assert(SV_VIRTIO_F_ACCESS_PLATFORM == VIRTIO_F_ACCESS_PLATFORM);

u32 sv_vdpa_get_vq_align(struct vdpa_device *vdpa)
{
	return PAGE_SIZE;
}

u16 sv_vdpa_get_vq_num_max(struct vdpa_device *vdpa)
{
	return SV_DATA_NUM;
}

u64 sv_vdpa_get_device_features(struct vdpa_device *vdpa)
{
	return SV_VIRTIO_FEATURES;
}

u32 sv_vdpa_get_device_id(struct vdpa_device *vdpa)
{
	return SV_VIRTIO_ID;
}

u32 sv_vdpa_get_vendor_id(struct vdpa_device *vdpa)
{
	return SV_CONFIG_MAGIC;
}

size_t sv_vdpa_get_config_size(struct vdpa_device *vdpa)
{
	return sizeof(struct sv_config);
}

void sv_vdpa_get_config(struct vdpa_device *vdpa, unsigned int offset, void *buf, unsigned int len)
{
	const struct sv_config config = {
		.magic = cpu_to_le32(SV_CONFIG_MAGIC),
		.version_major = cpu_to_le16(SV_VERSION_MAJOR),
		.version_minor = cpu_to_le16(SV_VERSION_MINOR),
		.window_gpa = cpu_to_le64(SV_WINDOW_GPA),
		.window_len = cpu_to_le32(SV_WINDOW_LEN),
		.nr_data_pairs = cpu_to_le16(sv_param_data_pairs),
		.poll_us = cpu_to_le32(sv_poll_us()),
		.tsc_khz = cpu_to_le32(tsc_khz),
	};

	if (offset > sizeof(config) || len > sizeof(config) - offset)
		return;
	memcpy(buf, (const u8 *)&config + offset, len);
}

/* Read-only. */
void sv_vdpa_set_config(struct vdpa_device *vdpa, unsigned int offset, const void *buf,
			unsigned int len)
{
}

/*
 * One byte more than the window: QEMU 10.0 compares a section's end, exclusive, with @last and
 * would skip the window. set_map takes the window and nothing else all the same.
 */
struct vdpa_iova_range sv_vdpa_get_iova_range(struct vdpa_device *vdpa)
{
	return (struct vdpa_iova_range){
		.first = SV_WINDOW_GPA,
		.last = SV_WINDOW_GPA + SV_WINDOW_LEN,
	};
}

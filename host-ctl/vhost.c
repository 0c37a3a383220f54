// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "vhost.h"

#include <errno.h>
#include <linux/vhost.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>

int sv_vhost_query(int fd, struct sv_vhost_info *info)
{
	union {
		struct vhost_vdpa_config request;
		unsigned char room[offsetof(struct vhost_vdpa_config, buf) +
				   SV_VHOST_CONFIG_LEN];
	} config = { .request = { .off = 0, .len = SV_VHOST_CONFIG_LEN } };
	__u32 nr_queues;

	if (ioctl(fd, VHOST_VDPA_GET_DEVICE_ID, &info->device_id) ||
	    ioctl(fd, VHOST_VDPA_GET_VQS_COUNT, &nr_queues) ||
	    ioctl(fd, VHOST_VDPA_GET_CONFIG, &config.request))
		return -errno;
	info->nr_queues = nr_queues;
	memcpy(info->config,
	       config.room + offsetof(struct vhost_vdpa_config, buf),
	       SV_VHOST_CONFIG_LEN);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* The few questions that the launcher asks a vhost-vdpa device. */
#ifndef HOST_CTL_VHOST_H
#define HOST_CTL_VHOST_H

enum { SV_VHOST_CONFIG_LEN = 32 };

struct sv_vhost_info {
	unsigned int device_id;
	unsigned int nr_queues;
	unsigned char config[SV_VHOST_CONFIG_LEN];
};

/* 0 or -errno; leaves the device as it was. */
int sv_vhost_query(int fd, struct sv_vhost_info *info);

#endif /* HOST_CTL_VHOST_H */

// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "vhost.h"

#include <errno.h>
#include <sevault/vhost.h>
#include <sys/ioctl.h>

int sv_vhost_query(int fd, struct sv_config *config)
{
	return ioctl(fd, SV_VHOST_GET_CONFIG, config) ? -errno : 0;
}

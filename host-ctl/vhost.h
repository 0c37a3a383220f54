/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* The one question that the launcher asks the device of the module. */
#ifndef HOST_CTL_VHOST_H
#define HOST_CTL_VHOST_H

#include <port.h>
#include <sevault/wire.h>

/* What the module will tell the vault. 0 or -errno: it is another device. */
int sv_vhost_query(int fd, struct sv_config *config);

#endif /* HOST_CTL_VHOST_H */

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The device /dev/sevault-vhost, for programs that run a vault. It speaks the kernel's vhost ioctls
 * (<linux/vhost.h>), and one of its own.
 */
#ifndef SEVAULT_VHOST_H
#define SEVAULT_VHOST_H

#define SV_VHOST_PATH "/dev/sevault-vhost"

/*
 * struct sv_config out: what the module will tell a vault that attaches. Anybody who has the device
 * open, at any time. It is _IOR(VHOST_VIRTIO, 0xf0, struct sv_config); 0xf1 is kept for the bells
 * of a vault's further CPUs.
 */
#define SV_VHOST_GET_CONFIG 0x8020aff0

#endif /* SEVAULT_VHOST_H */

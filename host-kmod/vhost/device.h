/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The attachment: /dev/sevault-vhost, a vhost back end. Whoever runs the vault opens it and speaks
 * the kernel's vhost ioctls (<linux/vhost.h>): QEMU's vhost-vsock-pci as it is, and sevault-soft.
 * docs/protocol.md says what each of them does here.
 *
 * One descriptor, which may be passed on, is one device; it can be open once. The process that
 * says SET_OWNER is the one whose memory is shared, and the only one that is obeyed. The end of
 * the last copy of the descriptor is the end of the vault.
 */
#ifndef HOST_KMOD_VHOST_DEVICE_H
#define HOST_KMOD_VHOST_DEVICE_H

#include <linux/compiler_types.h>
#include <linux/types.h>

struct sv_vhost;

/*
 * Open it on behalf of nobody, so that nobody else can; false: it is open. The reverse is for
 * whoever did that.
 */
bool sv_vhost_block(void);
void sv_vhost_unblock(void);

/* Register the character device. */
int sv_vhost_init(void);
void sv_vhost_exit(void);

/* What open, ioctl and release do; for them and for tests. */
struct sv_vhost *sv_vhost_create(void);
long sv_vhost_ioctl(struct sv_vhost *v, unsigned int cmd, void __user *arg);
void sv_vhost_destroy(struct sv_vhost *v);

#endif /* HOST_KMOD_VHOST_DEVICE_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* What the vault's answers mean to the kernel. */
#ifndef HOST_KMOD_VAULT_STATUS_H
#define HOST_KMOD_VAULT_STATUS_H

#include <linux/types.h>

/*
 * 0 or a negative errno for an enum sv_status. Never -EBUSY, -EINPROGRESS or -ENOSPC: to users of
 * the Crypto API these mean that the request lives on or was never taken. Anything unknown is -EIO.
 */
int sv_status_errno(u32 status);

/* Words for a log message. */
const char *sv_status_name(u32 status);

#endif /* HOST_KMOD_VAULT_STATUS_H */

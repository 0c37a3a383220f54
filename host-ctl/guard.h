/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * What keeps a vault running when its host is short of memory. The host may
 * need the vault to write pages out, so neither may wait for the other.
 */
#ifndef HOST_CTL_GUARD_H
#define HOST_CTL_GUARD_H

#include "say.h"

/*
 * For this process and, by inheritance, for QEMU and all its threads, over fork
 * and exec: memory is allocated without waiting for I/O (PR_SET_IO_FLUSHER),
 * the OOM killer looks elsewhere, all memory may be locked, and none of it gets
 * into a core file. To be called before privileges are given up: without
 * CAP_SYS_RESOURCE the verdict says what is missing, and the rest is done.
 * Returns 0, or -errno when what needs no privilege failed.
 */
int sv_guard_inherit(struct sv_verdict *v);

/*
 * Lock this process, not its children, into memory, so that it can tell of the
 * vault's end even if its program lies on a volume that went with it. Fails
 * where the limit on locked memory is low. 0 or -errno.
 */
int sv_guard_lock(void);

/* Leave the terminal, the session and the keyring of who started us. 0 or -errno. */
int sv_guard_detach(void);

#endif /* HOST_CTL_GUARD_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Suspend and hibernation of the host.
 *
 * A suspend freezes all of user space, QEMU with it. So from its announcement on a vault may stop
 * answering and is not to blame: no time passes for it until the host is awake again. Requests that
 * it did not get to wait in its rings. Tasks that wait for these cannot be frozen: then the kernel
 * gives the suspend up after /sys/power/pm_freeze_timeout, and all goes on as before.
 *
 * Hibernation is refused while there is a vault: it would not come back, and the image on the disk
 * has the memory of one that is not encrypted, with its keys.
 */
#ifndef HOST_KMOD_PM_H
#define HOST_KMOD_PM_H

/* 0, or an error. */
int sv_pm_init(void);
void sv_pm_exit(void);

#endif /* HOST_KMOD_PM_H */

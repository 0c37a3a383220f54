/* SPDX-License-Identifier: GPL-2.0 */
/*
 * /sys/kernel/debug/sevault/status: what is there and what the next step is, for people.
 *
 * /sys/kernel/debug/sevault/<device>/: "state", "vault" (asks the vault for its counters), and
 * one file for each queue pair, "admin" and "queue1" and so on. One "name value" per line.
 */
#ifndef HOST_KMOD_DEBUGFS_H
#define HOST_KMOD_DEBUGFS_H

struct sv_dev;

void sv_debugfs_init(void);
void sv_debugfs_exit(void);

void sv_debugfs_add(struct sv_dev *dev);

/* Waits for readers. The vault must be stopped, so that none of them waits for it. */
void sv_debugfs_remove(struct sv_dev *dev);

#endif /* HOST_KMOD_DEBUGFS_H */

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* How a service manager is told of our state: the datagrams of sd_notify(3). */
#ifndef HOST_CTL_NOTIFY_H
#define HOST_CTL_NOTIFY_H

/*
 * Send lines of the form VARIABLE=VALUE to the socket that the environment
 * names. 0 if there is none to tell, 1 if it was told, or -errno.
 */
__attribute__((format(printf, 1, 2)))
int sv_notify(const char *fmt, ...);

#endif /* HOST_CTL_NOTIFY_H */

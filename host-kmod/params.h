/* SPDX-License-Identifier: GPL-2.0 */
/* Module parameters, and the work queues that all of the module shares. */
#ifndef HOST_KMOD_PARAMS_H
#define HOST_KMOD_PARAMS_H

#include <linux/printk.h>
#include <linux/types.h>

/*
 * Every message about something that the user can put right is followed by one that says how.
 * @name: the device.
 */
#define sv_next(name, fmt, ...) pr_err("%s: next: " fmt "\n", name, ##__VA_ARGS__)
#define sv_next_same_release(name) \
	sv_next(name, "start the vault image of the same release as this module")

struct workqueue_struct;

/* See MODULE_PARM_DESC in params.c. The unsigned ones may change at any time. */
extern bool sv_param_import;
extern char *sv_param_mode;
extern unsigned int sv_param_poll_us;
extern unsigned int sv_param_timeout_ms;
extern unsigned int sv_param_data_pairs;

/* sv_param_timeout_ms in jiffies, never zero. */
unsigned long sv_timeout_jiffies(void);

/* sv_param_poll_us; 0 with a single CPU, where the other side cannot answer while we look. */
unsigned int sv_poll_us(void);

/*
 * The death of a device and key drops. Requests wait for the former, so it has a rescuer, and what
 * it runs waits for no memory. Flushed before the module's code goes away.
 */
extern struct workqueue_struct *sv_wq;

/*
 * The ends of requests whose users may sleep in them (vault/request.h): urgent, and one may wait
 * for another.
 */
extern struct workqueue_struct *sv_end_wq;

/* The start of a device, which registers drivers: that allocates, and waits for self-tests. */
extern struct workqueue_struct *sv_start_wq;

/* The work queues. 0 or -ENOMEM; the end flushes them. */
int sv_params_init(void);
void sv_params_exit(void);

#endif /* HOST_KMOD_PARAMS_H */

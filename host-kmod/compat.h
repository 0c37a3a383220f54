/* SPDX-License-Identifier: GPL-2.0 */
/* All that differs between kernel versions, from 6.1 on. */
#ifndef HOST_KMOD_COMPAT_H
#define HOST_KMOD_COMPAT_H

#include <linux/version.h>

/* 6.7: kthread_stop_put() came. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
#include <linux/kthread.h>
#include <linux/sched/task.h>

static inline int sv_kthread_stop_put(struct task_struct *task)
{
	int ret = kthread_stop(task);

	put_task_struct(task);
	return ret;
}
#else
#define sv_kthread_stop_put kthread_stop_put
#endif

/* 6.8: eventfd_signal() has lost its second argument. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)
#define sv_eventfd_signal(ctx) eventfd_signal(ctx)
#else
#define sv_eventfd_signal(ctx) eventfd_signal(ctx, 1)
#endif

/* 6.3: a completion gets the data of the request in place of the request. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
#define sv_completion_arg void
#define sv_completion_data(arg) (arg)
#else
#define sv_completion_arg struct crypto_async_request
#define sv_completion_data(arg) ((arg)->data)
#endif

/* 6.5: hex2bin() has a header of its own. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
#include <linux/hex.h>
#else
#include <linux/kernel.h>
#endif

/* 6.13: name spaces of symbols are strings. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
#define SV_IMPORT_KUNIT MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING")
#else
#define SV_IMPORT_KUNIT MODULE_IMPORT_NS(EXPORTED_FOR_KUNIT_TESTING)
#endif

#endif /* HOST_KMOD_COMPAT_H */

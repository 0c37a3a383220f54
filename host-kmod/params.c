// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "params.h"

#include <linux/cpumask.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/workqueue.h>

bool sv_param_import;
module_param_named(import, sv_param_import, bool, 0444);
MODULE_PARM_DESC(import,
		 "register the drivers; clear keys then pass through host memory (default: off)");

char *sv_param_mode = "any";
module_param_named(mode, sv_param_mode, charp, 0444);
MODULE_PARM_DESC(mode,
		 "accept vaults of this mode only: sev-es, plain or soft (default: any)");

unsigned int sv_param_poll_us = 50;
module_param_named(poll_us, sv_param_poll_us, uint, 0644);
MODULE_PARM_DESC(poll_us,
		 "longest time in us that a queue, and a vault that attaches, polls before it sleeps (default: 50)");

unsigned int sv_param_timeout_ms = 10000;
module_param_named(timeout_ms, sv_param_timeout_ms, uint, 0644);
MODULE_PARM_DESC(timeout_ms,
		 "a vault that does not answer for so many ms is given up (default: 10000)");

unsigned int sv_param_data_pairs = 1;
module_param_named(data_pairs, sv_param_data_pairs, uint, 0444);
MODULE_PARM_DESC(data_pairs, "data queue pairs offered to the vault, 1 to 8 (default: 1)");

struct workqueue_struct *sv_wq;
struct workqueue_struct *sv_end_wq;
struct workqueue_struct *sv_start_wq;

unsigned long sv_timeout_jiffies(void)
{
	return max(msecs_to_jiffies(READ_ONCE(sv_param_timeout_ms)), 1UL);
}

unsigned int sv_poll_us(void)
{
	return num_online_cpus() == 1 ? 0 : READ_ONCE(sv_param_poll_us);
}

int sv_params_init(void)
{
	sv_wq = alloc_workqueue("sevault", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	if (!sv_wq)
		return -ENOMEM;
	sv_end_wq = alloc_workqueue("sevault-end", WQ_UNBOUND | WQ_MEM_RECLAIM | WQ_HIGHPRI, 0);
	if (!sv_end_wq)
		goto err_wq;
	sv_start_wq = alloc_workqueue("sevault-start", WQ_UNBOUND, 0);
	if (!sv_start_wq)
		goto err_end_wq;
	return 0;

err_end_wq:
	destroy_workqueue(sv_end_wq);
err_wq:
	destroy_workqueue(sv_wq);
	return -ENOMEM;
}

void sv_params_exit(void)
{
	destroy_workqueue(sv_start_wq);
	/* Ends of requests put keys. */
	destroy_workqueue(sv_end_wq);
	destroy_workqueue(sv_wq);
}

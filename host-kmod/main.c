// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "algs.h"
#include "debugfs.h"
#include "dev.h"
#include "explain.h"
#include "params.h"
#include "vdpa.h"

#include <linux/cpumask.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/workqueue.h>
#include <sevault/wire.h>

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
struct workqueue_struct *sv_start_wq;

unsigned long sv_timeout_jiffies(void)
{
	return max(msecs_to_jiffies(READ_ONCE(sv_param_timeout_ms)), 1UL);
}

unsigned int sv_poll_us(void)
{
	return num_online_cpus() == 1 ? 0 : READ_ONCE(sv_param_poll_us);
}

static int __init sv_init(void)
{
	int err;

	if (!sv_param_data_pairs || sv_param_data_pairs > SV_MAX_DATA_PAIRS) {
		pr_err("data_pairs=%u is not in 1..%u\n", sv_param_data_pairs, SV_MAX_DATA_PAIRS);
		pr_err("next: load again without data_pairs\n");
		return -EINVAL;
	}
	if (!sv_mode_is_known(sv_param_mode)) {
		pr_err("mode=%s is not one of any, sev-es, plain, soft\n", sv_param_mode);
		pr_err("next: load again with mode=sev-es, or without mode\n");
		return -EINVAL;
	}
	sv_wq = alloc_workqueue("sevault", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	if (!sv_wq)
		return -ENOMEM;
	sv_start_wq = alloc_workqueue("sevault-start", WQ_UNBOUND, 0);
	if (!sv_start_wq) {
		destroy_workqueue(sv_wq);
		return -ENOMEM;
	}
	sv_debugfs_init();
	err = sv_mgmt_init();
	if (err)
		goto err_wq;
	sv_explain_load();
	return 0;

err_wq:
	sv_debugfs_exit();
	destroy_workqueue(sv_start_wq);
	destroy_workqueue(sv_wq);
	return err;
}

static void __exit sv_exit(void)
{
	/* No transforms any more: they pin the module. No vault after this. */
	sv_mgmt_exit();
	/* The start of a vault may still be registering drivers. */
	destroy_workqueue(sv_start_wq);
	sv_algs_unregister();
	destroy_workqueue(sv_wq);
	sv_debugfs_exit();
	/* Keys and devices are freed by the core after a grace period, without our code. */
}

module_init(sv_init);
module_exit(sv_exit);

MODULE_DESCRIPTION("AES in a vault VM: Crypto API drivers whose keys never stay in host memory");
MODULE_LICENSE("GPL");

// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "crypto/algs.h"
#include "crypto/explain.h"
#include "crypto/kat.h"
#include "debugfs.h"
#include "params.h"
#include "pm.h"
#include "vault/dev.h"
#include "vault/hello.h"
#include "vhost/device.h"

#include <linux/fips.h>
#include <linux/module.h>
#include <linux/workqueue.h>
#include <sevault/wire.h>

static const struct sv_dev_hooks hooks = {
	.born = sv_debugfs_add,
	.judge = sv_kat_run,
	.ready = sv_algs_register,
	.gone = sv_debugfs_remove,
};

/* In FIPS mode the kernel panics over a driver of a module without a signature that it trusts. */
static int __init check_signature(void)
{
	if (!fips_enabled || module_sig_ok(THIS_MODULE))
		return 0;
	pr_err("this kernel is in FIPS mode, and the module has no signature that it trusts\n");
	pr_err("next: sign the module, docs/signing.md says how\n");
	return -EKEYREJECTED;
}

static int __init check_params(void)
{
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
	return 0;
}

static int __init sv_init(void)
{
	int err;

	err = check_signature() ?: check_params();
	if (err)
		return err;
	err = sv_params_init();
	if (err)
		return err;
	sv_debugfs_init();
	sv_dev_init(&hooks);
	err = sv_pm_init();
	if (err)
		goto err_params;
	err = sv_vhost_init();
	if (err)
		goto err_pm;
	sv_explain_load();
	return 0;

err_pm:
	sv_pm_exit();
err_params:
	sv_debugfs_exit();
	sv_params_exit();
	return err;
}

static void __exit sv_exit(void)
{
	/* No transforms any more: they pin the module. No vault after this. */
	sv_vhost_exit();
	/* The start of a vault may still be registering drivers. */
	flush_workqueue(sv_start_wq);
	sv_algs_unregister();
	sv_pm_exit();
	sv_params_exit();
	sv_debugfs_exit();
	/* Keys and devices are freed by the core after a grace period, without our code. */
}

module_init(sv_init);
module_exit(sv_exit);

MODULE_DESCRIPTION("AES in a vault VM: Crypto API drivers whose keys never stay in host memory");
MODULE_LICENSE("GPL");

// SPDX-License-Identifier: GPL-2.0
#include "pm.h"
#include "complain.h"
#include "vault/dev.h"
#include "vault/patience.h"

#include <linux/errno.h>
#include <linux/notifier.h>
#include <linux/suspend.h>

static int refuse_hibernation(void)
{
	struct sv_dev *dev = sv_dev_get_ready();

	if (!dev)
		return NOTIFY_DONE;
	sv_complain(dev->name, "close its volumes and end it, then hibernate; or suspend",
		    "no hibernation: the vault would be lost, and its keys could be on the disk");
	sv_dev_put(dev);
	return notifier_from_errno(-EBUSY);
}

static int notified(struct notifier_block *nb, unsigned long event, void *unused)
{
	switch (event) {
	case PM_HIBERNATION_PREPARE:
		return refuse_hibernation();
	case PM_SUSPEND_PREPARE:
		sv_patience_hold(true);
		break;
	case PM_POST_SUSPEND:
		sv_patience_hold(false);
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block notifier = { .notifier_call = notified };

int sv_pm_init(void)
{
	return register_pm_notifier(&notifier);
}

void sv_pm_exit(void)
{
	unregister_pm_notifier(&notifier);
}

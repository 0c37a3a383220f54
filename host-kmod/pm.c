// SPDX-License-Identifier: GPL-2.0
#include "pm.h"
#include "complain.h"
#include "vault/patience.h"
#include "vhost/device.h"
#include "vhost/memory.h"

#include <linux/errno.h>
#include <linux/notifier.h>
#include <linux/suspend.h>

/*
 * Whatever became of a vault, as long as its process lives its memory may have keys. And none comes
 * before the image is written.
 */
static bool is_blocked;

static int prepare_hibernation(void)
{
	is_blocked = sv_vhost_block();
	if (is_blocked)
		return NOTIFY_DONE;
	sv_complain(SV_VHOST_NAME, "close its volumes and end it, then hibernate; or suspend",
		    "no hibernation: the vault would be lost, and its keys could be on the disk");
	return notifier_from_errno(-EBUSY);
}

static void end_hibernation(void)
{
	if (is_blocked)
		sv_vhost_unblock();
	is_blocked = false;
}

static int notified(struct notifier_block *nb, unsigned long event, void *unused)
{
	switch (event) {
	case PM_HIBERNATION_PREPARE:
		return prepare_hibernation();
	case PM_POST_HIBERNATION:
		end_hibernation();
		break;
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

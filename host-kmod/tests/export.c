// SPDX-License-Identifier: GPL-2.0
/* What the test module uses of the real one. Part of the module only on kernels with KUnit. */
#include "complain.h"
#include "crypto/kat_table.h"
#include "crypto/keyslot.h"
#include "params.h"
#include "vault/dev.h"
#include "vault/poller.h"
#include "vault/queue.h"
#include "vault/sgl.h"
#include "vault/status.h"
#include "vhost/device.h"

#include <kunit/visibility.h>
#include <linux/module.h>

EXPORT_SYMBOL_IF_KUNIT(sv_complain);
EXPORT_SYMBOL_IF_KUNIT(sv_param_mode);
EXPORT_SYMBOL_IF_KUNIT(sv_param_timeout_ms);
EXPORT_SYMBOL_IF_KUNIT(sv_wq);
EXPORT_SYMBOL_IF_KUNIT(sv_end_wq);

EXPORT_SYMBOL_IF_KUNIT(sv_status_errno);
EXPORT_SYMBOL_IF_KUNIT(sv_status_name);

EXPORT_SYMBOL_IF_KUNIT(sv_sgl_covers);
EXPORT_SYMBOL_IF_KUNIT(sv_sgl_read);
EXPORT_SYMBOL_IF_KUNIT(sv_sgl_write);

EXPORT_SYMBOL_IF_KUNIT(sv_chan_init);
EXPORT_SYMBOL_IF_KUNIT(sv_chan_take);
EXPORT_SYMBOL_IF_KUNIT(sv_chan_submit);
EXPORT_SYMBOL_IF_KUNIT(sv_chan_reap);
EXPORT_SYMBOL_IF_KUNIT(sv_chan_release);
EXPORT_SYMBOL_IF_KUNIT(sv_chan_arm);
EXPORT_SYMBOL_IF_KUNIT(sv_chan_arm_slots);
EXPORT_SYMBOL_IF_KUNIT(sv_chan_notify_needed);

EXPORT_SYMBOL_IF_KUNIT(sv_tick_jiffies);
EXPORT_SYMBOL_IF_KUNIT(sv_patience_start);
EXPORT_SYMBOL_IF_KUNIT(sv_patience_tick);
EXPORT_SYMBOL_IF_KUNIT(sv_patience_hold);
EXPORT_SYMBOL_IF_KUNIT(sv_patience_is_over);

EXPORT_SYMBOL_IF_KUNIT(sv_backlog_init);
EXPORT_SYMBOL_IF_KUNIT(sv_flow_init);
EXPORT_SYMBOL_IF_KUNIT(sv_backlog_add);
EXPORT_SYMBOL_IF_KUNIT(sv_backlog_add_first);
EXPORT_SYMBOL_IF_KUNIT(sv_backlog_first);
EXPORT_SYMBOL_IF_KUNIT(sv_backlog_remove_first);
EXPORT_SYMBOL_IF_KUNIT(sv_backlog_take_late);
EXPORT_SYMBOL_IF_KUNIT(sv_backlog_take_all);

EXPORT_SYMBOL_IF_KUNIT(sv_tenants_init);
EXPORT_SYMBOL_IF_KUNIT(sv_tenant_join);
EXPORT_SYMBOL_IF_KUNIT(sv_tenant_leave);

EXPORT_SYMBOL_IF_KUNIT(sv_queue_create);
EXPORT_SYMBOL_IF_KUNIT(sv_queue_destroy);
EXPORT_SYMBOL_IF_KUNIT(sv_queue_fits);
EXPORT_SYMBOL_IF_KUNIT(sv_queue_submit);
EXPORT_SYMBOL_IF_KUNIT(sv_queue_service);
EXPORT_SYMBOL_IF_KUNIT(sv_queue_expire);
EXPORT_SYMBOL_IF_KUNIT(sv_queue_is_overdue);
EXPORT_SYMBOL_IF_KUNIT(sv_queue_is_pending);
EXPORT_SYMBOL_IF_KUNIT(sv_queue_stop);
EXPORT_SYMBOL_IF_KUNIT(sv_poller_start);
EXPORT_SYMBOL_IF_KUNIT(sv_queue_wake);

EXPORT_SYMBOL_IF_KUNIT(sv_dev_create);
EXPORT_SYMBOL_IF_KUNIT(sv_dev_start);
EXPORT_SYMBOL_IF_KUNIT(sv_dev_stop);
EXPORT_SYMBOL_IF_KUNIT(sv_dev_kick);
EXPORT_SYMBOL_IF_KUNIT(sv_dev_kill);
EXPORT_SYMBOL_IF_KUNIT(sv_dev_get);
EXPORT_SYMBOL_IF_KUNIT(sv_dev_put);
EXPORT_SYMBOL_IF_KUNIT(sv_dev_get_ready);
EXPORT_SYMBOL_IF_KUNIT(sv_dev_is_dead);

EXPORT_SYMBOL_IF_KUNIT(sv_key_get);
EXPORT_SYMBOL_IF_KUNIT(sv_key_put);
EXPORT_SYMBOL_IF_KUNIT(sv_key_put_sync);
EXPORT_SYMBOL_IF_KUNIT(sv_kats);
EXPORT_SYMBOL_IF_KUNIT(sv_nr_kats);

EXPORT_SYMBOL_IF_KUNIT(sv_key_load);
EXPORT_SYMBOL_IF_KUNIT(sv_keyslot_get);
EXPORT_SYMBOL_IF_KUNIT(sv_keyslot_set);
EXPORT_SYMBOL_IF_KUNIT(sv_keyslot_exit);

EXPORT_SYMBOL_IF_KUNIT(sv_vhost_create);
EXPORT_SYMBOL_IF_KUNIT(sv_vhost_ioctl);
EXPORT_SYMBOL_IF_KUNIT(sv_vhost_destroy);

// SPDX-License-Identifier: GPL-2.0
#include "debugfs.h"
#include "crypto/algs.h"
#include "params.h"
#include "vault/dev.h"
#include "vault/hello.h"

#include <linux/debugfs.h>
#include <linux/kernel.h>
#include <linux/seq_file.h>

static struct dentry *root;

static void show(struct seq_file *m, const char *name, unsigned long long value)
{
	seq_printf(m, "%s %llu\n", name, value);
}

/* The first thing that is missing, and what to type. */
static const char *next_step(bool has_vault, u32 missing)
{
	if (!has_vault)
		return "start a vault: sevault-vm, or for trials sevault-soft";
	if (!sv_param_import)
		return "load with import=1, if clear keys may pass through host memory";
	if (missing)
		return "dmesg | grep sevault";
	return "cryptsetup luksFormat --cipher capi:xts_aes_sevault-plain64 ...";
}

static int status_show(struct seq_file *m, void *unused)
{
	struct sv_dev *dev = sv_dev_get_ready();
	u32 usable, all = sv_algs_count(&usable);

	seq_printf(m, "import %s\n", sv_param_import ? "on" : "off");
	seq_printf(m, "vault %s\n", dev ? dev->name : "none");
	seq_printf(m, "drivers %u of %u usable\n", usable, all);
	seq_printf(m, "next %s\n", next_step(dev, all - usable));
	if (dev)
		sv_dev_put(dev);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(status);

static int state_show(struct seq_file *m, void *unused)
{
	const struct sv_dev *dev = m->private;

	seq_printf(m, "state %s\n", sv_dev_state_name(dev));
	show(m, "generation", dev->generation);
	show(m, "data_queues", dev->nr_queues);
	if (atomic_read(&dev->state) != SV_DEV_READY)
		return 0;
	seq_printf(m, "mode %s\n", sv_mode_name(dev->hello.mode));
	seq_printf(m, "image_version %#x\n", le32_to_cpu(dev->hello.image_version));
	show(m, "key_capacity", le32_to_cpu(dev->hello.nr_keys));
	seq_printf(m, "policy %#x\n", le32_to_cpu(dev->hello.policy));
	show(m, "root_keys", le32_to_cpu(dev->hello.nr_root_keys));
	seq_printf(m, "config %*phN\n", SV_DIGEST_LEN, dev->hello.config_digest);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(state);

static int admin_show(struct seq_file *m, void *unused)
{
	const struct sv_admin *a = m->private;

	show(m, "calls", READ_ONCE(a->calls));
	show(m, "kicks", atomic_long_read(&a->kicks));
	show(m, "interrupts", atomic_long_read(&a->interrupts));
	show(m, "timeouts", READ_ONCE(a->timeouts));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(admin);

static int queue_show(struct seq_file *m, void *unused)
{
	const struct sv_queue *q = m->private;
	const struct sv_queue_stats *s = &q->stats;

	show(m, "requests", READ_ONCE(s->requests));
	show(m, "parts", READ_ONCE(s->parts));
	show(m, "kicks", atomic_long_read(&s->kicks));
	show(m, "interrupts", atomic_long_read(&s->interrupts));
	show(m, "polls", READ_ONCE(s->polls));
	show(m, "sleeps", READ_ONCE(s->sleeps));
	show(m, "backlogged", READ_ONCE(s->backlogged));
	show(m, "refused", READ_ONCE(s->refused));
	show(m, "expired", READ_ONCE(s->expired));
	show(m, "timeouts", READ_ONCE(s->timeouts));
	show(m, "slots", q->chan.nr_slots);
	show(m, "spin_ns", READ_ONCE(q->spin_ns));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(queue);

static int vault_show(struct seq_file *m, void *unused)
{
	struct sv_dev *dev = m->private;
	struct sv_counters c;
	struct sv_admin_call call = {
		.op = SV_OP_COUNTERS,
		.out = &c,
		.out_len = sizeof(c),
	};
	int err;

	if (atomic_read(&dev->state) != SV_DEV_READY)
		return -ENODEV;
	err = sv_admin_do(&dev->admin, &call);
	if (err)
		return err;
	show(m, "requests", le64_to_cpu(c.requests));
	show(m, "refused", le64_to_cpu(c.refused));
	show(m, "bytes", le64_to_cpu(c.bytes));
	show(m, "keys_loaded", le64_to_cpu(c.keys_loaded));
	show(m, "keys_live", le64_to_cpu(c.keys_live));
	show(m, "kicks", le64_to_cpu(c.kicks));
	show(m, "sleeps", le64_to_cpu(c.sleeps));
	show(m, "wakeups", le64_to_cpu(c.wakeups));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(vault);

void sv_debugfs_init(void)
{
	root = debugfs_create_dir("sevault", NULL);
	debugfs_create_file("status", 0400, root, NULL, &status_fops);
}

void sv_debugfs_exit(void)
{
	debugfs_remove_recursive(root);
}

void sv_debugfs_add(struct sv_dev *dev)
{
	char name[16];
	u32 i;

	dev->debugfs = debugfs_create_dir(dev->name, root);
	debugfs_create_file("state", 0400, dev->debugfs, dev, &state_fops);
	debugfs_create_file("vault", 0400, dev->debugfs, dev, &vault_fops);
	debugfs_create_file("admin", 0400, dev->debugfs, &dev->admin, &admin_fops);
	for (i = 0; i < dev->nr_queues; i++) {
		snprintf(name, sizeof(name), "queue%u", dev->queue[i]->pair);
		debugfs_create_file(name, 0400, dev->debugfs, dev->queue[i], &queue_fops);
	}
}

void sv_debugfs_remove(struct sv_dev *dev)
{
	debugfs_remove_recursive(dev->debugfs);
	dev->debugfs = NULL;
}

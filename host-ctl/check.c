// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "check.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include <sevault/vhost.h>

#include "machine.h"
#include "owner.h"
#include "qemu.h"

struct row {
	const char *name;
	void (*run)(struct sv_plan *plan, struct sv_verdict *v);
	enum sv_exit blame;
	bool is_sev;	/* of mode sev-es only */
};

static void check_mode(struct sv_plan *plan, struct sv_verdict *v)
{
	const char *mode = plan->config->mode;

	if (!mode[0])
		sv_verdict_fail(v, "the configuration sets no mode, and there is no default\n"
				"write 'mode = sev-es', or 'mode = plain', knowing that it protects nothing from the host");
	else if (!sv_vm_config_is_sev_es(plan->config) && strcmp(mode, "plain"))
		sv_verdict_fail(v, "unknown mode '%s'\nuse 'mode = sev-es' or 'mode = plain'", mode);
	else
		sv_verdict_pass(v, "mode %s", mode);
}

static void check_image(struct sv_plan *plan, struct sv_verdict *v)
{
	const struct sv_vm_config *c = plan->config;

	if (!c->image[0]) {
		sv_verdict_fail(v, "the configuration names no image\n"
				"set 'image' to where make install put one, such as /usr/local/lib/sevault/vault-plain.fd");
		return;
	}
	plan->image_fd = sv_image_take(&plan->image, c->image, v);
	if (v->ok && plan->image.mode != sv_image_mode_from_name(c->mode))
		sv_verdict_fail(v, "%s is an image for mode %s, the configuration says '%s'\n"
				"set 'mode' and 'image' to the same", c->image,
				sv_image_mode_name(plan->image.mode), c->mode);
	else if (v->ok && c->console[0] && !plan->image.is_debug)
		sv_verdict_fail(v, "'console' is set, but %s has none\n"
				"delete 'console', or use the image of 'make -C guest-vault debug'", c->image);
}

/* A check that could not run because of another one. */
static bool needs_image(const struct sv_plan *plan, struct sv_verdict *v)
{
	if (plan->image.ram_len)
		return false;
	sv_verdict_fail(v, "cannot be judged without an image\nsee above");
	return true;
}

static void check_size(const char *key, const char *value,
		       unsigned long long need, struct sv_verdict *v)
{
	unsigned long long size = value[0] ? sv_vm_config_size(value) : need;

	if (!size || size % 4096)
		sv_verdict_fail(v, "'%s = %s' is not a size in whole pages\nwrite it like %lluM, or delete the line",
				key, value, need >> 20);
	else if (size < need)
		sv_verdict_fail(v, "%s too small: %llu KiB, the image needs %llu KiB\n"
				"set '%s = %lluM', or delete the line", key, size >> 10, need >> 10,
				key, need >> 20);
	else
		sv_verdict_pass(v, "%s %llu KiB", key, size >> 10);
}

static void check_memory(struct sv_plan *plan, struct sv_verdict *v)
{
	if (!needs_image(plan, v))
		check_size("memory", plan->config->memory, plan->image.ram_len, v);
}

static void check_window(struct sv_plan *plan, struct sv_verdict *v)
{
	if (!needs_image(plan, v))
		check_size("window", plan->config->window, plan->image.window_len, v);
}

static void check_policy(struct sv_plan *plan, struct sv_verdict *v)
{
	if (!needs_image(plan, v))
		sv_sev_judge_policy(plan->config->policy, plan->image.is_debug, v);
}

static void check_launch(struct sv_plan *plan, struct sv_verdict *v)
{
	const struct sv_vm_config *c = plan->config;
	unsigned long timeout;

	if (!sv_vm_config_is_legacy(c) && strcmp(c->vm_type, "init2"))
		sv_verdict_fail(v, "unknown 'vm-type = %s'\nuse 'vm-type = legacy' or 'vm-type = init2'", c->vm_type);
	else if (!sv_vm_config_number(c->owner_timeout, 1, INT_MAX, &timeout))
		sv_verdict_fail(v, "'owner-timeout = %s' is not a number of seconds\nwrite it like 300", c->owner_timeout);
	else if (!c->owner[0])
		sv_verdict_fail(v, "no 'owner': without the owner's secret a SEV-ES vault does not serve\n"
				"set 'owner' to the directory by which files go to the owner and back");
	else
		sv_verdict_pass(v, "vm-type %s, CPU %s, %lu s for the owner", c->vm_type, c->cpu, timeout);
}

static void check_sev(struct sv_plan *plan, struct sv_verdict *v)
{
	sv_sev_judge(&plan->sev, &plan->image, plan->paths, &plan->user, v);
}

static void check_owner(struct sv_plan *plan, struct sv_verdict *v)
{
	plan->owner_dir = sv_owner_open(plan->config->owner, &plan->user, v);
}

static void check_cpus(struct sv_plan *plan, struct sv_verdict *v)
{
	sv_machine_check_cpus(plan->config->cpus, v);
}

static void check_user(struct sv_plan *plan, struct sv_verdict *v)
{
	sv_user_find(&plan->user, plan->config->user, plan->paths->kvm, v);
}

static void check_qemu(struct sv_plan *plan, struct sv_verdict *v)
{
	const struct sv_vm_config *c = plan->config;

	if (!plan->user.is_known) {
		sv_verdict_fail(v, "%s: cannot be asked for its version without a user\nsee above", c->qemu);
		return;
	}
	sv_qemu_check(&plan->qemu, c->qemu, &plan->user, v);
	if (v->ok && sv_vm_config_is_sev_es(c) && !sv_vm_config_is_legacy(c) &&
	    !plan->qemu.has_vm_type)
		sv_verdict_fail(v, "%s is QEMU %u.%u; 'vm-type = init2' needs 9.1\n"
				"use that QEMU, or 'vm-type = legacy' (another launch digest)",
				c->qemu, plan->qemu.major, plan->qemu.minor);
}

static void check_kvm(struct sv_plan *plan, struct sv_verdict *v)
{
	sv_machine_check_kvm(plan->paths, &plan->user, v);
}

static void check_memlock(struct sv_plan *plan, struct sv_verdict *v)
{
	(void)plan;
	sv_machine_check_memlock(v);
}

static void check_device(struct sv_plan *plan, struct sv_verdict *v)
{
	const char *path = plan->config->vhostdev;
	struct sv_config config;
	int rc;

	if (needs_image(plan, v))
		return;
	plan->vhost_fd = sv_device_open(path, plan->paths, v);
	if (plan->vhost_fd < 0)
		return;
	rc = sv_vhost_query(plan->vhost_fd, &config);
	if (rc)
		sv_verdict_fail(v, "%s: not a device of the sevault module: %s\nset 'vhostdev = " SV_VHOST_PATH "'",
				path, strerror(-rc));
	else
		sv_device_judge(path, &config, &plan->image, v);
}

static const struct row rows[] = {
	{ "mode", check_mode, SV_EXIT_CONFIG, false },
	{ "image", check_image, SV_EXIT_CONFIG, false },
	{ "memory", check_memory, SV_EXIT_CONFIG, false },
	{ "window", check_window, SV_EXIT_CONFIG, false },
	{ "policy", check_policy, SV_EXIT_CONFIG, true },
	{ "launch", check_launch, SV_EXIT_CONFIG, true },
	{ "cpus", check_cpus, SV_EXIT_CONFIG, false },
	{ "user", check_user, SV_EXIT_CONFIG, false },
	{ "qemu", check_qemu, SV_EXIT_MACHINE, false },
	{ "kvm", check_kvm, SV_EXIT_MACHINE, false },
	{ "sev", check_sev, SV_EXIT_MACHINE, true },
	{ "owner", check_owner, SV_EXIT_MACHINE, true },
	{ "memlock", check_memlock, SV_EXIT_MACHINE, false },
	{ "device", check_device, SV_EXIT_MACHINE, false },
};

enum {
	NR_ROWS = sizeof(rows) / sizeof(rows[0]),
	NR_CONFIG_ROWS = 6,	/* that need nothing of the machine */
};

static void report_line(const struct row *row, const struct sv_verdict *v)
{
	printf("%s %-8s %s\n", v->ok ? "PASS" : "FAIL", row->name, v->why);
	if (!v->ok && v->next[0])
		printf("     %-8s next: %s\n", "", v->next);
}

static enum sv_exit run_rows(struct sv_plan *plan, unsigned int nr, bool report)
{
	enum sv_exit rc = SV_EXIT_OK;
	struct sv_verdict v;
	unsigned int i;

	plan->image = (struct sv_image){ .ram_len = 0 };
	plan->image_fd = -1;
	plan->vhost_fd = -1;
	plan->owner_dir = -1;
	for (i = 0; i < nr; i++) {
		if (rows[i].is_sev && !sv_vm_config_is_sev_es(plan->config))
			continue;
		rows[i].run(plan, &v);
		if (report)
			report_line(&rows[i], &v);
		else if (!v.ok)
			sv_say_verdict(&v);
		if (!v.ok && (rc == SV_EXIT_OK || rows[i].blame == SV_EXIT_CONFIG))
			rc = rows[i].blame;
	}
	return rc;
}

enum sv_exit sv_check_all(struct sv_plan *plan, bool report)
{
	return run_rows(plan, NR_ROWS, report);
}

enum sv_exit sv_check_config(struct sv_plan *plan)
{
	return run_rows(plan, NR_CONFIG_ROWS, false);
}

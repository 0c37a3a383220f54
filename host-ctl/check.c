// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "check.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "machine.h"
#include "qemu.h"

struct row {
	const char *name;
	void (*run)(struct sv_check *check, struct sv_verdict *v);
	enum sv_exit blame;
};

static void check_mode(struct sv_check *check, struct sv_verdict *v)
{
	const char *mode = check->config->mode;

	if (!mode[0])
		sv_verdict_fail(v, "the configuration sets no mode, and there is no default\n"
				"write 'mode = plain', knowing that plain mode protects nothing from the host");
	else if (!strcmp(mode, "sev-es"))
		sv_verdict_fail(v, "mode sev-es: this build has no SEV-ES image\n"
				"install a release that has one; 'mode = plain' is for development only");
	else if (strcmp(mode, "plain"))
		sv_verdict_fail(v, "unknown mode '%s'\nuse 'mode = plain'", mode);
	else
		sv_verdict_pass(v, "mode plain");
}

static void check_image(struct sv_check *check, struct sv_verdict *v)
{
	const struct sv_vm_config *c = check->config;

	sv_image_read(&check->image, c->image, v);
	if (v->ok && check->image.mode != sv_image_mode_from_name(c->mode))
		sv_verdict_fail(v, "%s is an image for mode %s, the configuration says '%s'\n"
				"set 'mode' and 'image' to the same", c->image,
				sv_image_mode_name(check->image.mode), c->mode);
	else if (v->ok && c->console[0] && !check->image.is_debug)
		sv_verdict_fail(v, "'console' is set, but %s has none\n"
				"delete 'console', or use the image of 'make -C guest-vault debug'", c->image);
}

/* A check that could not run because of another one. */
static bool needs_image(const struct sv_check *check, struct sv_verdict *v)
{
	if (check->image.ram_len)
		return false;
	sv_verdict_fail(v, "cannot be judged without an image\nsee above");
	return true;
}

static void check_size(const char *key, const char *value,
		       unsigned long long need, struct sv_verdict *v)
{
	unsigned long long size = value[0] ? sv_config_size(value) : need;

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

static void check_memory(struct sv_check *check, struct sv_verdict *v)
{
	if (!needs_image(check, v))
		check_size("memory", check->config->memory, check->image.ram_len, v);
}

static void check_window(struct sv_check *check, struct sv_verdict *v)
{
	if (!needs_image(check, v))
		check_size("window", check->config->window, check->image.window_len, v);
}

static void check_cpus(struct sv_check *check, struct sv_verdict *v)
{
	sv_machine_check_cpus(check->config->cpus, v);
}

static void check_user(struct sv_check *check, struct sv_verdict *v)
{
	sv_user_find(&check->user, check->config->user, check->paths->kvm, v);
}

static void check_qemu(struct sv_check *check, struct sv_verdict *v)
{
	sv_qemu_check(check->config->qemu, v);
}

static void check_kvm(struct sv_check *check, struct sv_verdict *v)
{
	sv_machine_check_kvm(check->paths, &check->user, v);
}

static void check_memlock(struct sv_check *check, struct sv_verdict *v)
{
	(void)check;
	sv_machine_check_memlock(v);
}

static void check_device(struct sv_check *check, struct sv_verdict *v)
{
	const char *path = check->config->vhostdev;
	struct sv_vhost_info info;
	int rc;

	check->vhost_fd = sv_device_open(path, check->paths, v);
	if (check->vhost_fd < 0)
		return;
	rc = sv_vhost_query(check->vhost_fd, &info);
	if (rc)
		sv_verdict_fail(v, "%s: not a vhost-vdpa device: %s\nvdpa dev show; ls -l /dev/vhost-vdpa-*",
				path, strerror(-rc));
	else
		sv_device_judge(path, &info, &check->image, v);
}

static const struct row rows[] = {
	{ "mode", check_mode, SV_EXIT_CONFIG },
	{ "image", check_image, SV_EXIT_CONFIG },
	{ "memory", check_memory, SV_EXIT_CONFIG },
	{ "window", check_window, SV_EXIT_CONFIG },
	{ "cpus", check_cpus, SV_EXIT_CONFIG },
	{ "user", check_user, SV_EXIT_CONFIG },
	{ "qemu", check_qemu, SV_EXIT_MACHINE },
	{ "kvm", check_kvm, SV_EXIT_MACHINE },
	{ "memlock", check_memlock, SV_EXIT_MACHINE },
	{ "device", check_device, SV_EXIT_MACHINE },
};

enum {
	NR_ROWS = sizeof(rows) / sizeof(rows[0]),
	NR_CONFIG_ROWS = 4,	/* that need nothing of the machine */
};

static void report_line(const struct row *row, const struct sv_verdict *v)
{
	printf("%s %-8s %s\n", v->ok ? "PASS" : "FAIL", row->name, v->why);
	if (!v->ok && v->next[0])
		printf("     %-8s next: %s\n", "", v->next);
}

static enum sv_exit run_rows(struct sv_check *check, unsigned int nr, bool report)
{
	enum sv_exit rc = SV_EXIT_OK;
	struct sv_verdict v;
	unsigned int i;

	check->vhost_fd = -1;
	for (i = 0; i < nr; i++) {
		rows[i].run(check, &v);
		if (report)
			report_line(&rows[i], &v);
		else if (!v.ok)
			sv_say_verdict(&v);
		if (!v.ok && (rc == SV_EXIT_OK || rows[i].blame == SV_EXIT_CONFIG))
			rc = rows[i].blame;
	}
	return rc;
}

enum sv_exit sv_check_all(struct sv_check *check, bool report)
{
	return run_rows(check, NR_ROWS, report);
}

enum sv_exit sv_check_config(struct sv_check *check)
{
	return run_rows(check, NR_CONFIG_ROWS, false);
}

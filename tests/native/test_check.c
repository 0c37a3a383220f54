// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The launcher's checks of one configuration: which of them refuses, whom it
 * blames, and that it says what to do.
 */
#include "lib_test.h"
#include "lib_image.h"
#include "lib_tree.h"

#include "check.h"

#include <sevault/wire.h>

#include <sys/stat.h>

enum { HEARD_LEN = 16384, TEXT_LEN = 2048 };

/* What is there for a configuration to name. */
static void make_tree(void)
{
	static u8 bytes[IMAGE_LEN];

	tree_reset();
	image_fill(bytes, SV_MODE_PLAIN);
	tree_write("plain.fd", bytes, sizeof(bytes));
	bytes[IMAGE_DEBUG] = 1;
	tree_write("plain-debug.fd", bytes, sizeof(bytes));
	image_fill(bytes, SV_MODE_SEV_ES);
	tree_write("sev-es.fd", bytes, sizeof(bytes));
	bytes[IMAGE_DEBUG] = 1;
	tree_write("sev-es-debug.fd", bytes, sizeof(bytes));
	tree_folder("owner");
}

/* "@" in @text stands for the tree. */
static void configure(struct sv_vm_config *c, const char *text)
{
	char full[TEXT_LEN], *to = full;
	struct sv_verdict v;

	for (; *text; text++)
		to += snprintf(to, sizeof(full) - (size_t)(to - full), "%.*s",
			       *text == '@' ? TREE_PATH_LEN : 1,
			       *text == '@' ? tree_path("") : text);
	sv_vm_config_parse(c, "vm.conf", full, (size_t)(to - full), &v);
	if (!v.ok)
		fail_msg("%s", v.why);
}

static u32 count(const char *text, const char *what)
{
	u32 nr = 0;

	while ((text = strstr(text, what))) {
		text += strlen(what);
		nr++;
	}
	return nr;
}

#define PLAIN "mode = plain\nimage = @plain.fd\n"
#define SEV "mode = sev-es\nimage = @sev-es.fd\n"
#define OWNER "owner = @owner\n"

static void test_good(void **state)
{
	static const char *const rows[] = {
		PLAIN,
		PLAIN "memory = 4M\nwindow = 4096K",
		PLAIN "memory = 64M\nwindow = 8M",
		"mode = plain\nimage = @plain-debug.fd\nconsole = @console",
		SEV OWNER,
		SEV OWNER "vm-type = init2\nowner-timeout = 1\ncpu = EPYC-Milan",
		SEV OWNER "policy = 0x3701000f",	/* of firmware 1.55 on */
		OWNER "mode = sev-es\nimage = @sev-es-debug.fd\npolicy = 4",
	};
	struct sv_vm_config c;
	struct sv_plan plan = { .config = &c };
	char heard[HEARD_LEN];
	enum sv_exit rc;
	u32 i;

	(void)state;
	make_tree();
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		configure(&c, rows[i]);
		tree_listen();
		rc = sv_check_config(&plan);
		tree_heard(heard, sizeof(heard));
		if (rc != SV_EXIT_OK || heard[0])
			fail_msg("row %u: %s", i, heard);
	}
}

/* @refusals: how many lines with a next step there are */
static void test_bad(void **state)
{
	static const struct { const char *config, *says; u32 refusals; } rows[] = {
		/* Modes, and images for another one */
		{ "image = @plain.fd", "sets no mode", 2 },
		{ "mode = sev\nimage = @plain.fd", "unknown mode 'sev'", 2 },
		{ "mode = SEV-ES\nimage = @sev-es.fd", "unknown mode 'SEV-ES'", 2 },
		{ "mode = soft\nimage = @plain.fd", "unknown mode 'soft'", 2 },
		{ "mode = plain\nimage = @sev-es.fd",
		  "is an image for mode sev-es, the configuration says 'plain'", 1 },
		{ "mode = sev-es\nimage = @plain.fd\n" OWNER,
		  "is an image for mode plain, the configuration says 'sev-es'", 1 },
		{ "mode = sev-es\nimage = @plain-debug.fd\n" OWNER,
		  "is an image for mode plain, the configuration says 'sev-es'", 1 },
		/* Images */
		{ "mode = plain", "names no image", 3 },
		{ "mode = plain\nimage = @none.fd", "cannot read the vault image", 3 },
		{ "mode = plain\nimage = @owner", "not a vault image", 3 },
		{ PLAIN "console = @console", "'console' is set, but", 1 },
		{ SEV OWNER "console = @console", "'console' is set, but", 1 },
		/* Sizes */
		{ PLAIN "memory = 1M", "memory too small: 1024 KiB, the image needs 4096 KiB", 1 },
		{ PLAIN "memory = 4092K", "memory too small", 1 },
		{ PLAIN "memory = 4097K", "is not a size in whole pages", 1 },
		{ PLAIN "memory = 0", "is not a size in whole pages", 1 },
		{ PLAIN "memory = much", "is not a size in whole pages", 1 },
		{ PLAIN "memory = -4M", "is not a size in whole pages", 1 },
		{ PLAIN "window = 2M", "window too small: 2048 KiB, the image needs 4096 KiB", 1 },
		{ PLAIN "window = 4194305", "is not a size in whole pages", 1 },
		{ PLAIN "memory = 1M\nwindow = 1M", "window too small", 2 },
		/* The owner's policy; one bit short of what keeps the host out */
		{ SEV OWNER "policy = 0xb", "lets the host read and write the vault's reg", 1 },
		{ SEV OWNER "policy = 0xe", "lets the host decrypt the vault's memory", 1 },
		{ SEV OWNER "policy = 0xd", "lets other guests share", 1 },
		{ SEV OWNER "policy = 7", "lets the host move the vault", 1 },
		{ SEV OWNER "policy = 0", "lets the host read and write the vault's reg", 1 },
		{ SEV OWNER "policy = 0x4f", "is no policy of a SEV guest", 1 },
		{ SEV OWNER "policy = 0x800f", "is no policy of a SEV guest", 1 },
		{ SEV OWNER "policy = 0x10000000f", "is no policy of a SEV guest", 1 },
		{ SEV OWNER "policy = none", "is no policy of a SEV guest", 1 },
		{ SEV OWNER "policy = f", "is no policy of a SEV guest", 1 },
		/* Not even a debug image goes without encrypted registers. */
		{ "mode = sev-es\nimage = @sev-es-debug.fd\npolicy = 0xb\n" OWNER,
		  "lets the host read and write the vault's reg", 1 },
		/* The launch */
		{ SEV, "no 'owner'", 1 },
		{ SEV OWNER "vm-type = snp", "unknown 'vm-type = snp'", 1 },
		{ SEV OWNER "vm-type = INIT2", "unknown 'vm-type = INIT2'", 1 },
		{ SEV OWNER "owner-timeout = 0", "is not a number of seconds", 1 },
		{ SEV OWNER "owner-timeout = 5s", "is not a number of seconds", 1 },
		{ SEV OWNER "owner-timeout = 3000000000", "is not a number of seconds", 1 },
		{ SEV OWNER "owner-timeout = -1", "is not a number of seconds", 1 },
	};
	struct sv_vm_config c;
	struct sv_plan plan = { .config = &c };
	char heard[HEARD_LEN];
	enum sv_exit rc;
	u32 i;

	(void)state;
	make_tree();
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		configure(&c, rows[i].config);
		tree_listen();
		rc = sv_check_config(&plan);
		tree_heard(heard, sizeof(heard));
		assert_row(i, rc == SV_EXIT_CONFIG);
		if (!strstr(heard, rows[i].says))
			fail_msg("row %u: '%s' is not '%s'", i, heard, rows[i].says);
		if (count(heard, ": next: ") != rows[i].refusals)
			fail_msg("row %u: not %u next steps:\n%s", i, rows[i].refusals, heard);
	}
}

/* A machine that has nothing: it is to blame, unless the configuration is, too. */
static void test_machine(void **state)
{
	static const struct {
		const char *config;
		enum sv_exit want;
		const char *says[4];
	} rows[] = {
		{ PLAIN, SV_EXIT_MACHINE,
		  { "no QEMU that can be run", "offers no virtualization",
		    "the sevault module is not loaded" } },
		{ SEV OWNER, SV_EXIT_MACHINE,
		  { "no QEMU that can be run", "offers no virtualization",
		    "the sevault module is not loaded", "this CPU has no SEV-ES" } },
		{ SEV "owner = @nobody", SV_EXIT_MACHINE, { "cannot open this directory" } },
		{ PLAIN "memory = 1M", SV_EXIT_CONFIG,
		  { "memory too small", "the sevault module is not loaded" } },
		{ PLAIN "cpus = 1023", SV_EXIT_CONFIG, { "names CPUs that this machine does not" } },
		{ PLAIN "cpus = 1-", SV_EXIT_CONFIG, { "is not a list of CPUs" } },
		{ PLAIN "cpus = 3-2", SV_EXIT_CONFIG, { "is not a list of CPUs" } },
		{ PLAIN "cpus = 1,,2", SV_EXIT_CONFIG, { "is not a list of CPUs" } },
		{ PLAIN "cpus = 1024", SV_EXIT_CONFIG, { "is not a list of CPUs" } },
		{ PLAIN "cpus = 18446744073709551616", SV_EXIT_CONFIG, { "is not a list of CPUs" } },
		{ PLAIN "cpus = ,1", SV_EXIT_CONFIG, { "is not a list of CPUs" } },
	};
	static const char tail[] = "qemu = @no-qemu\nvhostdev = @no-device\nuser = root\n";
	char sys[TREE_PATH_LEN], none[TREE_PATH_LEN], text[TEXT_LEN];
	const struct sv_paths paths = { .sys = sys, .kvm = none, .sev = none, .cpuinfo = none };
	struct sv_vm_config c;
	struct sv_plan plan = { .config = &c, .paths = &paths };
	char heard[HEARD_LEN];
	enum sv_exit rc;
	u32 i, n;

	(void)state;
	make_tree();
	snprintf(sys, sizeof(sys), "%s", tree_path("sys"));
	snprintf(none, sizeof(none), "%s", tree_path("none"));
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		snprintf(text, sizeof(text), "%s\n%s", rows[i].config, tail);
		configure(&c, text);
		tree_listen();
		rc = sv_check_all(&plan, false);
		tree_heard(heard, sizeof(heard));
		/* Only root can start QEMU as root. */
		if (!strstr(heard, "only root can start"))
			assert_row(i, rc == rows[i].want);
		for (n = 0; n < ARRAY_SIZE(rows[i].says) && rows[i].says[n]; n++)
			if (!strstr(heard, rows[i].says[n]))
				fail_msg("row %u: '%s' is not in:\n%s", i, rows[i].says[n], heard);
		assert_row(i, plan.vhost_fd == -1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_machine),
	};

	return cmocka_run_group_tests_name("check", tests, NULL, tree_teardown);
}

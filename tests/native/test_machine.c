// SPDX-License-Identifier: GPL-2.0 OR MIT
/* What the launcher says of a machine, a device and a QEMU that it finds. */
#include "lib_test.h"
#include "lib_tree.h"
#include "lib_verdict.h"

#include "command.h"
#include "death.h"
#include "device.h"
#include "machine.h"
#include "qemu.h"
#include "sev.h"

#include <sevault/death.h>
#include <sevault/vhost.h>
#include <sevault/wire.h>

#include <sys/stat.h>
#include <unistd.h>

static struct {
	char sys[TREE_PATH_LEN], kvm[TREE_PATH_LEN];
	char sev[TREE_PATH_LEN], cpuinfo[TREE_PATH_LEN], device[TREE_PATH_LEN];
} at;

static const struct sv_paths paths = {
	.sys = at.sys, .kvm = at.kvm, .sev = at.sev, .cpuinfo = at.cpuinfo,
};

static void reset(void)
{
	tree_reset();
	snprintf(at.sys, sizeof(at.sys), "%s", tree_path("sys"));
	snprintf(at.kvm, sizeof(at.kvm), "%s", tree_path("kvm"));
	snprintf(at.sev, sizeof(at.sev), "%s", tree_path("sev"));
	snprintf(at.cpuinfo, sizeof(at.cpuinfo), "%s", tree_path("cpuinfo"));
	snprintf(at.device, sizeof(at.device), "%s", tree_path("sevault-vhost"));
}

/* From far to near: the first that is missing is what the user hears of. */
static void test_sev(void **state)
{
	static const struct {
		bool has_es;
		const char *parameter;
		bool has_device;
		u32 image_cbit;
		const char *says;
	} rows[] = {
		{ true, "Y\n", true, 51, NULL },
		{ true, "1\n", true, 51, NULL },
		{ true, "Y\n", true, 0, NULL },		/* no image was read */
		{ false, "Y\n", true, 51, "this CPU has no SEV-ES" },
		{ false, NULL, false, 47, "this CPU has no SEV-ES" },
		{ true, NULL, true, 51, "kvm_amd is not loaded" },
		{ true, "N\n", true, 51, "SEV-ES off" },
		{ true, "0\n", true, 51, "SEV-ES off" },
		{ true, "", true, 51, "SEV-ES off" },
		{ true, "y\n", true, 51, "SEV-ES off" },
		/* 10 */
		{ true, "Y\n", false, 51, "the driver of the secure processor does not run" },
		{ true, "Y\n", true, 47, "the image is built for C-bit 47, this CPU has C-bit 51" },
		{ true, "Y\n", true, 50, "the image is built for C-bit 50" },
	};
	struct sv_user user = { .changes = false };
	struct sv_verdict v;
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct sv_sev_cpu cpu = { .has_es = rows[i].has_es, .cbit = 51 };
		struct sv_image image = {
			.cbit = rows[i].image_cbit,
			.ram_len = rows[i].image_cbit ? 1 << 22 : 0,
		};

		reset();
		if (rows[i].parameter)
			tree_text("sys/module/kvm_amd/parameters/sev_es", rows[i].parameter);
		if (rows[i].has_device)
			tree_text("sev", "");
		sv_sev_judge(&cpu, &image, &paths, &user, &v);
		assert_verdict(i, &v, rows[i].says);
	}
}

/* QEMU's user is not the launcher's: what counts is what that one may open. */
static void test_access(void **state)
{
	static const struct { mode_t mode; uid_t uid; gid_t gid; bool ok; } rows[] = {
		{ 0600, 1234, 0, true }, { 0660, 0, 2345, true }, { 0660, 0, 3456, true },
		{ 0666, 0, 0, true },
		{ 0600, 0, 0, false }, { 0660, 0, 0, false }, { 0440, 0, 2345, false },
		{ 0400, 1234, 0, false }, { 0066, 1234, 0, false }, { 0606, 0, 2345, false },
		{ 0664, 0, 0, false }, { 0662, 0, 0, false },
	};
	struct sv_user user = { .uid = 1234, .gid = 2345, .kvm_gid = 3456, .changes = true };
	u32 i;

	(void)state;
	if (geteuid())
		skip();
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		reset();
		tree_text("sev", "");
		assert_row(i, !chown(at.sev, rows[i].uid, rows[i].gid));
		assert_row(i, !chmod(at.sev, rows[i].mode));
		assert_row(i, sv_user_may_open(&user, at.sev) == rows[i].ok);
	}
	assert_false(sv_user_may_open(&user, at.kvm));
	user.kvm_gid = 0;
	tree_text("kvm", "");
	assert_true(!chown(at.kvm, 0, 0) && !chmod(at.kvm, 0660));
	assert_false(sv_user_may_open(&user, at.kvm));
}

static void test_kvm(void **state)
{
	static const struct { const char *cpuinfo, *says; } rows[] = {
		{ NULL, "this CPU offers no virtualization" },
		{ "", "this CPU offers no virtualization" },
		{ "model name\t: svm\nflags\t\t: fpu sme\n", "this CPU offers no virtualization" },
		{ "flags\t\t: fpu\nflags\t\t: fpu svm\n", "this CPU offers no virtualization" },
		{ "flags\t\t: fpu svm npt\n", "the KVM module is not loaded" },
		{ "flags\t\t: fpu vmx ept\n", "the KVM module is not loaded" },
	};
	struct sv_user user = { .changes = false };
	struct sv_verdict v;
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		reset();
		if (rows[i].cpuinfo)
			tree_text("cpuinfo", rows[i].cpuinfo);
		sv_machine_check_kvm(&paths, &user, &v);
		assert_verdict(i, &v, rows[i].says);
	}
	assert_non_null(strstr(v.next, "kvm_intel"));
	tree_text("kvm", "KVM");
	sv_machine_check_kvm(&paths, &user, &v);
	assert_verdict(i, &v, "is not KVM");
}

/* The way to the device; each step is there or not. */
static void test_device_missing(void **state)
{
	static const struct { const char *there[3], *says, *next; } rows[] = {
		{ { NULL }, "the sevault module is not loaded", "M=$(echo /usr/src/sevault-*)" },
		{ { "sys/class/misc/sevault-vhost" }, "the sevault module is not loaded",
		  "modprobe sevault" },
		{ { "sys/class/misc/vhost-vsock", "sys/module/vhost_vsock" },
		  "the sevault module is not loaded", "modules_install" },
		{ { "sys/module/sevault" }, "has no such device", "rmmod sevault" },
		{ { "sys/module/sevault", "sys/class/misc" }, "has no such device",
		  "of the same release" },
		{ { "sys/module/sevault", "sys/class/misc/sevault-vhost" },
		  "though the sevault module has a device", "vhostdev" },
	};
	struct sv_verdict v;
	u32 i, n;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		reset();
		for (n = 0; n < ARRAY_SIZE(rows[i].there) && rows[i].there[n]; n++)
			tree_folder(rows[i].there[n]);
		assert_row(i, sv_device_open(at.device, &paths, &v) == -1);
		assert_verdict(i, &v, rows[i].says);
		assert_row(i, strstr(v.next, rows[i].next));
	}
	tree_folder("sevault-vhost");
	assert_int_equal(sv_device_open(at.device, &paths, &v), -1);
	assert_verdict(i, &v, "Is a directory");
}

/* A device of another kind, version or size */
static void test_device_judge(void **state)
{
	static const struct { u32 off, value, len; const char *says; } rows[] = {
		{ 0, 0, 0, NULL },
		{ offsetof(struct sv_config, version_minor), 77, 2, NULL },
		{ offsetof(struct sv_config, nr_data_pairs), 9, 2, NULL },
		{ 0, 0, 1, "not a device of the sevault module" },
		{ 0, 0, 4, "not a device of the sevault module" },
		{ 3, 0xff, 1, "not a device of the sevault module" },
		{ offsetof(struct sv_config, version_major), 0, 2, "protocol version 0" },
		{ offsetof(struct sv_config, version_major), SV_VERSION_MAJOR - 1, 2,
		  "speaks protocol version" },
		{ offsetof(struct sv_config, version_major), SV_VERSION_MAJOR + 1, 2,
		  "speaks protocol version" },
		{ offsetof(struct sv_config, window_gpa), 0x1000, 4, "wants a window" },
		/* 10 */
		{ offsetof(struct sv_config, window_gpa) + 4, 0, 4, "wants a window" },
		{ offsetof(struct sv_config, window_len), 0, 4, "wants a window of 0" },
		{ offsetof(struct sv_config, window_len), SV_WINDOW_LEN - 1, 4,
		  "wants a window of 4194303" },
		{ offsetof(struct sv_config, window_len), 2 * SV_WINDOW_LEN, 4,
		  "wants a window of 8388608" },
	};
	static const struct sv_config good = {
		.magic = cpu_to_le32(SV_CONFIG_MAGIC),
		.version_major = cpu_to_le16(SV_VERSION_MAJOR),
		.window_gpa = cpu_to_le64(SV_WINDOW_GPA),
		.window_len = cpu_to_le32(SV_WINDOW_LEN),
		.nr_data_pairs = cpu_to_le16(1),
	};
	struct sv_image image = { .ram_len = 1 << 22, .window_len = SV_WINDOW_LEN };
	struct sv_verdict v;
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct sv_config config = good;

		memcpy((u8 *)&config + rows[i].off, &rows[i].value, rows[i].len);
		sv_device_judge(SV_VHOST_PATH, &config, &image, &v);
		assert_verdict(i, &v, rows[i].says);
	}
}

static void test_qemu(void **state)
{
	static const struct { const char *line, *says; u32 major, minor; bool has_type; } rows[] = {
		{ "QEMU emulator version 8.0.0", NULL, 8, 0, false },
		{ "QEMU emulator version 8.2.2 (Debian 1:8.2.2+ds-0ubuntu1)", NULL, 8, 2, false },
		{ "QEMU emulator version 9.0.4", NULL, 9, 0, false },
		{ "QEMU emulator version 9.1.0", NULL, 9, 1, true },
		{ "QEMU emulator version 10.0.2 (Debian 1:10.0.2+ds-2)", NULL, 10, 0, true },
		{ "QEMU emulator version 7.2.22 (Debian 1:7.2)", NULL, 7, 2, false },
		{ "QEMU emulator version 6.2.0", "is QEMU 6.2; 7.0 or later", 0, 0, 0 },
		{ "QEMU emulator version 0.15", "is QEMU 0.15; 7.0 or later", 0, 0, 0 },
		{ "", "does not say that it is QEMU", 0, 0, 0 },
		{ "QEMU", "does not say that it is QEMU", 0, 0, 0 },
		{ "QEMU emulator version ten.0", "does not say that it is QEMU", 0, 0, 0 },
		/* 10 */
		{ "QEMU emulator version 10", "does not say that it is QEMU", 0, 0, 0 },
		{ "qemu-img version 10.0.2", "does not say that it is QEMU", 0, 0, 0 },
		{ " QEMU emulator version 10.0.2", "does not say that it is QEMU", 0, 0, 0 },
	};
	struct sv_verdict v;
	struct sv_qemu q;
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		memset(&q, 0xff, sizeof(q));
		sv_qemu_judge(&q, "/usr/bin/qemu", rows[i].line, &v);
		assert_verdict(i, &v, rows[i].says);
		if (rows[i].says)
			continue;
		assert_row(i, q.major == rows[i].major && q.minor == rows[i].minor);
		assert_row(i, q.has_vm_type == rows[i].has_type);
	}
}

/* Programs in QEMU's place: silent, failing, endless */
static void test_qemu_run(void **state)
{
	static const struct { const char *script, *says; mode_t mode; } rows[] = {
		{ "#!/bin/sh\necho QEMU emulator version 9.2.0\necho more\n", NULL, 0755 },
		{ "#!/bin/sh\ntest $1 = --version && echo QEMU emulator version 9.2.0\n", NULL, 0755 },
		{ "#!/bin/sh\necho QEMU emulator version 9.2.0\n", "no QEMU that can be run", 0644 },
		{ "#!/bin/sh\nexit 1\n", "does not say that it is QEMU", 0755 },
		{ "#!/bin/sh\nkill -9 $$\n", "does not say that it is QEMU", 0755 },
		{ "#!/bin/sh\necho hello; echo QEMU emulator version 9.2.0\n",
		  "does not say that it is QEMU", 0755 },
		{ "#!/bin/sh\nyes | head -c 200000\n",
		  "does not say that it is QEMU", 0755 },
		{ "no program at all", "does not say that it is QEMU", 0755 },
	};
	struct sv_user user = { .changes = false };
	struct sv_verdict v;
	struct sv_qemu q;
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		reset();
		/* Root runs what anybody may run, but nothing that nobody may. */
		tree_text("qemu", rows[i].script);
		assert_row(i, !chmod(tree_path("qemu"), rows[i].mode));
		sv_qemu_check(&q, tree_path("qemu"), &user, &v);
		assert_verdict(i, &v, rows[i].says);
		assert_row(i, (q.fd >= 0) == v.ok);
		if (v.ok)
			close(q.fd);
	}
	sv_qemu_check(&q, tree_path("none"), &user, &v);
	assert_verdict(i, &v, "no QEMU that can be run");
	tree_folder("folder");
	sv_qemu_check(&q, tree_path("folder"), &user, &v);
	assert_verdict(i + 1, &v, "no QEMU that can be run: not a file");
}

/* Root runs no program that others can write, and none as root. */
static void test_qemu_trust(void **state)
{
	static const struct { mode_t mode; uid_t owner; bool ok; } rows[] = {
		{ 0755, 0, true }, { 0555, 0, true },
		{ 0775, 0, false }, { 0757, 0, false }, { 0777, 0, false },
		{ 0755, 1234, false }, { 0555, 1234, false },
	};
	static const char script[] =
		"#!/bin/sh\ntest $(id -u) = 1234 && echo QEMU emulator version 9.2.0\n";
	struct sv_user user = { .uid = 1234, .gid = 2345, .kvm_gid = 3456, .changes = true };
	struct sv_verdict v;
	struct sv_qemu q;
	u32 i;

	(void)state;
	if (geteuid())
		skip();
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		reset();
		tree_text("qemu", script);
		assert_row(i, !chown(tree_path("qemu"), rows[i].owner, 0));
		assert_row(i, !chmod(tree_path("qemu"), rows[i].mode));
		sv_qemu_check(&q, tree_path("qemu"), &user, &v);
		assert_verdict(i, &v, rows[i].ok ? NULL : "others than root can write it");
		if (v.ok)
			close(q.fd);
	}
	user.changes = false;
	reset();
	tree_text("qemu", script);
	assert_int_equal(chmod(tree_path("qemu"), 0755), 0);
	sv_qemu_check(&q, tree_path("qemu"), &user, &v);
	assert_verdict(i, &v, "does not say that it is QEMU");
}

/* Every reason has words of its own, and every failure a next step. */
static void test_death(void **state)
{
	static const struct { const char *status, *says; } rows[] = {
		{ "0", NULL }, { "TERM", NULL }, { "SIGTERM", NULL }, { "INT", NULL }, { "HUP", NULL },
		{ "KILL", "was ended by SIGKILL" }, { "SIGSEGV", "was ended by SIGSEGV" },
		{ "256", "is not an exit status" }, { "-1", "is not an exit status" },
		{ "", "is not an exit status" },
		/* 10 */
		{ "1x", "is not an exit status" }, { "0x0", "is not an exit status" },
		{ "99999999999999999999", "is not an exit status" },
		{ "+-1", "is not an exit status" },
	};
	static struct sv_verdict said[SV_DEATH_END];
	struct sv_verdict v;
	char text[8];
	u32 i, n;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		sv_death_explain(rows[i].status, &v);
		assert_verdict(i, &v, rows[i].says);
	}
	for (i = 1; i < 256; i++) {
		snprintf(text, sizeof(text), "%u", i);
		sv_death_explain(text, &v);
		assert_row(i, !v.ok && v.why[0] && v.next[0]);
	}
	for (i = SV_DEATH_EXCEPTION; i < SV_DEATH_END; i++) {
		snprintf(text, sizeof(text), "%d", sv_death_exit_code((int)i));
		sv_death_explain(text, &said[i]);
		/* Where there are no words, there is the number. */
		assert_row(i, !strstr(said[i].why, text));
		for (n = SV_DEATH_EXCEPTION; n < i; n++)
			assert_row(i, strcmp(said[i].why, said[n].why));
	}
}

static const char *option(const struct sv_command *cmd, const char *name, u32 nth)
{
	u32 i;

	for (i = 0; i + 1 < cmd->argc; i++)
		if (!strcmp(cmd->argv[i], name) && !nth--)
			return cmd->argv[i + 1];
	return "";
}

/* No memory of the guest's is merged, dumped or absent. */
static u32 count_memories(const struct sv_command *cmd)
{
	u32 i, nr = 0;

	for (i = 0; i < cmd->argc; i++) {
		const char *o = option(cmd, "-object", i);

		if (!strstr(o, "memory-backend-"))
			continue;
		nr++;
		assert_row(i, strstr(o, "prealloc=on") && strstr(o, ",dump=off,merge=off"));
	}
	return nr;
}

static bool has(const struct sv_command *cmd, const char *text)
{
	u32 i;

	for (i = 0; i < cmd->argc; i++)
		if (strstr(cmd->argv[i], text))
			return true;
	return false;
}

/* What makes a vault's VM safe is on the command line, and nothing that lets others in. */
static void test_command(void **state)
{
	static const char *const always[] = {
		"-nodefaults", "-no-user-config", "-no-reboot", "mem-lock=on", "on,obsolete=deny",
		"spawn=deny", "elevateprivileges=deny", "dump-guest-core=off", "mem-merge=off",
		"iommu_platform=on", "vhost-vsock-pci,vhostfd=9,",
	};
	static const char *const sev[] = {
		"confidential-guest-support=sev",
		"sev-guest,id=sev,cbitpos=47,reduced-phys-bits=5,policy=0xf,dh-cert-file=",
		",dh-cert-file=/dev/fd/11,session-file=/dev/fd/12,legacy-vm-type=on", "-S", "socket,id=monitor,fd=10", "chardev=monitor,mode=control",
	};
	static const char *const never[] = {
		"kernel-irqchip", "-gdb", "-netdev", "-drive", "hostfwd", "-vnc", "-qmp", "-cdrom",
		"-kernel", "-add-fd",
	};
	struct sv_command_fds fds = {
		.vhost = 9, .image = -1, .monitor = 10, .godh = 11, .session = 12,
	};
	static struct sv_command cmd;
	struct sv_vm_config c = {
		.mode = "plain", .image = "/img.fd", .qemu = "/qemu", .policy = "0xf",
		.vm_type = "legacy", .cpu = "EPYC-Rome", .memory = "8M",
	};
	struct sv_plan plan = {
		.config = &c,
		.image = { .cbit = 47, .ram_len = 1 << 22, .window_len = 1 << 22 },
		.sev = { .cbit = 47, .reduced_bits = 5 },
		.qemu = { .major = 10, .has_vm_type = true },
	};
	u32 i;

	(void)state;
	assert_true(sv_command_build(&cmd, &plan, &fds));
	assert_string_equal(cmd.argv[0], "/qemu");
	assert_null(cmd.argv[cmd.argc]);
	for (i = 0; i < ARRAY_SIZE(always); i++)
		assert_row(i, has(&cmd, always[i]));
	for (i = 0; i < ARRAY_SIZE(sev); i++)
		assert_row(i, !has(&cmd, sev[i]));
	assert_string_equal(option(&cmd, "-cpu", 0), "host,pmu=off");
	assert_string_equal(option(&cmd, "-bios", 0), "/img.fd");
	assert_string_equal(option(&cmd, "-monitor", 0), "none");
	assert_non_null(strstr(option(&cmd, "-m", 0), "size=8388608B"));
	assert_false(has(&cmd, "isa-debugcon"));

	fds.image = 13;
	assert_true(sv_command_build(&cmd, &plan, &fds));
	assert_string_equal(option(&cmd, "-bios", 0), "/dev/fd/13");

	strcpy(c.mode, "sev-es");
	strcpy(c.console, "/console");
	assert_true(sv_command_build(&cmd, &plan, &fds));
	for (i = 0; i < ARRAY_SIZE(always); i++)
		assert_row(i, has(&cmd, always[i]));
	for (i = 0; i < ARRAY_SIZE(sev); i++)
		assert_row(i, has(&cmd, sev[i]));
	for (i = 0; i < ARRAY_SIZE(never); i++)
		assert_row(i, !has(&cmd, never[i]));
	assert_int_equal(count_memories(&cmd), 2);
	assert_string_equal(option(&cmd, "-cpu", 0), "EPYC-Rome");
	assert_true(has(&cmd, "file,id=console,path=/console"));
	assert_int_equal(cmd.argv[0] - cmd.store, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sev),
		cmocka_unit_test(test_access),
		cmocka_unit_test(test_kvm),
		cmocka_unit_test(test_device_missing),
		cmocka_unit_test(test_device_judge),
		cmocka_unit_test(test_qemu),
		cmocka_unit_test(test_qemu_run),
		cmocka_unit_test(test_qemu_trust),
		cmocka_unit_test(test_death),
		cmocka_unit_test(test_command),
	};

	return cmocka_run_group_tests_name("machine", tests, NULL, tree_teardown);
}

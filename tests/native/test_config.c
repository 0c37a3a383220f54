// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The launcher's configuration: what is taken, and why all else is refused. */
#include "lib_test.h"
#include "lib_tree.h"
#include "lib_verdict.h"

#include "config.h"

#include <sys/stat.h>
#include <unistd.h>

#define A40 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define SEV "mode = sev-es\n"

static void parse(struct sv_vm_config *c, const char *text, struct sv_verdict *v)
{
	memset(c, 0xff, sizeof(*c));
	sv_vm_config_parse(c, "vm.conf", text, strlen(text), v);
}

static void test_good(void **state)
{
	static const struct { const char *text, *mode, *image, *cpus, *owner; } rows[] = {
		{ "", "", "", "", "" },
		{ "\n\n# nothing\n   # nothing = /nothing\n", "",
		  "", "", "" },
		{ "mode=plain", "plain", "", "", "" },
		{ " \tmode\t = \tplain # words = words\r\n", "plain",
		  "", "", "" },
		{ "image = /x/y-1.0_z+a:b.fd\ncpus = 2-3,6\n", "", "/x/y-1.0_z+a:b.fd",
		  "2-3,6", "" },
		{ SEV "owner = /run/owner", "sev-es", "", "",
		  "/run/owner" },
		{ "owner = /run/owner\nmode = sev-es", "sev-es",
		  "", "", "/run/owner" },
		/* Which modes there are is for others to judge. */
		{ "mode = sev-snp", "sev-snp", "", "", "" },
	};
	struct sv_vm_config c;
	struct sv_verdict v;
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		parse(&c, rows[i].text, &v);
		assert_verdict(i, &v, NULL);
		assert_row(i, !strcmp(c.mode, rows[i].mode) && !strcmp(c.image, rows[i].image));
		assert_row(i, !strcmp(c.cpus, rows[i].cpus) && !strcmp(c.owner, rows[i].owner));
		assert_row(i, !strcmp(c.qemu, "/usr/bin/qemu-system-x86_64"));
		assert_row(i, !strcmp(c.vhostdev, "/dev/sevault-vhost"));
		assert_row(i, !strcmp(c.policy, sv_vm_config_is_sev_es(&c) ? "0xf" : ""));
		assert_row(i, !strcmp(c.vm_type, sv_vm_config_is_sev_es(&c) ? "legacy" : ""));
		assert_row(i, !c.memory[0] && !c.window[0] && !c.user[0] && !c.console[0]);
	}
}

static void test_bad(void **state)
{
	static const struct { const char *text, *says; } rows[] = {
		/* No such line */
		{ "mode", "vm.conf:1: not a 'key = value' line" },
		{ "mode plain", "vm.conf:1: not a 'key = value' line" },
		{ "\n\n[vault]\n", "vm.conf:3: not a 'key = value' line" },
		{ "mode # = plain", "vm.conf:1: not a 'key = value' line" },
		/* No such key */
		{ "= plain", "vm.conf:1: unknown key ''" },
		{ "=", "vm.conf:1: unknown key ''" },
		{ "modes = plain", "vm.conf:1: unknown key 'modes'" },
		{ "mod = plain", "vm.conf:1: unknown key 'mod'" },
		{ "Mode = plain", "vm.conf:1: unknown key 'Mode'" },
		{ "mo de = plain", "vm.conf:1: unknown key 'mo de'" },
		/* 10 */
		{ "# vault\nmode = plain\nvm_type = legacy", "vm.conf:3: unknown key 'vm_type'" },
		{ "mode = plain\n" A40 "a = 1", "vm.conf:2: unknown key '" A40 "'" },
		{ "owner_timeout = 3", "vm.conf:1: unknown key 'owner_timeout'" },
		/* No value, or one that no option of QEMU's may have in it */
		{ "mode =", "vm.conf:1: 'mode' has no usable value" },
		{ "mode = # plain", "vm.conf:1: 'mode' has no usable value" },
		{ "mode = \"plain\"", "vm.conf:1: 'mode' has no usable value" },
		{ "image = /a,file=/etc/shadow", "vm.conf:1: 'image' has no usable value" },
		{ "image = /a b", "vm.conf:1: 'image' has no usable value" },
		{ "image = /a\\b", "vm.conf:1: 'image' has no usable value" },
		{ "image = /a=b", "vm.conf:1: 'image' has no usable value" },
		/* 20 */
		{ "image = /a%s", "vm.conf:1: 'image' has no usable value" },
		{ "image = /\xc3\xa4", "vm.conf:1: 'image' has no usable value" },
		{ "image = /a\x1b[2J", "vm.conf:1: 'image' has no usable value" },
		{ "console = /a;reboot", "vm.conf:1: 'console' has no usable value" },
		{ "user = $USER", "vm.conf:1: 'user' has no usable value" },
		{ SEV "cpu = EPYC,+svm", "vm.conf:2: 'cpu' has no usable value" },
		{ SEV "policy = 0xf,x=y", "vm.conf:2: 'policy' has no usable value" },
		{ "cpus = all", "vm.conf:1: 'cpus' has no usable value" },
		{ "cpus = 0 1", "vm.conf:1: 'cpus' has no usable value" },
		/* Paths from / on */
		{ "image = vault.fd", "vm.conf:1: 'image' is not an absolute path" },
		/* 30 */
		{ "qemu = qemu-system-x86_64", "vm.conf:1: 'qemu' is not an absolute path" },
		{ "vhostdev = ./vhost", "vm.conf:1: 'vhostdev' is not an absolute path" },
		{ "console = console.log", "vm.conf:1: 'console' is not an absolute path" },
		{ SEV "owner = owner", "vm.conf:2: 'owner' is not an absolute path" },
		/* Twice, even if the same */
		{ "mode = plain\nmode = plain", "vm.conf:2: 'mode' is set twice" },
		{ "mode = plain\nimage = /a\n\nmode = sev-es", "vm.conf:4: 'mode' is set twice" },
		{ "cpus = 1\ncpus = 2", "vm.conf:2: 'cpus' is set twice" },
		/* Keys of another mode, wherever the mode is set or not */
		{ "cpu = EPYC", "vm.conf: 'cpu' has no meaning" },
		{ "policy = 0xf\nmode = plain", "vm.conf: 'policy' has no meaning" },
		{ "mode = plain\nvm-type = legacy", "vm.conf: 'vm-type' has no meaning" },
		{ "mode = plain\nowner = /run/o", "vm.conf: 'owner' has no meaning" },
		{ "mode = plain\nowner-timeout = 1", "vm.conf: 'owner-timeout' has no meaning" },
		{ "mode = SEV-ES\ncpu = EPYC", "vm.conf: 'cpu' has no meaning" },
	};
	struct sv_vm_config c;
	struct sv_verdict v;
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		parse(&c, rows[i].text, &v);
		assert_verdict(i, &v, rows[i].says);
	}
	sv_vm_config_parse(&c, "vm.conf", "mode = pl\0ain", 13, &v);
	assert_verdict(i, &v, "vm.conf: not a text file");
}

/* A value of 255 characters fits, and no longer one. */
static void test_length(void **state)
{
	static const struct { u32 len; bool ok; } rows[] = {
		{ 200, true }, { 254, true }, { 255, true },
		{ 256, false }, { 257, false }, { 511, false }, { 512, false }, { 3000, false },
	};
	struct sv_vm_config c;
	struct sv_verdict v;
	char text[4000];
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		memset(text, 'a', sizeof(text));
		memcpy(text, "user = ", 7);
		text[7 + rows[i].len] = '\0';
		parse(&c, text, &v);
		assert_verdict(i, &v, rows[i].ok ? NULL : "vm.conf:1: 'user' has no usable value");
		assert_row(i, !rows[i].ok || !strcmp(c.user, text + 7));
	}
}

/* Any text: taken or refused, in bounds, with words for a refusal. */
static void test_noise(void **state)
{
	static const char *const words[] = {
		"mode", "image", "cpus", "owner", "=", " = ", "\n", "#", "plain", "sev-es", "/a",
		",", " ", "\t", "\r", A40 A40 A40 A40 A40 A40 A40, "1-2", "\x7f", "\xff", "",
	};
	struct rng rng = { 6 };
	struct sv_vm_config c;
	struct sv_verdict v;
	char text[2000];
	u32 i, n;
	int len;

	(void)state;
	for (i = 0; i < 20000; i++) {
		text[0] = '\0';
		for (len = 0, n = rng_below(&rng, 8); n; n--)
			len += snprintf(text + len, sizeof(text) - (size_t)len, "%s",
					words[rng_below(&rng, ARRAY_SIZE(words))]);
		parse(&c, text, &v);
		assert_row(i, v.why[0] && (v.ok || v.next[0]));
		for (n = 0; v.ok && n < sizeof(c); n += SV_VM_CONFIG_VALUE_LEN)
			assert_row(i, memchr((char *)&c + n, '\0', SV_VM_CONFIG_VALUE_LEN));
	}
}

static void test_size(void **state)
{
	static const struct { const char *text; u64 want; } rows[] = {
		{ "1", 1 }, { "4096", 4096 }, { "4M", 4194304 }, { "512K", 524288 },
		{ "1G", 1073741824 }, { "010", 10 }, { "17179869183G", 18446744072635809792ULL },
		{ "18446744073709551615", ~0ULL },
		{ "", 0 }, { "0", 0 }, { "0M", 0 }, { "-1", 0 }, { "+1", 0 }, { " 1", 0 },
		{ "1 ", 0 }, { "1m", 0 }, { "1MB", 0 }, { "1MM", 0 }, { "M", 0 }, { "0x1000", 0 },
		{ "1T", 0 }, { "1.5M", 0 }, { "18446744073709551616", 0 },
		{ "17179869184G", 0 }, { "99999999999999999999999M", 0 },
		{ "18446744073709551615K", 0 },
	};
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		assert_row(i, sv_vm_config_size(rows[i].text) == rows[i].want);
}

static void test_number(void **state)
{
	static const struct { const char *text; unsigned long min, max, want; bool ok; } rows[] = {
		{ "0", 0, 10, 0, true }, { "10", 0, 10, 10, true }, { "0xf", 0, 15, 15, true },
		{ "0xFF", 0, 255, 255, true }, { "010", 0, 10, 10, true },
		{ "18446744073709551615", 0, ~0UL, ~0UL, true },
		{ "", 0, 10, 0, false }, { "x", 0, 10, 0, false }, { "0x", 0, 10, 0, false },
		{ "0xg", 0, 10, 0, false }, { "0x-1", 0, 10, 0, false }, { "0X1", 0, 10, 0, false },
		{ "-1", 0, ~0UL, 0, false }, { "+1", 0, 10, 0, false }, { " 1", 0, 10, 0, false },
		{ "1 ", 0, 10, 0, false }, { "1,", 0, 10, 0, false }, { "11", 0, 10, 0, false },
		{ "0", 1, 10, 0, false }, { "0xb", 0, 10, 0, false }, { "f", 0, 15, 0, false },
		{ "18446744073709551616", 0, ~0UL, 0, false },
		{ "0x10000000000000000", 0, ~0UL, 0, false },
	};
	unsigned long number;
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		number = 77;
		assert_row(i, rows[i].ok ==
			      sv_vm_config_number(rows[i].text, rows[i].min, rows[i].max, &number));
		assert_row(i, !rows[i].ok || number == rows[i].want);
	}
}

static void test_file(void **state)
{
	static char text[SV_VM_CONFIG_MAX_LEN + 1];
	struct sv_vm_config c;
	struct sv_verdict v;

	(void)state;
	tree_reset();
	sv_vm_config_read(&c, tree_path("vm.conf"), &v);
	assert_verdict(0, &v, "cannot read the configuration: No such file");
	tree_folder("folder");
	sv_vm_config_read(&c, tree_path("folder"), &v);
	assert_verdict(1, &v, "Is a directory");
	tree_text("vm.conf", "mode = plain\nmode");
	sv_vm_config_read(&c, tree_path("vm.conf"), &v);
	assert_verdict(2, &v, "vm.conf:2: not a");
	tree_text("vm.conf", "mode = plain\n");
	sv_vm_config_read(&c, tree_path("vm.conf"), &v);
	assert_verdict(3, &v, NULL);
	assert_string_equal(c.mode, "plain");
	memset(text, '#', sizeof(text));
	tree_write("vm.conf", text, SV_VM_CONFIG_MAX_LEN - 1);
	sv_vm_config_read(&c, tree_path("vm.conf"), &v);
	assert_verdict(4, &v, NULL);
	tree_write("vm.conf", text, SV_VM_CONFIG_MAX_LEN);
	sv_vm_config_read(&c, tree_path("vm.conf"), &v);
	assert_verdict(5, &v, "too long");
	tree_write("vm.conf", text, SV_VM_CONFIG_MAX_LEN + 1);
	sv_vm_config_read(&c, tree_path("vm.conf"), &v);
	assert_verdict(6, &v, "too long");
}

/* Root obeys no file that others can write. */
static void test_trust(void **state)
{
	static const struct { mode_t mode; uid_t owner; bool ok; } rows[] = {
		{ 0644, 0, true }, { 0600, 0, true }, { 0444, 0, true },
		{ 0664, 0, false }, { 0646, 0, false }, { 0666, 0, false }, { 0620, 0, false },
		{ 0644, 65534, false }, { 0400, 65534, false },
	};
	struct sv_vm_config c;
	struct sv_verdict v;
	u32 i;

	(void)state;
	if (geteuid())
		skip();
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		tree_reset();
		tree_text("vm.conf", "mode = plain");
		assert_row(i, !chmod(tree_path("vm.conf"), rows[i].mode));
		assert_row(i, !chown(tree_path("vm.conf"), rows[i].owner, 0));
		sv_vm_config_read(&c, tree_path("vm.conf"), &v);
		assert_verdict(i, &v, rows[i].ok ? NULL : "others than root can write it");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_number),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_trust),
	};

	return cmocka_run_group_tests_name("config", tests, NULL, tree_teardown);
}

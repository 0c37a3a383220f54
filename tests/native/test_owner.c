// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Files that go between the launcher and the owner of a vault: others may
 * write to their folder, and what comes from there goes to the secure processor.
 */
#include "lib_test.h"
#include "lib_tree.h"
#include "lib_verdict.h"

#include "owner.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <port.h>

static const struct sv_user self = { .changes = false };

static int open_owner(void)
{
	struct sv_verdict v;
	int dir;

	tree_reset();
	tree_folder("owner");
	dir = sv_owner_open(tree_path("owner"), &self, &v);
	assert_true(dir >= 0 && v.ok);
	return dir;
}

static void test_open(void **state)
{
	struct sv_verdict v;

	(void)state;
	tree_reset();
	assert_int_equal(sv_owner_open(tree_path("owner"), &self, &v), -1);
	assert_verdict(0, &v, "cannot open this directory: No such file");
	tree_text("owner", "");
	assert_int_equal(sv_owner_open(tree_path("owner"), &self, &v), -1);
	assert_verdict(1, &v, "cannot open this directory: Not a directory");
}

/* The launcher is another user by the time that it writes there. */
static void test_open_user(void **state)
{
	static const struct { mode_t mode; uid_t uid; gid_t gid; bool ok; } rows[] = {
		{ 0700, 1234, 0, true }, { 0770, 0, 2345, true }, { 0777, 0, 0, true },
		{ 0300, 1234, 0, true },
		{ 0755, 0, 0, false }, { 0500, 1234, 0, false }, { 0600, 1234, 0, false },
		{ 0750, 0, 2345, false }, { 0770, 0, 0, false }, { 0077, 1234, 2345, false },
	};
	struct sv_user user = { .uid = 1234, .gid = 2345, .kvm_gid = 3456, .changes = true };
	struct sv_verdict v;
	int dir;
	u32 i;

	(void)state;
	if (geteuid())
		skip();
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		tree_reset();
		tree_folder("owner");
		assert_row(i, !chown(tree_path("owner"), rows[i].uid, rows[i].gid));
		assert_row(i, !chmod(tree_path("owner"), rows[i].mode));
		dir = sv_owner_open(tree_path("owner"), &user, &v);
		assert_verdict(i, &v, rows[i].ok ? NULL : "QEMU's user cannot write to this directory");
		assert_row(i, (dir >= 0) == rows[i].ok);
		if (dir >= 0)
			close(dir);
	}
}

static void test_read(void **state)
{
	static char text[SV_OWNER_FILE_MAX], long_text[SV_OWNER_FILE_MAX + 1];
	int dir = open_owner(), fifo;

	(void)state;
	memset(long_text, 'a', sizeof(long_text));
	assert_int_equal(sv_owner_read(dir, "session.b64", text), -ENOENT);
	tree_text("owner/session.b64", "QUJD\n");
	assert_int_equal(sv_owner_read(dir, "session.b64", text), 5);
	assert_string_equal(text, "QUJD\n");
	tree_write("owner/session.b64", long_text, SV_OWNER_FILE_MAX - 1);
	assert_int_equal(sv_owner_read(dir, "session.b64", text), SV_OWNER_FILE_MAX - 1);
	assert_int_equal(strlen(text), SV_OWNER_FILE_MAX - 1);

	tree_write("owner/session.b64", long_text, SV_OWNER_FILE_MAX);
	assert_int_equal(sv_owner_read(dir, "session.b64", text), -EINVAL);
	tree_write("owner/session.b64", long_text, SV_OWNER_FILE_MAX + 1);
	assert_int_equal(sv_owner_read(dir, "session.b64", text), -EINVAL);
	/* Links, devices, folders and pipes are nobody's word. */
	sv_owner_remove(dir, "session.b64");
	tree_text("other", "QUJD");
	assert_int_equal(symlinkat("../other", dir, "session.b64"), 0);
	assert_int_equal(sv_owner_read(dir, "session.b64", text), -ELOOP);
	sv_owner_remove(dir, "session.b64");
	assert_int_equal(symlinkat("/dev/zero", dir, "session.b64"), 0);
	assert_int_equal(sv_owner_read(dir, "session.b64", text), -ELOOP);
	sv_owner_remove(dir, "session.b64");
	assert_int_equal(mkfifoat(dir, "session.b64", 0666), 0);
	assert_true(sv_owner_read(dir, "session.b64", text) < 0);
	fifo = openat(dir, "session.b64", O_RDWR);
	assert_true(write(fifo, "QUJD", 4) == 4);
	assert_true(sv_owner_read(dir, "session.b64", text) < 0);
	close(fifo);
	sv_owner_remove(dir, "session.b64");
	tree_folder("owner/session.b64");
	assert_true(sv_owner_read(dir, "session.b64", text) < 0);
	close(dir);
}

/* What is written is there in full or not at all, and nobody's link is followed. */
static void test_write(void **state)
{
	json_object *o = json_object_new_object();
	static char text[SV_OWNER_FILE_MAX];
	int dir = open_owner();
	struct stat st;
	mode_t mask;

	(void)state;
	json_object_object_add(o, "pdh", json_object_new_string("a/b+c="));
	mask = umask(077);
	assert_int_equal(sv_owner_write(dir, SV_OWNER_PLATFORM, o), 0);
	umask(mask);
	assert_true(sv_owner_read(dir, SV_OWNER_PLATFORM, text) > 0);
	assert_non_null(strstr(text, "a/b+c="));
	assert_true(!fstatat(dir, SV_OWNER_PLATFORM, &st, 0) && (st.st_mode & 0777) == 0644);

	/* Links wait at both names: they go, and what they name stays. */
	tree_text("victim", "precious");
	sv_owner_remove(dir, SV_OWNER_PLATFORM);
	assert_int_equal(symlinkat("../victim", dir, SV_OWNER_PLATFORM), 0);
	assert_int_equal(symlinkat("../victim", dir, "." SV_OWNER_PLATFORM ".tmp"), 0);
	assert_int_equal(sv_owner_write(dir, SV_OWNER_PLATFORM, o), 0);
	assert_true(!fstatat(dir, SV_OWNER_PLATFORM, &st, AT_SYMLINK_NOFOLLOW) &&
		    S_ISREG(st.st_mode));
	assert_int_equal(sv_owner_read(dir, "../victim", text), 8);
	assert_string_equal(text, "precious");
	assert_int_equal(sv_owner_read(dir, "." SV_OWNER_PLATFORM ".tmp", text), -ENOENT);

	/* In the way: a folder */
	sv_owner_remove(dir, SV_OWNER_PLATFORM);
	tree_folder("owner/" SV_OWNER_PLATFORM);
	assert_true(sv_owner_write(dir, SV_OWNER_PLATFORM, o) < 0);
	assert_true(sv_owner_remove(dir, SV_OWNER_PLATFORM) < 0);
	assert_int_equal(sv_owner_remove(dir, SV_OWNER_SECRET), 0);
	assert_int_equal(sv_owner_read(dir, SV_OWNER_SECRET, text), -ENOENT);
	json_object_put(o);
	close(dir);
}

static void test_base64(void **state)
{
	static const struct { const char *text; int want; } rows[] = {
		{ "QQ==", 1 }, { "QUI=", 2 }, { "QUJD", 3 }, { "Q U\nJ\tD\r\n", 3 }, { "QQ=\n=", 1 },
		{ "+/+/", 3 }, { "", 0 }, { "\n", 0 },
		{ "Q", -1 }, { "QU", -1 },
		/* 10 */
		{ "QUJ", -1 }, { "QUJDR", -1 }, { "=", -1 }, { "==", -1 }, { "Q===", -1 },
		{ "====", -1 }, { "QQ=", -1 }, { "QUJD=", -1 }, { "QQ==QQ==", -1 }, { "Q=Q=", -1 },
		/* 20 */
		{ "QU-_", -1 }, { "QUJ*", -1 }, { "QUJ\xff", -1 }, { "QUJ\"", -1 }, { "QUJ,", -1 },
	};
	u8 bytes[400];
	char text[600];
	struct rng rng = { 3 };
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		assert_row(i, sv_owner_base64_len(rows[i].text) == rows[i].want);
	for (i = 0; i < sizeof(bytes); i++) {
		rng_fill(&rng, bytes, sizeof(bytes));
		EVP_EncodeBlock((u8 *)text, bytes, (int)i);
		assert_row(i, sv_owner_base64_len(text) == (int)i);
	}
}

enum { AREA = 64 };

/* Base64 of @len bytes */
static const char *encoded(u32 len)
{
	static char text[4][SV_OWNER_FILE_MAX];
	static u8 bytes[2 * SV_OWNER_FILE_MAX / 3];
	static u32 next;
	char *to = text[next++ % ARRAY_SIZE(text)];

	EVP_EncodeBlock((u8 *)to, bytes, (int)len);
	return to;
}

static void test_secret_lengths(void **state)
{
	static const struct { u32 header, data; bool ok; } rows[] = {
		{ 52, 16, true }, { 52, 48, true }, { 52, AREA, true },
		{ 51, 48, false }, { 53, 48, false }, { 0, 48, false }, { 104, 48, false },
		{ 52, 0, false }, { 52, 15, false }, { 52, 17, false },
		/* 10 */
		{ 52, 8, false }, { 52, AREA + 16, false }, { 52, AREA + 1, false },
		{ 52, AREA - 1, false }, { 52, 4096, false },
	};
	struct sv_verdict v;
	json_object *args, *value;
	char text[SV_OWNER_FILE_MAX];
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		snprintf(text, sizeof(text),
			 "{\"packet-header\": \"%s\", \"secret\": \"%s\", \"gpa\": 4096}",
			 encoded(rows[i].header), encoded(rows[i].data));
		args = sv_owner_parse_secret(text, AREA, &v);
		assert_verdict(i, &v, rows[i].ok ? NULL : "secret.json: no 'packet-header' of 52");
		assert_row(i, !args == !rows[i].ok);
		/* QEMU gets the two, and nothing else that was in the file. */
		assert_row(i, !args || json_object_object_length(args) == 2);
		assert_row(i, !args || json_object_object_get_ex(args, "secret", &value));
		json_object_put(args);
	}
}

static void test_secret_noise(void **state)
{
	static const char *const rows[] = {
		"", "null", "5", "[]", "{}", "\"secret\"", "{", "}{", "secret",
		"{\"packet-header\": null, \"secret\": null}",
		/* 10 */
		"{\"packet-header\": {}, \"secret\": []}",
		"{\"packet-header\": 52, \"secret\": 16}",
		"{\"secret\": \"AAAAAAAAAAAAAAAAAAAAAA==\"}",
		"{\"packet-header\": \"@\"}",
		"{\"packet-header\": \"@\", \"secret\": \"AAAAAAAAAAAAAAAAAAAAAA=\"}",
		"{\"packet-header\": \"@\", \"secret\": \"AAAAAAAAAAAAAAAAAAAAA*==\"}",
		"{\"packet-header\": \"@\", \"secret\": \"AAAAAAAAAAAAAAAAAAAAAA\\u0000==\"}",
		"{\"packet-header\": \"@\", \"Secret\": \"AAAAAAAAAAAAAAAAAAAAAA==\"}",
		"[{\"packet-header\": \"@\", \"secret\": \"AAAAAAAAAAAAAAAAAAAAAA==\"}]",
		"{\"packet-header\": \"@\", \"secret\": \"AAAAAAAAAAAAAAAAAAAAAA==\"",
	};
	char text[1000], *to;
	struct sv_verdict v;
	const char *from;
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		for (to = text, from = rows[i]; *from; from++)
			to += snprintf(to, sizeof(text) - (size_t)(to - text), "%.*s",
				       *from == '@' ? 100 : 1, *from == '@' ? encoded(52) : from);
		*to = '\0';
		assert_row(i, !sv_owner_parse_secret(text, AREA, &v));
		assert_verdict(i, &v, "secret.json: no 'packet-header'");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_open),
		cmocka_unit_test(test_open_user),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_write),
		cmocka_unit_test(test_base64),
		cmocka_unit_test(test_secret_lengths),
		cmocka_unit_test(test_secret_noise),
	};

	return cmocka_run_group_tests_name("owner", tests, NULL, tree_teardown);
}

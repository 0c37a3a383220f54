// SPDX-License-Identifier: GPL-2.0 OR MIT
/* What a service manager is told, and when the vault counts as ready. */
#include "lib_test.h"
#include "lib_tree.h"
#include "lib_verdict.h"

#include "notify.h"
#include "ready.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define LONG "/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
	     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* No socket, none that works, none of our kind */
static void test_nobody(void **state)
{
	static const struct { const char *name; int want; } rows[] = {
		{ NULL, 0 }, { "", 0 },
		{ "/", -EAFNOSUPPORT }, { "@", -EAFNOSUPPORT }, { "run/notify", -EAFNOSUPPORT },
		{ "vsock:2:1234", -EAFNOSUPPORT }, { LONG, -ENAMETOOLONG },
		{ "/nowhere/notify", -ENOENT }, { "/dev/null", -ECONNREFUSED },
		{ "@sevault-native-nobody", -ECONNREFUSED },
	};
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].name)
			setenv("NOTIFY_SOCKET", rows[i].name, 1);
		else
			unsetenv("NOTIFY_SOCKET");
		if (sv_notify("READY=1") != rows[i].want)
			fail_msg("row %u: %d", i, sv_notify("READY=1"));
	}
}

static int listen_at(const char *name)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	size_t len = strlen(name);

	memcpy(at.sun_path, name, len);
	if (name[0] == '@')
		at.sun_path[0] = '\0';
	assert_int_equal(bind(fd, (struct sockaddr *)&at,
			      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)), 0);
	return fd;
}

/* Each word is a datagram of its own, in full, to a socket with a file or without. */
static void test_told(void **state)
{
	const char *names[2];
	char text[1024], fill[600];
	int fd;
	u32 i;

	(void)state;
	memset(fill, 'a', sizeof(fill) - 1);
	fill[sizeof(fill) - 1] = '\0';
	tree_reset();
	names[0] = tree_path("notify");
	names[1] = "@sevault-native-notify";
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		fd = listen_at(names[i]);
		setenv("NOTIFY_SOCKET", names[i], 1);
		assert_row(i, sv_notify("STATUS=%s", fill) == -EMSGSIZE);
		assert_row(i, recv(fd, text, sizeof(text), 0) < 0);
		assert_row(i, sv_notify("READY=1\nSTATUS=%d of %s", 6, "6") == 1);
		assert_row(i, sv_notify("STOPPING=1") == 1);
		assert_row(i, recv(fd, text, sizeof(text), 0) == 21);
		assert_row(i, !memcmp(text, "READY=1\nSTATUS=6 of 6", 21));
		assert_row(i, recv(fd, text, sizeof(text), 0) == 10);
		assert_row(i, !memcmp(text, "STOPPING=1", 10));
		close(fd);
	}
	unsetenv("NOTIFY_SOCKET");
}

#define SERVES "import on\ndevice added\nvault v0\n"

static void test_judge(void **state)
{
	static const struct { const char *summary; bool ready; } rows[] = {
		{ SERVES "drivers 6 of 6 usable\nnext cryptsetup ...\n", true },
		{ SERVES "drivers 1 of 1 usable", true },
		{ "import off\ndevice added\nvault v0\ndrivers 0 of 0 usable\n", true },
		{ "vault v0\nimport off\n", true },

		{ "", false }, { "\n\n\n", false }, { "import off", false }, { "import on", false },
		{ "import on\ndevice none\nvault none\ndrivers 0 of 0 usable\n", false },
		{ "import on\ndevice added\nvault none\ndrivers 6 of 6 usable\n", false },
		/* 10 */
		{ "import off\ndevice added\nvault none\ndrivers 0 of 0 usable\n", false },
		{ "import off\nvault none", false },
		{ SERVES, false },
		{ SERVES "drivers 0 of 0 usable\n", false },
		{ SERVES "drivers 0 of 6 usable\n", false },
		{ SERVES "drivers 5 of 6 usable\n", false },
		{ SERVES "drivers 6 of 6\n", true },	/* words may change, numbers count */
		{ SERVES "drivers 6 from 6 usable\n", false },
		{ SERVES "drivers usable\n", false }, { SERVES "drivers six of six\n", false },
		/* 20 */
		{ SERVES "6 of 6 usable\n", false },
		{ "vault v0\ndrivers 6 of 6 usable\n", false },
		{ "import on\nvaults v0\ndrivers 6 of 6 usable\n", false },
		{ "import on\nnext start a vault v0\ndrivers 6 of 6 usable\n", false },
		{ "import offer\nvault v0\ndrivers 0 of 6 usable\n", false },
	};
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		assert_row(i, sv_ready_judge(rows[i].summary) == rows[i].ready);
}

/* The summary changes under an open descriptor; readiness is told once. */
static void test_look(void **state)
{
	static const char *const waiting[] = {
		"", "import on\ndevice added\nvault none\ndrivers 0 of 0 usable\n",
		SERVES "drivers 3 of 6 usable\n",
	};
	char sys[TREE_PATH_LEN];
	struct sv_paths paths = { .sys = sys };
	struct sv_ready ready;
	struct sv_verdict v;
	char heard[512];
	int fd;
	u32 i;

	(void)state;
	tree_reset();
	snprintf(sys, sizeof(sys), "%s", tree_path("sys"));
	sv_ready_open(&ready, &paths, &v);
	assert_verdict(0, &v, "so nobody hears when the vault is ready");
	assert_false(sv_ready_look(&ready));
	tree_folder("sys/kernel/debug/sevault");
	tree_text("sys/kernel/debug/sevault/status", "");
	sv_ready_open(&ready, &paths, &v);
	assert_verdict(1, &v, NULL);
	fd = listen_at(tree_path("notify"));
	setenv("NOTIFY_SOCKET", tree_path("notify"), 1);
	tree_listen();
	for (i = 0; i < ARRAY_SIZE(waiting); i++) {
		tree_text("sys/kernel/debug/sevault/status", waiting[i]);
		assert_row(i, sv_ready_look(&ready));
		assert_row(i, recv(fd, heard, sizeof(heard), 0) < 0);
	}
	tree_text("sys/kernel/debug/sevault/status", SERVES "drivers 6 of 6 usable\n");
	assert_false(sv_ready_look(&ready));
	assert_false(sv_ready_look(&ready));
	assert_true(recv(fd, heard, sizeof(heard), 0) > 8);
	assert_memory_equal(heard, "READY=1\n", 8);
	assert_true(recv(fd, heard, sizeof(heard), 0) < 0);
	tree_heard(heard, sizeof(heard));
	assert_non_null(strstr(heard, ": the vault is ready\n"));
	assert_null(strstr(strstr(heard, "ready") + 1, "ready"));
	unsetenv("NOTIFY_SOCKET");
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nobody),
		cmocka_unit_test(test_told),
		cmocka_unit_test(test_judge),
		cmocka_unit_test(test_look),
	};

	return cmocka_run_group_tests_name("notify", tests, NULL, tree_teardown);
}

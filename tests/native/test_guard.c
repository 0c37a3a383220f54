// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * What is done for a vault when memory is short, and what it is kept from: each
 * in a process of its own.
 */
#include "lib_test.h"
#include "lib_tree.h"
#include "lib_verdict.h"

#include "guard.h"
#include "trust.h"

#include <fcntl.h>
#include <linux/keyctl.h>
#include <linux/prctl.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PF_MEMALLOC_NOIO = 0x00080000, NR_FLAGS = 9 };

/* In a child: its exit status, 77 for "cannot be tried here". */
static int apart(int (*run)(void))
{
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(run());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();
	return WEXITSTATUS(status);
}

/* What "cat @path" says, so after fork and exec. */
static void ask_cat(const char *path, char *text, size_t size)
{
	int fds[2], status;
	ssize_t len;
	pid_t pid;

	if (pipe(fds))
		_exit(90);
	pid = fork();
	if (!pid) {
		dup2(fds[1], STDOUT_FILENO);
		execl("/bin/cat", "cat", path, NULL);
		_exit(91);
	}
	close(fds[1]);
	len = read(fds[0], text, size - 1);
	text[len > 0 ? len : 0] = '\0';
	close(fds[0]);
	waitpid(pid, &status, 0);
}

/* The field of /proc/self/stat that has the task's flags; its second is "(cat)". */
static unsigned long flags_of_cat(void)
{
	char text[1024], *at = text;
	int i;

	ask_cat("/proc/self/stat", text, sizeof(text));
	for (i = 1; i < NR_FLAGS && at; i++)
		at = strchr(at + 1, ' ');
	return at ? strtoul(at, NULL, 10) : 0;
}

static int run_root(void)
{
	struct sv_verdict v;
	struct rlimit core, memlock;
	char score[16];

	if (geteuid() || prctl(PR_SET_IO_FLUSHER, 0, 0, 0, 0))
		return 77;
	if (flags_of_cat() & PF_MEMALLOC_NOIO)
		return 1;
	if (sv_guard_inherit(&v) || !v.ok)
		return 2;
	if (prctl(PR_GET_IO_FLUSHER, 0, 0, 0, 0) != 1 || !(flags_of_cat() & PF_MEMALLOC_NOIO))
		return 3;
	ask_cat("/proc/self/oom_score_adj", score, sizeof(score));
	if (strcmp(score, "-1000\n"))
		return 4;
	if (getrlimit(RLIMIT_CORE, &core) || core.rlim_max)
		return 5;
	if (getrlimit(RLIMIT_MEMLOCK, &memlock) || memlock.rlim_cur != RLIM_INFINITY)
		return 6;
	return 0;
}

/* Memory is allocated without I/O, and the OOM killer passes by: after exec, too. */
static void test_root(void **state)
{
	(void)state;
	assert_int_equal(apart(run_root), 0);
}

/* Anybody else hears what is missing, and has the limits set that need nothing. */
static int run_user(void)
{
	struct sv_verdict v;
	struct rlimit core;

	if (!geteuid() && setresuid(65534, 65534, 65534))
		return 77;
	if (sv_guard_inherit(&v) || v.ok || !v.next[0])
		return 1;
	if (!strstr(v.why, "not protected when memory is short"))
		return 2;
	return getrlimit(RLIMIT_CORE, &core) || core.rlim_max ? 3 : 0;
}

static void test_user(void **state)
{
	(void)state;
	assert_int_equal(apart(run_user), 0);
}

static int has_terminal(void)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* A session with a terminal of its own and a key in its keyring; then its child. */
static int run_detach(void)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY), slave, status;
	long ring, key;
	pid_t pid;

	if (master < 0 || grantpt(master) || unlockpt(master) || setsid() < 0)
		return 77;
	slave = open(ptsname(master), O_RDWR);
	if (slave < 0 || !has_terminal())
		return 77;
	ring = syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);
	key = ring < 0 ? -1 : syscall(SYS_add_key, "user", "sevault-native", "x", 1, ring);
	dup2(slave, STDIN_FILENO);
	dup2(slave, STDOUT_FILENO);
	pid = fork();
	if (!pid) {
		if (!has_terminal() || sv_guard_detach())
			_exit(1);
		if (has_terminal() || getsid(0) != getpid())
			_exit(2);
		if (isatty(STDIN_FILENO) || isatty(STDOUT_FILENO))
			_exit(3);
		if (key >= 0 && syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING, "user",
					"sevault-native", 0) >= 0)
			_exit(4);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 99;
}

static void test_detach(void **state)
{
	(void)state;
	assert_int_equal(apart(run_detach), 0);
}

static void test_trust(void **state)
{
	static const struct { mode_t mode; uid_t uid; bool ok; } rows[] = {
		{ 0644, 0, true }, { 0755, 0, true }, { 0400, 0, true }, { 04755, 0, true },
		{ 0664, 0, false }, { 0646, 0, false }, { 0666, 0, false }, { 0622, 0, false },
		{ 0644, 1, false }, { 0444, 65534, false }, { 0777, 1, false },
	};
	struct sv_verdict v;
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct stat st = { .st_mode = S_IFREG | rows[i].mode, .st_uid = rows[i].uid };
		bool ok = geteuid() || rows[i].ok;

		assert_row(i, sv_trust_file(&st, "/image", &v) == ok);
		if (!ok)
			assert_verdict(i, &v, "/image: others than root can write it");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_root),
		cmocka_unit_test(test_user),
		cmocka_unit_test(test_detach),
		cmocka_unit_test(test_trust),
	};

	return cmocka_run_group_tests_name("guard", tests, NULL, tree_teardown);
}

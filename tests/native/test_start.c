// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * QEMU's process, with scripts in QEMU's place: what it gets of ours and what
 * not, what is heard of it, and how it ends. Each in a process of its own.
 */
#include "lib_test.h"
#include "lib_tree.h"
#include "lib_verdict.h"

#include "start.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { HEARD_LEN = 8192, LEAK_FD = 50 };

enum deed { NOTHING, SAY_NOTHING, END_IT };

/* @deed: of the launcher, instead of letting it begin and waiting */
struct row {
	const char *script;
	int want;
	const char *says;
	enum deed deed;
};

#define LONG_LINE "head -c 1500 /dev/zero | tr '\\0' a >&2"

static const struct row rows[] = {
	{ "exit 0", 0, "", NOTHING },
	{ "exit 37", 37, "", NOTHING },
	{ "kill -9 $$", 137, "", NOTHING },
	{ "echo hello >&2; echo you >&2; exit 1", 1, "QEMU: hello\n", NOTHING },
	{ "printf 'no end' >&2", 0, "QEMU: no end\n", NOTHING },
	{ LONG_LINE, 0, "aaaaaaaa\n", NOTHING },
	{ "echo 'sev: failed to initialize ret=-16' >&2", 0, "next: end another SEV-ES guest",
	  NOTHING },
	/* Nothing that it says reaches a terminal as anything but characters. */
	{ "printf '\\033[2J\\007\\377\\n' >&2", 0, "QEMU: ?[2J??\n", NOTHING },
	{ "echo lost", 0, "", NOTHING },
	/* Of ours it has the descriptors that it needs, and nothing else. */
	{ "[ -e /proc/self/fd/50 ] && exit 1; exit 0", 0, "", NOTHING },
	{ "read x </dev/fd/$1 && exit $x", 44, "", NOTHING },
	/* 10 */
	{ "(exec 9</dev/tty) 2>/dev/null && exit 1; exit 0", 0, "", NOTHING },
	{ "[ \"$(readlink /proc/$$/fd/0)\" = /dev/null ] || exit 1", 0, "", NOTHING },
	{ "[ \"$(readlink /proc/$$/fd/1)\" = /dev/null ] || exit 1", 0, "", NOTHING },
	{ "[ -z \"$NOTIFY_SOCKET$SECRET\" ] || exit 1", 0, "", NOTHING },
	{ "[ \"$(cut -d' ' -f6 /proc/$$/stat)\" = $$ ] || exit 1", 0, "", NOTHING },
	{ "[ \"$(ulimit -Sc)\" = 0 ] || exit 1; pwd >&2", 0, "QEMU: /\n", NOTHING },
	{ "grep -q '^NoNewPrivs:.1' /proc/$$/status || exit 1", 0, "", NOTHING },
	/* It does nothing before it may, and ends with what asked for it. */
	{ "echo begun >&2", SV_EXIT_START, "", SAY_NOTHING },
	{ "trap 'exit 5' TERM; echo up >&2; while :; do sleep 0.1; done", 5, "QEMU: up\n", END_IT },
};

static void make_script(const char *text)
{
	char script[512];

	snprintf(script, sizeof(script), "#!/bin/sh\n%s\n", text);
	tree_text("qemu", script);
	assert_int_equal(chmod(tree_path("qemu"), 0755), 0);
}

/* A second process asks the first to end, when the script is up. */
static void end_later(void)
{
	pid_t parent = getpid();

	if (fork())
		return;
	usleep(500000);
	kill(parent, SIGTERM);
	_exit(0);
}

/* The file that the script may read as descriptor $1 has a number in it. */
static int start_and_wait(struct sv_child *child, const struct sv_user *user, enum deed deed)
{
	static struct sv_vm_config config;
	struct sv_ready ready = { .fd = -1 };
	struct sv_command cmd = { .argc = 2 };
	struct sv_plan plan = {
		.config = &config, .user = *user, .image_fd = -1,
		.qemu = { .fd = open(tree_path("qemu"), O_PATH | O_CLOEXEC) },
		.vhost_fd = open(tree_path("number"), O_RDONLY | O_CLOEXEC),
	};
	const struct sv_command_fds fds = {
		.vhost = plan.vhost_fd, .image = -1, .monitor = -1, .godh = -1, .session = -1,
	};
	char number[16];

	snprintf(number, sizeof(number), "%d", fds.vhost);
	cmd.argv[0] = (char *)tree_path("qemu");
	cmd.argv[1] = number;
	if (sv_start_forward_signals() || !sv_start_child(child, &plan, &cmd, &fds))
		return 200;
	if (fcntl(plan.vhost_fd, F_GETFD) >= 0)
		return 201;	/* the launcher keeps no way to the device */
	if (deed == SAY_NOTHING)
		close(child->go);
	else
		sv_start_go(child);
	if (deed == END_IT)
		end_later();
	return sv_start_wait(child, &ready);
}

static int run_apart(const struct row *row, const struct sv_user *user, char *heard)
{
	struct sv_child child;
	int status;
	pid_t pid;

	tree_reset();
	tree_text("number", "44\n");
	make_script(row->script);
	tree_listen();
	pid = fork();
	if (!pid) {
		setenv("SECRET", "x", 1);
		dup2(STDERR_FILENO, LEAK_FD);
		_exit(start_and_wait(&child, user, row->deed));
	}
	waitpid(pid, &status, 0);
	tree_heard(heard, HEARD_LEN);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_rows(void **state)
{
	const struct sv_user self = { .changes = false };
	char heard[HEARD_LEN];
	int got;
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		got = run_apart(&rows[i], &self, heard);
		if (got != rows[i].want)
			fail_msg("row %u: status %d, not %d: %s", i, got, rows[i].want, heard);
		if (rows[i].says[0] ? !strstr(heard, rows[i].says) : heard[0])
			fail_msg("row %u: heard '%s'", i, heard);
	}
}

/* Root's child and, from then on, root itself are another user. */
static void test_user(void **state)
{
	static const struct row row = {
		"[ $(id -u) = 1234 ] && [ $(id -G) = 2345 ] && kill -0 $PPID || exit 1", 0, "", NOTHING
	};
	const struct sv_user user = {
		.uid = 1234, .gid = 2345, .kvm_gid = (gid_t)-1, .changes = true,
	};
	char heard[HEARD_LEN];

	(void)state;
	if (geteuid())
		skip();
	assert_int_equal(run_apart(&row, &user, heard), 0);
}

/* The launcher is killed: what would be QEMU goes with it, begun or not. */
static void test_death(void **state)
{
	const struct sv_user self = { .changes = false };
	static const char script[] = "echo begun >&2; while :; do sleep 0.1; done";
	static const struct row row = { script, 0, "", NOTHING };
	struct sv_child *shared;
	char path[64];
	int status;
	pid_t pid;
	u32 i;

	(void)state;
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(shared != MAP_FAILED);
	tree_reset();
	tree_text("number", "44\n");
	make_script(row.script);
	tree_listen();
	pid = fork();
	if (!pid)
		_exit(start_and_wait(shared, &self, NOTHING));
	for (i = 0; i < 100 && !*(volatile pid_t *)&shared->pid; i++)
		usleep(50000);
	usleep(200000);
	assert_int_equal(kill(pid, SIGKILL), 0);
	waitpid(pid, &status, 0);
	snprintf(path, sizeof(path), "/proc/%d/fd/0", shared->pid);
	for (i = 0; i < 100 && !access(path, F_OK); i++)
		usleep(50000);
	assert_int_equal(access(path, F_OK), -1);
	tree_heard(path, sizeof(path));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_user),
		cmocka_unit_test(test_death),
	};

	return cmocka_run_group_tests_name("start", tests, NULL, tree_teardown);
}

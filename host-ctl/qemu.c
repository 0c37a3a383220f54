// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "qemu.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guard.h"
#include "trust.h"

enum { VERSION_TIMEOUT_S = 20 };

void sv_qemu_judge(struct sv_qemu *qemu, const char *path, const char *line,
		   struct sv_verdict *v)
{
	unsigned int major, minor;

	memset(qemu, 0, sizeof(*qemu));
	if (sscanf(line, "QEMU emulator version %u.%u", &major, &minor) != 2) {
		sv_verdict_fail(v, "%s does not say that it is QEMU\n"
				"set 'qemu' to qemu-system-x86_64, version %d.0 or later", path,
				SV_QEMU_MIN_MAJOR);
		return;
	}
	if (major < SV_QEMU_MIN_MAJOR) {
		sv_verdict_fail(v, "%s is QEMU %u.%u; %d.0 or later is needed\n"
				"Debian 12 and 13 have it: apt install qemu-system-x86", path, major, minor,
				SV_QEMU_MIN_MAJOR);
		return;
	}
	qemu->major = major;
	qemu->minor = minor;
	qemu->has_vm_type = major > 9 || (major == 9 && minor >= 1);
	sv_verdict_pass(v, "%s is QEMU %u.%u", path, major, minor);
}

int sv_qemu_exec(const struct sv_qemu *qemu, char *const argv[])
{
	char *const envp[] = { "PATH=/usr/bin:/bin", "LC_ALL=C", NULL };
	int fd = dup(qemu->fd);	/* open while it runs, should it be a script */

	if (fd >= 0)
		execveat(fd, "", argv, envp, AT_EMPTY_PATH);
	return -errno;
}

/* In the child, with the user's privileges and nobody's terminal. */
static void run_version(const struct sv_qemu *qemu, const char *path,
			const struct sv_user *user, int out)
{
	char *const argv[] = { (char *)path, "--version", NULL };

	alarm(VERSION_TIMEOUT_S);
	if (!sv_guard_detach() && dup2(out, STDOUT_FILENO) >= 0 &&
	    dup2(STDIN_FILENO, STDERR_FILENO) >= 0 && !sv_user_become(user))
		sv_qemu_exec(qemu, argv);
	_exit(127);
}

static void read_line(int fd, char *line, size_t size)
{
	size_t len = 0;
	ssize_t n;

	while (len < size - 1) {
		n = read(fd, line + len, size - 1 - len);
		if (n <= 0)
			break;
		len += (size_t)n;
	}
	line[len] = '\0';
	line[strcspn(line, "\n")] = '\0';
}

/* The first line that the program says to "--version", or an empty one. */
static void ask(const struct sv_qemu *qemu, const char *path, const struct sv_user *user,
		char *line, size_t size)
{
	int fds[2], status;
	pid_t pid;

	line[0] = '\0';
	if (pipe2(fds, O_CLOEXEC))
		return;
	pid = fork();
	if (!pid)
		run_version(qemu, path, user, fds[1]);
	close(fds[1]);
	if (pid > 0)
		read_line(fds[0], line, size);
	close(fds[0]);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
}

static int open_program(const char *path, struct sv_verdict *v)
{
	struct stat st;
	int fd = access(path, X_OK) ? -1 : open(path, O_PATH | O_CLOEXEC);

	if (fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode)) {
		if (sv_trust_file(&st, path, v))
			return fd;
	} else {
		sv_verdict_fail(v, "%s: no QEMU that can be run: %s\n"
				"apt install qemu-system-x86 (%d.0 or later), or set 'qemu'", path,
				fd < 0 ? strerror(errno) : "not a file", SV_QEMU_MIN_MAJOR);
	}
	if (fd >= 0)
		close(fd);
	return -1;
}

void sv_qemu_check(struct sv_qemu *qemu, const char *path, const struct sv_user *user,
		   struct sv_verdict *v)
{
	struct sv_qemu opened = { .fd = open_program(path, v) };
	char line[128];

	*qemu = (struct sv_qemu){ .fd = -1 };
	if (opened.fd < 0)
		return;
	ask(&opened, path, user, line, sizeof(line));
	sv_qemu_judge(qemu, path, line, v);
	qemu->fd = v->ok ? opened.fd : -1;
	if (!v->ok)
		close(opened.fd);
}

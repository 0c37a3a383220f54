// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "qemu.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

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
		sv_verdict_fail(v, "%s is QEMU %u.%u; %d.0 or later is needed for vhost-vdpa-device-pci\n"
				"Debian 13 has it; on Debian 12: apt install -t bookworm-backports qemu-system-x86",
				path, major, minor, SV_QEMU_MIN_MAJOR);
		return;
	}
	qemu->major = major;
	qemu->minor = minor;
	qemu->has_vm_type = major > 9 || (major == 9 && minor >= 1);
	sv_verdict_pass(v, "%s is QEMU %u.%u", path, major, minor);
}

static void run_version(const char *path, int out)
{
	char *const argv[] = { (char *)path, "--version", NULL };
	char *const envp[] = { "PATH=/usr/bin:/bin", "LC_ALL=C", NULL };

	alarm(VERSION_TIMEOUT_S);
	dup2(out, STDOUT_FILENO);
	execve(path, argv, envp);
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

void sv_qemu_check(struct sv_qemu *qemu, const char *path, struct sv_verdict *v)
{
	char line[128];
	int fds[2], status;
	pid_t pid;

	memset(qemu, 0, sizeof(*qemu));
	if (access(path, X_OK)) {
		sv_verdict_fail(v, "%s: no QEMU that can be run: %s\n"
				"apt install qemu-system-x86 (%d.0 or later), or set 'qemu'", path,
				strerror(errno), SV_QEMU_MIN_MAJOR);
		return;
	}
	if (pipe2(fds, O_CLOEXEC)) {
		sv_verdict_fail(v, "cannot ask %s for its version: %s\nulimit -n", path, strerror(errno));
		return;
	}
	pid = fork();
	if (!pid)
		run_version(path, fds[1]);
	close(fds[1]);
	read_line(fds[0], line, sizeof(line));
	close(fds[0]);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		line[0] = '\0';
	sv_qemu_judge(qemu, path, line, v);
}

// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "guard.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <linux/prctl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "machine.h"

/* The score of what is never killed: /proc/PID/oom_score_adj, proc(5). */
static const char never[] = "-1000";

static int refuse_oom(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC), rc = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, never, strlen(never)) != (ssize_t)strlen(never))
		rc = -errno;
	close(fd);
	return rc;
}

static int set_limits(void)
{
	const struct rlimit no_core = { 0, 0 };
	int rc = sv_machine_raise_memlock();

	if (!rc && setrlimit(RLIMIT_CORE, &no_core))
		rc = -errno;
	return rc;
}

int sv_guard_inherit(struct sv_verdict *v)
{
	int rc = prctl(PR_SET_IO_FLUSHER, 1, 0, 0, 0) ? -errno : refuse_oom();

	if (rc)
		sv_verdict_fail(v, "not protected when memory is short: the kernel may wait for this vault, or kill it (%s)\n"
				"start sevault-vm as root, with CAP_SYS_RESOURCE", strerror(-rc));
	else
		sv_verdict_pass(v, "protected when memory is short");
	return set_limits();
}

int sv_guard_lock(void)
{
	return mlockall(MCL_CURRENT | MCL_FUTURE) ? -errno : 0;
}

int sv_guard_detach(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0)
		return -errno;
	if (dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 || setsid() < 0)
		return -errno;
	/* A new session keyring, which nothing is in. */
	if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 && errno != ENOSYS)
		return -errno;
	close(null);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "start.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "death.h"
#include "machine.h"

static volatile sig_atomic_t child, is_ending;

static int confine(const struct sv_check *check)
{
	const struct rlimit no_core = { 0, 0 };
	int rc;

	rc = sv_machine_raise_memlock();
	if (rc)
		return rc;
	rc = sv_machine_set_cpus(check->config->cpus);
	if (rc)
		return rc;
	/* Guest memory is left out of core files; this leaves out QEMU's, too. */
	if (setrlimit(RLIMIT_CORE, &no_core) || chdir("/"))
		return -errno;
	umask(077);
	return sv_user_become(&check->user);
}

static enum sv_exit fail_start(const char *what, int rc)
{
	sv_say("cannot %s: %s", what, strerror(-rc));
	sv_say("next: sevault-vm --check");
	return SV_EXIT_START;
}

static enum sv_exit become_qemu(struct sv_command *cmd)
{
	char *const envp[] = { "PATH=/usr/bin:/bin", "LC_ALL=C", NULL };

	execve(cmd->argv[0], cmd->argv, envp);
	sv_say("%s: cannot run it: %s", cmd->argv[0], strerror(errno));
	sv_say("next: make it executable for the configured user");
	return SV_EXIT_START;
}

enum sv_exit sv_start_exec(const struct sv_check *check, struct sv_command *cmd)
{
	int rc = confine(check);

	return rc ? fail_start("confine QEMU before its start", rc) : become_qemu(cmd);
}

static void forward(int signal)
{
	is_ending = 1;
	if (child > 0)
		kill(child, signal);
}

void sv_start_forward_signals(void)
{
	struct sigaction action = { .sa_handler = forward };

	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

bool sv_start_is_ending(void)
{
	return is_ending;
}

/*
 * In the child: end when the launcher ends, however that happens. The kernel
 * forgets this wish when the user changes, so it comes after that.
 */
static enum sv_exit run_child(const struct sv_check *check,
			      struct sv_command *cmd, pid_t parent)
{
	int rc = confine(check);

	if (!rc && prctl(PR_SET_PDEATHSIG, SIGKILL))
		rc = -errno;
	if (rc)
		return fail_start("confine QEMU before its start", rc);
	return getppid() == parent ? become_qemu(cmd) : SV_EXIT_START;
}

pid_t sv_start_child(const struct sv_check *check, struct sv_command *cmd)
{
	pid_t self = getpid(), pid;

	pid = fork();
	if (!pid)
		_exit(run_child(check, cmd, self));
	if (pid < 0)
		sv_say("cannot start a process: %s", strerror(errno));
	else
		close(check->vhost_fd);	/* QEMU's alone from now on */
	child = pid;
	/* One that came before there was a child to send it to. */
	if (pid > 0 && is_ending)
		kill(pid, SIGTERM);
	return pid;
}

int sv_start_wait(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return SV_EXIT_START;
	child = 0;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

void sv_start_explain(int status)
{
	struct sv_verdict v;
	char text[16];

	if (status > 128 && sigabbrev_np(status - 128))
		snprintf(text, sizeof(text), "SIG%s", sigabbrev_np(status - 128));
	else
		snprintf(text, sizeof(text), "%d", status);
	sv_death_explain(text, &v);
	sv_say_verdict(&v);
}

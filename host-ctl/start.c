// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "start.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <port.h>

#include "death.h"
#include "guard.h"
#include "machine.h"
#include "notify.h"

static const int forwarded[] = { SIGTERM, SIGINT, SIGHUP };

static volatile sig_atomic_t child_pid, is_ending;

static void forward(int signal)
{
	is_ending = 1;
	if (child_pid > 0)
		kill(child_pid, signal);
}

static int handle(void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(forwarded); i++)
		if (sigaction(forwarded[i], &action, NULL))
			return -errno;
	return 0;
}

int sv_start_forward_signals(void)
{
	return handle(forward);
}

bool sv_start_is_ending(void)
{
	return is_ending;
}

static int keep_open(int fd)
{
	return fd >= 0 && fcntl(fd, F_SETFD, 0) ? -errno : 0;
}

static int keep_descriptors(const struct sv_command_fds *fds)
{
	int rc = close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) ? -errno : 0;

	if (!rc)
		rc = keep_open(fds->vhost);
	if (!rc)
		rc = keep_open(fds->image);
	if (!rc)
		rc = keep_open(fds->monitor);
	if (!rc)
		rc = keep_open(fds->godh);
	return rc ? rc : keep_open(fds->session);
}

/*
 * The wish to end when the launcher ends, however that happens, is forgotten by
 * the kernel when the user changes, so it comes after that.
 */
static int confine(const struct sv_plan *plan, const struct sv_command_fds *fds, int messages)
{
	int rc = handle(SIG_DFL);

	if (!rc)
		rc = sv_guard_detach();
	if (!rc)
		rc = keep_descriptors(fds);
	if (!rc && dup2(messages, STDERR_FILENO) < 0)
		rc = -errno;
	if (!rc)
		rc = sv_machine_set_cpus(plan->config->cpus);
	if (!rc && chdir("/"))
		rc = -errno;
	umask(077);
	if (!rc)
		rc = sv_user_become(&plan->user);
	if (!rc && prctl(PR_SET_PDEATHSIG, SIGKILL))
		rc = -errno;
	return rc;
}

static int await_word(int go)
{
	char word;
	ssize_t n;

	do {
		n = read(go, &word, 1);
	} while (n < 0 && errno == EINTR);
	return n == 1;
}

/* The child's life up to QEMU's. */
static int run_child(const struct sv_child *child, const struct sv_plan *plan,
		     struct sv_command *cmd, const struct sv_command_fds *fds, pid_t parent)
{
	sigset_t none;
	int rc = confine(plan, fds, child->relay.to);

	if (rc) {
		sv_say("cannot confine QEMU before its start: %s", strerror(-rc));
		sv_say("next: sevault-vm --check");
		return SV_EXIT_START;
	}
	sigemptyset(&none);
	if (sigprocmask(SIG_SETMASK, &none, NULL) || getppid() != parent ||
	    !await_word(child->go))
		return SV_EXIT_START;
	rc = sv_qemu_exec(&plan->qemu, cmd->argv);
	sv_say("%s: cannot run it: %s", cmd->argv[0], strerror(-rc));
	sv_say("next: make it executable for the configured user");
	return SV_EXIT_START;
}

/* Signals wait meanwhile: one that comes is for a child that we know, or for nobody. */
static pid_t fork_child(struct sv_child *child, const struct sv_plan *plan,
			struct sv_command *cmd, const struct sv_command_fds *fds, int go[2])
{
	pid_t self = getpid(), pid;
	sigset_t all, before;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	pid = fork();
	if (!pid) {
		close(go[0]);
		child->go = go[1];
		_exit(run_child(child, plan, cmd, fds, self));
	}
	child_pid = pid;
	sigprocmask(SIG_SETMASK, &before, NULL);
	return pid;
}

/* What comes after the fork, in the parent: less power, and an ear for QEMU. */
static int settle(struct sv_child *child, const struct sv_plan *plan)
{
	int rc = sv_user_become(&plan->user);

	close(child->relay.to);
	close(plan->vhost_fd);	/* QEMU's alone from now on */
	close(plan->image_fd);
	if (!rc)
		rc = sv_relay_start(&child->relay);
	if (!rc)
		rc = sv_guard_lock();
	if (rc)
		kill(child->pid, SIGKILL);
	else if (is_ending)	/* it came before there was a child to send it to */
		kill(child->pid, SIGTERM);
	return rc;
}

bool sv_start_child(struct sv_child *child, const struct sv_plan *plan,
		    struct sv_command *cmd, const struct sv_command_fds *fds)
{
	int go[2], rc;

	rc = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, go) ? -errno :
	     sv_relay_open(&child->relay);
	if (!rc) {
		child->pid = fork_child(child, plan, cmd, fds, go);
		rc = child->pid < 0 ? -errno : settle(child, plan);
		child->go = go[0];
		close(go[1]);
	}
	if (!rc)
		return true;
	sv_say("cannot start QEMU's process: %s", strerror(-rc));
	sv_say("next: sevault-vm --check");
	return false;
}

void sv_start_go(struct sv_child *child)
{
	(void)send(child->go, "", 1, MSG_NOSIGNAL);
	close(child->go);
}

/* True when it has ended; @flags as waitpid() has them. */
static bool has_ended(struct sv_child *child, int *status, int flags)
{
	pid_t rc = waitpid(child->pid, status, flags);

	if (rc < 0 && errno != EINTR)
		*status = W_EXITCODE(SV_EXIT_START, 0);
	return rc > 0 || (rc < 0 && errno != EINTR);
}

int sv_start_wait(struct sv_child *child, struct sv_ready *ready)
{
	bool ended = false;
	int status;

	while (!ended) {
		if (is_ending)
			(void)sv_notify("STOPPING=1");
		if (is_ending || !sv_ready_look(ready)) {
			ended = has_ended(child, &status, 0);
			continue;
		}
		ended = has_ended(child, &status, WNOHANG);
		if (!ended)
			usleep(SV_READY_POLL_MS * 1000);
	}
	child_pid = 0;
	sv_relay_join(&child->relay);
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

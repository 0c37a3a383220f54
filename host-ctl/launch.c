// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "launch.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <port.h>

#include "clock.h"
#include "command.h"
#include "notify.h"
#include "owner.h"
#include "psp.h"
#include "qmp.h"
#include "start.h"

enum {
	POLL_MS = 200,
	REMIND_S = 30,
};

/*
 * One launch.
 *
 * @dir: the owner's
 * @godh, @session: memory for what it sends, which QEMU will read
 * @runs: QEMU does, and can be asked
 */
struct launch {
	const struct sv_plan *plan;
	struct sv_ready *ready;
	int dir;
	int godh;
	int session;
	int monitor;
	bool runs;
	struct sv_child child;
	struct sv_qmp qmp;
};

static const char *const files[] = {
	SV_OWNER_PLATFORM, SV_OWNER_GODH, SV_OWNER_SESSION, SV_OWNER_LAUNCH, SV_OWNER_SECRET,
};

static enum sv_exit fail_owner(const char *what, const char *why)
{
	sv_say("%s: %s", what, why);
	sv_say("next: see what the owner's side says; man sevault-vm, section OWNER");
	return SV_EXIT_OWNER;
}

/* What is left of an earlier launch must not be taken for an answer in this one. */
static enum sv_exit remove_files(const struct launch *l)
{
	enum sv_exit rc = SV_EXIT_OK;
	size_t i;
	int err;

	for (i = 0; i < ARRAY_SIZE(files); i++) {
		err = sv_owner_remove(l->dir, files[i]);
		if (err)
			rc = fail_owner(files[i], strerror(-err));
	}
	return rc;
}

static enum sv_exit hand_over(const struct launch *l, const char *name, json_object *content)
{
	int rc = sv_owner_write(l->dir, name, content);

	json_object_put(content);
	return rc ? fail_owner(name, strerror(-rc)) : SV_EXIT_OK;
}

/*
 * Wait for a file of the owner's. QEMU is watched meanwhile, if it runs.
 * On SV_EXIT_OK @text has the file.
 */
static enum sv_exit await_file(struct launch *l, const char *name, char text[SV_OWNER_FILE_MAX])
{
	long long begin = sv_clock_s(), reminded = begin;
	unsigned long limit = 0;
	int rc;

	(void)sv_notify("STATUS=Waiting for the owner's %s.", name);
	(void)sv_vm_config_number(l->plan->config->owner_timeout, 1, INT_MAX, &limit);
	for (;;) {
		rc = sv_owner_read(l->dir, name, text);
		if (rc > 0)
			return SV_EXIT_OK;
		if (rc != -ENOENT)
			return fail_owner(name, rc == -EINVAL ? "empty, too long, or not a file" :
						strerror(-rc));
		if (sv_start_is_ending())
			return fail_owner(name, "asked to end while waiting for it");
		if (sv_clock_s() - begin >= (long long)limit)
			return fail_owner(name, "the owner did not send it in time");
		if (sv_clock_s() - reminded >= REMIND_S) {
			reminded = sv_clock_s();
			sv_say("still waiting for %s/%s, %lld of %lu s", l->plan->config->owner, name,
			       reminded - begin, limit);
		}
		if (!l->runs)
			usleep(POLL_MS * 1000);
		else if (sv_qmp_wait(&l->qmp, POLL_MS) < 0)
			return SV_EXIT_STOPPED;
	}
}

/* The owner's answer, into the memory that QEMU will open as /dev/fd/N. */
static enum sv_exit take_base64(struct launch *l, const char *name, int len, int fd)
{
	char text[SV_OWNER_FILE_MAX];
	enum sv_exit rc = await_file(l, name, text);

	if (rc != SV_EXIT_OK)
		return rc;
	if (sv_owner_base64_len(text) != len)
		return fail_owner(name, "not base64 of the right length");
	if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		return fail_owner(name, strerror(errno));
	return SV_EXIT_OK;
}

/* Show the owner the platform; get a session for it. */
static enum sv_exit get_session(struct launch *l)
{
	const struct sv_vm_config *c = l->plan->config;
	json_object *platform;
	enum sv_exit rc;
	int err;

	platform = sv_psp_platform(l->plan->paths->sev, &err);
	if (!platform) {
		sv_say("%s: cannot read the platform's certificates: %s (%d)", l->plan->paths->sev,
		       err < 0 ? strerror(-err) : "the secure processor refuses", err);
		sv_say("next: dmesg | grep -i -e ccp -e sev");
		return SV_EXIT_MACHINE;
	}
	json_object_object_add(platform, "policy", json_object_new_int64(sv_sev_policy(c->policy)));
	rc = hand_over(l, SV_OWNER_PLATFORM, platform);
	if (rc != SV_EXIT_OK)
		return rc;
	sv_say("%s/" SV_OWNER_PLATFORM " written; waiting for the owner's " SV_OWNER_SESSION " and "
	       SV_OWNER_GODH, c->owner);
	rc = take_base64(l, SV_OWNER_SESSION, SV_OWNER_SESSION_LEN, l->session);
	if (rc == SV_EXIT_OK)
		rc = take_base64(l, SV_OWNER_GODH, SV_OWNER_GODH_LEN, l->godh);
	return rc;
}

static enum sv_exit fail_qemu(struct launch *l, const char *what)
{
	sv_say("%s: %s", what, l->qmp.error);
	sv_say("next: read QEMU's messages above, if any; dmesg | grep -i -e sev -e kvm");
	return SV_EXIT_START;
}

static enum sv_exit fail_prepare(const char *what)
{
	sv_say("cannot make %s: %s", what, strerror(errno));
	sv_say("next: ulimit -n; free -m");
	return SV_EXIT_START;
}

/* What will be QEMU: all that it is given is there, if empty. */
static enum sv_exit make_child(struct launch *l)
{
	struct sv_command_fds fds = { .vhost = l->plan->vhost_fd, .image = l->plan->image_fd };
	static struct sv_command cmd;
	int pair[2];

	l->godh = memfd_create(SV_OWNER_GODH, MFD_CLOEXEC);
	l->session = memfd_create(SV_OWNER_SESSION, MFD_CLOEXEC);
	if (l->godh < 0 || l->session < 0)
		return fail_prepare("memory for the owner's session");
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return fail_prepare("a socket for QEMU's monitor");
	l->monitor = pair[0];
	fds.monitor = pair[1];
	fds.godh = l->godh;
	fds.session = l->session;
	if (!sv_command_build(&cmd, l->plan, &fds)) {
		sv_say("the configuration's values are too long");
		sv_say("next: shorten the paths in it");
		return SV_EXIT_CONFIG;
	}
	if (!sv_start_child(&l->child, l->plan, &cmd, &fds))
		return SV_EXIT_START;
	close(pair[1]);
	return SV_EXIT_OK;
}

/* QEMU stopped before the first instruction: memory is encrypted and measured. */
static enum sv_exit start_qemu(struct launch *l)
{
	sv_start_go(&l->child);
	if (!sv_qmp_start(&l->qmp, l->monitor))
		return fail_qemu(l, "QEMU did not start");
	l->runs = true;
	return SV_EXIT_OK;
}

/* Show the owner the measurement. */
static enum sv_exit show_launch(struct launch *l)
{
	const struct sv_vm_config *c = l->plan->config;
	json_object *launch, *measure, *data;

	launch = sv_qmp_query(&l->qmp, "query-sev");
	measure = launch ? sv_qmp_query(&l->qmp, "query-sev-launch-measure") : NULL;
	if (!measure || !json_object_object_get_ex(measure, "data", &data)) {
		json_object_put(launch);
		json_object_put(measure);
		return fail_qemu(l, "QEMU does not tell the launch measurement");
	}
	json_object_object_add(launch, "data", json_object_get(data));
	json_object_put(measure);
	json_object_object_add(launch, "vm-type", json_object_new_string(c->vm_type));
	json_object_object_add(launch, "cpu", json_object_new_string(c->cpu));
	sv_say("launched and measured; %s/" SV_OWNER_LAUNCH " written, waiting for the owner's "
	       SV_OWNER_SECRET, c->owner);
	return hand_over(l, SV_OWNER_LAUNCH, launch);
}

static enum sv_exit inject_secret(struct launch *l)
{
	char text[SV_OWNER_FILE_MAX];
	struct sv_verdict v;
	json_object *args;
	enum sv_exit rc;

	rc = await_file(l, SV_OWNER_SECRET, text);
	if (rc != SV_EXIT_OK)
		return rc;
	args = sv_owner_parse_secret(text, l->plan->image.secret_len, &v);
	if (!args) {
		sv_say_verdict(&v);
		return SV_EXIT_OWNER;
	}
	args = sv_qmp_call(&l->qmp, "sev-inject-launch-secret", args);
	if (!args)
		return fail_owner("the secure processor refused the secret", l->qmp.error);
	json_object_put(args);
	args = sv_qmp_call(&l->qmp, "cont", NULL);
	if (!args)
		return fail_qemu(l, "QEMU does not let the vault run");
	json_object_put(args);
	sv_say("secret injected, the vault runs");
	(void)sv_notify("STATUS=Waiting for the vault to serve.");
	return SV_EXIT_OK;
}

/*
 * Until the end. A vault that QEMU stopped, or whose CPU shut down, would stay
 * for ever and its device with it.
 */
static enum sv_exit supervise(struct launch *l)
{
	while (sv_qmp_wait(&l->qmp, sv_ready_look(l->ready) ? SV_READY_POLL_MS : -1) >= 0)
		if (l->qmp.state.stopped || l->qmp.state.panicked)
			return SV_EXIT_STOPPED;
	return SV_EXIT_OK;
}

/* After a failure QEMU ends because of us; else its own status says why. */
static int finish(struct launch *l, enum sv_exit rc)
{
	int status;

	if (rc != SV_EXIT_OK)
		kill(l->child.pid, SIGKILL);
	status = sv_start_wait(&l->child, l->ready);
	if (rc != SV_EXIT_OK)
		status = rc;
	else if (!status && l->qmp.state.guest_shutdown)
		status = SV_EXIT_STOPPED;	/* a triple fault, say */
	sv_start_explain(status);
	return status;
}

static enum sv_exit converse(struct launch *l)
{
	enum sv_exit rc = remove_files(l);

	if (rc == SV_EXIT_OK)
		rc = get_session(l);
	if (rc == SV_EXIT_OK)
		rc = start_qemu(l);
	if (rc == SV_EXIT_OK)
		rc = show_launch(l);
	if (rc == SV_EXIT_OK)
		rc = inject_secret(l);
	return rc;
}

int sv_launch(const struct sv_plan *plan, struct sv_ready *ready)
{
	static struct launch l;
	enum sv_exit rc;

	l = (struct launch){ .plan = plan, .ready = ready, .dir = plan->owner_dir,
			     .godh = -1, .session = -1, .monitor = -1 };
	rc = make_child(&l);
	if (rc != SV_EXIT_OK)
		return rc;
	rc = converse(&l);
	(void)remove_files(&l);		/* it has said what failed */
	if (rc == SV_EXIT_OK)
		rc = supervise(&l);
	return finish(&l, rc);
}

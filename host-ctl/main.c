// SPDX-License-Identifier: GPL-2.0 OR MIT
/* sevault-vm: start a vault VM with unmodified QEMU. See docs/sevault-vm.8. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sevault/wire.h>

#include "check.h"
#include "command.h"
#include "death.h"
#include "guard.h"
#include "launch.h"
#include "notify.h"
#include "start.h"

static const char default_config[] = "/etc/sevault/vm.conf";

enum action { RUN, CHECK, PRINT, EXPLAIN };

static const char usage_text[] =
	"usage: sevault-vm [--check | --print] [CONFIG]\n"
	"       sevault-vm --explain STATUS\n"
	"\n"
	"Start a vault VM as CONFIG says (default: /etc/sevault/vm.conf), stay as QEMU's\n"
	"parent, and say when the vault is ready and why it ended.\n"
	"\n"
	"  --check           PASS or FAIL for everything that the start needs; starts nothing\n"
	"  --print           show QEMU's command line; starts nothing\n"
	"  --explain STATUS  what an exit status of QEMU (or the name of a signal) means\n"
	"  --help            this text\n"
	"\n"
	"Exit status: 2 wrong usage, 4 wrong configuration, 6 the machine cannot do it,\n"
	"8 start failed, 10 the owner sent nothing usable, 12 the vault was stopped, 0 checks\n"
	"passed; otherwise QEMU's own. man sevault-vm has more.\n";

static int usage_error(const char *why)
{
	sv_say("%s", why);
	sv_say("next: sevault-vm --help");
	return SV_EXIT_USAGE;
}

static int explain(const char *status)
{
	struct sv_verdict v;

	sv_death_explain(status, &v);
	sv_say_verdict(&v);
	return SV_EXIT_OK;
}

static void warn(const struct sv_image *image)
{
	if (image->mode == SV_MODE_PLAIN) {
		sv_say("WARNING: PLAIN MODE. The vault's memory is not encrypted: this protects NO key from this host.");
		sv_say("WARNING: plain mode is for development and tests. Do not use it for real keys.");
	}
	if (image->is_debug)
		sv_say("WARNING: this is the DEBUG image.");
}

static int print(struct sv_plan *plan, struct sv_command *cmd)
{
	const struct sv_command_fds examples = {
		.vhost = 9, .image = -1, .monitor = 10, .godh = 11, .session = 12,
	};
	int rc = sv_check_config(plan);
	struct sv_verdict v;

	if (rc)
		return rc;
	warn(&plan->image);
	/* The command line of a recent QEMU, if this machine has none. */
	sv_user_find(&plan->user, plan->config->user, plan->paths->kvm, &v);
	if (v.ok)
		sv_qemu_check(&plan->qemu, plan->config->qemu, &plan->user, &v);
	if (!v.ok)
		plan->qemu.has_vm_type = true;
	if (!sv_command_build(cmd, plan, &examples))
		return usage_error("the configuration's values are too long");
	sv_command_print(cmd);
	return SV_EXIT_OK;
}

/* What is to be done before the privileges go, and what is to be known after. */
static int prepare(struct sv_plan *plan, struct sv_ready *ready)
{
	struct sv_verdict v;
	int rc = sv_guard_inherit(&v);

	if (!rc && !v.ok)
		sv_say_verdict(&v);
	if (!rc)
		rc = sv_start_forward_signals();
	if (rc) {
		sv_say("cannot set limits or signals: %s", strerror(-rc));
		sv_say("next: sevault-vm --check");
		return SV_EXIT_START;
	}
	sv_ready_open(ready, plan->paths, &v);
	if (!v.ok)
		sv_say_verdict(&v);
	return SV_EXIT_OK;
}

static int run_plain(struct sv_plan *plan, struct sv_command *cmd, struct sv_ready *ready)
{
	const struct sv_command_fds fds = {
		.vhost = plan->vhost_fd, .image = plan->image_fd,
		.monitor = -1, .godh = -1, .session = -1,
	};
	struct sv_child child;
	int rc;

	if (!sv_command_build(cmd, plan, &fds))
		return usage_error("the configuration's values are too long");
	if (!sv_start_child(&child, plan, cmd, &fds))
		return SV_EXIT_START;
	(void)sv_notify("STATUS=Waiting for the vault to serve.");
	sv_start_go(&child);
	rc = sv_start_wait(&child, ready);
	sv_start_explain(rc);
	return rc;
}

static int run(struct sv_plan *plan, struct sv_command *cmd)
{
	struct sv_ready ready;
	int rc = sv_check_all(plan, false);

	if (rc)
		return rc;
	warn(&plan->image);
	rc = prepare(plan, &ready);
	if (rc)
		return rc;
	if (sv_vm_config_is_sev_es(plan->config))
		return sv_launch(plan, &ready);
	return run_plain(plan, cmd, &ready);
}

static int act(enum action action, const char *config_path)
{
	static struct sv_vm_config config;
	static struct sv_command cmd;
	struct sv_paths paths = {
		.sys = "/sys",
		.kvm = "/dev/kvm",
		.sev = "/dev/sev",
		.cpuinfo = "/proc/cpuinfo",
	};
	struct sv_plan plan = { .config = &config, .paths = &paths };
	struct sv_verdict v;
	int rc;

	sv_sev_query(&plan.sev);
	sv_vm_config_read(&config, config_path, &v);
	if (!v.ok) {
		sv_say_verdict(&v);
		return SV_EXIT_CONFIG;
	}
	if (action == PRINT)
		return print(&plan, &cmd);
	if (action != CHECK)
		return run(&plan, &cmd);
	rc = sv_check_all(&plan, true);
	if (plan.image.mode)
		warn(&plan.image);
	return rc;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "check", no_argument, NULL, 'c' },
		{ "print", no_argument, NULL, 'p' },
		{ "explain", required_argument, NULL, 'e' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	enum action action = RUN;
	const char *status = NULL;
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		if (c == 'h') {
			fputs(usage_text, stdout);
			return SV_EXIT_OK;
		}
		if (c == '?')
			return usage_error("unknown option, or an option without its value");
		if (action != RUN)
			return usage_error("more than one of --check, --print, --explain");
		action = c == 'c' ? CHECK : c == 'p' ? PRINT : EXPLAIN;
		status = optarg;
	}
	if (argc - optind > (action == EXPLAIN ? 0 : 1))
		return usage_error("too many arguments");
	if (action == EXPLAIN)
		return explain(status);
	return act(action, optind < argc ? argv[optind] : default_config);
}

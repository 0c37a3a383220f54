// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "ready.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "notify.h"

enum { SUMMARY_MAX = 1024 };

/* The rest of the line that begins with @name and a blank, or NULL. */
static const char *field(const char *summary, const char *name)
{
	size_t len = strlen(name);

	while (summary) {
		if (!strncmp(summary, name, len) && summary[len] == ' ')
			return summary + len + 1;
		summary = strchr(summary, '\n');
		if (summary)
			summary++;
	}
	return NULL;
}

static bool is_word(const char *at, const char *word)
{
	size_t len = strlen(word);

	return at && !strncmp(at, word, len) && (!at[len] || at[len] == '\n');
}

bool sv_ready_judge(const char *summary)
{
	const char *vault = field(summary, "vault"), *drivers = field(summary, "drivers");
	unsigned int usable, all;

	if (!vault || is_word(vault, "none") || !field(summary, "import"))
		return false;
	if (is_word(field(summary, "import"), "off"))
		return true;
	return drivers && sscanf(drivers, "%u of %u", &usable, &all) == 2 &&
	       all && usable == all;
}

void sv_ready_open(struct sv_ready *ready, const struct sv_paths *paths, struct sv_verdict *v)
{
	char path[SV_TEXT_LEN];

	snprintf(path, sizeof(path), "%s/kernel/debug/sevault/status", paths->sys);
	ready->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (ready->fd < 0)
		sv_verdict_fail(v, "%s: cannot be read, so nobody hears when the vault is ready: %s\n"
				"mount -t debugfs none /sys/kernel/debug, and start sevault-vm as root",
				path, strerror(errno));
	else
		sv_verdict_pass(v, "%s tells when the vault is ready", path);
}

static bool is_ready(int fd)
{
	char summary[SUMMARY_MAX];
	ssize_t len = pread(fd, summary, sizeof(summary) - 1, 0);

	if (len < 0)
		return false;
	summary[len] = '\0';
	return sv_ready_judge(summary);
}

bool sv_ready_look(struct sv_ready *ready)
{
	int rc;

	if (ready->fd < 0)
		return false;
	if (!is_ready(ready->fd))
		return true;
	close(ready->fd);
	ready->fd = -1;
	sv_say("the vault is ready");
	rc = sv_notify("READY=1\nSTATUS=The vault is ready.");
	if (rc < 0)
		sv_say("the service manager could not be told: %s", strerror(-rc));
	return false;
}

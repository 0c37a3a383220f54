// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "relay.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <port.h>

#include "say.h"

enum { STACK_LEN = 256 << 10 };	/* all of it is locked into memory */

struct line {
	char text[SV_TEXT_LEN];
	size_t len;
};

/* Words of QEMU's that are a number to most people. */
static const struct {
	const char *text;
	const char *why;
	const char *next;
} meanings[] = {
	{ "failed to initialize ret=-16", "every SEV-ES ASID of this host is in use",
	  "end another SEV-ES guest, or raise the number of SEV-ES ASIDs in the firmware's setup" },
};

static void flush(struct line *line)
{
	size_t i;

	if (line->len)
		sv_say("QEMU: %.*s", (int)line->len, line->text);
	for (i = 0; i < ARRAY_SIZE(meanings); i++) {
		if (!memmem(line->text, line->len, meanings[i].text, strlen(meanings[i].text)))
			continue;
		sv_say("%s", meanings[i].why);
		sv_say("next: %s", meanings[i].next);
	}
	line->len = 0;
}

static void add(struct line *line, char c)
{
	if (c == '\n') {
		flush(line);
		return;
	}
	if (line->len == sizeof(line->text))
		flush(line);
	line->text[line->len++] = isprint((unsigned char)c) ? c : '?';
}

static void *run(void *arg)
{
	struct sv_relay *relay = arg;
	struct line line = { .len = 0 };
	char bytes[256];
	ssize_t n, i;

	while ((n = read(relay->from, bytes, sizeof(bytes)))) {
		if (n < 0 && errno != EINTR)
			break;
		for (i = 0; i < n; i++)
			add(&line, bytes[i]);
	}
	flush(&line);
	close(relay->from);
	return NULL;
}

int sv_relay_open(struct sv_relay *relay)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	relay->from = ends[0];
	relay->to = ends[1];
	return 0;
}

/* Signals are for the main thread, whose waiting they are to end. */
int sv_relay_start(struct sv_relay *relay)
{
	pthread_attr_t attr;
	sigset_t all, before;
	int rc = pthread_attr_init(&attr);

	if (rc)
		return -rc;
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	rc = pthread_attr_setstacksize(&attr, STACK_LEN);
	if (!rc)
		rc = pthread_create(&relay->thread, &attr, run, relay);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	return -rc;
}

void sv_relay_join(struct sv_relay *relay)
{
	pthread_join(relay->thread, NULL);
}

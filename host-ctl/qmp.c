// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "qmp.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"

/* It may be QEMU's text, and ends on somebody's terminal: printable characters only. */
static bool fail(struct sv_qmp *q, const char *why)
{
	char *c;

	snprintf(q->error, sizeof(q->error), "%s", why);
	for (c = q->error; *c; c++)
		if (!isprint((unsigned char)*c))
			*c = '?';
	return false;
}

static const char *text_of(json_object *o, const char *key)
{
	json_object *value;

	const char *text = NULL;

	if (json_object_object_get_ex(o, key, &value))
		text = json_object_get_string(value);
	return text ? text : "";
}

/* A line that is complete is taken out of the buffer and parsed; else NULL. */
static json_object *take_line(struct sv_qmp *q)
{
	char *eol = memchr(q->line, '\n', q->len);
	json_object *message;
	size_t used;

	if (!eol)
		return NULL;
	*eol = '\0';
	message = json_tokener_parse(q->line);
	used = (size_t)(eol + 1 - q->line);
	q->len -= used;
	memmove(q->line, eol + 1, q->len);
	return message ? message : json_object_new_object();
}

/* 1: more text, 0: none in time or a signal, -1: the end */
static int fill(struct sv_qmp *q, int timeout_ms)
{
	struct pollfd p = { .fd = q->fd, .events = POLLIN };
	ssize_t n;
	int rc;

	if (q->len == sizeof(q->line))
		return -1;
	rc = poll(&p, 1, timeout_ms);
	if (rc <= 0)
		return rc < 0 && errno != EINTR ? -1 : 0;
	n = read(q->fd, q->line + q->len, sizeof(q->line) - q->len);
	if (n < 0 && errno == EINTR)
		return 0;
	if (n <= 0)
		return -1;
	q->len += (size_t)n;
	return 1;
}

/* One message, or NULL with *@rc as fill() has it; 1: a part of one came. */
static json_object *read_message(struct sv_qmp *q, int timeout_ms, int *rc)
{
	json_object *message = take_line(q);

	if (message)
		return message;
	*rc = fill(q, timeout_ms);
	return *rc > 0 ? take_line(q) : NULL;
}

static void take_event(struct sv_qmp *q, json_object *message)
{
	const char *event = text_of(message, "event");
	json_object *data;

	if (!strcmp(event, "STOP"))
		q->state.stopped = true;
	else if (!strcmp(event, "RESUME"))
		q->state.stopped = false;
	else if (!strcmp(event, "GUEST_PANICKED") || !strcmp(event, "GUEST_CRASHLOADED"))
		q->state.panicked = true;
	else if (!strcmp(event, "SHUTDOWN") && json_object_object_get_ex(message, "data", &data))
		q->state.guest_shutdown = !strcmp(text_of(data, "guest"), "true");
}

static bool send_all(struct sv_qmp *q, const char *text)
{
	size_t len = strlen(text);
	ssize_t n;

	while (len) {
		n = send(q->fd, text, len, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return fail(q, "QEMU has ended");
		text += n;
		len -= (size_t)n;
	}
	return true;
}

static bool send_command(struct sv_qmp *q, const char *command, json_object *args)
{
	json_object *o = json_object_new_object();
	bool ok;

	json_object_object_add(o, "execute", json_object_new_string(command));
	if (args)
		json_object_object_add(o, "arguments", args);
	ok = send_all(q, json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN)) &&
	     send_all(q, "\n");
	json_object_put(o);
	return ok;
}

/* The next message with @key in it, its value taken out; events on the way are noted. */
static json_object *await(struct sv_qmp *q, const char *key)
{
	long long end = sv_clock_s() + SV_QMP_TIMEOUT_S;
	json_object *message, *value;
	const char *why;
	int rc;

	while (sv_clock_s() < end) {
		message = read_message(q, 1000, &rc);
		if (!message && rc < 0) {
			fail(q, "QEMU has ended");
			return NULL;
		}
		if (!message)
			continue;
		if (json_object_object_get_ex(message, key, &value)) {
			value = json_object_get(value);
			json_object_put(message);
			if (!value)
				fail(q, "QEMU's answer is empty");
			return value;
		}
		if (json_object_object_get_ex(message, "error", &value)) {
			why = text_of(value, "desc");
			fail(q, *why ? why : "QEMU refuses and does not say why");
			json_object_put(message);
			return NULL;
		}
		take_event(q, message);
		json_object_put(message);
	}
	fail(q, "QEMU does not answer");
	return NULL;
}

bool sv_qmp_start(struct sv_qmp *q, int fd)
{
	json_object *o;

	memset(q, 0, sizeof(*q));
	q->fd = fd;
	o = await(q, "QMP");
	if (!o)
		return false;
	json_object_put(o);
	o = sv_qmp_call(q, "qmp_capabilities", NULL);
	json_object_put(o);
	return o;
}

json_object *sv_qmp_call(struct sv_qmp *q, const char *command, json_object *args)
{
	return send_command(q, command, args) ? await(q, "return") : NULL;
}

json_object *sv_qmp_query(struct sv_qmp *q, const char *command)
{
	json_object *o = sv_qmp_call(q, command, NULL);

	if (!o || json_object_is_type(o, json_type_object))
		return o;
	json_object_put(o);
	fail(q, "QEMU's answer is not what it should be");
	return NULL;
}

int sv_qmp_wait(struct sv_qmp *q, int timeout_ms)
{
	json_object *message;
	int rc = 0;

	message = read_message(q, timeout_ms, &rc);
	if (!message)
		return rc < 0 ? -1 : 0;
	take_event(q, message);
	json_object_put(message);
	return 1;
}

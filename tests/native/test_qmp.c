// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The launcher's client of QEMU's monitor against a QEMU that is hostile: it
 * runs with fewer rights, and must not gain any by what it says.
 */
#include "lib_test.h"

#include "qmp.h"

#include <ctype.h>
#include <sys/socket.h>
#include <unistd.h>

#include <port.h>

#define GREETING "{\"QMP\": {\"version\": {\"qemu\": {\"major\": 9}}, \"capabilities\": []}}\n"
#define DONE "{\"return\": {}}\n"
#define HELLO "{\"QMP\": {\"capabilities\": [\"oob\"]}}\n{\"return\": {}}\n"
#define ERROR(error) "{\"error\": " error "}\n"
#define EVENT(event, data) "{\"event\": " event ", \"data\": " data ", \"timestamp\": {}}\n"

static struct sv_qmp qmp;
static int qemu = -1;

/* QEMU has said all this, and says no more; it still listens. */
static int say(const void *script, size_t len)
{
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	qemu = pair[1];
	assert_true(write(qemu, script, len) == (ssize_t)len);
	assert_int_equal(shutdown(qemu, SHUT_WR), 0);
	return pair[0];
}

static void hang_up(int fd)
{
	close(fd);
	close(qemu);
}

static bool is_printable(const char *text)
{
	for (; *text; text++)
		if (!isprint((unsigned char)*text))
			return false;
	return true;
}

static void test_start(void **state)
{
	static const struct { const char *script, *error; } rows[] = {
		{ HELLO, NULL },
		{ "{\"QMP\": {}}\r\n{\"return\": {}, \"id\": 7}\r\n", NULL },
		{ "noise\n\n[]\n" EVENT("\"STOP\"", "{}") GREETING EVENT("\"RESUME\"", "{}") DONE, NULL },
		{ "{\"QMP\": 5}\n{\"return\": []}\n", NULL },

		{ "", "QEMU has ended" },
		{ "\n", "QEMU has ended" },
		{ "{\"QMP\": {}}", "QEMU has ended" },		/* half a line */
		{ GREETING, "QEMU has ended" },
		{ DONE DONE, "QEMU has ended" },		/* no greeting */
		{ DONE GREETING, "QEMU has ended" },		/* the answer comes first */
		/* 10 */
		{ "{\"QMP\": null}\n" DONE, "QEMU's answer is empty" },
		{ GREETING "{\"return\": null}\n", "QEMU's answer is empty" },
		{ GREETING "{\"return\"}\n", "QEMU has ended" },
		{ GREETING "\"return\"\n", "QEMU has ended" },
		{ GREETING "[\"return\"]\n", "QEMU has ended" },
		{ GREETING "null\n5\ntrue\n1e999\n", "QEMU has ended" },
		{ GREETING "{\"Return\": {}}\n", "QEMU has ended" },
		{ ERROR("{\"class\": \"GenericError\", \"desc\": \"not today\"}"), "not today" },
		{ GREETING ERROR("{\"desc\": \"not today\"}") DONE, "not today" },
		{ GREETING ERROR("{\"desc\": 17}"), "17" },
		/* 20 */
		{ GREETING ERROR("{\"desc\": \"\\u001b[2J\\n\\u0007\"}"), "?[2J??" },
		{ GREETING ERROR("{\"desc\": \"\xc2\x9b\"}"), "??" },
		{ GREETING ERROR("{\"desc\": \"%s%n\"}"), "%s%n" },
	};
	u32 i;
	int fd;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		fd = say(rows[i].script, strlen(rows[i].script));
		assert_row(i, sv_qmp_start(&qmp, fd) == !rows[i].error);
		if (rows[i].error && strcmp(qmp.error, rows[i].error))
			fail_msg("row %u: '%s'", i, qmp.error);
		hang_up(fd);
	}
}

/* A refusal without words is one nevertheless. */
static void test_errors_without_words(void **state)
{
	static const char *const rows[] = {
		ERROR("{}"), ERROR("null"), ERROR("[]"), ERROR("\"desc\""), ERROR("{\"desc\": null}"),
		ERROR("{\"desc\": \"\"}"), ERROR("false"),
	};
	char script[200];
	u32 i;
	int fd;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		snprintf(script, sizeof(script), GREETING "%s" DONE, rows[i]);
		fd = say(script, strlen(script));
		assert_row(i, !sv_qmp_start(&qmp, fd) && qmp.error[0]);
		hang_up(fd);
	}
}

/* Without its end */
static void put(char *to, const char *text)
{
	while (*text)
		*to++ = *text++;
}

/* Lines as long as they may be, longer, nested, with a NUL */
static void test_long(void **state)
{
	static char text[4 * SV_QMP_LINE_MAX];
	static const struct { u32 len; bool ok; } rows[] = {
		{ 1000, true }, { SV_QMP_LINE_MAX - 100, true }, { SV_QMP_LINE_MAX, true },
		{ SV_QMP_LINE_MAX + 1, false }, { 2 * SV_QMP_LINE_MAX, false },
	};
	u32 i, hello = sizeof(GREETING) - 1;
	int fd;

	(void)state;
	put(text, GREETING);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		/* So many bytes in all, with the end of the line */
		memset(text + hello, ' ', rows[i].len);
		put(text + hello, "{\"return\":");
		put(text + hello + rows[i].len - 4, "{}}\n");
		fd = say(text, hello + rows[i].len);
		assert_row(i, sv_qmp_start(&qmp, fd) == rows[i].ok);
		assert_row(i, rows[i].ok || !strcmp(qmp.error, "QEMU has ended"));
		hang_up(fd);
	}
	memset(text, '[', 50000);
	put(text + 50000, "\n" HELLO);
	fd = say(text, 50000 + sizeof("\n" HELLO) - 1);
	assert_true(sv_qmp_start(&qmp, fd));
	hang_up(fd);
	put(text, " {\"QMP\": 1}\n{\"QMP\": 1} }\n");
	text[0] = '\0';
	text[22] = '\0';
	fd = say(text, 25);
	assert_false(sv_qmp_start(&qmp, fd));
	hang_up(fd);
	memset(text, 'x', 1000);
	put(text, "{\"error\": {\"desc\": \"");
	put(text + 1000, "\"}}\n");
	fd = say(text, 1004);
	assert_false(sv_qmp_start(&qmp, fd));
	assert_int_equal(strlen(qmp.error), SV_QMP_ERROR_LEN - 1);
	hang_up(fd);
}

/* Who asks for an object gets one, or nothing. */
static void test_query(void **state)
{
	static const struct { const char *answer; bool ok; } rows[] = {
		{ "{\"return\": {}}\n", true }, { "{\"return\": {\"a\": 5}}\n", true },
		{ "{\"return\": 5}\n", false }, { "{\"return\": []}\n", false },
		{ "{\"return\": [{}]}\n", false }, { "{\"return\": \"{}\"}\n", false },
		{ "{\"return\": null}\n", false }, { "{\"return\": true}\n", false },
		{ ERROR("{\"desc\": \"no\"}"), false }, { "", false },
	};
	char script[200];
	json_object *o;
	u32 i;
	int fd;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		snprintf(script, sizeof(script), HELLO "%s", rows[i].answer);
		fd = say(script, strlen(script));
		assert_row(i, sv_qmp_start(&qmp, fd));
		o = sv_qmp_query(&qmp, "query-sev");
		assert_row(i, !o == !rows[i].ok);
		assert_row(i, o || qmp.error[0]);
		json_object_put(o);
		hang_up(fd);
	}
}

/* QEMU hears what it is told, once. */
static void test_call(void **state)
{
	static const char want[] = "{\"execute\":\"qmp_capabilities\"}\n"
				   "{\"execute\":\"set\",\"arguments\":{\"a\\n\":\"\\\"b\"}}\n"
				   "{\"execute\":\"last\"}\n";
	json_object *args = json_object_new_object(), *o;
	int fd = say(HELLO "{\"return\": 5}\n" ERROR("{\"desc\": \"no\"}"),
		     sizeof(HELLO "{\"return\": 5}\n" ERROR("{\"desc\": \"no\"}")) - 1);
	char heard[400];
	ssize_t len;

	(void)state;
	assert_true(sv_qmp_start(&qmp, fd));
	json_object_object_add(args, "a\n", json_object_new_string("\"b"));
	o = sv_qmp_call(&qmp, "set", args);
	assert_int_equal(json_object_get_int(o), 5);
	json_object_put(o);
	assert_null(sv_qmp_call(&qmp, "last", NULL));
	assert_string_equal(qmp.error, "no");
	len = recv(qemu, heard, sizeof(heard), MSG_DONTWAIT);
	assert_int_equal(len, sizeof(want) - 1);
	assert_memory_equal(heard, want, sizeof(want) - 1);
	/* It has gone altogether. */
	close(qemu);
	assert_null(sv_qmp_call(&qmp, "late", json_object_new_object()));
	assert_string_equal(qmp.error, "QEMU has ended");
	close(fd);
}

static void test_events(void **state)
{
	static const struct { const char *script; bool stopped, panicked, shutdown; } rows[] = {
		{ EVENT("\"STOP\"", "{}"), true, false, false },
		{ "{\"event\": \"STOP\"}\n", true, false, false },
		{ EVENT("\"STOP\"", "{}") EVENT("\"RESUME\"", "{}"), false, false, false },
		{ EVENT("\"RESUME\"", "{}") EVENT("\"STOP\"", "null"), true, false, false },
		{ EVENT("\"GUEST_PANICKED\"", "{\"action\": \"pause\"}"), false, true, false },
		{ EVENT("\"GUEST_CRASHLOADED\"", "{}"), false, true, false },
		{ EVENT("\"SHUTDOWN\"", "{\"guest\": true, \"reason\": \"guest-reset\"}"),
		  false, false, true },
		{ EVENT("\"SHUTDOWN\"", "{\"guest\": false, \"reason\": \"host-qmp-quit\"}"),
		  false, false, false },

		{ EVENT("\"stop\"", "{}"), false, false, false },
		{ EVENT("null", "null"), false, false, false },
		/* 10 */
		{ EVENT("{}", "{}"), false, false, false },
		{ EVENT("[\"STOP\"]", "{}"), false, false, false },
		{ EVENT("7", "{}"), false, false, false },
		{ EVENT("\"SHUTDOWN\"", "null"), false, false, false },
		{ EVENT("\"SHUTDOWN\"", "{}"), false, false, false },
		{ EVENT("\"SHUTDOWN\"", "{\"guest\": null}"), false, false, false },
		{ EVENT("\"SHUTDOWN\"", "[true]"), false, false, false },
		{ EVENT("\"SHUTDOWN\"", "\"guest\""), false, false, false },
		{ "{\"event\": \"SHUTDOWN\"}\n", false, false, false },
		{ "{\"return\": {\"event\": \"STOP\"}}\n", false, false, false },
		/* 20 */
		{ "STOP\n\n\n{}\n", false, false, false },
		{ "{\"event\": \"STOP\"", false, false, false },	/* without an end */
	};
	u32 i, nr;
	int fd;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		fd = say(rows[i].script, strlen(rows[i].script));
		memset(&qmp, 0, sizeof(qmp));
		qmp.fd = fd;
		for (nr = 0; sv_qmp_wait(&qmp, 10) >= 0; nr++)
			assert_row(i, nr < 20);
		assert_row(i, qmp.state.stopped == rows[i].stopped);
		assert_row(i, qmp.state.panicked == rows[i].panicked);
		assert_row(i, qmp.state.guest_shutdown == rows[i].shutdown);
		hang_up(fd);
	}
}

/* Half a message is no event, and does not keep anybody. */
static void test_wait(void **state)
{
	int pair[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	memset(&qmp, 0, sizeof(qmp));
	qmp.fd = pair[0];
	assert_int_equal(sv_qmp_wait(&qmp, 0), 0);
	assert_true(write(pair[1], "{\"event\": ", 10) == 10);
	assert_int_equal(sv_qmp_wait(&qmp, 1), 0);
	assert_int_equal(sv_qmp_wait(&qmp, 1), 0);
	assert_true(write(pair[1], "\"STOP\"}\n{\"e", 11) == 11);
	assert_int_equal(sv_qmp_wait(&qmp, 1), 1);
	assert_true(qmp.state.stopped);
	assert_int_equal(sv_qmp_wait(&qmp, 1), 0);
	close(pair[1]);
	assert_int_equal(sv_qmp_wait(&qmp, 1), -1);
	assert_int_equal(sv_qmp_wait(&qmp, -1), -1);
	close(pair[0]);
}

/* Any sequence of lines ends with a verdict, and words for the terminal. */
static void test_noise(void **state)
{
	static const char *const words[] = {
		GREETING, DONE, "{", "}", "[", "]", "\"QMP\"", "\"return\"", "\"error\"", "\"desc\"",
		"\"event\"", "\"SHUTDOWN\"", "\"data\"", "\"guest\"", ":", ",", "null", "true", "\n",
		"\\u0000", "\"", "1e400", "-", "\xff",
		"{\"error\": {\"desc\": \"\\u009b\"}}\n",
	};
	struct rng rng = { 12 };
	char script[4000];
	u32 i, n;
	int fd, len;

	(void)state;
	for (i = 0; i < 5000; i++) {
		script[0] = '\0';
		for (len = 0, n = rng_below(&rng, 40); n; n--)
			len += snprintf(script + len, sizeof(script) - (size_t)len, "%s",
					words[rng_below(&rng, ARRAY_SIZE(words))]);
		fd = say(script, strlen(script));
		if (!sv_qmp_start(&qmp, fd))
			assert_row(i, is_printable(qmp.error));
		while (sv_qmp_wait(&qmp, 0) >= 0)
			;
		hang_up(fd);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_start),
		cmocka_unit_test(test_errors_without_words),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_query),
		cmocka_unit_test(test_call),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_wait),
		cmocka_unit_test(test_noise),
	};

	return cmocka_run_group_tests_name("qmp", tests, NULL, NULL);
}

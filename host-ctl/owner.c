// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "owner.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECRET_UNIT = 16 };

int sv_owner_open(const char *path, const struct sv_user *user, struct sv_verdict *v)
{
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir < 0) {
		sv_verdict_fail(v, "'owner = %s': cannot open this directory: %s\nmkdir -m 755 %s", path,
				strerror(errno), path);
	} else if (!sv_user_may(user, path, SV_USER_WRITE | SV_USER_ENTER)) {
		sv_verdict_fail(v, "'owner = %s': QEMU's user cannot write to this directory\nchown %u %s",
				path, user->uid, path);
		close(dir);
		dir = -1;
	} else {
		sv_verdict_pass(v, "owner: files in %s", path);
	}
	return dir;
}

int sv_owner_read(int dir, const char *name, char text[SV_OWNER_FILE_MAX])
{
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	ssize_t len;

	if (fd < 0)
		return -errno;
	len = fstat(fd, &st) ? -1 : S_ISREG(st.st_mode) ? read(fd, text, SV_OWNER_FILE_MAX) : 0;
	if (len < 0)
		len = -errno;
	else if (!len || len == SV_OWNER_FILE_MAX)
		len = -EINVAL;
	else
		text[len] = '\0';
	close(fd);
	return (int)len;
}

int sv_owner_remove(int dir, const char *name)
{
	return unlinkat(dir, name, 0) && errno != ENOENT ? -errno : 0;
}

int sv_owner_write(int dir, const char *name, json_object *content)
{
	const char *text = json_object_to_json_string_ext(content, JSON_C_TO_STRING_PRETTY |
							  JSON_C_TO_STRING_NOSLASHESCAPE);
	size_t len = strlen(text);
	char temporary[64];
	int fd, rc = 0;

	snprintf(temporary, sizeof(temporary), ".%s.tmp", name);
	(void)sv_owner_remove(dir, temporary);
	fd = openat(dir, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	/* Whoever carries it is somebody else, whatever the umask. */
	if (fchmod(fd, 0644) || write(fd, text, len) != (ssize_t)len)
		rc = -EIO;
	if (close(fd) && !rc)
		rc = -errno;
	if (!rc && renameat(dir, temporary, dir, name))
		rc = -errno;
	return rc;
}

static bool is_base64_digit(char c)
{
	return isalnum((unsigned char)c) || c == '+' || c == '/';
}

int sv_owner_base64_len(const char *text)
{
	int digits = 0, padding = 0;

	for (; *text; text++) {
		if (isspace((unsigned char)*text))
			continue;
		if (*text == '=')
			padding++;
		else if (!padding && is_base64_digit(*text))
			digits++;
		else
			return -1;
	}
	if (padding > 2 || (digits + padding) % 4)
		return -1;
	return (digits + padding) / 4 * 3 - padding;
}

/* A string that is base64 of @min to @max bytes, or NULL. */
static const char *get_base64(json_object *o, const char *key, int min, int max)
{
	json_object *value;
	const char *text;
	int len;

	if (!json_object_object_get_ex(o, key, &value) ||
	    !json_object_is_type(value, json_type_string))
		return NULL;
	text = json_object_get_string(value);
	len = sv_owner_base64_len(text);
	return len >= min && len <= max ? text : NULL;
}

json_object *sv_owner_parse_secret(const char *text, size_t area, struct sv_verdict *v)
{
	json_object *o = json_tokener_parse(text), *args = NULL;
	const char *header, *data;

	header = get_base64(o, "packet-header", SV_OWNER_HEADER_LEN, SV_OWNER_HEADER_LEN);
	data = get_base64(o, "secret", SECRET_UNIT, (int)area);
	if (!header || !data || sv_owner_base64_len(data) % SECRET_UNIT) {
		sv_verdict_fail(v, SV_OWNER_SECRET ": no 'packet-header' of %d bytes with a 'secret' of up to %zu, in base64\n"
				"let the owner's side send what man sevault-vm describes",
				SV_OWNER_HEADER_LEN, area);
	} else {
		sv_verdict_pass(v, "a secret of %d bytes", sv_owner_base64_len(data));
		args = json_object_new_object();
		json_object_object_add(args, "packet-header", json_object_new_string(header));
		json_object_object_add(args, "secret", json_object_new_string(data));
	}
	json_object_put(o);
	return args;
}

// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sevault/vhost.h>

#include "trust.h"

enum { PLAIN, SEV_ES, NR_MODES };

struct key {
	const char *name;
	size_t offset;
	bool is_path;	/* must be absolute: the launcher changes directory */
	const char *value[NR_MODES];	/* if the file does not set it; NULL: must not be set */
};

#define KEY(name, field, is_path, plain, sev_es) \
	{ name, offsetof(struct sv_vm_config, field), is_path, { plain, sev_es } }

static const struct key keys[] = {
	KEY("mode", mode, false, "", ""),
	KEY("image", image, true, "", ""),
	KEY("qemu", qemu, true, "/usr/bin/qemu-system-x86_64", "/usr/bin/qemu-system-x86_64"),
	KEY("vhostdev", vhostdev, true, SV_VHOST_PATH, SV_VHOST_PATH),
	KEY("memory", memory, false, "", ""),
	KEY("window", window, false, "", ""),
	KEY("cpus", cpus, false, "", ""),
	KEY("user", user, false, "", ""),
	KEY("console", console, true, "", ""),
	KEY("cpu", cpu, false, NULL, "EPYC-Milan"),
	KEY("policy", policy, false, NULL, "0xf"),
	KEY("vm-type", vm_type, false, NULL, "legacy"),
	KEY("owner", owner, true, NULL, ""),
	KEY("owner-timeout", owner_timeout, false, NULL, "300"),
};

enum { NR_KEYS = sizeof(keys) / sizeof(keys[0]) };

/* Where the parser is, for messages. */
struct place {
	const char *file;
	unsigned int line;
};

static char *value_of(struct sv_vm_config *c, const struct key *key)
{
	return (char *)c + key->offset;
}

static const struct key *find_key(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < NR_KEYS; i++)
		if (strlen(keys[i].name) == len &&
		    !strncmp(keys[i].name, name, len))
			return &keys[i];
	return NULL;
}

/* QEMU splits its options at commas; no other odd character has a use. */
static bool is_plain(const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (!isalnum((unsigned char)s[i]) && !strchr("/._-+:", s[i]))
			return false;
	return len > 0;
}

static bool is_plain_list(const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (!isdigit((unsigned char)s[i]) && s[i] != ',' && s[i] != '-')
			return false;
	return len > 0;
}

static void trim(const char **s, size_t *len)
{
	while (*len && isspace((unsigned char)(*s)[0])) {
		(*s)++;
		(*len)--;
	}
	while (*len && isspace((unsigned char)(*s)[*len - 1]))
		(*len)--;
}

static bool set_value(struct sv_vm_config *c, const struct key *key,
		      const char *s, size_t len, const struct place *at,
		      struct sv_verdict *v)
{
	char *to = value_of(c, key);
	bool ok = to == c->cpus ? is_plain_list(s, len) : is_plain(s, len);

	if (*to) {
		sv_verdict_fail(v, "%s:%u: '%s' is set twice\ndelete one of the two lines",
				at->file, at->line, key->name);
		return false;
	}
	if (!ok || len >= SV_VM_CONFIG_VALUE_LEN) {
		sv_verdict_fail(v, "%s:%u: '%s' has no usable value\n"
				"man sevault-vm says what '%s' takes; quotes and blanks are not used",
				at->file, at->line, key->name, key->name);
		return false;
	}
	if (key->is_path && s[0] != '/') {
		sv_verdict_fail(v, "%s:%u: '%s' is not an absolute path\nwrite the path from / on",
				at->file, at->line, key->name);
		return false;
	}
	memcpy(to, s, len);
	to[len] = '\0';
	return true;
}

static bool parse_line(struct sv_vm_config *c, const char *s, size_t len,
		       const struct place *at, struct sv_verdict *v)
{
	const char *hash = memchr(s, '#', len), *equals, *value;
	const struct key *key;
	size_t name_len, value_len;

	if (hash)
		len = (size_t)(hash - s);
	trim(&s, &len);
	if (!len)
		return true;
	equals = memchr(s, '=', len);
	if (!equals) {
		sv_verdict_fail(v, "%s:%u: not a 'key = value' line\n"
				"man sevault-vm has an example",
				at->file, at->line);
		return false;
	}
	name_len = (size_t)(equals - s);
	value = equals + 1;
	value_len = len - name_len - 1;
	trim(&s, &name_len);
	trim(&value, &value_len);
	key = find_key(s, name_len);
	if (!key) {
		sv_verdict_fail(v, "%s:%u: unknown key '%.*s'\nman sevault-vm lists the keys",
				at->file, at->line, (int)(name_len > 40 ? 40 : name_len), s);
		return false;
	}
	return set_value(c, key, value, value_len, at, v);
}

static bool set_defaults(struct sv_vm_config *c, const char *name, struct sv_verdict *v)
{
	int mode = sv_vm_config_is_sev_es(c) ? SEV_ES : PLAIN;
	size_t i;

	for (i = 0; i < NR_KEYS; i++) {
		const char *value = keys[i].value[mode];
		char *to = value_of(c, &keys[i]);

		if (!value && *to) {
			sv_verdict_fail(v, "%s: '%s' has no meaning in mode '%s'\n"
					"delete it, or set 'mode = sev-es'", name, keys[i].name,
					c->mode);
			return false;
		}
		if (value && !*to)
			snprintf(to, SV_VM_CONFIG_VALUE_LEN, "%s", value);
	}
	return true;
}

void sv_vm_config_parse(struct sv_vm_config *c, const char *name, const char *text,
			size_t len, struct sv_verdict *v)
{
	struct place at = { .file = name };
	const char *end = text + len, *eol;

	memset(c, 0, sizeof(*c));
	if (memchr(text, '\0', len)) {
		sv_verdict_fail(v, "%s: not a text file\nman sevault-vm has an example", name);
		return;
	}
	for (; text < end; text = eol + 1) {
		eol = memchr(text, '\n', (size_t)(end - text));
		if (!eol)
			eol = end;
		at.line++;
		if (!parse_line(c, text, (size_t)(eol - text), &at, v))
			return;
	}
	if (set_defaults(c, name, v))
		sv_verdict_pass(v, "configuration %s", name);
}

void sv_vm_config_read(struct sv_vm_config *c, const char *path, struct sv_verdict *v)
{
	char text[SV_VM_CONFIG_MAX_LEN];
	struct stat st;
	ssize_t len;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st)) {
		sv_verdict_fail(v, "%s: cannot read the configuration: %s\n"
				"make install puts one into /etc/sevault/vm.conf; man sevault-vm has an example",
				path, strerror(errno));
		goto out;
	}
	if (!sv_trust_file(&st, path, v))
		goto out;
	len = read(fd, text, sizeof(text));
	if (len < 0 || len == sizeof(text)) {
		sv_verdict_fail(v, "%s: %s\nman sevault-vm has an example", path,
				len < 0 ? strerror(errno) : "too long for a configuration");
		goto out;
	}
	sv_vm_config_parse(c, path, text, (size_t)len, v);
out:
	if (fd >= 0)
		close(fd);
}

unsigned long long sv_vm_config_size(const char *text)
{
	unsigned long long n, unit = 1;
	char *end;

	if (!isdigit((unsigned char)text[0]))
		return 0;
	errno = 0;
	n = strtoull(text, &end, 10);
	if (*end == 'K' || *end == 'M' || *end == 'G') {
		unit = *end == 'K' ? 1 << 10 : *end == 'M' ? 1 << 20 : 1 << 30;
		end++;
	}
	if (errno || *end || n > UINT64_MAX / unit)
		return 0;
	return n * unit;
}

bool sv_vm_config_is_sev_es(const struct sv_vm_config *c)
{
	return !strcmp(c->mode, "sev-es");
}

bool sv_vm_config_is_legacy(const struct sv_vm_config *c)
{
	return !strcmp(c->vm_type, "legacy");
}

bool sv_vm_config_number(const char *text, unsigned long min, unsigned long max,
			 unsigned long *number)
{
	char *end;

	if (!isdigit((unsigned char)text[0]))
		return false;
	errno = 0;
	*number = strtoul(text, &end, strncmp(text, "0x", 2) ? 10 : 16);
	return !errno && !*end && *number >= min && *number <= max;
}

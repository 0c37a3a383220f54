/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The guest owner, seen from the host: files in a directory, carried to the
 * owner and back by whatever means. The owner does not trust this host, and
 * others may write to the directory, so links are not followed and all that is
 * read is bounded.
 *
 *	platform.json	from the host: the platform's certificates
 *	godh.b64	from the owner: its Diffie-Hellman certificate
 *	session.b64	from the owner: keys of one launch, wrapped for this platform
 *	launch.json	from the host: the launch measurement
 *	secret.json	from the owner: the secret for this launch, sealed to it
 */
#ifndef HOST_CTL_OWNER_H
#define HOST_CTL_OWNER_H

#include <json-c/json.h>
#include <stddef.h>

#include "say.h"
#include "user.h"

#define SV_OWNER_PLATFORM "platform.json"
#define SV_OWNER_GODH "godh.b64"
#define SV_OWNER_SESSION "session.b64"
#define SV_OWNER_LAUNCH "launch.json"
#define SV_OWNER_SECRET "secret.json"

enum {
	SV_OWNER_FILE_MAX = 16384,
	SV_OWNER_GODH_LEN = 2084,
	SV_OWNER_SESSION_LEN = 128,
	SV_OWNER_HEADER_LEN = 52,	/* of a LAUNCH_SECRET packet */
};

/* The directory, in which @user will read, write and remove; or -1 with a verdict. */
int sv_owner_open(const char *path, const struct sv_user *user, struct sv_verdict *v);

/* Read a whole file as text. Its length, -ENOENT if there is none yet, or another -errno. */
int sv_owner_read(int dir, const char *name, char text[SV_OWNER_FILE_MAX]);

/* Write a file that appears at once and in full. 0 or -errno. */
int sv_owner_write(int dir, const char *name, json_object *content);

/* 0, also if there is none, or -errno. */
int sv_owner_remove(int dir, const char *name);

/* How many bytes base64 text stands for, blanks and line ends aside; -1 if it is not base64. */
int sv_owner_base64_len(const char *text);

/* A secret packet as QEMU wants it, for an area of @area bytes; NULL with a verdict. */
json_object *sv_owner_parse_secret(const char *text, size_t area, struct sv_verdict *v);

#endif /* HOST_CTL_OWNER_H */

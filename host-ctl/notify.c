// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "notify.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { TEXT_LEN = 512 };

/* "/path", or "@name" for one without a file. Other kinds of sockets are for machines, not for us. */
static int address_of(struct sockaddr_un *to, const char *name)
{
	size_t len = strlen(name);

	if ((name[0] != '/' && name[0] != '@') || len < 2)
		return -EAFNOSUPPORT;
	if (len >= sizeof(to->sun_path))
		return -ENAMETOOLONG;
	memset(to, 0, sizeof(*to));
	to->sun_family = AF_UNIX;
	memcpy(to->sun_path, name, len);
	if (name[0] == '@')
		to->sun_path[0] = '\0';
	return (int)(offsetof(struct sockaddr_un, sun_path) + len);
}

static int send_to(const char *name, const char *text)
{
	struct sockaddr_un to;
	int len = address_of(&to, name), fd, rc = 1;

	if (len < 0)
		return len;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (sendto(fd, text, strlen(text), MSG_NOSIGNAL, (const struct sockaddr *)&to,
		   (socklen_t)len) < 0)
		rc = -errno;
	close(fd);
	return rc;
}

int sv_notify(const char *fmt, ...)
{
	const char *name = getenv("NOTIFY_SOCKET");
	char text[TEXT_LEN];
	va_list ap;
	int len;

	if (!name || !name[0])
		return 0;
	va_start(ap, fmt);
	len = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return len < 0 || (size_t)len >= sizeof(text) ? -EMSGSIZE : send_to(name, text);
}

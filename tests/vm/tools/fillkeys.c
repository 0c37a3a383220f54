// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * fillkeys DRIVER COUNT: set keys of an skcipher through AF_ALG, as any user can, until COUNT are
 * set or one is refused. Prints how many were taken, and the reason for the refusal. Keeps them
 * until standard input ends.
 */
#include <errno.h>
#include <linux/if_alg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { KEY_LEN = 32 };

/* A socket with a key of its own; its descriptor stays open. 0, or an errno. */
static int set_key(const char *driver, int n)
{
	struct sockaddr_alg addr = { .salg_family = AF_ALG, .salg_type = "skcipher" };
	unsigned char key[KEY_LEN];
	size_t i;
	int fd;

	for (i = 0; i < sizeof(key); i++)
		key[i] = (unsigned char)(n + 7 * (int)i);
	snprintf((char *)addr.salg_name, sizeof(addr.salg_name), "%s", driver);
	fd = socket(AF_ALG, SOCK_SEQPACKET, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)))
		return errno;
	return setsockopt(fd, SOL_ALG, ALG_SET_KEY, key, sizeof(key)) ? errno : 0;
}

int main(int argc, char **argv)
{
	long count, n;
	int err = 0;
	char byte;

	if (argc != 3) {
		fprintf(stderr, "usage: fillkeys DRIVER COUNT\n");
		return 2;
	}
	count = strtol(argv[2], NULL, 10);
	for (n = 0; n < count; n++) {
		err = set_key(argv[1], n);
		if (err)
			break;
	}
	printf("%ld %s\n", n, err ? strerror(err) : "all");
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	return 0;
}

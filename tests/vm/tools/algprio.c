// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * algprio PRIORITY DRIVER...: set the priority of drivers of the Crypto API, as an administrator
 * can, through crypto_user's netlink socket. With one above the kernel's own, whoever asks for
 * "xts(aes)" gets the vault's driver.
 */
#include <linux/cryptouser.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct update {
	struct nlmsghdr head;
	struct crypto_user_alg alg;
	struct nlattr attr;
	__u32 priority;
};

/* The kernel acknowledges each message with an error number, 0 being none. */
static int answer(int fd)
{
	struct {
		struct nlmsghdr head;
		struct nlmsgerr err;
		char rest[sizeof(struct update) + 256];
	} got;

	if (recv(fd, &got, sizeof(got), 0) < (ssize_t)NLMSG_LENGTH(sizeof(got.err)))
		return -1;
	if (got.head.nlmsg_type != NLMSG_ERROR)
		return -1;
	return got.err.error;
}

static int set_priority(int fd, const char *driver, __u32 priority)
{
	struct update msg = {
		.head = {
			.nlmsg_len = sizeof(msg),
			.nlmsg_type = CRYPTO_MSG_UPDATEALG,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
		},
		.attr = {
			.nla_len = sizeof(msg.attr) + sizeof(msg.priority),
			.nla_type = CRYPTOCFGA_PRIORITY_VAL,
		},
		.priority = priority,
	};

	snprintf(msg.alg.cru_driver_name, sizeof(msg.alg.cru_driver_name), "%s", driver);
	if (send(fd, &msg, sizeof(msg), 0) != (ssize_t)sizeof(msg))
		return -1;
	return answer(fd);
}

int main(int argc, char **argv)
{
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_CRYPTO);
	int rc, i;

	if (argc < 3 || fd < 0) {
		fprintf(stderr, "use: algprio PRIORITY DRIVER.. (and modprobe crypto_user)\n");
		return 2;
	}
	for (i = 2; i < argc; i++) {
		rc = set_priority(fd, argv[i], (__u32)strtoul(argv[1], NULL, 0));
		if (rc) {
			fprintf(stderr, "algprio: %s: %s\n", argv[i], rc < -1 ? strerror(-rc) : "no answer");
			return 1;
		}
	}
	close(fd);
	return 0;
}

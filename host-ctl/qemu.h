/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef HOST_CTL_QEMU_H
#define HOST_CTL_QEMU_H

#include "say.h"
#include "user.h"

enum {
	SV_QEMU_MIN_MAJOR = 7,	/* Debian 12 has 7.2; older ones were not tried */
};

/*
 * @fd: the program, opened once: what told its version is what will run
 * @has_vm_type: a SEV guest can be told which interface of KVM to use (9.1)
 */
struct sv_qemu {
	int fd;
	unsigned int major;
	unsigned int minor;
	bool has_vm_type;
};

/*
 * Open the program at @path, if it may be trusted; as @user, ask it for its
 * version and judge that. On failure there is no descriptor.
 */
void sv_qemu_check(struct sv_qemu *qemu, const char *path, const struct sv_user *user,
		   struct sv_verdict *v);

/* Become QEMU. Returns only if that failed: -errno. */
int sv_qemu_exec(const struct sv_qemu *qemu, char *const argv[]);

/* Judge the first line of 'qemu-system-x86_64 --version'. */
void sv_qemu_judge(struct sv_qemu *qemu, const char *path, const char *line,
		   struct sv_verdict *v);

#endif /* HOST_CTL_QEMU_H */

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef HOST_CTL_QEMU_H
#define HOST_CTL_QEMU_H

#include "say.h"

enum {
	SV_QEMU_MIN_MAJOR = 8,	/* the first with a generic vhost-vdpa device */
};

/* @has_vm_type: a SEV guest can be told which interface of KVM to use (9.1) */
struct sv_qemu {
	unsigned int major;
	unsigned int minor;
	bool has_vm_type;
};

/* Ask @path for its version and judge it. */
void sv_qemu_check(struct sv_qemu *qemu, const char *path, struct sv_verdict *v);

/* Judge the first line of 'qemu-system-x86_64 --version'. */
void sv_qemu_judge(struct sv_qemu *qemu, const char *path, const char *line,
		   struct sv_verdict *v);

#endif /* HOST_CTL_QEMU_H */

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef HOST_CTL_QEMU_H
#define HOST_CTL_QEMU_H

#include "say.h"

enum {
	SV_QEMU_MIN_MAJOR = 8,	/* the first with a generic vhost-vdpa device */
};

/* Ask @path for its version and judge it. */
void sv_qemu_check(const char *path, struct sv_verdict *v);

/* Judge the first line of 'qemu-system-x86_64 --version'. */
void sv_qemu_judge(const char *path, const char *line, struct sv_verdict *v);

#endif /* HOST_CTL_QEMU_H */

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef HOST_CTL_DEVICE_H
#define HOST_CTL_DEVICE_H

#include "image.h"
#include "say.h"
#include "vhost.h"

/* Where the kernel shows itself; tests have trees of their own. */
struct sv_paths {
	const char *sys;
	const char *kvm;
	const char *sev;
	const char *cpuinfo;
};

/*
 * Open the module's device. Returns the descriptor (not closed on exec), or
 * -1 with a verdict that names the first step that is missing on the way from
 * a bare kernel to that device.
 */
int sv_device_open(const char *path, const struct sv_paths *paths,
		   struct sv_verdict *v);

/* Of a device that says @config: is it ours, does it speak our protocol, does its window fit? */
void sv_device_judge(const char *path, const struct sv_config *config,
		     const struct sv_image *image, struct sv_verdict *v);

#endif /* HOST_CTL_DEVICE_H */

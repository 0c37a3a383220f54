// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "device.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sevault/vhost.h>

static bool exists(const char *dir, const char *name)
{
	char path[SV_TEXT_LEN];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return !stat(path, &st);
}

/* The way to the device, from far to near; the first gap is the answer. */
static void explain_missing(const char *path, const struct sv_paths *paths,
			    struct sv_verdict *v)
{
	if (!exists(paths->sys, "module/sevault"))
		sv_verdict_fail(v, "%s is missing: the sevault module is not loaded\n"
				"modprobe sevault import=1; if this kernel has none yet: make -C /lib/modules/$(uname -r)/build M=$(echo /usr/src/sevault-*) modules modules_install", path);
	else if (!exists(paths->sys, "class/misc/sevault-vhost"))
		sv_verdict_fail(v, "%s is missing: the sevault module that is loaded has no such device\n"
				"rmmod sevault, then load the module of the same release", path);
	else
		sv_verdict_fail(v, "%s is missing, though the sevault module has a device\n"
				"set 'vhostdev = " SV_VHOST_PATH "'; if that is missing too: mount | grep devtmpfs", path);
}

int sv_device_open(const char *path, const struct sv_paths *paths,
		   struct sv_verdict *v)
{
	int fd = open(path, O_RDWR);

	if (fd >= 0) {
		sv_verdict_pass(v, "device %s opens", path);
		return fd;
	}
	switch (errno) {
	case ENOENT:
	case ENXIO:
	case ENODEV:
		explain_missing(path, paths, v);
		break;
	case EBUSY:
		sv_verdict_fail(v, "%s is in use: a vault is attached to it already\n"
				"fuser -v %s, and stop that vault first", path, path);
		break;
	case EACCES:
	case EPERM:
		sv_verdict_fail(v, "%s: no permission to open it\n"
				"start sevault-vm as root (it drops its privileges), or: usermod -a -G sevault $USER", path);
		break;
	default:
		sv_verdict_fail(v, "%s: cannot open it: %s\ndmesg | tail", path,
				strerror(errno));
	}
	return -1;
}

void sv_device_judge(const char *path, const struct sv_config *config,
		     const struct sv_image *image, struct sv_verdict *v)
{
	u32 window_len = le32_to_cpu(config->window_len);

	if (le32_to_cpu(config->magic) != SV_CONFIG_MAGIC) {
		sv_verdict_fail(v, "%s: not a device of the sevault module\n"
				"set 'vhostdev = " SV_VHOST_PATH "'", path);
		return;
	}
	if (le16_to_cpu(config->version_major) != SV_VERSION_MAJOR) {
		sv_verdict_fail(v, "%s: the module speaks protocol version %u, this launcher and its image %u\n"
				"install module, image and launcher of the same release", path,
				le16_to_cpu(config->version_major), SV_VERSION_MAJOR);
		return;
	}
	if (le64_to_cpu(config->window_gpa) != SV_WINDOW_GPA ||
	    window_len != image->window_len) {
		sv_verdict_fail(v, "%s: the module wants a window of %u bytes, the image has one of %u\n"
				"install module and image of the same release", path, window_len,
				image->window_len);
		return;
	}
	sv_verdict_pass(v, "device %s: protocol %u.%u, window %u KiB, %u data queue pairs",
			path, le16_to_cpu(config->version_major),
			le16_to_cpu(config->version_minor), window_len >> 10,
			le16_to_cpu(config->nr_data_pairs));
}

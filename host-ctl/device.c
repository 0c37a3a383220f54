// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "device.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <port.h>
#include <sevault/wire.h>

static bool exists(const char *dir, const char *name)
{
	char path[SV_TEXT_LEN];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return !stat(path, &st);
}

static bool is_empty(const char *dir, const char *name)
{
	char path[SV_TEXT_LEN];
	struct dirent *entry;
	bool empty = true;
	DIR *d;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	d = opendir(path);
	if (!d)
		return true;
	while ((entry = readdir(d)))
		if (entry->d_name[0] != '.')
			empty = false;
	closedir(d);
	return empty;
}

static bool kernel_has_vdpa(const struct sv_paths *paths)
{
	return exists(paths->sys, "bus/vdpa") ||
	       exists(paths->modules, "kernel/drivers/vdpa");
}

/* The way to the device, from far to near; the first gap is the answer. */
static void explain_missing(const char *path, const struct sv_paths *paths,
			    struct sv_verdict *v)
{
	struct utsname uts;

	if (!kernel_has_vdpa(paths)) {
		uname(&uts);
		sv_verdict_fail(v, "kernel %s has no vDPA (CONFIG_VDPA, CONFIG_VHOST_VDPA)\n"
				"boot Debian 13's kernel, or 6.12 from Debian 12's backports: apt install -t bookworm-backports linux-image-amd64",
				uts.release);
	} else if (!exists(paths->sys, "module/sevault")) {
		sv_verdict_fail(v, "%s is missing: the sevault module is not loaded\n"
				"modprobe sevault && vdpa dev add name v0 mgmtdev sevault", path);
	} else if (is_empty(paths->sys, "bus/vdpa/devices")) {
		sv_verdict_fail(v, "%s is missing: no vDPA device was added\n"
				"vdpa dev add name v0 mgmtdev sevault", path);
	} else if (!exists(paths->sys, "module/vhost_vdpa")) {
		sv_verdict_fail(v, "%s is missing: the vhost_vdpa module is not loaded\n"
				"modprobe vhost_vdpa", path);
	} else {
		sv_verdict_fail(v, "%s is missing, though a vDPA device exists\n"
				"ls /dev/vhost-vdpa-*, and set 'vhostdev' to the one; if there is none: driverctl or 'echo v0 > /sys/bus/vdpa/drivers/vhost_vdpa/bind'",
				path);
	}
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
				"start sevault-vm as root (it drops its privileges), or: chown $USER %s", path, path);
		break;
	default:
		sv_verdict_fail(v, "%s: cannot open it: %s\ndmesg | tail", path,
				strerror(errno));
	}
	return -1;
}

static struct sv_config read_config(const struct sv_vhost_info *info)
{
	struct sv_config config;

	static_assert(sizeof(config) == SV_VHOST_CONFIG_LEN, "sv_config");
	memcpy(&config, info->config, sizeof(config));
	return config;
}

void sv_device_judge(const char *path, const struct sv_vhost_info *info,
		     const struct sv_image *image, struct sv_verdict *v)
{
	struct sv_config config = read_config(info);
	u32 window_len = le32_to_cpu(config.window_len);

	if (info->device_id != SV_VIRTIO_ID ||
	    le32_to_cpu(config.magic) != SV_CONFIG_MAGIC) {
		sv_verdict_fail(v, "%s: not a device of the sevault module (virtio id %u)\n"
				"vdpa dev show, and set 'vhostdev' to the right one", path, info->device_id);
		return;
	}
	if (le16_to_cpu(config.version_major) != SV_VERSION_MAJOR) {
		sv_verdict_fail(v, "%s: the module speaks protocol version %u, this launcher and its image %u\n"
				"install module, image and launcher of the same release", path,
				le16_to_cpu(config.version_major), SV_VERSION_MAJOR);
		return;
	}
	if (le64_to_cpu(config.window_gpa) != SV_WINDOW_GPA ||
	    window_len != image->window_len) {
		sv_verdict_fail(v, "%s: the module wants a window of %u bytes, the image has one of %u\n"
				"install module and image of the same release", path, window_len,
				image->window_len);
		return;
	}
	sv_verdict_pass(v, "device %s: protocol %u.%u, window %u KiB, %u data queue pairs",
			path, le16_to_cpu(config.version_major),
			le16_to_cpu(config.version_minor), window_len >> 10,
			le16_to_cpu(config.nr_data_pairs));
}

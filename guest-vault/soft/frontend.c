// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "frontend.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/vhost.h>
#include <sevault/vhost.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

static enum sv_exit fail_ioctl(const struct sv_frontend *f, const char *what)
{
	return sv_fail(SV_EXIT_FAILURE, "dmesg | tail -20", "%s: %s: %s", f->path, what,
		       strerror(errno));
}

static enum sv_exit fail_open(const char *path)
{
	switch (errno) {
	case ENOENT:
	case ENXIO:
	case ENODEV:
		return sv_fail(SV_EXIT_NO_DEVICE,
			       "modprobe sevault import=1, or insmod build/kmod/local/sevault.ko import=1",
			       "%s: no such device", path);
	case EBUSY:
		return sv_fail(SV_EXIT_BUSY, "fuser -v " SV_VHOST_PATH ", then stop that vault first",
			       "%s: in use, another vault is attached", path);
	case EACCES:
	case EPERM:
		return sv_fail(SV_EXIT_FAILURE, "run as root, or: usermod -a -G sevault $USER",
			       "%s: no permission to open", path);
	default:
		return sv_fail(SV_EXIT_FAILURE, "ls -l " SV_VHOST_PATH, "%s: cannot open: %s",
			       path, strerror(errno));
	}
}

enum sv_exit sv_frontend_open(struct sv_frontend *f, const char *path)
{
	uint32_t i;

	f->path = path;
	f->call_fd = -1;
	for (i = 0; i < SV_FRONTEND_BELLS; i++)
		f->kick_fd[i] = -1;
	f->fd = open(path, O_RDWR | O_CLOEXEC);
	if (f->fd < 0)
		return fail_open(path);
	f->call_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return f->call_fd < 0 ? fail_ioctl(f, "eventfd") : SV_EXIT_OK;
}

enum sv_exit sv_frontend_config(const struct sv_frontend *f, void *buf)
{
	if (ioctl(f->fd, SV_VHOST_GET_CONFIG, buf))
		return sv_fail(SV_EXIT_NO_DEVICE, "pass --device=" SV_VHOST_PATH,
			       "%s: not a device of the sevault module: %s", f->path,
			       strerror(errno));
	if (ioctl(f->fd, VHOST_SET_OWNER, NULL))
		return fail_ioctl(f, "VHOST_SET_OWNER");
	return SV_EXIT_OK;
}

enum sv_exit sv_frontend_bell(struct sv_frontend *f, uint32_t bell,
			      const struct sv_frontend_rings *rings)
{
	struct vhost_vring_state num = { .index = bell, .num = rings->num };
	struct vhost_vring_state base = { .index = bell };
	struct vhost_vring_addr addr = {
		.index = bell,
		.desc_user_addr = (uintptr_t)rings->desc,
		.avail_user_addr = (uintptr_t)rings->avail,
		.used_user_addr = (uintptr_t)rings->used,
	};
	struct vhost_vring_file call = { .index = bell, .fd = f->call_fd };
	struct vhost_vring_file kick = { .index = bell };

	f->kick_fd[bell] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (f->kick_fd[bell] < 0)
		return fail_ioctl(f, "eventfd");
	kick.fd = f->kick_fd[bell];
	if (ioctl(f->fd, VHOST_SET_VRING_NUM, &num))
		return fail_ioctl(f, "VHOST_SET_VRING_NUM");
	if (ioctl(f->fd, VHOST_SET_VRING_BASE, &base))
		return fail_ioctl(f, "VHOST_SET_VRING_BASE");
	if (ioctl(f->fd, VHOST_SET_VRING_ADDR, &addr))
		return fail_ioctl(f, "VHOST_SET_VRING_ADDR");
	if (ioctl(f->fd, VHOST_SET_VRING_KICK, &kick))
		return fail_ioctl(f, "VHOST_SET_VRING_KICK");
	if (ioctl(f->fd, VHOST_SET_VRING_CALL, &call))
		return fail_ioctl(f, "VHOST_SET_VRING_CALL");
	return SV_EXIT_OK;
}

static int set_memory(const struct sv_frontend *f, const struct sv_frontend_window *window)
{
	/* struct vhost_memory with its only region. */
	struct {
		uint32_t nregions;
		uint32_t padding;
		struct vhost_memory_region region;
	} table = {
		.nregions = 1,
		.region = {
			.guest_phys_addr = window->gpa,
			.memory_size = window->len,
			.userspace_addr = (uintptr_t)window->va,
		},
	};

	_Static_assert(offsetof(struct vhost_memory, regions) == 8, "where the region is");
	return ioctl(f->fd, VHOST_SET_MEM_TABLE, &table);
}

/* The module pins the pages and counts them against the limit, also for root. */
static enum sv_exit fail_start(const struct sv_frontend *f, size_t len)
{
	struct rlimit limit = { 0, 0 };
	char next[128];

	if (errno != ENOMEM || getrlimit(RLIMIT_MEMLOCK, &limit) || limit.rlim_cur >= 2 * len)
		return sv_fail(SV_EXIT_FAILURE, "dmesg | grep sevault",
			       "%s: the module does not take this vault: %s", f->path,
			       strerror(errno));
	snprintf(next, sizeof(next), "ulimit -l %zu  (systemd: LimitMEMLOCK=%zuM), then start again",
		 2 * len >> 10, 2 * len >> 20);
	return sv_fail(SV_EXIT_MEMLOCK, next,
		       "%s: cannot pin the %zu KiB window: locked memory is limited to %llu KiB",
		       f->path, len >> 10, (unsigned long long)limit.rlim_cur >> 10);
}

enum sv_exit sv_frontend_start(const struct sv_frontend *f, uint64_t features,
			       const struct sv_frontend_window *window)
{
	int on = 1;

	if (ioctl(f->fd, VHOST_SET_FEATURES, &features))
		return sv_fail(SV_EXIT_NO_DEVICE, "install module and vault of the same release",
			       "%s: the module does not accept features 0x%llx: %s", f->path,
			       (unsigned long long)features, strerror(errno));
	if (set_memory(f, window))
		return fail_ioctl(f, "VHOST_SET_MEM_TABLE");
	if (ioctl(f->fd, VHOST_VSOCK_SET_RUNNING, &on))
		return fail_start(f, window->len);
	return SV_EXIT_OK;
}

void sv_frontend_ring(const struct sv_frontend *f, uint32_t bell)
{
	eventfd_write(f->kick_fd[bell], 1);
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void sv_frontend_close(struct sv_frontend *f)
{
	uint32_t i;

	if (f->fd < 0)
		return;
	/* The end of the device's only descriptor ends the vault, whatever its state. */
	close_fd(&f->fd);
	close_fd(&f->call_fd);
	for (i = 0; i < SV_FRONTEND_BELLS; i++)
		close_fd(&f->kick_fd[i]);
}

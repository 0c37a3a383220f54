// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "vdpa.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/vhost.h>
#include <linux/virtio_config.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

enum { CONFIG_MAX = 256 };

#define BACKEND_FEATURES ((1ULL << VHOST_BACKEND_F_IOTLB_MSG_V2) | \
			  (1ULL << VHOST_BACKEND_F_IOTLB_BATCH))

static const char add_device[] =
	"modprobe -a vhost_vdpa sevault; vdpa dev add name v0 mgmtdev sevault";

static enum sv_exit fail_ioctl(const struct sv_vdpa *v, const char *what)
{
	return sv_fail(SV_EXIT_FAILURE, "dmesg | tail -20", "%s: %s: %s", v->path, what,
		       strerror(errno));
}

static enum sv_exit fail_open(const char *path)
{
	switch (errno) {
	case ENOENT:
	case ENXIO:
	case ENODEV:
		return sv_fail(SV_EXIT_NO_DEVICE, add_device, "%s: no such device", path);
	case EBUSY:
		return sv_fail(SV_EXIT_BUSY, "fuser -v /dev/vhost-vdpa-*, then stop that vault first",
			       "%s: in use, another vault is attached", path);
	case EACCES:
	case EPERM:
		return sv_fail(SV_EXIT_FAILURE, "run as root, or: chown the device to your user",
			       "%s: no permission to open", path);
	default:
		return sv_fail(SV_EXIT_FAILURE, "ls -l /dev/vhost-vdpa-*", "%s: cannot open: %s",
			       path, strerror(errno));
	}
}

static enum sv_exit make_eventfd(const struct sv_vdpa *v, int *fd)
{
	*fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return *fd < 0 ? fail_ioctl(v, "eventfd") : SV_EXIT_OK;
}

static enum sv_exit check_id(struct sv_vdpa *v, uint32_t virtio_id)
{
	uint32_t id;

	if (ioctl(v->fd, VHOST_VDPA_GET_DEVICE_ID, &id))
		return sv_fail(SV_EXIT_NO_DEVICE, "vdpa dev show; ls /dev/vhost-vdpa-*",
			       "%s: not a vhost-vdpa device: %s", v->path, strerror(errno));
	if (id != virtio_id)
		return sv_fail(SV_EXIT_NO_DEVICE, "vdpa dev show, then pass the right --device",
			       "%s: virtio device id %u, a vault device has %u", v->path, id,
			       virtio_id);
	return SV_EXIT_OK;
}

static enum sv_exit set_backend_features(struct sv_vdpa *v)
{
	uint64_t bits;

	if (ioctl(v->fd, VHOST_GET_BACKEND_FEATURES, &bits))
		return fail_ioctl(v, "VHOST_GET_BACKEND_FEATURES");
	if ((bits & BACKEND_FEATURES) != BACKEND_FEATURES)
		return sv_fail(SV_EXIT_FAILURE, "use a kernel of version 6.1 or later",
			       "%s: vhost without batched mapping (features 0x%llx)", v->path,
			       (unsigned long long)bits);
	bits = BACKEND_FEATURES;
	if (ioctl(v->fd, VHOST_SET_BACKEND_FEATURES, &bits))
		return fail_ioctl(v, "VHOST_SET_BACKEND_FEATURES");
	return SV_EXIT_OK;
}

enum sv_exit sv_vdpa_open(struct sv_vdpa *v, const char *path, uint32_t virtio_id)
{
	enum sv_exit ret;
	size_t i;

	v->path = path;
	v->call_fd = -1;
	v->config_fd = -1;
	for (i = 0; i < SV_VDPA_MAX_QUEUES; i++)
		v->kick_fd[i] = -1;

	v->fd = open(path, O_RDWR | O_CLOEXEC);
	if (v->fd < 0)
		return fail_open(path);
	ret = check_id(v, virtio_id);
	if (ret)
		return ret;
	if (ioctl(v->fd, VHOST_SET_OWNER, NULL))
		return fail_ioctl(v, "VHOST_SET_OWNER");
	ret = set_backend_features(v);
	if (ret)
		return ret;
	ret = make_eventfd(v, &v->call_fd);
	if (ret)
		return ret;
	return make_eventfd(v, &v->config_fd);
}

enum sv_exit sv_vdpa_config(struct sv_vdpa *v, void *buf, size_t len)
{
	_Alignas(struct vhost_vdpa_config)
	uint8_t raw[sizeof(struct vhost_vdpa_config) + CONFIG_MAX];
	struct vhost_vdpa_config *config = (struct vhost_vdpa_config *)raw;
	uint32_t size;

	if (ioctl(v->fd, VHOST_VDPA_GET_CONFIG_SIZE, &size))
		return fail_ioctl(v, "VHOST_VDPA_GET_CONFIG_SIZE");
	if (size < len || len > CONFIG_MAX)
		return sv_fail(SV_EXIT_NO_DEVICE, "vdpa dev show, then pass the right --device",
			       "%s: %u bytes of configuration, a vault device has %zu", v->path,
			       size, len);
	memset(raw, 0, sizeof(raw));
	config->len = len;
	if (ioctl(v->fd, VHOST_VDPA_GET_CONFIG, config))
		return fail_ioctl(v, "VHOST_VDPA_GET_CONFIG");
	memcpy(buf, config->buf, len);
	return SV_EXIT_OK;
}

static enum sv_exit set_status(struct sv_vdpa *v, uint8_t status)
{
	if (ioctl(v->fd, VHOST_VDPA_SET_STATUS, &status))
		return fail_ioctl(v, "VHOST_VDPA_SET_STATUS");
	return SV_EXIT_OK;
}

/* Set bits of the device status one step further, as virtio 1.2, 3.1.1 asks. */
static enum sv_exit add_status(struct sv_vdpa *v, uint8_t bits)
{
	uint8_t status;

	if (ioctl(v->fd, VHOST_VDPA_GET_STATUS, &status))
		return fail_ioctl(v, "VHOST_VDPA_GET_STATUS");
	return set_status(v, status | bits);
}

static enum sv_exit check_status(struct sv_vdpa *v, uint8_t bits, const char *what)
{
	uint8_t status;

	if (ioctl(v->fd, VHOST_VDPA_GET_STATUS, &status))
		return fail_ioctl(v, "VHOST_VDPA_GET_STATUS");
	if ((status & bits) == bits)
		return SV_EXIT_OK;
	return sv_fail(SV_EXIT_FAILURE, "dmesg | grep sevault", "%s: device refused %s (status 0x%x)",
		       v->path, what, status);
}

enum sv_exit sv_vdpa_negotiate(struct sv_vdpa *v, uint64_t features)
{
	uint64_t offered;
	enum sv_exit ret;

	ret = set_status(v, 0);
	if (ret)
		return ret;
	ret = add_status(v, VIRTIO_CONFIG_S_ACKNOWLEDGE);
	if (ret)
		return ret;
	ret = add_status(v, VIRTIO_CONFIG_S_DRIVER);
	if (ret)
		return ret;

	if (ioctl(v->fd, VHOST_GET_FEATURES, &offered))
		return fail_ioctl(v, "VHOST_GET_FEATURES");
	if ((offered & features) != features)
		return sv_fail(SV_EXIT_NO_DEVICE, "install module and vault of the same release",
			       "%s: device offers features 0x%llx, need 0x%llx", v->path,
			       (unsigned long long)offered, (unsigned long long)features);
	if (ioctl(v->fd, VHOST_SET_FEATURES, &features))
		return fail_ioctl(v, "VHOST_SET_FEATURES");
	ret = add_status(v, VIRTIO_CONFIG_S_FEATURES_OK);
	if (ret)
		return ret;
	return check_status(v, VIRTIO_CONFIG_S_FEATURES_OK, "the features");
}

static int send_iotlb(struct sv_vdpa *v, const struct vhost_iotlb_msg *iotlb)
{
	struct vhost_msg_v2 msg;

	memset(&msg, 0, sizeof(msg));
	msg.type = VHOST_IOTLB_MSG_V2;
	msg.iotlb = *iotlb;
	return write(v->fd, &msg, sizeof(msg)) == (ssize_t)sizeof(msg) ? 0 : -1;
}

/*
 * The kernel pins the pages and counts them against the limit, also for root.
 * It reports every failure to map as EFAULT, so look at the limit itself.
 */
static enum sv_exit fail_map(const struct sv_vdpa *v, size_t len)
{
	struct rlimit limit;
	char next[128];
	int err = errno;

	if (getrlimit(RLIMIT_MEMLOCK, &limit) || limit.rlim_cur >= 2 * len)
		return sv_fail(SV_EXIT_FAILURE, "dmesg | tail -20", "%s: cannot map the window: %s",
			       v->path, strerror(err));
	snprintf(next, sizeof(next), "ulimit -l %zu  (systemd: LimitMEMLOCK=%zuM), then start again",
		 2 * len >> 10, 2 * len >> 20);
	return sv_fail(SV_EXIT_MEMLOCK, next,
		       "%s: cannot pin the %zu KiB window: locked memory is limited to %llu KiB",
		       v->path, len >> 10, (unsigned long long)limit.rlim_cur >> 10);
}

enum sv_exit sv_vdpa_map(struct sv_vdpa *v, void *va, size_t len, uint64_t iova)
{
	const struct vhost_iotlb_msg begin = { .type = VHOST_IOTLB_BATCH_BEGIN };
	const struct vhost_iotlb_msg end = { .type = VHOST_IOTLB_BATCH_END };
	const struct vhost_iotlb_msg update = {
		.iova = iova,
		.size = len,
		.uaddr = (uintptr_t)va,
		.perm = VHOST_ACCESS_RW,
		.type = VHOST_IOTLB_UPDATE,
	};
	struct vhost_vdpa_iova_range range;

	if (ioctl(v->fd, VHOST_VDPA_GET_IOVA_RANGE, &range))
		return fail_ioctl(v, "VHOST_VDPA_GET_IOVA_RANGE");
	if (iova < range.first || len > range.last || iova > range.last - len + 1)
		return sv_fail(SV_EXIT_NO_DEVICE, "install module and vault of the same release",
			       "%s: device cannot address the window", v->path);
	if (send_iotlb(v, &begin) || send_iotlb(v, &update) || send_iotlb(v, &end))
		return fail_map(v, len);
	return SV_EXIT_OK;
}

static enum sv_exit set_call(struct sv_vdpa *v, unsigned int index)
{
	struct vhost_vring_file call = { .index = index, .fd = v->call_fd };
	struct vhost_vring_file kick = { .index = index };
	enum sv_exit ret;

	ret = make_eventfd(v, &v->kick_fd[index]);
	if (ret)
		return ret;
	kick.fd = v->kick_fd[index];
	if (ioctl(v->fd, VHOST_SET_VRING_KICK, &kick))
		return fail_ioctl(v, "VHOST_SET_VRING_KICK");
	if (ioctl(v->fd, VHOST_SET_VRING_CALL, &call))
		return fail_ioctl(v, "VHOST_SET_VRING_CALL");
	return SV_EXIT_OK;
}

enum sv_exit sv_vdpa_queue(struct sv_vdpa *v, unsigned int index, const struct sv_vdpa_queue *q)
{
	struct vhost_vring_state num = { .index = index, .num = q->num };
	struct vhost_vring_state base = { .index = index };
	struct vhost_vring_state enable = { .index = index, .num = 1 };
	struct vhost_vring_addr addr = {
		.index = index,
		.desc_user_addr = q->desc,
		.avail_user_addr = q->avail,
		.used_user_addr = q->used,
	};
	enum sv_exit ret;
	uint32_t count;
	uint16_t max;

	if (ioctl(v->fd, VHOST_VDPA_GET_VQS_COUNT, &count))
		return fail_ioctl(v, "VHOST_VDPA_GET_VQS_COUNT");
	if (ioctl(v->fd, VHOST_VDPA_GET_VRING_NUM, &max))
		return fail_ioctl(v, "VHOST_VDPA_GET_VRING_NUM");
	if (index >= count || index >= SV_VDPA_MAX_QUEUES || q->num > max)
		return sv_fail(SV_EXIT_NO_DEVICE, "install module and vault of the same release",
			       "%s: device has %u queues of at most %u entries, need queue %u with %u",
			       v->path, count, max, index, q->num);

	if (ioctl(v->fd, VHOST_SET_VRING_NUM, &num))
		return fail_ioctl(v, "VHOST_SET_VRING_NUM");
	if (ioctl(v->fd, VHOST_SET_VRING_BASE, &base))
		return fail_ioctl(v, "VHOST_SET_VRING_BASE");
	if (ioctl(v->fd, VHOST_SET_VRING_ADDR, &addr))
		return fail_ioctl(v, "VHOST_SET_VRING_ADDR");
	ret = set_call(v, index);
	if (ret)
		return ret;
	if (ioctl(v->fd, VHOST_VDPA_SET_VRING_ENABLE, &enable))
		return fail_ioctl(v, "VHOST_VDPA_SET_VRING_ENABLE");
	return SV_EXIT_OK;
}

enum sv_exit sv_vdpa_start(struct sv_vdpa *v)
{
	enum sv_exit ret;

	if (ioctl(v->fd, VHOST_VDPA_SET_CONFIG_CALL, &v->config_fd))
		return fail_ioctl(v, "VHOST_VDPA_SET_CONFIG_CALL");
	ret = add_status(v, VIRTIO_CONFIG_S_DRIVER_OK);
	if (ret)
		return ret;
	return check_status(v, VIRTIO_CONFIG_S_DRIVER_OK, "to start");
}

bool sv_vdpa_is_alive(struct sv_vdpa *v)
{
	uint8_t status;

	if (ioctl(v->fd, VHOST_VDPA_GET_STATUS, &status))
		return false;
	return (status & VIRTIO_CONFIG_S_DRIVER_OK) && !(status & VIRTIO_CONFIG_S_NEEDS_RESET) &&
	       !(status & VIRTIO_CONFIG_S_FAILED);
}

void sv_vdpa_kick(struct sv_vdpa *v, unsigned int index)
{
	if (index < SV_VDPA_MAX_QUEUES && v->kick_fd[index] >= 0)
		eventfd_write(v->kick_fd[index], 1);
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void sv_vdpa_close(struct sv_vdpa *v)
{
	size_t i;

	if (v->fd < 0)
		return;
	/* Release of the device file resets the device, whatever its state. */
	close_fd(&v->fd);
	close_fd(&v->call_fd);
	close_fd(&v->config_fd);
	for (i = 0; i < SV_VDPA_MAX_QUEUES; i++)
		close_fd(&v->kick_fd[i]);
}

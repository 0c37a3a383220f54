/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef SOFT_VDPA_H
#define SOFT_VDPA_H

#include "say.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A virtio device behind /dev/vhost-vdpa-N, driven from an ordinary process.
 * Knows vhost and virtio, nothing of the vault's protocol; includes the
 * kernel's headers and therefore not <port.h>.
 *
 * Every function that returns enum sv_exit has told the user what went wrong
 * when it returns something else than SV_EXIT_OK.
 *
 * Call order: open, config, negotiate, map, queue (each), start; is_alive and
 * kick any time after start; close always.
 */
enum { SV_VDPA_MAX_QUEUES = 32 };

struct sv_vdpa {
	const char *path;
	int fd;			/* -1: closed */
	int call_fd;		/* eventfd: the device used a buffer */
	int config_fd;		/* eventfd: the device's state changed */
	int kick_fd[SV_VDPA_MAX_QUEUES];	/* eventfd per queue; -1: not set up */
};

/* One virtqueue, at addresses that the device sees (IOVA). */
struct sv_vdpa_queue {
	uint16_t num;
	uint64_t desc;
	uint64_t avail;
	uint64_t used;
};

/* Open @path (kept, not copied) and check that it is a device of @virtio_id. */
enum sv_exit sv_vdpa_open(struct sv_vdpa *v, const char *path, uint32_t virtio_id);

/* Read @len bytes of device configuration space. */
enum sv_exit sv_vdpa_config(struct sv_vdpa *v, void *buf, size_t len);

/* Reset the device and settle on exactly @features. */
enum sv_exit sv_vdpa_negotiate(struct sv_vdpa *v, uint64_t features);

/* Let the device see @len bytes at @va under the address @iova. */
enum sv_exit sv_vdpa_map(struct sv_vdpa *v, void *va, size_t len, uint64_t iova);

/* Refuses an @index or a size that the device does not have. */
enum sv_exit sv_vdpa_queue(struct sv_vdpa *v, unsigned int index,
			   const struct sv_vdpa_queue *q);

/* DRIVER_OK. */
enum sv_exit sv_vdpa_start(struct sv_vdpa *v);

/* False once the host has reset the device or asks for a reset. One ioctl. */
bool sv_vdpa_is_alive(struct sv_vdpa *v);

void sv_vdpa_kick(struct sv_vdpa *v, unsigned int index);

/*
 * Resets the device; the host ends every request that is still open. Nothing
 * happens with an @fd of -1.
 */
void sv_vdpa_close(struct sv_vdpa *v);

#endif /* SOFT_VDPA_H */

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef SOFT_FRONTEND_H
#define SOFT_FRONTEND_H

#include "say.h"

#include <stddef.h>
#include <stdint.h>

/*
 * A vhost front end: what QEMU's vhost-vsock-pci says to the module's device,
 * from an ordinary process. Knows vhost, nothing of the vault's protocol;
 * includes the kernel's headers and therefore not <port.h>.
 *
 * Every function that returns enum sv_exit has told the user what went wrong
 * when it returns something else than SV_EXIT_OK.
 *
 * Call order: open, config, bell (each), start; ring any time after start;
 * close always.
 */
enum { SV_FRONTEND_BELLS = 2 };

struct sv_frontend {
	const char *path;
	int fd;			/* -1: closed */
	int call_fd;		/* eventfd: the host has something for us */
	int kick_fd[SV_FRONTEND_BELLS];	/* eventfd per bell; -1: not set up */
};

/* The empty rings of a bell, as addresses of this process. */
struct sv_frontend_rings {
	uint32_t num;
	const void *desc;
	const void *avail;
	const void *used;
};

/* The only memory that the host sees: @len bytes at @va, known to both as @gpa. */
struct sv_frontend_window {
	const void *va;
	size_t len;
	uint64_t gpa;
};

/* Open @path (kept, not copied) and become the owner of the device. */
enum sv_exit sv_frontend_open(struct sv_frontend *f, const char *path);

/* What the module will answer: 32 bytes. */
enum sv_exit sv_frontend_config(const struct sv_frontend *f, void *buf);

enum sv_exit sv_frontend_bell(struct sv_frontend *f, uint32_t bell,
			      const struct sv_frontend_rings *rings);

/* The driver is ready. The host looks at the window before this returns. */
enum sv_exit sv_frontend_start(const struct sv_frontend *f, uint64_t features,
			       const struct sv_frontend_window *window);

void sv_frontend_ring(const struct sv_frontend *f, uint32_t bell);

/*
 * The host ends every request that is still open. Nothing happens with an @fd
 * of -1.
 */
void sv_frontend_close(struct sv_frontend *f);

#endif /* SOFT_FRONTEND_H */

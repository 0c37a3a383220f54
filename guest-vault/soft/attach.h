/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef SOFT_ATTACH_H
#define SOFT_ATTACH_H

#include "arena.h"
#include "frontend.h"

/* Test the engines and set the vault up with the best of them. */
enum sv_exit sv_attach_engines(struct sv_arena *arena);

/*
 * Be the virtio driver: open @path, check that it is a vault device of our
 * version, hand it the window with the queues of all pairs that it has, start
 * it. After this the host may send requests. @poll_us: how long the host polls
 * before it sleeps.
 */
enum sv_exit sv_attach_device(struct sv_frontend *f, struct sv_arena *arena, const char *path,
			      u32 *poll_us);

#endif /* SOFT_ATTACH_H */

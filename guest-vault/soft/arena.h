/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef SOFT_ARENA_H
#define SOFT_ARENA_H

#include "../core/crypto/selftest.h"
#include "../core/server.h"

#include "say.h"

/*
 * Everything that is secret or close to it, in pages that are neither swapped
 * nor dumped. The kernel, root and whoever reads the machine's memory still
 * see it.
 */
struct sv_arena {
	struct sv_vault vault;
	struct sv_server server;
	struct sv_selftest_work selftest;
};

/* Switch off dumps and tracing by other users, lock the stack. Call first. */
enum sv_exit sv_arena_harden(void);

/* Allocate, zeroed. Says what is wrong, and returns it, when it cannot lock. */
enum sv_exit sv_arena_create(struct sv_arena **arena);

/* Shared memory for the window, @len bytes, zeroed. */
enum sv_exit sv_arena_window(u8 __shared **va, size_t len);

/* Wipe keys and everything else. NULL is fine. */
void sv_arena_destroy(struct sv_arena *arena);

#endif /* SOFT_ARENA_H */

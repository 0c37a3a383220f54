// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "arena.h"

#include "../core/crypto/util.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

enum sv_exit sv_arena_harden(void)
{
	struct rlimit limit = { 0, 0 };

	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) || setrlimit(RLIMIT_CORE, &limit))
		return sv_fail(SV_EXIT_FAILURE, NULL, "cannot switch off core dumps: %s",
			       strerror(errno));
	/* The soft limit is ours to raise; the hard one is the administrator's word. */
	if (!getrlimit(RLIMIT_MEMLOCK, &limit)) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_MEMLOCK, &limit);
	}
	return SV_EXIT_OK;
}

static enum sv_exit fail_lock(size_t len)
{
	struct rlimit limit = { 0, 0 };

	getrlimit(RLIMIT_MEMLOCK, &limit);
	return sv_fail(SV_EXIT_MEMLOCK,
		       "ulimit -l 8192  (systemd: LimitMEMLOCK=8M), then start again",
		       "cannot lock memory (%s): %zu KiB for keys, limit is %llu KiB",
		       strerror(errno), len >> 10, (unsigned long long)limit.rlim_cur >> 10);
}

static void *map_pages(int flags, size_t len)
{
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	/* Keys must not reach a dump or a child; both calls only ever help. */
	madvise(p, len, MADV_DONTDUMP);
	madvise(p, len, MADV_DONTFORK);
	return p;
}

enum sv_exit sv_arena_create(struct sv_arena **arena)
{
	*arena = map_pages(MAP_PRIVATE, sizeof(**arena));
	if (!*arena)
		return sv_fail(SV_EXIT_FAILURE, "free -m", "no memory for the key store: %s",
			       strerror(errno));
	/*
	 * All of the process, because pieces of keys pass over the stack. What is
	 * mapped later is not locked: the kernel pins the window itself.
	 */
	if (mlockall(MCL_CURRENT))
		return fail_lock(sizeof(**arena));
	return SV_EXIT_OK;
}

enum sv_exit sv_arena_window(u8 __shared **va, size_t len)
{
	void *p = map_pages(MAP_SHARED, len);

	if (!p)
		return sv_fail(SV_EXIT_FAILURE, "free -m", "no memory for the window: %s",
			       strerror(errno));
	*va = (__force u8 __shared *)p;
	return SV_EXIT_OK;
}

void sv_arena_destroy(struct sv_arena *arena)
{
	if (!arena)
		return;
	sv_vault_wipe(&arena->vault);
	sv_wipe(arena, sizeof(*arena));
	munmap(arena, sizeof(*arena));
}

// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "lib_watch.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ucontext.h>

enum {
	EFLAGS_TF = 1 << 8,
	FAULT_WRITE = 1 << 1,	/* of the page fault's error code */
};

struct watch watch;

static u8 *page;
static u32 nr_pauses;
static void (*before_access)(const struct watch_access *access);
static struct sigaction old_segv, old_trap;

static void protect(int how)
{
	if (mprotect(page, WATCH_PAGE_LEN, how))
		abort();
}

/* The access is let through, and nothing but it. */
static void on_fault(int signal, siginfo_t *info, void *context)
{
	greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;
	size_t off = (size_t)((u8 *)info->si_addr - page);
	struct watch_access access = {
		.off = (u16)off,
		.is_write = regs[REG_ERR] & FAULT_WRITE,
		.pauses = nr_pauses,
	};

	(void)signal;
	if (off >= WATCH_PAGE_LEN)
		abort();
	protect(PROT_READ | PROT_WRITE);
	if (watch.nr < WATCH_MAX)
		watch.access[watch.nr] = access;
	watch.nr++;
	if (before_access)
		before_access(&access);
	regs[REG_EFL] |= EFLAGS_TF;
}

static void on_step(int signal, siginfo_t *info, void *context)
{
	greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;

	(void)signal;
	(void)info;
	regs[REG_EFL] &= ~(greg_t)EFLAGS_TF;
	protect(PROT_NONE);
}

void watch_start(void *p, void (*before)(const struct watch_access *access))
{
	struct sigaction fault = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO };
	struct sigaction step = { .sa_sigaction = on_step, .sa_flags = SA_SIGINFO };

	memset(&watch, 0, sizeof(watch));
	nr_pauses = 0;
	before_access = before;
	page = p;
	if (sigaction(SIGSEGV, &fault, &old_segv) || sigaction(SIGTRAP, &step, &old_trap))
		abort();
	protect(PROT_NONE);
}

void watch_stop(void)
{
	protect(PROT_READ | PROT_WRITE);
	page = NULL;
	sigaction(SIGSEGV, &old_segv, NULL);
	sigaction(SIGTRAP, &old_trap, NULL);
}

void watch_pause(void)
{
	if (!page)
		return;
	nr_pauses++;
	protect(PROT_READ | PROT_WRITE);
}

void watch_resume(void)
{
	if (page)
		protect(PROT_NONE);
}

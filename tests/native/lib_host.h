/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * A hypervisor on the other side of the GHCB, which may be hostile: what the
 * vault asks for leads to lib_machine.h, and the answers can be spoilt. Notes
 * all that must never be in a shared page.
 */
#ifndef NATIVE_LIB_HOST_H
#define NATIVE_LIB_HOST_H

#include <port.h>

enum {
	HOST_PAGE_LEN = 4096,
	HOST_MAX_LIES = 2,
	HOST_CBIT = 51,

	/* The page: AMD publication 56421, table 3. */
	HOST_RAX = 0x1f8,
	HOST_RCX = 0x308,
	HOST_RDX = 0x310,
	HOST_RBX = 0x318,
	HOST_EXIT_CODE = 0x390,
	HOST_INFO1 = 0x398,
	HOST_INFO2 = 0x3a0,
	HOST_SCRATCH = 0x3a8,
	HOST_VALID = 0x3f0,
	HOST_BUFFER = 0x800,
	HOST_VERSION = 0xffa,
	HOST_USAGE = 0xffc,
	HOST_NR_FIELDS = 12,		/* of those above, without rbx */

	/* What the vault asks for. */
	HOST_IOIO = 0x7b,
	HOST_MSR = 0x7c,
};

#define HOST_MMIO_READ 0x80000001ULL
#define HOST_MMIO_WRITE 0x80000002ULL

/* After @skip honest answers by the page, @len bytes of it say @value. */
struct host_lie {
	u32 off;
	u32 len;
	u64 value;
	u32 skip;
};

/*
 * @seen:   the page as it was at the last exit
 * @tell:   where set, called with every answer by the MSR, may change it
 * @spoil:  where set, called with the page after every answer by it
 * @violation: the first thing that must not be in a page or an MSR that the
 *          host sees; empty if there was none
 */
struct host {
	u8 page[HOST_PAGE_LEN] __aligned(4096);
	u8 seen[HOST_PAGE_LEN];
	u8 left[HOST_PAGE_LEN];		/* by us */
	u64 msr;
	u16 min_version, max_version, cbit;
	u32 nr_exits;			/* by the page */
	struct host_lie lie[HOST_MAX_LIES];
	u64 (*tell)(u64 request, u64 answer);
	void (*spoil)(u8 *page);
	char violation[120];
};

extern struct host host;

/* Honest, versions 1 and 2, and the page full of what was there before. */
void host_reset(void);

/* Words of a page. */
u64 host_get(const u8 *page, u32 off);
void host_put(u8 *page, u32 off, u64 v);

/* What CPUID says on this machine. */
u32 host_cpuid(u32 leaf, u32 reg);

#endif /* NATIVE_LIB_HOST_H */

// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "lib_host.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib_machine.h"
#include "lib_watch.h"
#include "plat/sev-es/mach.h"
#include "world/sev-es/vmgexit.h"

enum {
	INFO_MASK = 0xfff,
	INFO_REQUEST = 0x002,
	INFO_RESPONSE = 0x001,
	CPUID_REQUEST = 0x004,
	CPUID_RESPONSE = 0x005,

	IOIO_IN = 1 << 0,
	IOIO_A64 = 1 << 9,
	IOIO_ODD = 0xfd8e,	/* string, repeat, segment, other address sizes */
	MSR_WRITE = 1,
};

#define VALID_RAX (1ULL << 63)
#define VALID_RCX (1ULL << (97 - 64))
#define VALID_RDX (1ULL << (98 - 64))
#define VALID_RBX (1ULL << (99 - 64))
#define VALID_EXIT (7ULL << (114 - 64))
#define VALID_SCRATCH (1ULL << (117 - 64))

struct host host;

__attribute__((format(printf, 2, 3)))
static void must(bool ok, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (!ok && !host.violation[0])
		vsnprintf(host.violation, sizeof(host.violation), fmt, ap);
	va_end(ap);
}

u64 host_get(const u8 *page, u32 off)
{
	u64 v;

	memcpy(&v, page + off, sizeof(v));
	return v;
}

void host_put(u8 *page, u32 off, u64 v)
{
	memcpy(page + off, &v, sizeof(v));
}

void host_reset(void)
{
	memset(&host, 0, sizeof(host));
	/* Opening the page makes it zero, which is then what it was left at. */
	memset(host.page, 0xee, sizeof(host.page));
	host.min_version = 1;
	host.max_version = 2;
	host.cbit = HOST_CBIT;
}

u32 host_cpuid(u32 leaf, u32 reg)
{
	return leaf * 0x01000193 ^ 0x11223344 << reg;
}

/* The vault's side of world/sev-es/vmgexit.h */

void *sv_ghcb_page(void)
{
	return host.page;
}

u64 sv_ghcb_pa(void)
{
	return SV_GHCB_PA;
}

void sv_ghcb_msr_write(u64 v)
{
	host.msr = v;
}

u64 sv_ghcb_msr_read(void)
{
	return host.msr;
}

/* The MSR protocol */

static u64 answer_msr(u64 request)
{
	u32 reg = request >> 30 & 3, leaf = (u32)(request >> 32);

	switch (request & INFO_MASK) {
	case INFO_REQUEST:
		must(request == INFO_REQUEST, "request for information %llx", request);
		return INFO_RESPONSE | (u64)host.cbit << 24 | (u64)host.min_version << 32 |
		       (u64)host.max_version << 48;
	case CPUID_REQUEST:
		must(!(request & 0x3ffff000), "request for CPUID %llx", request);
		return CPUID_RESPONSE | (u64)reg << 30 | (u64)host_cpuid(leaf, reg) << 32;
	}
	must(false, "request by MSR %llx", request);
	return 0;
}

/* The page */

/* All but the fields that the vault writes is as we left it. */
static void check_untouched(void)
{
	static const struct { u16 off, len; } fields[] = {
		{ HOST_RAX, 8 }, { HOST_RCX, 8 }, { HOST_RDX, 8 }, { HOST_EXIT_CODE, 8 },
		{ HOST_INFO1, 8 }, { HOST_INFO2, 8 }, { HOST_SCRATCH, 8 }, { HOST_VALID, 16 },
		{ HOST_BUFFER, 8 }, { HOST_VERSION, 2 }, { HOST_USAGE, 4 },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(fields); i++)
		memcpy(host.left + fields[i].off, host.page + fields[i].off, fields[i].len);
	if (!memcmp(host.page, host.left, HOST_PAGE_LEN))
		return;
	for (i = 0; host.page[i] == host.left[i]; i++)
		;
	must(false, "byte %03x of the page was written", i);
}

/* A field of the request; those that it does not need are zero and not valid. */
struct need {
	u64 rax, rcx, rdx, scratch, buffer;	/* bits that may be set */
	u64 valid;		/* of the upper word, besides the exit fields */
};

static void check_fields(const struct need *n)
{
	const u8 *p = host.page;
	u64 scratch = host_get(p, HOST_SCRATCH);
	u16 version;
	u32 usage;

	memcpy(&version, p + HOST_VERSION, sizeof(version));
	memcpy(&usage, p + HOST_USAGE, sizeof(usage));
	must(!(host_get(p, HOST_RAX) & ~n->rax), "rax %llx", host_get(p, HOST_RAX));
	must(!(host_get(p, HOST_RCX) & ~n->rcx), "rcx %llx", host_get(p, HOST_RCX));
	must(!(host_get(p, HOST_RDX) & ~n->rdx), "rdx %llx", host_get(p, HOST_RDX));
	must(!(host_get(p, HOST_BUFFER) & ~n->buffer), "buffer %llx", host_get(p, HOST_BUFFER));
	must(scratch == (n->scratch ? SV_GHCB_PA + HOST_BUFFER : 0), "scratch %llx", scratch);
	must(!(host_get(p, HOST_VALID) & ~VALID_RAX), "valid %llx", host_get(p, HOST_VALID));
	must(host_get(p, HOST_VALID + 8) == (VALID_EXIT | n->valid), "valid %llx",
	     host_get(p, HOST_VALID + 8));
	must(version >= 1 && version <= 2 && version <= host.max_version, "version %u", version);
	must(!usage, "usage %x", usage);
}

static u64 bytes(u32 len)
{
	return (1ULL << 8 * len) - 1;
}

static bool is_len(u64 len)
{
	return len == 1 || len == 2 || len == 4;
}

static u64 do_ioio(u64 info1)
{
	u32 len = info1 >> 4 & 7;
	u16 port = (u16)(info1 >> 16);
	struct need out = { .rax = info1 & IOIO_IN ? 0 : bytes(len) };

	check_fields(&out);
	must(is_len(len) && !(info1 & IOIO_ODD) && info1 & IOIO_A64 && !(info1 >> 32),
	     "port access %llx", info1);
	must(host_get(host.page, HOST_VALID) == VALID_RAX, "rax is not valid");
	must(!host_get(host.page, HOST_INFO2), "info2");
	if (info1 & IOIO_IN)
		return machine_port_read(port, len);
	machine_port_write(port, (u32)host_get(host.page, HOST_RAX), len);
	return 0;
}

static u64 do_msr(u64 info1, u64 *rdx)
{
	bool is_write = info1 == MSR_WRITE;
	struct need n = {
		.rax = is_write ? bytes(4) : 0, .rcx = bytes(4), .rdx = is_write ? bytes(4) : 0,
		.valid = VALID_RCX | (is_write ? VALID_RDX : 0),
	};
	u32 msr = (u32)host_get(host.page, HOST_RCX);
	u64 v;

	check_fields(&n);
	must(info1 <= 1 && !host_get(host.page, HOST_INFO2), "MSR access %llx", info1);
	if (is_write) {
		must(host_get(host.page, HOST_VALID) == VALID_RAX, "rax is not valid");
		machine_msr_write(msr, host_get(host.page, HOST_RAX) |
				       host_get(host.page, HOST_RDX) << 32);
		return 0;
	}
	v = machine_msr_read(msr);
	*rdx = v >> 32;
	return (u32)v;
}

static void do_mmio(u64 pa, u64 len, bool is_write)
{
	struct need n = {
		.scratch = 1, .valid = VALID_SCRATCH, .buffer = is_write ? bytes((u32)len & 7) : 0,
	};
	u32 v = (u32)host_get(host.page, HOST_BUFFER);

	check_fields(&n);
	must(is_len(len), "device access of %llx bytes", len);
	if (!is_len(len))
		return;
	if (is_write) {
		machine_mmio_write(pa, v, (u32)len);
	} else {
		v = machine_mmio_read(pa, (u32)len);
		memcpy(host.page + HOST_BUFFER, &v, len);
	}
}

static void tell_lies(void)
{
	u32 i;

	for (i = 0; i < HOST_MAX_LIES; i++)
		if (host.lie[i].len && host.nr_exits > host.lie[i].skip)
			memcpy(host.page + host.lie[i].off, &host.lie[i].value, host.lie[i].len);
	if (host.spoil)
		host.spoil(host.page);
}

/* As KVM does: four registers and the outcome, all marked valid. */
static void exit_by_page(void)
{
	u64 info1 = host_get(host.page, HOST_INFO1), rax = 0, rdx = 0;

	check_untouched();
	memcpy(host.seen, host.page, sizeof(host.seen));
	host.nr_exits++;
	switch (host_get(host.page, HOST_EXIT_CODE)) {
	case HOST_IOIO:
		rax = do_ioio(info1);
		break;
	case HOST_MSR:
		rax = do_msr(info1, &rdx);
		break;
	case HOST_MMIO_READ:
		do_mmio(info1, host_get(host.page, HOST_INFO2), false);
		break;
	case HOST_MMIO_WRITE:
		do_mmio(info1, host_get(host.page, HOST_INFO2), true);
		break;
	default:
		must(false, "exit code %llx", host_get(host.page, HOST_EXIT_CODE));
	}
	host_put(host.page, HOST_RAX, rax);
	host_put(host.page, HOST_RBX, 0);
	host_put(host.page, HOST_RCX, 0);
	host_put(host.page, HOST_RDX, rdx);
	host_put(host.page, HOST_INFO1, 0);
	host_put(host.page, HOST_INFO2, 0);
	host_put(host.page, HOST_VALID, VALID_RAX);
	host_put(host.page, HOST_VALID + 8, VALID_RCX | VALID_RDX | VALID_RBX | VALID_EXIT);
	tell_lies();
	memcpy(host.left, host.page, sizeof(host.left));
}

void sv_vmgexit(void)
{
	u64 request = host.msr;

	if (request == SV_GHCB_PA) {
		watch_pause();
		exit_by_page();
		watch_resume();
		return;
	}
	host.msr = answer_msr(request);
	if (host.tell)
		host.msr = host.tell(request, host.msr);
}

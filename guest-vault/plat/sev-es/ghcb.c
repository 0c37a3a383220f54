// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "ghcb.h"

#include <vmgexit.h>
#include "../die.h"

/* The page. Reserved bytes stay zero. */
struct ghcb {
	u8 reserved0[0x1f8];
	u64 rax;
	u8 reserved1[0x308 - 0x200];
	u64 rcx;
	u64 rdx;
	u8 reserved2[0x390 - 0x318];
	u64 exit_code;
	u64 info1;
	u64 info2;
	u64 scratch;
	u8 reserved3[0x3f0 - 0x3b0];
	u64 valid[2];		/* bit n: the field at offset 8 * n */
	u8 reserved4[0x400];
	u64 buffer;		/* first bytes of the shared buffer */
	u8 reserved5[0xffa - 0x808];
	u16 version;
	u32 usage;
};

static_assert(offsetof(struct ghcb, rcx) == 0x308, "GHCB");
static_assert(offsetof(struct ghcb, exit_code) == 0x390, "GHCB");
static_assert(offsetof(struct ghcb, valid) == 0x3f0, "GHCB");
static_assert(offsetof(struct ghcb, buffer) == 0x800, "GHCB");
static_assert(offsetof(struct ghcb, version) == 0xffa, "GHCB");
static_assert(sizeof(struct ghcb) == 4096, "GHCB");

/* Bits of valid[0] and valid[1]. */
#define VALID_RAX (1ULL << 63)
#define VALID_RCX (1ULL << (97 - 64))
#define VALID_RDX (1ULL << (98 - 64))
#define VALID_EXIT (7ULL << (114 - 64))	/* exit_code, info1, info2 */
#define VALID_SCRATCH (1ULL << (117 - 64))

enum {
	EXIT_IOIO = 0x7b,
	EXIT_MSR = 0x7c,
	IOIO_IN = 1 << 0,
	IOIO_ADDRESS_64 = 1 << 9,
	IOIO_LEN_SHIFT = 4,
	IOIO_PORT_SHIFT = 16,
	MSR_WRITE = 1,

	INFO_MASK = 0xfff,
	INFO_RESPONSE = 0x001,
	INFO_REQUEST = 0x002,
	CPUID_REQUEST = 0x004,
	CPUID_RESPONSE = 0x005,
	CPUID_REG_SHIFT = 30,
	VERSION_MAX = 2,
};

#define EXIT_MMIO_READ 0x80000001ULL
#define EXIT_MMIO_WRITE 0x80000002ULL

/*
 * A request and its answer, private.
 *
 * @in, @out: VALID_RCX, VALID_RDX, VALID_SCRATCH: fields given and expected
 *            beyond rax and the exit fields, which always are given
 * @out_rax:  rax is expected
 */
struct call {
	u64 exit_code;
	u64 info1;
	u64 info2;
	u64 rax;
	u64 rcx;
	u64 rdx;
	u64 buffer;
	u64 in;
	u64 out;
	bool out_rax;
};

static u16 version;
static bool is_open;

static u64 ask_by_msr(u64 request)
{
	sv_ghcb_msr_write(request);
	sv_vmgexit();
	return sv_ghcb_msr_read();
}

void sv_ghcb_negotiate(u32 cbit)
{
	u64 v = ask_by_msr(INFO_REQUEST);
	u32 min = v >> 32 & 0xffff, max = (u32)(v >> 48);

	if ((v & INFO_MASK) != INFO_RESPONSE || !min || min > max || min > VERSION_MAX)
		sv_die(SV_DEATH_HOST);
	if ((v >> 24 & 0xff) != cbit)
		sv_die(SV_DEATH_PLATFORM);
	version = (u16)min_t(u32, max, VERSION_MAX);
}

u32 sv_ghcb_cpuid(u32 leaf, enum sv_ghcb_cpuid_reg reg)
{
	u64 head = CPUID_RESPONSE | (u64)reg << CPUID_REG_SHIFT;
	u64 v = ask_by_msr((u64)leaf << 32 | (u64)reg << CPUID_REG_SHIFT | CPUID_REQUEST);

	if ((u32)v != head)
		sv_die(SV_DEATH_HOST);
	return (u32)(v >> 32);
}

void sv_ghcb_open(void)
{
	memset(sv_ghcb_page(), 0, sizeof(struct ghcb));
	is_open = true;
}

bool sv_ghcb_is_open(void)
{
	return is_open;
}

/*
 * SECURITY: the page belongs to the host as much as to us. Every field in use
 * is written for every request, with zero where the request does not need it;
 * the rest has been zero since sv_ghcb_open(). Every field of the answer is
 * read once into private memory, and judged there.
 */
static void exchange(struct call *c)
{
	volatile struct ghcb *g = sv_ghcb_page();
	u64 valid[2], info1;

	if (!is_open)
		sv_die(SV_DEATH_BUG);
	g->rax = c->rax;
	g->rcx = c->rcx;
	g->rdx = c->rdx;
	g->exit_code = c->exit_code;
	g->info1 = c->info1;
	g->info2 = c->info2;
	g->scratch = c->in & VALID_SCRATCH ? sv_ghcb_pa() + offsetof(struct ghcb, buffer) : 0;
	g->buffer = c->buffer;
	g->valid[0] = VALID_RAX;
	g->valid[1] = VALID_EXIT | c->in;
	g->version = version;
	g->usage = 0;
	sv_ghcb_msr_write(sv_ghcb_pa());
	sv_vmgexit();
	info1 = g->info1;
	valid[0] = g->valid[0];
	valid[1] = g->valid[1];
	c->rax = g->rax;
	c->rdx = g->rdx;
	c->buffer = g->buffer;
	/* Not 0: an error, or an exception that the host wants us to take. */
	if ((u32)info1 || (c->out_rax && !(valid[0] & VALID_RAX)) || (valid[1] & c->out) != c->out)
		sv_die(SV_DEATH_HOST);
}

static u64 mask(u32 len)
{
	return (1ULL << 8 * len) - 1;
}

static u64 ioio(u16 port, u32 len)
{
	return (u64)port << IOIO_PORT_SHIFT | len << IOIO_LEN_SHIFT | IOIO_ADDRESS_64;
}

void sv_ghcb_out(u16 port, u32 v, u32 len)
{
	struct call c = {
		.exit_code = EXIT_IOIO,
		.info1 = ioio(port, len),
		.rax = v & mask(len),
	};

	exchange(&c);
}

u32 sv_ghcb_in(u16 port, u32 len)
{
	struct call c = {
		.exit_code = EXIT_IOIO,
		.info1 = ioio(port, len) | IOIO_IN,
		.out_rax = true,
	};

	exchange(&c);
	return (u32)(c.rax & mask(len));
}

u64 sv_ghcb_msr_get(u32 msr)
{
	struct call c = {
		.exit_code = EXIT_MSR,
		.rcx = msr,
		.in = VALID_RCX,
		.out = VALID_RDX,
		.out_rax = true,
	};

	exchange(&c);
	return c.rdx << 32 | (u32)c.rax;
}

void sv_ghcb_msr_set(u32 msr, u64 v)
{
	struct call c = {
		.exit_code = EXIT_MSR,
		.info1 = MSR_WRITE,
		.rax = (u32)v,
		.rcx = msr,
		.rdx = v >> 32,
		.in = VALID_RCX | VALID_RDX,
	};

	exchange(&c);
}

void sv_ghcb_mmio_write(u64 pa, u32 v, u32 len)
{
	struct call c = {
		.exit_code = EXIT_MMIO_WRITE,
		.info1 = pa,
		.info2 = len,
		.buffer = v & mask(len),
		.in = VALID_SCRATCH,
	};

	exchange(&c);
}

u32 sv_ghcb_mmio_read(u64 pa, u32 len)
{
	struct call c = {
		.exit_code = EXIT_MMIO_READ,
		.info1 = pa,
		.info2 = len,
		.in = VALID_SCRATCH,
	};

	exchange(&c);
	return (u32)(c.buffer & mask(len));
}

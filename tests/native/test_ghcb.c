// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The GHCB against a hostile hypervisor: what is in the page at every exit, and
 * what becomes of every answer that breaks the rules. lib_host.c holds each
 * request against what it may contain.
 */
#include "lib_test.h"
#include "lib_ghcb.h"
#include "lib_host.h"
#include "lib_machine.h"
#include "lib_watch.h"
#include "lib_world.h"

#include "plat/sev-es/ghcb.h"
#include "plat/sev-es/io.h"
#include "plat/sev-es/mach.h"

enum { PORT = 0xcf8, PORT_DATA = 0xcfc, MSR_ID = 0x802, MSR_EOI = 0x80b };

/* One of each kind, which a machine takes once its device can be reached. */
static const struct ghcb_op good[] = {
	{ OUT8, 0x501, 1 }, { OUT32, PORT, 1 }, { IN32, PORT_DATA, 0 }, { MSR_GET, MSR_ID, 0 },
	{ MSR_SET, MSR_EOI, 1 }, { READ8, 0xe0000014, 0 }, { READ16, 0xe0000012, 0 },
	{ READ32, 0xe0000000, 0 }, { WRITE8, 0xe0000014, 1 }, { WRITE16, 0xe0000016, 1 },
	{ WRITE32, 0xe0000000, 1 },
};

/* In the order of the file: before anything has opened the page. */
static void test_closed(void **state)
{
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(good); i++) {
		struct ghcb_op op = good[i];

		machine_reset();
		host_reset();
		assert_row(i, world_run(ghcb_run, &op) == SV_DEATH_BUG);
		assert_row(i, !host.nr_exits && !host.msr && !machine.nr_accesses);
	}
}

static u64 told;

static u64 tell(u64 request, u64 answer)
{
	(void)request;
	(void)answer;
	return told;
}

static void negotiate(void *arg)
{
	sv_ghcb_negotiate(*(u32 *)arg);
}

#define SEV_INFO(max, min, cbit) \
	((u64)(max) << 48 | (u64)(min) << 32 | (u64)(cbit) << 24 | 1)

static void test_negotiate(void **state)
{
	static const struct { u64 answer; u32 cbit; enum sv_death want; u16 version; } rows[] = {
		{ SEV_INFO(2, 1, 51), 51, SV_DEATH_NONE, 2 },
		{ SEV_INFO(1, 1, 51), 51, SV_DEATH_NONE, 1 },
		{ SEV_INFO(2, 2, 47), 47, SV_DEATH_NONE, 2 },
		{ SEV_INFO(9, 1, 51), 51, SV_DEATH_NONE, 2 },	/* a newer host */
		{ SEV_INFO(0xffff, 2, 51), 51, SV_DEATH_NONE, 2 },

		{ SEV_INFO(2, 3, 51), 51, SV_DEATH_HOST, 0 },	/* backwards */
		{ SEV_INFO(0, 0, 51), 51, SV_DEATH_HOST, 0 },
		{ SEV_INFO(0, 1, 51), 51, SV_DEATH_HOST, 0 },
		{ SEV_INFO(9, 3, 51), 51, SV_DEATH_HOST, 0 },	/* too new */
		{ SEV_INFO(0xffff, 0xffff, 51), 51, SV_DEATH_HOST, 0 },
		/* 10 */
		{ SEV_INFO(1, 2, 51), 51, SV_DEATH_HOST, 0 },
		{ 0, 51, SV_DEATH_HOST, 0 },			/* not an answer */
		{ ~0ULL, 51, SV_DEATH_HOST, 0 },
		{ 2, 51, SV_DEATH_HOST, 0 },
		{ SEV_INFO(2, 1, 51) ^ 3, 51, SV_DEATH_HOST, 0 },
		{ SEV_INFO(2, 1, 51) | 0x100, 51, SV_DEATH_HOST, 0 },
		{ SEV_INFO(2, 1, 51) | 0x800, 51, SV_DEATH_HOST, 0 },
		{ 0x100, 51, SV_DEATH_HOST, 0 },
		{ SEV_INFO(2, 1, 47), 51, SV_DEATH_PLATFORM, 0 },	/* another C-bit */
		{ SEV_INFO(2, 1, 51), 47, SV_DEATH_PLATFORM, 0 },
		/* 20 */
		{ SEV_INFO(2, 1, 0), 51, SV_DEATH_PLATFORM, 0 },
		{ SEV_INFO(2, 1, 0xff), 51, SV_DEATH_PLATFORM, 0 },
		{ SEV_INFO(2, 1, 50), 51, SV_DEATH_PLATFORM, 0 },
		{ SEV_INFO(2, 1, 51 ^ 0x80), 51, SV_DEATH_PLATFORM, 0 },
	};
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct ghcb_op op = { OUT32, PORT, 0x80000000 };
		u32 cbit = rows[i].cbit;
		u16 version;

		machine_reset();
		host_reset();
		host.tell = tell;
		told = rows[i].answer;
		assert_row(i, world_run(negotiate, &cbit) == rows[i].want);
		assert_row(i, !host.nr_exits);
		if (rows[i].want)
			continue;
		sv_ghcb_open();
		assert_row(i, world_run(ghcb_run, &op) == SV_DEATH_NONE);
		memcpy(&version, host.seen + HOST_VERSION, sizeof(version));
		assert_row(i, version == rows[i].version);
	}
}

static void ask_cpuid(void *arg)
{
	*(struct sv_cpuid *)arg = sv_cpuid(7, 0);
}

/* The CPU can do nothing. */
static u64 deny(u64 request, u64 answer)
{
	(void)request;
	return (u32)answer;
}

static void test_cpuid(void **state)
{
	static const struct { u64 answer; enum sv_death want; } rows[] = {
		{ 0x12345678ULL << 32 | 5, SV_DEATH_HOST },	/* right for eax, not for ebx */
		{ 5, SV_DEATH_HOST },
		{ 0, SV_DEATH_HOST },
		{ 4, SV_DEATH_HOST },
		{ 1, SV_DEATH_HOST },
		{ 0x12345678ULL << 32 | 1ULL << 30 | 5, SV_DEATH_HOST },
		{ 0x12345678ULL << 32 | 0x1005, SV_DEATH_HOST },	/* reserved bits */
		{ 0x12345678ULL << 32 | 0x20000005, SV_DEATH_HOST },
		{ 0x12345678ULL << 32 | 0x105, SV_DEATH_HOST },
		{ 0x12345678ULL << 32 | 0x805, SV_DEATH_HOST },
		/* 10 */
		{ ~0ULL, SV_DEATH_HOST },
		{ 0x100, SV_DEATH_HOST },
	};
	struct sv_cpuid r;
	u32 i;

	(void)state;
	host_reset();
	assert_int_equal(world_run(ask_cpuid, &r), SV_DEATH_NONE);
	assert_true(r.eax == host_cpuid(7, 0) && r.ebx == host_cpuid(7, 1) &&
		    r.ecx == host_cpuid(7, 2) && r.edx == host_cpuid(7, 3));
	/* No word of the host can take away the source of random numbers. */
	host.tell = deny;
	r = sv_cpuid(1, 0);
	assert_true(!r.eax && !r.ebx && r.ecx == 1 << 30 && !r.edx);
	r = sv_cpuid(7, 0);
	assert_true(!r.eax && !r.ebx && !r.ecx && !r.edx);
	assert_string_equal(host.violation, "");
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		host_reset();
		host.tell = tell;
		told = rows[i].answer;
		assert_row(i, world_run(ask_cpuid, &r) == rows[i].want);
		assert_row(i, !host.nr_exits && !host.violation[0]);
	}
}

static void init_machine(void *arg)
{
	(void)arg;
	sv_mach_init();
}

/* The machine's part: the image's C-bit is the one that is asked for. */
static void test_mach(void **state)
{
	static const u16 bad_cbits[] = { 0, 1, 47, 50, 52, 63 };
	u8 shared[1000], was[sizeof(shared)];
	struct rng rng = { 4 };
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad_cbits); i++) {
		host_reset();
		host.cbit = bad_cbits[i];
		assert_row(i, world_run(init_machine, NULL) == SV_DEATH_PLATFORM);
	}
	host_reset();
	assert_int_equal(world_run(init_machine, NULL), SV_DEATH_NONE);
	rng_fill(&rng, shared, sizeof(shared));
	memcpy(was, shared, sizeof(was));
	sv_mach_share((uintptr_t)shared + 3, sizeof(shared) - 3);
	assert_memory_equal(shared, was, sizeof(was));
}

/* Not a byte of what was in the page before is left. */
static void test_open(void **state)
{
	static const u8 zero[HOST_PAGE_LEN];

	(void)state;
	world_reset();
	assert_memory_equal(host.page, zero, sizeof(zero));
}

/* Lets the registers of the device be reached without its driver. */
static void start_device(void)
{
	world_reset();
	machine_patch(0x10 + 4 * MACHINE_BAR, 0xe000000c, 4);
	machine_patch(0x04, 0x06, 2);
	machine.address = 0x80000800;
	machine.feature_select = 0xa5b6c7d8;
	machine.apic_id = 0x1122334455667788;
}

/* Each kind of access arrives as it was asked, and its answer comes back. */
static void test_requests(void **state)
{
	static const struct {
		struct ghcb_op op;
		u64 exit_code, info1, info2, rax, rcx, rdx, buffer;
		u64 got;
	} rows[] = {
		{ { OUT32, PORT, 0x80000810 }, HOST_IOIO, 0x0cf80240, 0, 0x80000810, 0, 0, 0, 0 },
		{ { IN32, PORT_DATA, 0 }, HOST_IOIO, 0x0cfc0241, 0, 0, 0, 0, 0, 0x10531af4 },
		{ { MSR_GET, MSR_ID, 0 }, HOST_MSR, 0, 0, 0, MSR_ID, 0, 0, 0x1122334455667788 },
		{ { MSR_SET, MSR_EOI, 0x99aabbccddeeff00 }, HOST_MSR, 1, 0, 0xddeeff00, MSR_EOI,
		  0x99aabbcc, 0, 0 },
		{ { READ32, 0xe0000000, 0 }, HOST_MMIO_READ, 0xe0000000, 4, 0, 0, 0, 0,
		  0xa5b6c7d8 },
		{ { READ16, 0xe0000012, 0 }, HOST_MMIO_READ, 0xe0000012, 2, 0, 0, 0, 0, 4 },
		{ { READ8, 0xe0000014, 0 }, HOST_MMIO_READ, 0xe0000014, 1, 0, 0, 0, 0, 3 },
		{ { WRITE32, 0xe0000008, 0x76543210 }, HOST_MMIO_WRITE, 0xe0000008, 4, 0, 0, 0,
		  0x76543210, 0 },
		{ { WRITE16, 0xe0000016, 0xfedc }, HOST_MMIO_WRITE, 0xe0000016, 2, 0, 0, 0,
		  0xfedc, 0 },
		{ { WRITE8, 0xe0000014, 0x13 }, HOST_MMIO_WRITE, 0xe0000014, 1, 0, 0, 0, 0x13, 0 },
	};
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct ghcb_op op = rows[i].op;

		start_device();
		assert_row(i, world_run(ghcb_run, &op) == SV_DEATH_NONE);
		assert_row(i, host.nr_exits == 1);
		assert_row(i, host_get(host.seen, HOST_EXIT_CODE) == rows[i].exit_code);
		assert_row(i, host_get(host.seen, HOST_INFO1) == rows[i].info1);
		assert_row(i, host_get(host.seen, HOST_INFO2) == rows[i].info2);
		assert_row(i, host_get(host.seen, HOST_RAX) == rows[i].rax);
		assert_row(i, host_get(host.seen, HOST_RCX) == rows[i].rcx);
		assert_row(i, host_get(host.seen, HOST_RDX) == rows[i].rdx);
		assert_row(i, host_get(host.seen, HOST_BUFFER) == rows[i].buffer);
		assert_row(i, rows[i].got ? op.value == rows[i].got : op.value == rows[i].op.value);
		assert_row(i, !world_violation()[0]);
	}
	assert_int_equal(machine.status, 0x13);
}

/* Answers that break the rules, or only seem to. @got: where it is not death. */
static void test_answers(void **state)
{
	static const struct {
		struct ghcb_op op;
		struct host_lie lie[HOST_MAX_LIES];
		enum sv_death want;
		u64 got;
	} rows[] = {
		/* More than was asked for is cut off. */
		{ { IN32, PORT_DATA, 0 }, { { HOST_RAX, 8, 0x1122334455667788, 0 } },
		  SV_DEATH_NONE, 0x55667788 },
		{ { READ8, 0xe0000014, 0 }, { { HOST_BUFFER, 8, 0x1122334455667788, 0 } },
		  SV_DEATH_NONE, 0x88 },
		{ { READ16, 0xe0000012, 0 }, { { HOST_BUFFER, 8, 0x1122334455667788, 0 } },
		  SV_DEATH_NONE, 0x7788 },
		{ { READ32, 0xe0000000, 0 }, { { HOST_BUFFER, 8, 0x1122334455667788, 0 } },
		  SV_DEATH_NONE, 0x55667788 },
		{ { MSR_GET, MSR_ID, 0 }, { { HOST_RAX, 8, 0x1122334455667788, 0 },
					    { HOST_RDX, 8, 0x99aabbccddeeff00, 0 } },
		  SV_DEATH_NONE, 0xddeeff0055667788 },
		/* The upper half of info1, info2, and all other fields count for nothing. */
		{ { READ8, 0xe0000014, 0 }, { { HOST_INFO1, 8, 0xffffffff00000000, 0 },
					      { HOST_INFO2, 8, ~0ULL, 0 } }, SV_DEATH_NONE, 3 },
		{ { READ8, 0xe0000014, 0 }, { { HOST_SCRATCH, 8, 0x100000, 0 },
					      { HOST_EXIT_CODE, 8, ~0ULL, 0 } }, SV_DEATH_NONE, 3 },
		{ { READ8, 0xe0000014, 0 }, { { HOST_VERSION, 2, 0xffff, 0 },
					      { HOST_USAGE, 4, ~0U, 0 } }, SV_DEATH_NONE, 3 },
		{ { READ8, 0xe0000014, 0 }, { { HOST_VALID, 8, 0, 0 },
					      { HOST_VALID + 8, 8, 0, 0 } }, SV_DEATH_NONE, 3 },

		/* An error or an exception, whatever the request. */
		{ { OUT8, 0x501, 1 }, { { HOST_INFO1, 4, 1, 0 } }, SV_DEATH_HOST, 0 },
		/* 10 */
		{ { OUT32, PORT, 1 }, { { HOST_INFO1, 4, 1, 0 },
					{ HOST_INFO2, 8, 0x80000b0d, 0 } }, SV_DEATH_HOST, 0 },
		{ { IN32, PORT_DATA, 0 }, { { HOST_INFO1, 4, 1, 0 },
					    { HOST_INFO2, 8, 0x80000b0e, 0 } }, SV_DEATH_HOST, 0 },
		{ { IN32, PORT_DATA, 0 }, { { HOST_INFO1, 4, 2, 0 } }, SV_DEATH_HOST, 0 },
		{ { IN32, PORT_DATA, 0 }, { { HOST_INFO1, 4, 3, 0 } }, SV_DEATH_HOST, 0 },
		{ { IN32, PORT_DATA, 0 }, { { HOST_INFO1, 8, ~0ULL, 0 } }, SV_DEATH_HOST, 0 },
		{ { IN32, PORT_DATA, 0 }, { { HOST_INFO1, 4, 0x80000000, 0 } }, SV_DEATH_HOST, 0 },
		{ { IN32, PORT_DATA, 0 }, { { HOST_INFO1, 4, 0x100, 0 } }, SV_DEATH_HOST, 0 },
		{ { MSR_GET, MSR_ID, 0 }, { { HOST_INFO1, 4, 1, 0 } }, SV_DEATH_HOST, 0 },
		{ { MSR_GET, MSR_ID, 0 }, { { HOST_INFO1, 4, 2, 0 } }, SV_DEATH_HOST, 0 },
		{ { MSR_SET, MSR_EOI, 0 }, { { HOST_INFO1, 4, 1, 0 } }, SV_DEATH_HOST, 0 },
		/* 20 */
		{ { READ8, 0xe0000014, 0 }, { { HOST_INFO1, 4, 1, 0 } }, SV_DEATH_HOST, 0 },
		{ { READ16, 0xe0000012, 0 }, { { HOST_INFO1, 4, 2, 0 } }, SV_DEATH_HOST, 0 },
		{ { READ32, 0xe0000000, 0 }, { { HOST_INFO1, 4, 1, 0 } }, SV_DEATH_HOST, 0 },
		{ { WRITE8, 0xe0000014, 1 }, { { HOST_INFO1, 4, 1, 0 } }, SV_DEATH_HOST, 0 },
		{ { WRITE16, 0xe0000016, 1 }, { { HOST_INFO1, 4, 2, 0 } }, SV_DEATH_HOST, 0 },
		{ { WRITE32, 0xe0000000, 1 }, { { HOST_INFO1, 4, 1, 0 } }, SV_DEATH_HOST, 0 },
		/* A value that is not valid. */
		{ { IN32, PORT_DATA, 0 }, { { HOST_VALID, 8, 0, 0 } }, SV_DEATH_HOST, 0 },
		{ { IN32, PORT_DATA, 0 }, { { HOST_VALID, 8, ~(1ULL << 63), 0 } },
		  SV_DEATH_HOST, 0 },
		{ { IN32, PORT_DATA, 0 }, { { HOST_VALID, 8, 0, 0 },
					    { HOST_VALID + 8, 8, ~0ULL, 0 } }, SV_DEATH_HOST, 0 },
		{ { MSR_GET, MSR_ID, 0 }, { { HOST_VALID, 8, 0, 0 } }, SV_DEATH_HOST, 0 },
		/* 30 */
		{ { MSR_GET, MSR_ID, 0 }, { { HOST_VALID + 8, 8, 0, 0 } }, SV_DEATH_HOST, 0 },
		{ { MSR_GET, MSR_ID, 0 }, { { HOST_VALID + 8, 8, ~(1ULL << 34), 0 } },
		  SV_DEATH_HOST, 0 },
		{ { MSR_GET, MSR_ID, 0 }, { { HOST_VALID, 8, 0, 0 },
					    { HOST_VALID + 8, 8, 0, 0 } }, SV_DEATH_HOST, 0 },
		/* The whole of it is as the vault wrote it: nobody answered. */
		{ { IN32, PORT_DATA, 0 }, { { HOST_INFO1, 8, 0x0cfc0241, 0 } }, SV_DEATH_HOST, 0 },
		{ { MSR_SET, MSR_EOI, 0 }, { { HOST_INFO1, 8, 1, 0 } }, SV_DEATH_HOST, 0 },
		{ { READ32, 0xe0000000, 0 }, { { HOST_INFO1, 8, 0xe0000000, 0 } },
		  SV_DEATH_HOST, 0 },
		{ { WRITE32, 0xe0000000, 0 }, { { HOST_INFO1, 8, 0xe0000000, 0 } },
		  SV_DEATH_HOST, 0 },
		{ { MSR_GET, MSR_ID, 0 }, { { HOST_VALID + 8, 8, 7ULL << 50, 0 } },
		  SV_DEATH_HOST, 0 },
	};
	u32 i, n;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct ghcb_op op = rows[i].op;

		start_device();
		for (n = 0; n < HOST_MAX_LIES; n++)
			host.lie[n] = rows[i].lie[n];
		assert_row(i, world_run(ghcb_run, &op) == rows[i].want);
		assert_row(i, rows[i].want || op.value == rows[i].got);
		assert_row(i, !host.violation[0]);
	}
}

static u32 read_width;

static void read_port(void *arg)
{
	*(u32 *)arg = sv_ghcb_in(PORT_DATA, read_width);
}

static void read_register(void *arg)
{
	*(u32 *)arg = sv_ghcb_mmio_read(0xe0000000, read_width);
}

/* Whoever asks for fewer bytes gets no more, whatever the type of the answer. */
static void test_width(void **state)
{
	static const struct { u32 width, want; } rows[] = {
		{ 1, 0x88 }, { 2, 0x7788 }, { 4, 0x55667788 },
	};
	u32 i, v = 0;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		start_device();
		read_width = rows[i].width;
		host.lie[0] = (struct host_lie){ HOST_RAX, 8, 0x1122334455667788, 0 };
		host.lie[1] = (struct host_lie){ HOST_BUFFER, 8, 0x1122334455667788, 0 };
		assert_row(i, world_run(read_port, &v) == SV_DEATH_NONE && v == rows[i].want);
		assert_row(i, world_run(read_register, &v) == SV_DEATH_NONE && v == rows[i].want);
		assert_row(i, !host.violation[0]);
	}
}

static struct rng scribbler;

/* All of the page but what is the answer. */
static void scribble(u8 *page)
{
	u8 was[HOST_PAGE_LEN];
	static const u16 kept[][2] = {
		{ HOST_RAX, 4 }, { HOST_RDX, 4 }, { HOST_INFO1, 4 }, { HOST_VALID + 7, 1 },
		{ HOST_VALID + 12, 1 }, { HOST_BUFFER, 4 },
	};
	u32 i;

	memcpy(was, page, sizeof(was));
	rng_fill(&scribbler, page, HOST_PAGE_LEN);
	for (i = 0; i < ARRAY_SIZE(kept); i++)
		memcpy(page + kept[i][0], was + kept[i][0], kept[i][1]);
}

/*
 * Requests of all kinds in any order, over a page that is full of noise after
 * each: no request carries anything of an earlier one or of an answer.
 */
static void test_noise(void **state)
{
	struct rng rng = { 8 };
	u32 i;

	(void)state;
	scribbler.state = 99;
	start_device();
	host.spoil = scribble;
	for (i = 0; i < 3000; i++) {
		u32 value = (u32)rng_next(&rng);
		struct ghcb_op rows[] = {
			{ OUT32, PORT, 0x80000800 | (value & 0xfc) },
			{ IN32, PORT_DATA, 0 },
			{ MSR_GET, MSR_ID, 0 },
			{ MSR_SET, MSR_EOI, value * 0x100000001ULL },
			{ WRITE32, 0xe0000000, value },
			{ READ32, 0xe0000000, 0 },
			{ READ16, 0xe0000012, 0 },
			{ READ8, 0xe0000015, 0 },
		};
		u32 n = rng_below(&rng, ARRAY_SIZE(rows));
		struct ghcb_op *op = &rows[n];

		assert_row(i, world_run(ghcb_run, op) == SV_DEATH_NONE);
		if (op->kind == MSR_GET)
			assert_row(i, op->value == 0x1122334455667788);
		if (op->kind == READ32)
			assert_row(i, op->value == machine.feature_select);
		if (op->kind == READ16)
			assert_row(i, op->value == machine.nr_queues);
		if (op->kind == MSR_SET)
			assert_row(i, machine.apic[MSR_EOI - 0x800] == op->value);
		if (world_violation()[0])
			fail_msg("step %u: %s", i, world_violation());
	}
	assert_int_equal(host.nr_exits, 3000);
}

static u32 count_accesses(u16 off, bool is_write, u32 pauses)
{
	u32 i, nr = 0;

	for (i = 0; i < watch.nr && i < WATCH_MAX; i++)
		nr += watch.access[i].off == off && watch.access[i].is_write == is_write &&
		      watch.access[i].pauses == pauses;
	return nr;
}

/*
 * Before an exit the page is written and nothing of it read; afterwards nothing
 * is written and no byte read twice.
 */
static void test_once(void **state)
{
	u32 i, n;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(good); i++) {
		struct ghcb_op op = good[i];

		start_device();
		watch_start(host.page, NULL);
		assert_row(i, world_run(ghcb_run, &op) == SV_DEATH_NONE);
		watch_stop();
		assert_row(i, watch.nr > HOST_NR_FIELDS && watch.nr < WATCH_MAX);
		for (n = 0; n < watch.nr; n++) {
			const struct watch_access *a = &watch.access[n];

			assert_row(i, a->is_write == !a->pauses);
			assert_row(i, a->is_write || !(a->off % 8));
			assert_row(i, count_accesses(a->off, a->is_write, a->pauses) == 1);
		}
	}
}

/* @read: what the vault found in the page, wherever it has read */
static struct {
	struct rng rng;
	u8 read[HOST_PAGE_LEN];
	u8 noise[HOST_PAGE_LEN];
} racer;

/* Two of three times what is judged next is good; all else is not. */
static void race(const struct watch_access *a)
{
	u32 off = a->off & ~7U;
	u64 v = rng_next(&racer.rng);

	if (a->is_write)
		return;
	if (rng_below(&racer.rng, 3) && off == HOST_INFO1)
		v = 0;
	else if (rng_below(&racer.rng, 3) && (off == HOST_VALID || off == HOST_VALID + 8))
		v = ~0ULL;
	memcpy(host.page, racer.noise, sizeof(racer.noise));
	host_put(host.page, off, v);
	host_put(racer.read, off, v);
}

/* All of the page changes before every read: what was judged is what counts. */
static void test_race(void **state)
{
	u32 i, nr_deaths = 0;

	(void)state;
	racer.rng.state = 5;
	rng_fill(&racer.rng, racer.noise, sizeof(racer.noise));
	for (i = 0; i < 2000; i++) {
		struct ghcb_op op = good[i % ARRAY_SIZE(good)], asked = op;
		enum sv_death death, want;

		start_device();
		memset(racer.read, 0, sizeof(racer.read));
		watch_start(host.page, race);
		death = world_run(ghcb_run, &op);
		watch_stop();
		want = ghcb_is_answer(&op, racer.read) ? SV_DEATH_NONE : SV_DEATH_HOST;
		assert_row(i, death == want);
		assert_row(i, death || op.value == ghcb_answer(&asked, racer.read));
		assert_row(i, !host.violation[0]);
		nr_deaths += death != SV_DEATH_NONE;
	}
	assert_true(nr_deaths > 300 && nr_deaths < 1700);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_closed),
		cmocka_unit_test(test_negotiate),
		cmocka_unit_test(test_cpuid),
		cmocka_unit_test(test_mach),
		cmocka_unit_test(test_open),
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_width),
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_once),
		cmocka_unit_test(test_race),
	};

	return cmocka_run_group_tests_name("ghcb", tests, NULL, NULL);
}

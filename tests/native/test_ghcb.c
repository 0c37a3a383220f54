// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The GHCB against a hostile hypervisor: what is in the page at every exit, and
 * what becomes of every answer that breaks the rules. lib_host.c holds each
 * request against what it may contain.
 */
#include "lib_test.h"
#include "lib_host.h"
#include "lib_machine.h"
#include "lib_world.h"

#include "plat/sev-es/ghcb.h"
#include "plat/sev-es/io.h"

enum { PORT = 0xcf8, PORT_DATA = 0xcfc, MSR_ID = 0x802, MSR_EOI = 0x80b };

enum kind { OUT8, OUT32, IN32, MSR_GET, MSR_SET, READ8, READ16, READ32, WRITE8, WRITE16, WRITE32 };

struct op {
	enum kind kind;
	u64 at;
	u64 value;	/* to write; what was read */
};

static void run_op(void *arg)
{
	struct op *o = arg;

	switch (o->kind) {
	case OUT8:
		sv_io_out8((u16)o->at, (u8)o->value);
		break;
	case OUT32:
		sv_io_out32((u16)o->at, (u32)o->value);
		break;
	case IN32:
		o->value = sv_io_in32((u16)o->at);
		break;
	case MSR_GET:
		o->value = sv_msr_read((u32)o->at);
		break;
	case MSR_SET:
		sv_msr_write((u32)o->at, o->value);
		break;
	case READ8:
		o->value = sv_mmio_read8(o->at);
		break;
	case READ16:
		o->value = sv_mmio_read16(o->at);
		break;
	case READ32:
		o->value = sv_mmio_read32(o->at);
		break;
	case WRITE8:
		sv_mmio_write8(o->at, (u8)o->value);
		break;
	case WRITE16:
		sv_mmio_write16(o->at, (u16)o->value);
		break;
	case WRITE32:
		sv_mmio_write32(o->at, (u32)o->value);
		break;
	}
}

/* In the order of the file: before anything has opened the page. */
static void test_closed(void **state)
{
	static const struct op rows[] = {
		{ OUT8, PORT, 1 }, { OUT32, PORT, 1 }, { IN32, PORT_DATA, 0 },
		{ MSR_GET, MSR_ID, 0 }, { MSR_SET, MSR_EOI, 0 }, { READ8, 0xe0000014, 0 },
		{ READ16, 0xe0000012, 0 }, { READ32, 0xe0000000, 0 }, { WRITE8, 0xe0000014, 1 },
		{ WRITE16, 0xe0003000, 1 }, { WRITE32, 0xe0000000, 1 },
	};
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct op op = rows[i];

		machine_reset();
		host_reset();
		assert_row(i, world_run(run_op, &op) == SV_DEATH_BUG);
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
		struct op op = { OUT32, PORT, 0x80000000 };
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
		assert_row(i, world_run(run_op, &op) == SV_DEATH_NONE);
		memcpy(&version, host.seen + HOST_VERSION, sizeof(version));
		assert_row(i, version == rows[i].version);
	}
}

static void ask_cpuid(void *arg)
{
	*(struct sv_cpuid *)arg = sv_cpuid(7, 0);
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
	r = sv_cpuid(1, 0);
	assert_int_equal(r.ecx, host_cpuid(1, 2) | 1 << 30);
	assert_string_equal(host.violation, "");
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		host_reset();
		host.tell = tell;
		told = rows[i].answer;
		assert_row(i, world_run(ask_cpuid, &r) == rows[i].want);
		assert_row(i, !host.nr_exits && !host.violation[0]);
	}
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
		struct op op;
		u64 exit_code, info1, info2, rax, rcx, rdx, buffer;
		u64 got;
	} rows[] = {
		{ { OUT32, PORT, 0x80000810 }, HOST_IOIO, 0x0cf80240, 0, 0x80000810, 0, 0, 0, 0 },
		{ { IN32, PORT_DATA, 0 }, HOST_IOIO, 0x0cfc0241, 0, 0, 0, 0, 0, 0x10541af4 },
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
		struct op op = rows[i].op;

		start_device();
		assert_row(i, world_run(run_op, &op) == SV_DEATH_NONE);
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
		struct op op;
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
		struct op op = rows[i].op;

		start_device();
		for (n = 0; n < HOST_MAX_LIES; n++)
			host.lie[n] = rows[i].lie[n];
		assert_row(i, world_run(run_op, &op) == rows[i].want);
		assert_row(i, rows[i].want || op.value == rows[i].got);
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
		struct op rows[] = {
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
		struct op *op = &rows[n];

		assert_row(i, world_run(run_op, op) == SV_DEATH_NONE);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_closed),
		cmocka_unit_test(test_negotiate),
		cmocka_unit_test(test_cpuid),
		cmocka_unit_test(test_open),
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_noise),
	};

	return cmocka_run_group_tests_name("ghcb", tests, NULL, NULL);
}

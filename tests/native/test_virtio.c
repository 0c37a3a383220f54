// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The vault's virtio transport and its idle code against a hostile device: each
 * row spoils one thing of a device that works, and says what the vault must
 * die of. Nothing is ever touched outside of the BARs.
 */
#include "lib_test.h"
#include "lib_machine.h"
#include "lib_world.h"

#include "plat/die.h"
#include "plat/idle.h"
#include "plat/layout.h"
#include "plat/virtio.h"

#include <sevault/wire.h>

enum {
	NR_QUEUES = 4,
	QUEUE_NUM = 64,
	BAR_REG = 0x10 + 4 * MACHINE_BAR,
	RING = 0x100000,	/* any address will do: nobody reads it here */
};

struct attached {
	struct sv_virtio virtio;
	u64 doorbell[NR_QUEUES];
};

static void check(enum sv_death death)
{
	if (death)
		sv_die(death);
}

/* Where the rings of queue @i are, all different. */
static struct sv_virtio_queue ring_of(u32 i)
{
	return (struct sv_virtio_queue){
		.desc_gpa = SV_WINDOW_GPA + (3 * i + 0) * RING,
		.avail_gpa = SV_WINDOW_GPA + (3 * i + 1) * RING,
		.used_gpa = SV_WINDOW_GPA + (3 * i + 2) * RING,
		.num = QUEUE_NUM,
	};
}

/* The steps of the vault's boot, as in main.c. */
static void attach(void *arg)
{
	struct sv_idle_message message = sv_idle_message();
	struct attached *a = arg;
	u32 i;

	check(sv_virtio_init(&a->virtio, SV_VIRTIO_ID, SV_VIRTIO_FEATURES));
	if (sv_virtio_nr_queues(&a->virtio) < NR_QUEUES)
		sv_die(SV_DEATH_QUEUES);
	check(sv_virtio_set_message(&a->virtio, message.addr, message.data));
	for (i = 0; i < NR_QUEUES; i++) {
		struct sv_virtio_queue q = ring_of(i);

		check(sv_virtio_set_queue(&a->virtio, (u16)i, &q, &a->doorbell[i]));
	}
	sv_virtio_start(&a->virtio);
	for (i = 0; i < NR_QUEUES; i++)
		sv_virtio_kick(a->doorbell[i], (u16)i);
}

/* A change to the configuration space of the device, @len bytes; or of a BAR. */
struct patch {
	u32 off, value, len;
};

struct bar {
	u32 index, mask, flags;
};

struct row {
	struct patch patch[4];
	struct machine_lie lie[2];
	struct bar bar;
	enum sv_death want;
};

static enum sv_death attach_row(struct attached *a, const struct row *row)
{
	u32 i;

	world_reset();
	for (i = 0; i < ARRAY_SIZE(row->patch); i++)
		machine_patch(row->patch[i].off, row->patch[i].value, row->patch[i].len);
	for (i = 0; i < ARRAY_SIZE(row->lie); i++)
		machine.lie[i] = row->lie[i];
	if (row->bar.index)
		machine_set_bar(row->bar.index, row->bar.mask, row->bar.flags);
	memset(a, 0xee, sizeof(*a));
	return world_run(attach, a);
}

static void run_rows(const struct row *rows, u32 nr)
{
	static struct attached a;
	u32 i;

	for (i = 0; i < nr; i++) {
		assert_row(i, attach_row(&a, &rows[i]) == rows[i].want);
		if (world_violation()[0])
			fail_msg("row %u: %s", i, world_violation());
		if (rows[i].want)
			assert_row(i, !(machine.status & 4));
	}
}

static void test_good_device(void **state)
{
	static const struct row good;
	static struct attached a;
	u32 i;

	(void)state;
	assert_int_equal(attach_row(&a, &good), SV_DEATH_NONE);
	assert_string_equal(world_violation(), "");
	assert_string_equal(machine.disorder, "");
	assert_int_equal(machine.status, 0x0f);
	assert_true(machine.driver_features == SV_VIRTIO_FEATURES);
	assert_int_equal(machine.function[0].cfg[4], 0x06);	/* memory, DMA, no ports */
	assert_int_equal(machine.function[0].cfg[5], 0x04);	/* no INTx */

	/* One message, to ourselves, for everything. */
	assert_int_equal(machine.function[0].cfg[MACHINE_CAP_MSIX + 3] >> 6, 2);
	assert_int_equal(machine.msix[0], 0xfee00000);
	assert_int_equal(machine.msix[1], 0);
	assert_int_equal(machine.msix[2], SV_VECTOR_WAKE);
	assert_int_equal(machine.msix[3], 0);
	assert_int_equal(machine.config_vector, 0);
	for (i = 0; i < NR_QUEUES; i++) {
		const struct machine_queue *q = &machine.queue[i];
		struct sv_virtio_queue want = ring_of(i);

		assert_row(i, q->desc == want.desc_gpa && q->avail == want.avail_gpa);
		assert_row(i, q->used == want.used_gpa && q->size == QUEUE_NUM);
		assert_row(i, q->enable == 1 && q->vector == 0 && q->nr_notifies == 1);
	}
	for (; i < MACHINE_MAX_QUEUES; i++)
		assert_row(i, !machine.queue[i].enable);
}

enum {
	CAP_NEXT = 1,		/* offsets in a capability */
	CAP_TYPE = 3,
	CAP_BAR = 4,
	CAP_OFF = 8,
	CAP_LEN = 12,
	CAP_MULT = 16,

	FEATURE = 0x04,		/* offsets in the common configuration */
	CONFIG_VECTOR = 0x10,
	NUM_QUEUES = 0x12,
	STATUS = 0x14,
	SIZE = 0x18,
	VECTOR = 0x1a,
	NOTIFY_OFF = 0x1e,

	COMMON = MACHINE_CAP_COMMON,
	DEVICE = MACHINE_CAP_DEVICE,
	NOTIFY = MACHINE_CAP_NOTIFY,
	MSIX = MACHINE_CAP_MSIX,
};

#define BAD SV_DEATH_BAD_DEVICE
#define FEATURES SV_DEATH_FEATURES
#define QUEUES SV_DEATH_QUEUES
#define PATCH(...) .patch = { __VA_ARGS__ }
#define LIE(...) .lie = { __VA_ARGS__ }
/* A register of the common configuration. */
#define SAYS(reg, says, ...) \
	{ .space = MACHINE_COMMON, .off = (reg), .value = (says), ##__VA_ARGS__ }

/* Devices that are odd, and good enough all the same. */
static void test_odd_devices(void **state)
{
	static const struct row rows[] = {
		{ PATCH({ MACHINE_CAP_ISR, 0x77, 1 }) },		/* a foreign capability */
		{ PATCH({ MACHINE_CAP_CFG + CAP_TYPE, 0xff, 1 }) },	/* a type to come */
		/* A second block of a type, however wrong, is not looked at. */
		{ PATCH({ MACHINE_CAP_ISR + CAP_TYPE, 1, 1 }, { MACHINE_CAP_ISR + CAP_BAR, 9, 1 },
			{ DEVICE + CAP_NEXT, COMMON, 1 },
			{ COMMON + CAP_NEXT, MACHINE_CAP_ISR, 1 }) },
		{ PATCH({ COMMON + CAP_LEN, 0x38, 4 }) },		/* as short as may be */
		{ PATCH({ DEVICE + CAP_BAR, 9, 1 }) },	/* its own configuration: unused */
		{ PATCH({ DEVICE, 0x08, 1 }) },
		{ PATCH({ NOTIFY + CAP_LEN, 14, 4 }) },
		{ PATCH({ NOTIFY + CAP_MULT, 0, 4 }) },	/* one doorbell for all */
		{ PATCH({ MSIX + 2, 0, 2 }) },				/* one vector */
		{ PATCH({ MSIX + 2, 0xff, 2 }) },			/* all of the BAR */
		/* Busy for a while. */
		/* 10 */
		{ LIE(SAYS(STATUS, 0x0f, .times = 1000)) },
		/* Offers more than is wanted. */
		{ LIE(SAYS(FEATURE, ~0U)) },
		{ LIE(SAYS(NUM_QUEUES, 0xffff)) },
		{ LIE(SAYS(SIZE, 0xffff)) },
		{ LIE(SAYS(SIZE, QUEUE_NUM)) },
		{ .bar = { MACHINE_BAR, 0xffff8000, 0x0 } },
		/* Larger than it was, and in use there. */
		{ PATCH({ NOTIFY + CAP_OFF, 0x7000, 4 }),
		  LIE({ .space = MACHINE_CFG, .off = BAR_REG, .value = 0xffff800c }) },
		/* Its doorbells lie over its other registers. */
		{ PATCH({ NOTIFY + CAP_OFF, 0, 4 }) },
	};

	(void)state;
	run_rows(rows, ARRAY_SIZE(rows));
}

static void test_capabilities(void **state)
{
	static const struct row rows[] = {
		/* One is missing, or of another id or type. */
		{ PATCH({ COMMON, 0x08, 1 }), .want = BAD },
		{ PATCH({ NOTIFY, 0x08, 1 }), .want = BAD },
		{ PATCH({ MSIX, 0x05, 1 }), .want = BAD },
		{ PATCH({ COMMON + CAP_TYPE, 0, 1 }), .want = BAD },
		{ PATCH({ NOTIFY + CAP_TYPE, 3, 1 }), .want = BAD },
		{ PATCH({ 0x06, 0, 2 }), .want = BAD },
		{ PATCH({ 0x34, 0, 1 }), .want = BAD },
		{ PATCH({ 0x34, MACHINE_CAP_CFG, 1 }), .want = BAD },	/* without MSI-X */
		/* 10 */
		{ PATCH({ 0x34, 0xff, 1 }), .want = BAD },
		/* loops */
		{ PATCH({ MSIX + CAP_NEXT, MSIX, 1 }), .want = BAD },
		{ PATCH({ NOTIFY + CAP_NEXT, NOTIFY, 1 }), .want = BAD },
		{ PATCH({ DEVICE + CAP_NEXT, MSIX, 1 }), .want = BAD },
		/* No such BAR, or one that cannot be used. */
		{ PATCH({ COMMON + CAP_BAR, 6, 1 }), .want = BAD },
		{ PATCH({ COMMON + CAP_BAR, 0xff, 1 }), .want = BAD },
		{ PATCH({ NOTIFY + CAP_BAR, 7, 1 }), .want = BAD },
		{ PATCH({ NOTIFY + CAP_BAR, 8, 1 }), .want = BAD },
		{ PATCH({ NOTIFY + CAP_BAR, 4 + 0x80, 1 }), .want = BAD },
		{ PATCH({ COMMON + CAP_BAR, 0, 1 }), .want = BAD },
		/* 20 */
		{ PATCH({ COMMON + CAP_BAR, 5, 1 }), .want = BAD },	/* upper half */
		{ PATCH({ NOTIFY + CAP_BAR, 5, 1 }), .want = BAD },
		{ PATCH({ NOTIFY + CAP_BAR, 3, 1 }), .want = BAD },
		{ .bar = { MACHINE_BAR, 0xfffffffc, 0x1 }, .want = BAD },
		{ .bar = { MACHINE_BAR, 0xffff0000, 0xc }, .want = BAD },	/* fills all */
		{ .bar = { MACHINE_BAR, 0xfffe0000, 0xc }, .want = BAD },
		{ .bar = { MACHINE_BAR, 0x00000000, 0xc }, .want = BAD },
		{ .bar = { MACHINE_BAR, 0xfff0c000, 0xc }, .want = BAD },
		{ .bar = { MACHINE_BAR, 0xffffe000, 0xc }, .want = BAD },	/* too short */
		{ .bar = { MACHINE_BAR, 0xfffffff0, 0xc }, .want = BAD },
		/* 30 */
		{ .bar = { MACHINE_BAR_MSIX, 0, 0 }, .want = BAD },
		/* offset and length against the BAR */
		{ PATCH({ COMMON + CAP_OFF, 0x4000, 4 }), .want = BAD },
		{ PATCH({ COMMON + CAP_OFF, 0x3001, 4 }), .want = BAD },
		{ PATCH({ COMMON + CAP_OFF, 0x3004, 4 }), .want = BAD },
		{ PATCH({ COMMON + CAP_OFF, 0xfffff000, 4 }), .want = BAD },
		{ PATCH({ COMMON + CAP_OFF, 0xfffffffc, 4 }), .want = BAD },
		{ PATCH({ COMMON + CAP_OFF, 0x80000000, 4 }), .want = BAD },
		{ PATCH({ COMMON + CAP_OFF, 1, 4 }), .want = BAD },
		{ PATCH({ COMMON + CAP_OFF, 2, 4 }), .want = BAD },
		{ PATCH({ NOTIFY + CAP_OFF, 0x2003, 4 }), .want = BAD },
		/* 40 */
		{ PATCH({ NOTIFY + CAP_OFF, 0x3002, 4 }), .want = BAD },
		{ PATCH({ COMMON + CAP_LEN, 0x37, 4 }), .want = BAD },
		{ PATCH({ COMMON + CAP_LEN, 0, 4 }), .want = BAD },
		{ PATCH({ COMMON + CAP_LEN, 0x4001, 4 }), .want = BAD },
		{ PATCH({ COMMON + CAP_LEN, 0xffffffff, 4 }), .want = BAD },
		{ PATCH({ COMMON + CAP_LEN, 0xfffff000, 4 }, { COMMON + CAP_OFF, 0x1000, 4 }),
		  .want = BAD },
		{ PATCH({ NOTIFY + CAP_LEN, 0, 4 }), .want = BAD },
		{ PATCH({ NOTIFY + CAP_LEN, 1, 4 }), .want = BAD },
		{ PATCH({ NOTIFY + CAP_LEN, 0x1001, 4 }), .want = BAD },
		{ PATCH({ NOTIFY + CAP_LEN, 0xffffffff, 4 }), .want = BAD },
		/* 50 */
		{ PATCH({ NOTIFY + CAP_LEN, 0xffffd000, 4 }), .want = BAD },
		/* A capability that runs out of configuration space. */
		{ PATCH({ DEVICE + CAP_NEXT, 0xf4, 1 }, { 0xf4, 0x09, 1 }, { 0xf7, 1, 1 }),
		  .want = BAD },
		{ PATCH({ DEVICE + CAP_NEXT, 0xfc, 1 }, { 0xfc, 0x09, 1 }), .want = BAD },
		{ PATCH({ MACHINE_CAP_CFG + CAP_NEXT, 0xf0, 1 }, { 0xf0, 0x09, 1 }, { 0xf3, 2, 1 }),
		  .want = BAD },
		{ PATCH({ 0x34, 0xf8, 1 }, { 0xf8, 0x11, 1 }, { 0xf9, MACHINE_CAP_CFG, 1 }),
		  .want = BAD },
		{ PATCH({ 0x34, 0xfc, 1 }, { 0xfc, 0x11, 1 }, { 0xfd, MACHINE_CAP_CFG, 1 }),
		  .want = BAD },
		/* MSI-X table */
		{ PATCH({ MSIX + 4, 6, 4 }), .want = BAD },
		/* 60 */
		{ PATCH({ MSIX + 4, 7, 4 }), .want = BAD },
		{ PATCH({ MSIX + 4, 5, 4 }), .want = BAD },
		{ PATCH({ MSIX + 4, 0, 4 }), .want = BAD },
		{ PATCH({ MSIX + 4, 0x1000 | 1, 4 }), .want = BAD },
		{ PATCH({ MSIX + 4, 0xfe0 | 1, 4 }), .want = BAD },
		{ PATCH({ MSIX + 4, 0xfffffff0 | 1, 4 }), .want = BAD },
		{ PATCH({ MSIX + 2, 0x7ff, 2 }), .want = BAD },
		{ PATCH({ MSIX + 2, 0x100, 2 }), .want = BAD },
		{ PATCH({ MSIX + 2, 0xf8ff, 2 }, { MSIX + 4, 0x010 | 1, 4 }), .want = BAD },
	};

	(void)state;
	run_rows(rows, ARRAY_SIZE(rows));
}

static void test_registers(void **state)
{
	static const struct row rows[] = {
		/* Status: never reset, FEATURES_OK withdrawn */
		{ LIE(SAYS(STATUS, 0x07)), .want = BAD },
		{ LIE(SAYS(STATUS, 0xff)), .want = BAD },
		{ LIE(SAYS(STATUS, 0x01)), .want = BAD },
		{ LIE(SAYS(STATUS, 0x80)), .want = BAD },
		{ LIE(SAYS(STATUS, 0x03, .skip = 1)), .want = FEATURES },
		{ LIE(SAYS(STATUS, 0x00, .skip = 1)), .want = FEATURES },
		{ LIE(SAYS(STATUS, 0xf7, .skip = 1)), .want = FEATURES },
		{ LIE(SAYS(STATUS, 0x00, .mask = 0x08)), .want = FEATURES },
		/* Each feature is missing in turn; the two halves come in two reads. */
		{ LIE(SAYS(FEATURE, 0, .mask = 1U << 29, .times = 1)), .want = FEATURES },
		{ LIE(SAYS(FEATURE, 0, .mask = 1, .skip = 1, .times = 1)), .want = FEATURES },
		/* 10 */
		{ LIE(SAYS(FEATURE, 0, .mask = 2, .skip = 1, .times = 1)), .want = FEATURES },
		{ LIE(SAYS(FEATURE, 0)), .want = FEATURES },
		{ LIE(SAYS(FEATURE, ~0U, .times = 1),
		      SAYS(FEATURE, 0, .skip = 1)), .want = FEATURES },
		/* Too few queues */
		{ LIE(SAYS(NUM_QUEUES, 0)), .want = QUEUES },
		{ LIE(SAYS(NUM_QUEUES, 3)), .want = QUEUES },
		/* Too small, the first, the last, all */
		{ LIE(SAYS(SIZE, 0)), .want = QUEUES },
		{ LIE(SAYS(SIZE, QUEUE_NUM - 1, .times = 1)), .want = QUEUES },
		{ LIE(SAYS(SIZE, QUEUE_NUM / 2, .skip = 3, .times = 1)), .want = QUEUES },
		/* 20 */
		{ LIE(SAYS(SIZE, 1)), .want = QUEUES },
		/* The message is refused, for the configuration or a queue. */
		{ LIE(SAYS(CONFIG_VECTOR, 0xffff)), .want = BAD },
		{ LIE(SAYS(CONFIG_VECTOR, 1)), .want = BAD },
		{ LIE(SAYS(VECTOR, 0xffff)), .want = QUEUES },
		{ LIE(SAYS(VECTOR, 0xffff, .skip = 3)), .want = QUEUES },
		{ LIE(SAYS(VECTOR, 2)), .want = QUEUES },
		/* Doorbells outside of their block, or at an odd address */
		{ LIE(SAYS(NOTIFY_OFF, 0x400)), .want = BAD },
		{ LIE(SAYS(NOTIFY_OFF, 0xffff)), .want = BAD },
		{ LIE(SAYS(NOTIFY_OFF, 0x400, .skip = 3)), .want = BAD },
		{ PATCH({ NOTIFY + CAP_MULT, 0xffffffff, 4 }), .want = BAD },
		/* 30 */
		{ PATCH({ NOTIFY + CAP_MULT, 0xffff0000, 4 }), .want = BAD },
		{ PATCH({ NOTIFY + CAP_MULT, 0x80000000, 4 }), .want = BAD },
		{ PATCH({ NOTIFY + CAP_MULT, 0x40000000, 4 }),
		  LIE(SAYS(NOTIFY_OFF, 4)), .want = BAD },
		{ PATCH({ NOTIFY + CAP_MULT, 0x10000, 4 }),
		  LIE(SAYS(NOTIFY_OFF, 0xffff)), .want = BAD },
		{ PATCH({ NOTIFY + CAP_MULT, 0x1000, 4 }), .want = BAD },
		{ PATCH({ NOTIFY + CAP_MULT, 1, 4 }), .want = BAD },
		{ PATCH({ NOTIFY + CAP_MULT, 0xfff, 4 }), .want = BAD },
		{ PATCH({ NOTIFY + CAP_LEN, 13, 4 }), .want = BAD },
		{ PATCH({ NOTIFY + CAP_LEN, 2, 4 }), .want = BAD },
	};

	(void)state;
	run_rows(rows, ARRAY_SIZE(rows));
}

/*
 * Configuration space that changes between two reads of the same place: what
 * was judged is what is used, or the vault ends. The lie begins at any read.
 */
static void test_answers_that_change(void **state)
{
	static const struct { u32 off, value; } rows[] = {
		{ COMMON, 0 },
		{ COMMON + CAP_BAR, 0xff },
		{ COMMON + CAP_OFF, 0xfffffffc },
		{ COMMON + CAP_LEN, 0xffffffff },
		{ DEVICE, 0x40 << 8 | 9 },
		{ NOTIFY + CAP_OFF, 0xfffffffc },
		{ NOTIFY, 0xfc09 },
		{ NOTIFY + CAP_BAR, 5 },
		{ NOTIFY + CAP_LEN, 0xffffffff },
		{ NOTIFY + CAP_MULT, 0xffffffff },
		/* 10 */
		{ MSIX, 0x07ff0011 },
		{ MSIX + 4, 0xfffffff8 },
		{ 0x04, 0 },
		{ 0x10 + 4 * MACHINE_BAR_MSIX, 0xffffffff },
		{ 0x10 + 4 * MACHINE_BAR, 0xfffffffd },
		{ 0x10 + 4 * MACHINE_BAR, 0 },
	};
	u32 i, skip;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		for (skip = 0; skip < 8; skip++) {
			struct row row = { LIE({ .space = MACHINE_CFG, .off = rows[i].off,
						 .value = rows[i].value, .skip = skip }) };
			static struct attached a;
			enum sv_death death = attach_row(&a, &row);

			assert_row(i, death == SV_DEATH_NONE || death == BAD);
			if (world_violation()[0])
				fail_msg("row %u, skip %u: %s", i, skip, world_violation());
		}
}

static void test_is_running(void **state)
{
	static const struct { u8 status; bool want; } rows[] = {
		{ 0x0f, true },
		{ 0x04, true },
		{ 0x3f, true },
		{ 0x00, false },
		{ 0x0b, false },
		{ 0x4f, false },	/* needs a reset */
		{ 0x8f, false },	/* failed */
		{ 0xcf, false },
		{ 0xff, false },
		{ 0x40, false },
	};
	static const struct row good;
	static struct attached a;
	u32 i;

	(void)state;
	assert_int_equal(attach_row(&a, &good), SV_DEATH_NONE);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		machine.status = rows[i].status;
		assert_row(i, sv_virtio_is_running(&a.virtio) == rows[i].want);
	}
}

static void take_message(void *arg)
{
	*(struct sv_idle_message *)arg = sv_idle_message();
}

/* The address of the local APIC must fit into a message. */
static void test_message(void **state)
{
	static const struct { u64 id; enum sv_death want; u64 addr; } rows[] = {
		{ 0, SV_DEATH_NONE, 0xfee00000 },
		{ 1, SV_DEATH_NONE, 0xfee01000 },
		{ 0xfe, SV_DEATH_NONE, 0xfeefe000 },
		{ 0xff, SV_DEATH_CPU, 0 },		/* broadcast */
		{ 0x100, SV_DEATH_CPU, 0 },
		{ 0x1000, SV_DEATH_CPU, 0 },
		{ 0xffffffff, SV_DEATH_CPU, 0 },
		{ 0x100000000, SV_DEATH_CPU, 0 },
		{ ~0ULL, SV_DEATH_CPU, 0 },
	};
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct sv_idle_message m = { .addr = 0 };

		world_reset();
		machine.apic_id = rows[i].id;
		assert_row(i, world_run(take_message, &m) == rows[i].want);
		assert_row(i, m.addr == rows[i].addr);
		assert_row(i, rows[i].want || m.data == SV_VECTOR_WAKE);
	}
}

/* Whatever a firmware or a reset has left open, nothing is when interrupts may come. */
static void test_idle_init(void **state)
{
	u32 lvt;

	(void)state;
	world_reset();
	for (lvt = 0x32; lvt <= 0x37; lvt++)
		machine.apic[lvt] = 0x700;
	sv_idle_init();
	assert_true(machine.apic_base == 0xfee00d00);
	for (lvt = 0x32; lvt <= 0x37; lvt++)
		assert_row(lvt, machine.apic[lvt] == 0x10000);
	assert_true(machine.apic[0x0f] == 0x1ff);
	assert_string_equal(world_violation(), "");
}

/* The interrupt's stub in entry.S, for which test_wake.c is the test. */
extern u64 sv_wake_count;
extern bool sv_idle_asleep;

static void wake(void)
{
	assert_true(sv_idle_asleep);
	sv_wake_count++;
}

static void wake_twice(void)
{
	wake();
	wake();
}

/* A wake-up is acknowledged once, and nothing is when none came. */
static void test_idle_wait(void **state)
{
	static const struct { void (*sleep)(void); u32 nr_wakes; } rows[] = {
		{ wake, 1 }, { NULL, 0 }, { wake_twice, 2 }, { wake, 1 }, { NULL, 0 },
	};
	u64 before, accesses;
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		world_reset();
		machine.apic[0x0b] = ~0ULL;
		before = sv_idle_nr_wakes();
		accesses = machine.nr_accesses;
		world_sleep = rows[i].sleep;
		sv_idle_wait();
		world_sleep = NULL;
		assert_row(i, sv_idle_nr_wakes() - before == rows[i].nr_wakes);
		assert_row(i, machine.apic[0x0b] == (rows[i].sleep ? 0 : ~0ULL));
		assert_row(i, machine.nr_accesses - accesses == !!rows[i].sleep);
		assert_row(i, !sv_idle_asleep && !world_violation()[0]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_device),
		cmocka_unit_test(test_odd_devices),
		cmocka_unit_test(test_capabilities),
		cmocka_unit_test(test_registers),
		cmocka_unit_test(test_answers_that_change),
		cmocka_unit_test(test_is_running),
		cmocka_unit_test(test_message),
		cmocka_unit_test(test_idle_init),
		cmocka_unit_test(test_idle_wait),
	};

	return cmocka_run_group_tests_name("virtio", tests, NULL, NULL);
}

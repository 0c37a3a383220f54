// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The vault's PCI and virtio code on a machine that lies: the configuration
 * space is changed by the input beforehand, and any answer while the vault
 * looks at it. Whatever comes of it, nothing outside the BARs is touched.
 */
#include "lib_fuzz.h"

#include "lib_machine.h"
#include "lib_world.h"
#include "plat/die.h"
#include "plat/idle.h"
#include "plat/virtio.h"

#include <sevault/wire.h>

#include <stdio.h>

enum {
	NR_QUEUES = 4,
	QUEUE_NUM = 64,
	MAX_PATCHES = 16,
	MAX_ANSWERS = 1000,	/* then all is zero: a wait for the reset ends */
};

static u32 nr_answers;

static u32 lie(enum machine_space space, u32 off, u32 truth)
{
	(void)space;
	(void)off;
	if (++nr_answers > MAX_ANSWERS)
		return 0;
	if (fuzz_is_over() || fuzz_u8() < 0xf0)
		return truth;
	switch (fuzz_below(4)) {
	case 0:
		return fuzz_u32();
	case 1:
		return truth ^ 1U << fuzz_below(32);
	case 2:
		return ~0U;
	default:
		return truth + 1;
	}
}

/* All bits of the upper half of a 64-bit BAR are address: 0 makes it 0. */
static void spoil_bars(void)
{
	static const u32 flags[] = { 0x0, 0x4, 0x8, 0xc, 0x1, 0x2, 0x6 };
	bool is_upper = false;
	u32 i, f;

	for (i = 0; i < MACHINE_NR_BARS; i++) {
		f = machine.function[0].cfg[0x10 + 4 * i];
		if (fuzz_u8() >= 0xc0) {
			f = flags[fuzz_below(ARRAY_SIZE(flags))];
			machine_set_bar(i, fuzz_u8() & 1 ? fuzz_u32() : ~0U << fuzz_below(32), f);
		}
		if (is_upper)
			machine_set_bar(i, machine.function[0].bar_mask[i], 0);
		is_upper = !is_upper && f & 4;
	}
}

/* From the vendor's id to the last capability, most often one byte. */
static void spoil_config(void)
{
	u32 i, nr = fuzz_below(MAX_PATCHES);

	for (i = 0; i < nr; i++)
		if (fuzz_u8() & 1)
			machine_patch(0x34 + fuzz_below(0x100 - 0x34), fuzz_u8(), 1);
		else
			machine_patch(0x40 + 4 * fuzz_below(0x30), fuzz_u32(), 4);
}

static void check(enum sv_death death)
{
	if (death)
		sv_die(death);
}

/* The vault's boot. */
static void attach(void *arg)
{
	struct sv_virtio *v = arg;
	struct sv_virtio_queue q = {
		.desc_gpa = SV_WINDOW_GPA,
		.avail_gpa = SV_WINDOW_GPA + 0x1000,
		.used_gpa = SV_WINDOW_GPA + 0x2000,
		.num = QUEUE_NUM,
	};
	u64 doorbell[NR_QUEUES];
	unsigned int i;

	check(sv_virtio_init(v, SV_VIRTIO_ID, SV_VIRTIO_FEATURES));
	if (sv_virtio_nr_queues(v) < NR_QUEUES)
		sv_die(SV_DEATH_QUEUES);
	check(sv_virtio_set_message(v, 0xfee00000, 0x40));
	for (i = 0; i < NR_QUEUES; i++)
		check(sv_virtio_set_queue(v, (u16)i, &q, &doorbell[i]));
	sv_virtio_start(v);
	for (i = 0; i < NR_QUEUES; i++)
		sv_virtio_kick(doorbell[i], (u16)i);
	if (!sv_virtio_is_running(v))
		sv_die(SV_DEATH_DEVICE_RESET);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	struct sv_virtio virtio;
	enum sv_death death;

	fuzz_start(data, len);
	world_reset();
	nr_answers = 0;
	spoil_bars();
	spoil_config();
	machine.answer = lie;
	death = world_run(attach, &virtio);
	if (world_violation()[0])
		fprintf(stderr, "%s\n", world_violation());
	fuzz_assert(!world_violation()[0], "the vault left its BARs");
	fuzz_assert(death == SV_DEATH_NONE || (death >= SV_DEATH_NO_DEVICE &&
					       death <= SV_DEATH_DEVICE_RESET), "odd death");
	return 0;
}

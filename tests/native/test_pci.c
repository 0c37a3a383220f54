// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The vault's PCI code against a hostile configuration space. */
#include "lib_test.h"
#include "lib_machine.h"

#include "plat/layout.h"
#include "plat/pci.h"

enum { VENDOR = 0x1af4, DEVICE = 0x1053 };

static void find(struct sv_pci_dev *dev)
{
	machine_reset();
	assert_int_equal(sv_pci_find(dev, VENDOR, DEVICE), SV_DEATH_NONE);
}

static void test_find(void **state)
{
	static const struct {
		u32 nr;
		u16 bdf[MACHINE_MAX_FUNCTIONS];
		u32 id[MACHINE_MAX_FUNCTIONS];
		enum sv_death want;
		u16 at;
	} rows[] = {
		{ 1, { 0x08 }, { 0x10531af4 }, SV_DEATH_NONE, 0x08 },
		{ 1, { 0x00 }, { 0x10531af4 }, SV_DEATH_NONE, 0x00 },
		{ 1, { 0xff }, { 0x10531af4 }, SV_DEATH_NONE, 0xff },
		{ 3, { 0x10, 0x00, 0x18 }, { 0x29c08086, 0x10531af4, 0x10411af4 },
		  SV_DEATH_NONE, 0x00 },
		{ 0, { 0 }, { 0 }, SV_DEATH_NO_DEVICE, 0 },
		{ 1, { 0x08 }, { 0x10531af5 }, SV_DEATH_NO_DEVICE, 0 },
		{ 1, { 0x08 }, { 0x10551af4 }, SV_DEATH_NO_DEVICE, 0 },
		{ 1, { 0x08 }, { 0x1af41053 }, SV_DEATH_NO_DEVICE, 0 },
		{ 1, { 0x08 }, { 0x00141af4 }, SV_DEATH_NO_DEVICE, 0 },
		{ 1, { 0x08 }, { 0x10140000 }, SV_DEATH_NO_DEVICE, 0 },
		{ 1, { 0x08 }, { 0x00000000 }, SV_DEATH_NO_DEVICE, 0 },
		{ 1, { 0x08 }, { 0xffffffff }, SV_DEATH_NO_DEVICE, 0 },
		{ 1, { 0x100 }, { 0x10531af4 }, SV_DEATH_NO_DEVICE, 0 },
		{ 2, { 0x08, 0x10 }, { 0x10531af4, 0x10531af4 }, SV_DEATH_MANY_DEVICES, 0 },
		{ 2, { 0x08, 0x09 }, { 0x10531af4, 0x10531af4 }, SV_DEATH_MANY_DEVICES, 0 },
		{ 2, { 0x00, 0xff }, { 0x10531af4, 0x10531af4 }, SV_DEATH_MANY_DEVICES, 0 },
		{ 3, { 0x01, 0x02, 0x03 }, { 0x10531af4, 0x10531af4, 0x10531af4 },
		  SV_DEATH_MANY_DEVICES, 0 },
	};
	u32 i, f;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct sv_pci_dev dev = { .bdf = 0xeeee };

		machine_reset();
		machine.nr_functions = rows[i].nr;
		for (f = 0; f < rows[i].nr; f++) {
			machine.function[f].bdf = rows[i].bdf[f];
			memcpy(machine.function[f].cfg, &rows[i].id[f], 4);
		}
		assert_row(i, sv_pci_find(&dev, VENDOR, DEVICE) == rows[i].want);
		assert_row(i, rows[i].want || dev.bdf == rows[i].at);
		assert_row(i, !machine.violation[0]);
	}
}

static void test_read_widths(void **state)
{
	struct sv_pci_dev dev;
	u32 i;

	(void)state;
	find(&dev);
	for (i = 0; i < 64; i++)
		machine_patch(0xc0 + i, 0xa0 + i, 1);
	for (i = 0; i < 64; i++)
		assert_row(i, sv_pci_read8(&dev, (u8)(0xc0 + i)) == 0xa0 + i);
	for (i = 0; i < 64; i += 2)
		assert_row(i, sv_pci_read16(&dev, (u8)(0xc0 + i)) == 0xa1a0 + 0x0101 * i);
	for (i = 0; i < 64; i += 4)
		assert_row(i, sv_pci_read32(&dev, (u8)(0xc0 + i)) == 0xa3a2a1a0 + 0x01010101 * i);
	assert_string_equal(machine.violation, "");
}

/* One BAR; it is placed at @pa, or refused where @len is 0. */
static void test_one_bar(void **state)
{
	static const struct { u32 index, mask, flags; u32 len, pa; } rows[] = {
		{ 0, 0xfffff000, 0x0, 0x1000, SV_MMIO_PA },
		{ 5, 0xfffff000, 0x0, 0x1000, SV_MMIO_PA },
		{ 0, 0xfffff000, 0x8, 0x1000, SV_MMIO_PA },	/* prefetchable */
		{ 0, 0xffffc000, 0x4, 0x4000, SV_MMIO_PA },	/* 64 bits */
		{ 4, 0xffffc000, 0xc, 0x4000, SV_MMIO_PA },
		{ 0, 0xffff0000, 0x0, 0x10000, SV_MMIO_PA },	/* all of the aperture */
		{ 0, 0xfffffff0, 0x0, 0x10, SV_MMIO_PA },	/* the smallest */

		{ 0, 0xfffffff0, 0x1, 0, 0 },			/* ports */
		{ 0, 0xfffffffc, 0x1, 0, 0 },
		{ 4, 0xfffff000, 0x1, 0, 0 },
		{ 0, 0xfffff000, 0x2, 0, 0 },			/* below 1 MiB */
		{ 0, 0xfffff000, 0x6, 0, 0 },			/* reserved type */
		{ 5, 0xfffff000, 0x4, 0, 0 },			/* 64 bits, no room for them */
		{ 5, 0xfffff000, 0xc, 0, 0 },
		{ 0, 0x00000000, 0x0, 0, 0 },			/* not there */
		{ 0, 0x00000000, 0x4, 0, 0 },
		{ 0, 0x00000000, 0x8, 0, 0 },
		{ 0, 0xfffe0000, 0x0, 0, 0 },			/* too large */
		{ 0, 0xfff00000, 0x0, 0, 0 },
		{ 0, 0x80000000, 0x0, 0, 0 },
		{ 0, 0x80000000, 0xc, 0, 0 },
		{ 0, 0xfff0f000, 0x0, 0, 0 },			/* no power of two */
		{ 0, 0xfffeff00, 0x0, 0, 0 },
		{ 0, 0xfffffe80, 0x0, 0, 0 },
		{ 0, 0x7ffff000, 0x0, 0, 0 },
		{ 0, 0x00001000, 0x0, 0, 0 },
		{ 0, 0x00000010, 0x0, 0, 0 },
		{ 0, 0x55555550, 0x0, 0, 0 },
		{ 6, 0xfffff000, 0x0, 0, 0 },			/* no such BAR */
		{ 7, 0xfffff000, 0x0, 0, 0 },
		{ 255, 0xfffff000, 0x0, 0, 0 },
		{ 0x40000000, 0xfffff000, 0x0, 0, 0 },
		{ 0xffffffff, 0xfffff000, 0x0, 0, 0 },
	};
	u32 i, n;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const u32 index = rows[i].index;
		struct sv_pci_dev dev;

		find(&dev);
		for (n = 0; n < MACHINE_NR_BARS; n++)
			machine_set_bar(n, 0, 0);
		if (index < MACHINE_NR_BARS) {
			machine_set_bar(index, rows[i].mask, rows[i].flags);
			machine.function[0].bar_mask[index] = rows[i].mask;
		}
		assert_row(i, sv_pci_place_bar(&dev, index) == !!rows[i].len);
		if (rows[i].len) {
			assert_row(i, dev.bar[index].pa == rows[i].pa);
			assert_row(i, dev.bar[index].len == rows[i].len);
			sv_pci_enable(&dev);
		}
		assert_row(i, !machine.violation[0]);
	}
}

/*
 * Several BARs, in the order of the row; the last one is refused where
 * @last_fits is false. Each has pages of its own, and is placed once.
 */
static void test_many_bars(void **state)
{
	static const struct {
		u32 mask[MACHINE_NR_BARS], flags[MACHINE_NR_BARS];
		u32 nr, index[4];
		bool last_fits;
	} rows[] = {
		{ { 0, 0xfffff000, 0, 0, 0xffffc000, ~0U }, { [4] = 0xc }, 2, { 1, 4 }, true },
		{ { 0, 0xfffff000, 0, 0, 0xffffc000, ~0U }, { [4] = 0xc }, 2, { 4, 1 }, true },
		{ { 0xfffff000, 0xfffff000, 0xfffffff0 }, { 0 }, 3, { 2, 0, 1 }, true },
		{ { 0xffff8000, 0xffff8000 }, { 0 }, 2, { 0, 1 }, true },
		{ { 0xffff8000, 0xffff8000 }, { 0 }, 4, { 0, 1, 0, 1 }, true },

		{ { 0xffff8000, 0xffff8000, 0xfffff000 }, { 0 }, 3, { 0, 1, 2 }, false },
		{ { 0xffff0000, 0xfffffff0 }, { 0 }, 2, { 0, 1 }, false },
		{ { 0xfffffff0, 0xffff0000 }, { 0 }, 2, { 0, 1 }, false },
		{ { 0xfffff000, 0xffff8000, 0xffff8000 }, { 0 }, 3, { 0, 1, 2 }, false },
		/* The upper half of a 64-bit BAR is no BAR, whatever it looks like. */
		{ { 0xfffff000, 0xfffff000 }, { 0x4 }, 2, { 0, 1 }, false },
		{ { [4] = 0xffffc000, [5] = 0xfffff000 }, { [4] = 0xc }, 2, { 4, 5 }, false },
		{ { 0xfffff000, 0xfffff000 }, { 0x4 }, 2, { 1, 0 }, false },
		{ { [4] = 0xffffc000, [5] = 0xfffff000 }, { [4] = 0xc }, 2, { 5, 4 }, false },
	};
	u32 i, n;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct sv_pci_dev dev;

		find(&dev);
		for (n = 0; n < MACHINE_NR_BARS; n++)
			machine_set_bar(n, rows[i].mask[n], rows[i].flags[n]);
		for (n = 0; n + 1 < rows[i].nr; n++)
			assert_row(i, sv_pci_place_bar(&dev, rows[i].index[n]));
		assert_row(i, sv_pci_place_bar(&dev, rows[i].index[n]) == rows[i].last_fits);
		if (rows[i].last_fits)
			sv_pci_enable(&dev);
		assert_row(i, !machine.violation[0]);
	}
}

/*
 * Bytes of configuration space, and where the capabilities with id 9 are found
 * in it. Every walk ends, after as many reads as the budget allows.
 */
static void test_capability_walk(void **state)
{
	static const struct {
		struct { u8 at, id, next; } cap[4];
		u8 first;
		bool no_list;
		u8 want[4];
		u32 budget;
	} rows[] = {
		{ { { 0x40, 9, 0x50 }, { 0x50, 9, 0 } }, 0x40, false, { 0x40, 0x50 }, 48 },
		{ { { 0x40, 5, 0x50 }, { 0x50, 9, 0 } }, 0x40, false, { 0x50 }, 48 },
		{ { { 0x40, 9, 0x50 }, { 0x50, 5, 0 } }, 0x40, false, { 0x40 }, 48 },
		{ { { 0xfc, 9, 0x40 }, { 0x40, 9, 0 } }, 0xfc, false, { 0xfc, 0x40 }, 48 },
		/* The two lowest bits of a pointer count for nothing. */
		{ { { 0x40, 9, 0x53 }, { 0x50, 9, 3 } }, 0x42, false, { 0x40, 0x50 }, 48 },

		{ { { 0x40, 9, 0 } }, 0x40, true, { 0 }, 48 },	/* no list */
		{ { { 0x40, 9, 0 } }, 0, false, { 0 }, 48 },
		{ { { 0x3c, 9, 0 } }, 0x3c, false, { 0 }, 48 },	/* inside the header */
		{ { { 0x04, 9, 0 } }, 0x04, false, { 0 }, 48 },
		{ { { 0x40, 9, 0x3c }, { 0x3c, 9, 0 } }, 0x40, false, { 0x40 }, 48 },
		{ { { 0x40, 5, 0x3c }, { 0x3c, 9, 0 } }, 0x40, false, { 0 }, 48 },
		{ { { 0x40, 5, 0x40 } }, 0x40, false, { 0 }, 48 },	/* loops */
		{ { { 0x40, 5, 0x50 }, { 0x50, 5, 0x40 } }, 0x40, false, { 0 }, 48 },
		{ { { 0x40, 5, 0x50 }, { 0x50, 5, 0x50 } }, 0x40, false, { 0 }, 48 },
		{ { { 0xfc, 5, 0xff } }, 0xff, false, { 0 }, 48 },
		{ { { 0x40, 9, 0x40 } }, 0x40, false, { 0x40, 0x40, 0x40 }, 3 },
		{ { { 0x40, 5, 0x50 }, { 0x50, 9, 0 } }, 0x40, false, { 0 }, 1 },
		{ { { 0x40, 9, 0 } }, 0x40, false, { 0 }, 0 },
	};
	u32 i, n, budget;
	u8 pos;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct sv_pci_dev dev;

		find(&dev);
		memset(machine.function[0].cfg + 0x40, 0, 0xc0);
		machine_patch(0x34, rows[i].first, 1);
		machine_patch(0x06, rows[i].no_list ? 0 : 0x10, 2);
		for (n = 0; n < 4 && rows[i].cap[n].at; n++) {
			machine_patch(rows[i].cap[n].at, rows[i].cap[n].id, 1);
			machine_patch(rows[i].cap[n].at + 1U, rows[i].cap[n].next, 1);
		}
		budget = rows[i].budget;
		for (n = 0, pos = 0; !n || pos; n++) {
			pos = sv_pci_next_cap(&dev, 9, pos, &budget);
			assert_row(i, n < 4 && pos == rows[i].want[n]);
		}
		assert_row(i, machine.nr_accesses <= 2 * 256 + 4 + 4 * rows[i].budget + 4 * 2);
		assert_row(i, !machine.violation[0]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_read_widths),
		cmocka_unit_test(test_one_bar),
		cmocka_unit_test(test_many_bars),
		cmocka_unit_test(test_capability_walk),
	};

	return cmocka_run_group_tests_name("pci", tests, NULL, NULL);
}

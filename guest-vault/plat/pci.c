// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "pci.h"

#include <io.h>
#include "layout.h"

/* PCI Local Bus 3.0: sections 3.2.2.3.2 (mechanism #1), 6.1, 6.2.5, 6.7. */
enum {
	PORT_ADDR = 0xcf8,
	PORT_DATA = 0xcfc,
	NR_FUNCTIONS = 256,	/* of bus 0 */

	REG_ID = 0x00,
	REG_COMMAND = 0x04,
	REG_BAR0 = 0x10,
	REG_CAP_POINTER = 0x34,
	COMMAND_MEM = 1 << 1,
	COMMAND_MASTER = 1 << 2,
	COMMAND_INTX_OFF = 1 << 10,
	STATUS_CAP_LIST = 1 << 20,	/* status is the upper half of REG_COMMAND */

	BAR_IO = 1 << 0,
	BAR_TYPE = 3 << 1,
	BAR_TYPE_64 = 2 << 1,
};

#define ADDR_ENABLE 0x80000000U
#define BAR_FLAGS 0xfU

u32 sv_pci_read32(const struct sv_pci_dev *dev, u8 off)
{
	sv_io_out32(PORT_ADDR, ADDR_ENABLE | (u32)dev->bdf << 8 | (off & 0xfc));
	return sv_io_in32(PORT_DATA);
}

u16 sv_pci_read16(const struct sv_pci_dev *dev, u8 off)
{
	return (u16)(sv_pci_read32(dev, off) >> 8 * (off & 2));
}

u8 sv_pci_read8(const struct sv_pci_dev *dev, u8 off)
{
	return (u8)(sv_pci_read32(dev, off) >> 8 * (off & 3));
}

void sv_pci_write32(const struct sv_pci_dev *dev, u8 off, u32 v)
{
	sv_io_out32(PORT_ADDR, ADDR_ENABLE | (u32)dev->bdf << 8 | (off & 0xfc));
	sv_io_out32(PORT_DATA, v);
}

enum sv_death sv_pci_find(struct sv_pci_dev *dev, u16 vendor, u16 device)
{
	u32 want = (u32)device << 16 | vendor;
	struct sv_pci_dev at = { .next_pa = SV_MMIO_PA };
	u32 bdf, nr = 0;

	for (bdf = 0; bdf < NR_FUNCTIONS; bdf++) {
		at.bdf = (u16)bdf;
		if (sv_pci_read32(&at, REG_ID) != want)
			continue;
		nr++;
		*dev = at;
	}
	if (!nr)
		return SV_DEATH_NO_DEVICE;
	return nr == 1 ? SV_DEATH_NONE : SV_DEATH_MANY_DEVICES;
}

/*
 * SECURITY: the device says how large its BAR is. The size is taken only if
 * it is a power of two that still fits into the aperture, which is all of
 * the device space that the page tables map. The upper half of a 64-bit BAR is
 * no BAR by itself: as one it would move what was placed.
 */
bool sv_pci_place_bar(struct sv_pci_dev *dev, u32 index)
{
	u32 low, size, type, halves = 1;
	u64 pa;
	u8 off;

	if (index >= SV_PCI_NR_BARS)
		return false;
	if (dev->bar[index].len)
		return true;
	if (dev->taken >> index & 1)
		return false;
	off = (u8)(REG_BAR0 + 4 * index);
	sv_pci_write32(dev, off, 0xffffffff);
	low = sv_pci_read32(dev, off);
	type = low & BAR_TYPE;
	if (low & BAR_IO || (type && type != BAR_TYPE_64) ||
	    (type == BAR_TYPE_64 && index == SV_PCI_NR_BARS - 1))
		return false;
	if (type == BAR_TYPE_64)
		halves |= 2;
	if (dev->taken & halves << index)
		return false;
	size = ~(low & ~BAR_FLAGS) + 1;
	if (size < 16 || size & (size - 1) || size > SV_MMIO_LEN)
		return false;
	pa = (dev->next_pa + size - 1) & ~((u64)size - 1);
	if (pa + size > SV_MMIO_PA + (u64)SV_MMIO_LEN)
		return false;
	sv_pci_write32(dev, off, (u32)pa);
	if (type == BAR_TYPE_64)
		sv_pci_write32(dev, (u8)(off + 4), 0);
	/* No two BARs share a page. */
	dev->next_pa = (pa + size + SV_PAGE_LEN - 1) & ~(u64)(SV_PAGE_LEN - 1);
	dev->bar[index].pa = pa;
	dev->bar[index].len = size;
	dev->taken |= halves << index;
	return true;
}

void sv_pci_enable(const struct sv_pci_dev *dev)
{
	sv_pci_write32(dev, REG_COMMAND,
		       COMMAND_MEM | COMMAND_MASTER | COMMAND_INTX_OFF);
}

u8 sv_pci_next_cap(const struct sv_pci_dev *dev, u8 id, u8 pos, u32 *budget)
{
	if (!pos) {
		if (!(sv_pci_read32(dev, REG_COMMAND) & STATUS_CAP_LIST))
			return 0;
		pos = sv_pci_read8(dev, REG_CAP_POINTER);
	} else {
		pos = sv_pci_read8(dev, (u8)(pos + 1));
	}
	while (*budget) {
		(*budget)--;
		pos &= 0xfc;
		if (pos < SV_PCI_CAP_MIN)
			return 0;
		if (sv_pci_read8(dev, pos) == id)
			return pos;
		pos = sv_pci_read8(dev, (u8)(pos + 1));
	}
	return 0;
}

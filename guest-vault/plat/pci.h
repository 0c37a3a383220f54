/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Just enough PCI to bring up one function on bus 0 without a BIOS. All that
 * is read here comes from the host and may be hostile.
 */
#ifndef PLAT_PCI_H
#define PLAT_PCI_H

#include <port.h>
#include <sevault/death.h>

enum {
	SV_PCI_CAP_VENDOR = 0x09,
	SV_PCI_CAP_MSIX = 0x11,

	SV_PCI_NR_BARS = 6,
	SV_PCI_CAP_MIN = 0x40,	/* capabilities lie behind the header */
	SV_PCI_CAP_MAX = 48,	/* more than fit into configuration space */
};

/*
 * @bdf:     bus, device, function as 16 bits
 * @next_pa: next free address of the aperture for BARs
 * @taken:   bit n: register n belongs to a BAR that was placed
 * @bar:     where a BAR was put; len 0: not placed
 */
struct sv_pci_dev {
	u16 bdf;
	u64 next_pa;
	u32 taken;
	struct sv_pci_bar {
		u64 pa;
		u32 len;
	} bar[SV_PCI_NR_BARS];
};

/*
 * Find the one function on bus 0 with these ids. SV_DEATH_NONE, or
 * SV_DEATH_NO_DEVICE or SV_DEATH_MANY_DEVICES.
 */
enum sv_death __must_check sv_pci_find(struct sv_pci_dev *dev, u16 vendor,
				       u16 device);

/*
 * Place memory BAR @index into the aperture of plat/layout.h unless that was
 * done before. False: no memory BAR, or a size that does not fit.
 */
bool __must_check sv_pci_place_bar(struct sv_pci_dev *dev, u32 index);

/* Let the device decode its BARs and do DMA. After the last place_bar. */
void sv_pci_enable(const struct sv_pci_dev *dev);

/* @off is a multiple of the width and below 256. */
u8 sv_pci_read8(const struct sv_pci_dev *dev, u8 off);
u16 sv_pci_read16(const struct sv_pci_dev *dev, u8 off);
u32 sv_pci_read32(const struct sv_pci_dev *dev, u8 off);
void sv_pci_write32(const struct sv_pci_dev *dev, u8 off, u32 v);

/*
 * Walk the capability list: start with @pos = 0. Returns the offset of the
 * next capability of kind @id behind @pos, 0 at the end of the list. @budget
 * bounds all walks over one list, so that a loop in it ends.
 */
u8 sv_pci_next_cap(const struct sv_pci_dev *dev, u8 id, u8 pos, u32 *budget);

#endif /* PLAT_PCI_H */

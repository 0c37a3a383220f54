// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "virtio.h"

#include <io.h>

/* Virtual I/O Device 1.2, sections 2.1, 4.1.2, 4.1.4; PCI 3.0, section 6.8.2. */
enum {
	PCI_VENDOR = 0x1af4,
	PCI_DEVICE_BASE = 0x1040,

	CAP_CFG_TYPE = 3,	/* offsets in struct virtio_pci_cap */
	CAP_BAR = 4,
	CAP_OFFSET = 8,
	CAP_LENGTH = 12,
	CAP_NOTIFY_MULT = 16,
	CAP_LEN = 16,
	CAP_NOTIFY_LEN = 20,

	TYPE_COMMON = 1,
	TYPE_NOTIFY = 2,

	COMMON_DEVICE_FEATURE_SELECT = 0x00,
	COMMON_DEVICE_FEATURE = 0x04,
	COMMON_DRIVER_FEATURE_SELECT = 0x08,
	COMMON_DRIVER_FEATURE = 0x0c,
	COMMON_CONFIG_MSIX_VECTOR = 0x10,
	COMMON_NUM_QUEUES = 0x12,
	COMMON_STATUS = 0x14,
	COMMON_QUEUE_SELECT = 0x16,
	COMMON_QUEUE_SIZE = 0x18,
	COMMON_QUEUE_MSIX_VECTOR = 0x1a,
	COMMON_QUEUE_ENABLE = 0x1c,
	COMMON_QUEUE_NOTIFY_OFF = 0x1e,
	COMMON_QUEUE_DESC = 0x20,
	COMMON_QUEUE_DRIVER = 0x28,
	COMMON_QUEUE_DEVICE = 0x30,
	COMMON_LEN = 0x38,

	STATUS_ACKNOWLEDGE = 1,
	STATUS_DRIVER = 2,
	STATUS_DRIVER_OK = 4,
	STATUS_FEATURES_OK = 8,
	STATUS_NEEDS_RESET = 64,
	STATUS_FAILED = 128,

	MSIX_CONTROL = 2,
	MSIX_TABLE = 4,
	MSIX_SIZE_MASK = 0x7ff,
	MSIX_ENTRY_LEN = 16,
	MSIX_BIR_MASK = 7,
	MSIX_VECTOR = 0,	/* the one table entry in use */

	RESET_TRIES = 1000000,
};

#define MSIX_ENABLE 0x80000000U	/* in the dword that holds MSIX_CONTROL */
#define MSIX_FUNCTION_MASK 0x40000000U

static u8 read_status(const struct sv_virtio *v)
{
	return sv_mmio_read8(v->common.pa + COMMON_STATUS);
}

static void write_status(struct sv_virtio *v, u8 status)
{
	sv_mmio_write8(v->common.pa + COMMON_STATUS, status);
}

static void write64(u64 pa, u64 value)
{
	sv_mmio_write32(pa, (u32)value);
	sv_mmio_write32(pa + 4, (u32)(value >> 32));
}

/*
 * SECURITY: BAR, offset and length come from the device. The BAR is placed
 * first, which bounds its size; then @offset + @len is held against it in 64
 * bits. All later accesses stay inside the block by its judged length.
 */
static bool take_block(struct sv_virtio *v, struct sv_virtio_block *b, u32 bar,
		       u32 offset, u32 len, u32 min_len)
{
	if (len < min_len || offset & 3 || !sv_pci_place_bar(&v->pci, bar) ||
	    (u64)offset + len > v->pci.bar[bar].len)
		return false;
	b->pa = v->pci.bar[bar].pa + offset;
	b->len = len;
	return true;
}

static bool take_virtio_cap(struct sv_virtio *v, struct sv_virtio_block *b,
			    u8 pos, u32 min_len)
{
	/* A second capability of a type is an alternative to the first. */
	if (b->len)
		return true;
	return take_block(v, b, sv_pci_read8(&v->pci, (u8)(pos + CAP_BAR)),
			  sv_pci_read32(&v->pci, (u8)(pos + CAP_OFFSET)),
			  sv_pci_read32(&v->pci, (u8)(pos + CAP_LENGTH)),
			  min_len);
}

static bool take_notify_cap(struct sv_virtio *v, u8 pos)
{
	if (v->notify.len)
		return true;
	if (pos + CAP_NOTIFY_LEN > 256)
		return false;
	v->notify_mult = sv_pci_read32(&v->pci, (u8)(pos + CAP_NOTIFY_MULT));
	return take_virtio_cap(v, &v->notify, pos, 2);
}

static bool take_virtio_caps(struct sv_virtio *v)
{
	u32 budget = SV_PCI_CAP_MAX;
	bool ok = true;
	u8 pos = 0;

	for (;;) {
		pos = sv_pci_next_cap(&v->pci, SV_PCI_CAP_VENDOR, pos, &budget);
		if (!pos || !ok)
			break;
		if (pos + CAP_LEN > 256)
			return false;
		switch (sv_pci_read8(&v->pci, (u8)(pos + CAP_CFG_TYPE))) {
		case TYPE_COMMON:
			ok = take_virtio_cap(v, &v->common, pos, COMMON_LEN);
			break;
		case TYPE_NOTIFY:
			ok = take_notify_cap(v, pos);
			break;
		}
	}
	return ok && v->common.len && v->notify.len;
}

static bool take_msix(struct sv_virtio *v)
{
	u32 budget = SV_PCI_CAP_MAX, table, nr;
	u8 pos = sv_pci_next_cap(&v->pci, SV_PCI_CAP_MSIX, 0, &budget);

	if (!pos || pos + 12 > 256)
		return false;
	nr = (sv_pci_read16(&v->pci, (u8)(pos + MSIX_CONTROL)) &
	      MSIX_SIZE_MASK) + 1;
	table = sv_pci_read32(&v->pci, (u8)(pos + MSIX_TABLE));
	v->msix_cap = pos;
	return take_block(v, &v->msix, table & MSIX_BIR_MASK,
			  table & ~(u32)MSIX_BIR_MASK, nr * MSIX_ENTRY_LEN,
			  MSIX_ENTRY_LEN);
}

static bool reset(struct sv_virtio *v)
{
	u32 i;

	write_status(v, 0);
	for (i = 0; i < RESET_TRIES; i++)
		if (!read_status(v))
			return true;
	return false;
}

static u64 read_features(const struct sv_virtio *v)
{
	u64 features;

	sv_mmio_write32(v->common.pa + COMMON_DEVICE_FEATURE_SELECT, 0);
	features = sv_mmio_read32(v->common.pa + COMMON_DEVICE_FEATURE);
	sv_mmio_write32(v->common.pa + COMMON_DEVICE_FEATURE_SELECT, 1);
	return features |
	       (u64)sv_mmio_read32(v->common.pa + COMMON_DEVICE_FEATURE) << 32;
}

static void write_features(struct sv_virtio *v, u64 features)
{
	sv_mmio_write32(v->common.pa + COMMON_DRIVER_FEATURE_SELECT, 0);
	sv_mmio_write32(v->common.pa + COMMON_DRIVER_FEATURE, (u32)features);
	sv_mmio_write32(v->common.pa + COMMON_DRIVER_FEATURE_SELECT, 1);
	sv_mmio_write32(v->common.pa + COMMON_DRIVER_FEATURE,
			(u32)(features >> 32));
}

/* What the device offers beyond @features is left unused, as virtio has it. */
static enum sv_death negotiate(struct sv_virtio *v, u64 features)
{
	write_status(v, STATUS_ACKNOWLEDGE);
	write_status(v, STATUS_ACKNOWLEDGE | STATUS_DRIVER);
	if ((read_features(v) & features) != features)
		return SV_DEATH_FEATURES;
	write_features(v, features);
	write_status(v, STATUS_ACKNOWLEDGE | STATUS_DRIVER |
		     STATUS_FEATURES_OK);
	if (!(read_status(v) & STATUS_FEATURES_OK))
		return SV_DEATH_FEATURES;
	return SV_DEATH_NONE;
}

enum sv_death sv_virtio_init(struct sv_virtio *v, u16 id, u64 features)
{
	struct sv_virtio fresh = { .notify_mult = 0 };
	enum sv_death death;

	*v = fresh;
	death = sv_pci_find(&v->pci, PCI_VENDOR, (u16)(PCI_DEVICE_BASE + id));
	if (death)
		return death;
	if (!take_virtio_caps(v) || !take_msix(v))
		return SV_DEATH_BAD_DEVICE;
	sv_pci_enable(&v->pci);
	if (!reset(v))
		return SV_DEATH_BAD_DEVICE;
	return negotiate(v, features);
}

enum sv_death sv_virtio_set_message(struct sv_virtio *v, u64 addr, u32 data)
{
	u64 entry = v->msix.pa + MSIX_VECTOR * MSIX_ENTRY_LEN;
	u32 control = sv_pci_read32(&v->pci, v->msix_cap) &
		      ~MSIX_FUNCTION_MASK;

	write64(entry, addr);
	sv_mmio_write32(entry + 8, data);
	sv_mmio_write32(entry + 12, 0);		/* unmasked */
	sv_pci_write32(&v->pci, v->msix_cap, control | MSIX_ENABLE);
	sv_mmio_write16(v->common.pa + COMMON_CONFIG_MSIX_VECTOR, MSIX_VECTOR);
	if (sv_mmio_read16(v->common.pa + COMMON_CONFIG_MSIX_VECTOR) !=
	    MSIX_VECTOR)
		return SV_DEATH_BAD_DEVICE;
	return SV_DEATH_NONE;
}

u32 sv_virtio_nr_queues(const struct sv_virtio *v)
{
	return sv_mmio_read16(v->common.pa + COMMON_NUM_QUEUES);
}

enum sv_death sv_virtio_set_queue(struct sv_virtio *v, u16 index,
				  const struct sv_virtio_queue *q,
				  u64 *doorbell)
{
	u64 common = v->common.pa, offset;

	sv_mmio_write16(common + COMMON_QUEUE_SELECT, index);
	if (sv_mmio_read16(common + COMMON_QUEUE_SIZE) < q->num)
		return SV_DEATH_QUEUES;
	sv_mmio_write16(common + COMMON_QUEUE_SIZE, q->num);
	sv_mmio_write16(common + COMMON_QUEUE_MSIX_VECTOR, MSIX_VECTOR);
	if (sv_mmio_read16(common + COMMON_QUEUE_MSIX_VECTOR) != MSIX_VECTOR)
		return SV_DEATH_QUEUES;
	/* SECURITY: the doorbell's place is the device's word, within bounds. */
	offset = (u64)sv_mmio_read16(common + COMMON_QUEUE_NOTIFY_OFF) *
		 v->notify_mult;
	if (offset + 2 > v->notify.len || offset & 1)
		return SV_DEATH_BAD_DEVICE;
	*doorbell = v->notify.pa + offset;
	write64(common + COMMON_QUEUE_DESC, q->desc_gpa);
	write64(common + COMMON_QUEUE_DRIVER, q->avail_gpa);
	write64(common + COMMON_QUEUE_DEVICE, q->used_gpa);
	sv_mmio_write16(common + COMMON_QUEUE_ENABLE, 1);
	return SV_DEATH_NONE;
}

void sv_virtio_start(struct sv_virtio *v)
{
	write_status(v, read_status(v) | STATUS_DRIVER_OK);
}

bool sv_virtio_is_running(const struct sv_virtio *v)
{
	u8 status = read_status(v);

	return status & STATUS_DRIVER_OK &&
	       !(status & (STATUS_NEEDS_RESET | STATUS_FAILED));
}

void sv_virtio_kick(u64 doorbell, u16 index)
{
	sv_mmio_write16(doorbell, index);
}

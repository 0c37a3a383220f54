/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Driver side of the virtio 1.2 PCI transport (section 4.1). What the device
 * says is judged here or handed to the caller to judge; functions that return
 * enum sv_death give the reason for which the vault must then end.
 */
#ifndef PLAT_VIRTIO_H
#define PLAT_VIRTIO_H

#include "pci.h"

/* One register block inside a placed BAR. */
struct sv_virtio_block {
	u64 pa;
	u32 len;
};

/*
 * @notify_mult: distance of two doorbells
 * @msix:        the MSI-X table
 */
struct sv_virtio {
	struct sv_pci_dev pci;
	struct sv_virtio_block common;
	struct sv_virtio_block notify;
	struct sv_virtio_block msix;
	u32 notify_mult;
	u8 msix_cap;
};

/* One virtqueue as the driver wants it; guest physical addresses. */
struct sv_virtio_queue {
	u64 desc_gpa;
	u64 avail_gpa;
	u64 used_gpa;
	u16 num;
};

/*
 * Find the device of type @id, judge its capabilities, reset it, and have it
 * accept exactly @features. Its config space has nothing for us.
 */
enum sv_death __must_check sv_virtio_init(struct sv_virtio *v, u16 id,
					  u64 features);

/* Every queue's interrupt is the message @data written to @addr. */
enum sv_death __must_check sv_virtio_set_message(struct sv_virtio *v, u64 addr,
						 u32 data);

/* How many queues the device has. */
u32 sv_virtio_nr_queues(const struct sv_virtio *v);

/*
 * Set up and enable queue @index. @doorbell is where sv_virtio_kick() rings
 * for it.
 */
enum sv_death __must_check sv_virtio_set_queue(struct sv_virtio *v, u16 index,
					       const struct sv_virtio_queue *q,
					       u64 *doorbell);

/* DRIVER_OK. The device runs. */
void sv_virtio_start(struct sv_virtio *v);

/* False once the device was reset or asks to be, or is broken. */
bool sv_virtio_is_running(const struct sv_virtio *v);

void sv_virtio_kick(u64 doorbell, u16 index);

#endif /* PLAT_VIRTIO_H */

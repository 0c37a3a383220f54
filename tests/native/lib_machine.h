/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * A machine that may be hostile: PCI bus 0 with a virtio device of our kind
 * behind ports and device registers. It answers as QEMU's vhost-vsock-pci
 * does, but for the lies that it is told to tell, and notes what a driver must
 * never do, whatever it was told.
 */
#ifndef NATIVE_LIB_MACHINE_H
#define NATIVE_LIB_MACHINE_H

#include <port.h>
#include <sevault/wire.h>

enum {
	MACHINE_MAX_FUNCTIONS = 3,
	MACHINE_NR_BARS = 6,
	MACHINE_MAX_QUEUES = 8,
	MACHINE_NR_VECTORS = 3,
	MACHINE_MAX_LIES = 4,

	/* The honest device: capabilities, and blocks in its BARs. */
	MACHINE_CAP_COMMON = 0x40,
	MACHINE_CAP_ISR = 0x50,
	MACHINE_CAP_DEVICE = 0x60,
	MACHINE_CAP_NOTIFY = 0x70,
	MACHINE_CAP_CFG = 0x84,
	MACHINE_CAP_MSIX = 0x98,
	MACHINE_BAR_MSIX = 1,
	MACHINE_BAR = 4,
	MACHINE_BAR_LEN = 0x4000,
	MACHINE_MSIX_BAR_LEN = 0x1000,
	MACHINE_BLOCK_LEN = 0x1000,
	MACHINE_OFF_COMMON = 0x0000,
	MACHINE_OFF_DEVICE = 0x2000,
	MACHINE_OFF_NOTIFY = 0x3000,
	MACHINE_NOTIFY_MULT = 4,
};

/* What an answer is about; offsets count from the start of each. */
enum machine_space {
	MACHINE_NONE,
	MACHINE_CFG,		/* configuration space, by dword */
	MACHINE_COMMON,		/* common configuration, by register */
	MACHINE_NOTIFY,
	MACHINE_MSIX,
	MACHINE_STRAY,		/* inside a BAR, but nothing is there */
	MACHINE_MSR,
};

/*
 * The answer to a read of register @off in @space is @value where @mask has
 * bits (0: all of them). Or, with @runs, the truth plus 1, 2, 3...
 *
 * @skip:  as many reads get the truth first
 * @times: and then as many the lie, 0: for ever
 */
struct machine_lie {
	enum machine_space space;
	u32 off;
	u32 value;
	u32 mask;
	u32 skip;
	u32 times;
	bool runs;
};

/* @bar_mask: the address bits of a BAR that can be written. */
struct machine_function {
	u16 bdf;
	u8 cfg[256];
	u32 bar_mask[MACHINE_NR_BARS];
};

struct machine_queue {
	u16 size;
	u16 vector;
	u16 enable;
	u16 notify_off;
	u64 desc, avail, used;
	u32 nr_notifies;
};

/*
 * @answer:    where set, called for every answer, may change it
 * @started:   where set, called when DRIVER_OK is written, before that returns
 * @violation: the first thing that a driver must not do even to a device that
 *             lies; empty if there was none
 * @disorder:  the first step that the virtio specification does not allow; a
 *             device that lies may well provoke one
 */
struct machine {
	struct machine_function function[MACHINE_MAX_FUNCTIONS];
	u32 nr_functions;
	u32 address;			/* port 0xcf8 */
	u32 last_cfg[64];		/* answers given, by dword */
	u32 sized;			/* BARs that were asked for their size, by bit */
	u64 features;			/* offered */
	u64 driver_features;		/* accepted */
	u32 feature_select, driver_feature_select;
	u16 config_vector, queue_select, nr_queues;
	u8 status, generation;
	struct machine_queue queue[MACHINE_MAX_QUEUES];
	u32 msix[MACHINE_NR_VECTORS * 4];
	u64 apic_base, apic_id;
	u64 apic[64];			/* x2APIC registers as last written */

	struct machine_lie lie[MACHINE_MAX_LIES];
	u32 nr_reads[MACHINE_MAX_LIES];	/* that a lie was asked about */
	u32 (*answer)(enum machine_space space, u32 off, u32 truth);
	void (*started)(void);

	u64 nr_accesses;
	char violation[120];
	char disorder[120];
};

extern struct machine machine;

/* The honest machine, power on. */
void machine_reset(void);

/* Change @len bytes of the first function's configuration space. */
void machine_patch(u32 off, u32 value, u32 len);

/* Give BAR @index of the first function a size; @flags as the BAR has them. */
void machine_set_bar(u32 index, u32 mask, u32 flags);

/* What the driver reaches; lib_world.c and others lead here. */
void machine_port_write(u16 port, u32 v, u32 len);
u32 machine_port_read(u16 port, u32 len);
void machine_mmio_write(u64 pa, u32 v, u32 len);
u32 machine_mmio_read(u64 pa, u32 len);
void machine_msr_write(u32 msr, u64 v);
u64 machine_msr_read(u32 msr);

/* Note that the driver did what no driver may. */
__attribute__((format(printf, 1, 2))) void machine_blame(const char *fmt, ...);

#endif /* NATIVE_LIB_MACHINE_H */

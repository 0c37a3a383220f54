/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Why a vault ended. The image writes the reason to QEMU's isa-debug-exit
 * device at SV_DEATH_PORT, and QEMU then exits with sv_death_exit_code():
 * that is how the launcher learns it. A SEV-ES image that finds no such
 * device asks for its termination by the GHCB MSR protocol, with reason set
 * SV_DEATH_GHCB_SET and the reason as code. The reasons are coarse on
 * purpose, and none depends on a secret.
 */
#ifndef SEVAULT_DEATH_H
#define SEVAULT_DEATH_H

#define SV_DEATH_PORT 0x501
#define SV_DEATH_GHCB_SET 2
#define SV_DEATH_PLATFORM_CODE 33	/* for assembly: SV_DEATH_PLATFORM */

#ifndef __ASSEMBLER__

enum sv_death {
	SV_DEATH_NONE = 0,

	/* QEMU's own failures end with 1, which is code 0: start well above. */
	SV_DEATH_EXCEPTION = 16,	/* a fault in the vault's own code */
	SV_DEATH_INTERRUPT = 17,	/* an interrupt that nobody asked for */
	SV_DEATH_STACK = 18,		/* stack canary overwritten */
	SV_DEATH_CPU = 19,		/* the CPU lacks what the vault needs */
	SV_DEATH_NO_ENGINE = 20,	/* no engine passed its self-test */
	SV_DEATH_NO_WINDOW = 21,	/* no memory at SV_WINDOW_GPA */
	SV_DEATH_NO_DEVICE = 22,	/* no virtio device of our kind on the bus */
	SV_DEATH_MANY_DEVICES = 23,	/* more than one */
	SV_DEATH_BAD_DEVICE = 24,	/* PCI capabilities or BARs make no sense */
	SV_DEATH_NO_ANSWER = 25,	/* the host did not answer on the board */
	SV_DEATH_VERSION = 26,		/* protocol version differs */
	SV_DEATH_FEATURES = 27,		/* not exactly the features we need */
	SV_DEATH_CONFIG = 28,		/* window or pair count not acceptable */
	SV_DEATH_QUEUES = 29,		/* too few queues, or too small ones */
	SV_DEATH_RING = 30,		/* the host broke the rules of a ring */
	SV_DEATH_DEVICE_RESET = 31,	/* the host withdrew the device */
	SV_DEATH_BUG = 32,		/* the vault contradicts itself */
	SV_DEATH_PLATFORM = SV_DEATH_PLATFORM_CODE,	/* not the memory encryption we need */
	SV_DEATH_HOST = 34,		/* the host broke the rules of the GHCB */
	SV_DEATH_SECRET = 35,		/* launch secret absent or damaged */
	SV_DEATH_END
};

/* What QEMU's exit status is after the vault died with @reason. */
static inline int sv_death_exit_code(int reason)
{
	return (reason << 1) | 1;
}

#endif /* __ASSEMBLER__ */
#endif /* SEVAULT_DEATH_H */

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * What one virtual CPU remembers for the emulated SEV. Part of CPUX86State, in the part that a
 * reset clears; only the thread of that CPU touches it.
 */
#ifndef VEPYC_CPU_H
#define VEPYC_CPU_H

/* What the guest asked with its last VMGEXIT, kept while the hypervisor is hostile. */
struct vepyc_request {
	enum { VEPYC_ASKED_NOTHING, VEPYC_ASKED_MSR, VEPYC_ASKED_PAGE } kind;
	uint64_t page; /* where the GHCB is in the host's memory */
	uint64_t code, info1;
	uint32_t cf8; /* the last address for PCI configuration */
	uint64_t config; /* where the vault's device has its configuration */
	uint8_t config_seen; /* how much of its magic has been read there */
	uint32_t virtio_dev, virtio_cap; /* of the device found: bits of cf8, last capability */
};

struct vepyc_cpu {
	uint64_t cbit; /* mask of the C-bit while an encrypted guest runs, else 0: the one test
			  hooks make */
	uint64_t vmsa_pa;
	uint64_t host_pat;
	uint64_t hwcr;
	uint32_t asid;
	bool es; /* the guest's registers are in its VMSA */
	bool vmsa_loaded; /* VMRUN got as far as loading them */
	uint64_t launch; /* the guest that the next fields are about */
	bool halted; /* the last exit was HLT */
	bool wake_again; /* the same vector is to be injected once more */
	uint8_t wake_vector;
	struct vepyc_request request;
	uint8_t insn_len; /* of the instruction last restored to, 0 if unknown */
	uint8_t insn_assist; /* VEPYC_ASSIST_MOV | register, of the same instruction */
};

/* Third word of insn_start: length of the instruction, and what a decode assist says about it. */
#define VEPYC_INSN_LEN_MASK 0x0f
#define VEPYC_ASSIST_SHIFT 4
#define VEPYC_ASSIST_REG 0x0f
#define VEPYC_ASSIST_MOV 0x10 /* a MOV to or from a control or debug register */

#endif

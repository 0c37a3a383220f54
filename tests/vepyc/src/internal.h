/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Inside the emulated SEV: the machine-wide state and what its parts call of each other.
 *
 * Locking: the PSP's commands run under the big lock. Guests run without it, so what both sides use
 * (page owners, keys of ASIDs) is under vepyc.lock, which is taken last and held for one page at
 * most.
 */
#ifndef VEPYC_INTERNAL_H
#define VEPYC_INTERNAL_H

#include "exec/memory.h"
#include "qemu/thread.h"
#include <nettle/sha2.h>
#include <nettle/xts.h>

enum {
	VEPYC_PAGE = 4096,
	VEPYC_MAX_ASID = 64,
	VEPYC_KEY_LEN = 32,
	VEPYC_ASIDX = 2, /* index of the private address space in a CPU */
};

struct vepyc_asid {
	bool active;
	bool es;
	bool flush_needed; /* deactivated since the last DF_FLUSH */
	uint32_t running; /* CPUs between VMRUN and #VMEXIT */
	struct xts_aes128_key enc, dec;
	GArray *open_pages; /* exact mode: page numbers that are decrypted in the bank */
};

struct vepyc {
	/* properties */
	uint32_t cbit, reduced_phys_bits, max_asid, min_sev_asid;
	bool exact;
	char *hostile;
	/* memory */
	MemoryRegion bank;
	AddressSpace bank_as;
	uint64_t bank_pages;
	uint16_t *owner; /* per page of the bank: the ASID whose plaintext it holds, or 0 */
	QemuMutex lock;
	struct vepyc_asid asids[VEPYC_MAX_ASID + 1];
};

/* NULL unless the machine has an emulated SEV. */
extern struct vepyc *vepyc;

/* memory.c */
void vepyc_bank_create(void);
void vepyc_asid_open(uint32_t asid, bool es, const uint8_t key[VEPYC_KEY_LEN]);
void vepyc_asid_close(uint32_t asid);
/* The guest's view of its private memory, whatever the mode. ADDR + LEN must be within one page. */
void vepyc_private_read(uint32_t asid, hwaddr addr, void *buf, size_t len);
void vepyc_private_write(uint32_t asid, hwaddr addr, const void *buf, size_t len);
/* Encrypt or decrypt a whole page in place, with a guest's key and the page's address as the tweak.
 */
void vepyc_page_crypt(const uint8_t key[VEPYC_KEY_LEN], hwaddr page, uint8_t *buf, bool encrypt);
void vepyc_run_begin(uint32_t asid);
void vepyc_run_end(uint32_t asid);

/* hostile.c: is this switch of the hostile hypervisor on? are all of these known? */
bool vepyc_hostile(const char *name);
bool vepyc_hostile_valid(const char *list);

#endif

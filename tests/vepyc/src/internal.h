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

#include "cpu.h"
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
	uint64_t launch; /* which activation of any ASID this is: tells guests apart */
	uint32_t running; /* CPUs between VMRUN and #VMEXIT */
	struct xts_aes128_key enc, dec;
	bool exact; /* as the mode was when the ASID was activated */
	GArray *open_pages; /* exact mode: page numbers whose copy in the bank is in use */
	GHashTable *copies; /* exact mode: what those pages held when they were last closed */
};

struct vepyc {
	/* properties */
	uint32_t cbit, reduced_phys_bits, max_asid, min_sev_asid;
	bool exact;
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

/* Write the private pages of all guests to a file, as the host would find them: per page its
 * address and ASID, 8 bytes each, 16 bytes that are equal for equal plaintext, 4096 bytes of
 * ciphertext. */
bool vepyc_pages_dump(const char *path);

/*
 * What a hostile hypervisor can be told to do. hostile.c says what each is. An occasion is a moment
 * at which a behaviour could act.
 */
enum vepyc_behaviour {
	/* the launch */
	HOSTILE_IMAGE_BIT,
	HOSTILE_VMSA_BIT,
	HOSTILE_OMIT_SECRET,
	HOSTILE_MOVE_SECRET,
	HOSTILE_GARBLE_SECRET,
	HOSTILE_OTHER_SECRET,
	/* SEV_STATUS */
	HOSTILE_STATUS_FIRST,
	HOSTILE_STATUS_NONE = HOSTILE_STATUS_FIRST,
	HOSTILE_STATUS_SEV,
	HOSTILE_STATUS_SNP,
	HOSTILE_STATUS_VTOM,
	HOSTILE_STATUS_REFLECT_VC,
	HOSTILE_STATUS_UNKNOWN,
	HOSTILE_STATUS_LAST = HOSTILE_STATUS_UNKNOWN,
	/* answers by the GHCB MSR */
	HOSTILE_LIE_CBIT,
	HOSTILE_INFO_MIN,
	HOSTILE_INFO_MAX,
	HOSTILE_INFO_SWAPPED,
	HOSTILE_INFO_V1,
	HOSTILE_INFO_CODE,
	HOSTILE_FORGE_CPUID,
	HOSTILE_CPUID_NONE,
	HOSTILE_CPUID_ALL,
	HOSTILE_CPUID_CODE,
	HOSTILE_CPUID_REGISTER,
	HOSTILE_CPUID_RESERVED,
	/* answers by the GHCB page, whatever was asked */
	HOSTILE_RESULT_ERROR,
	HOSTILE_RESULT_EXCEPTION,
	HOSTILE_RESULT_UNKNOWN,
	HOSTILE_RESULT_HIGH,
	HOSTILE_NO_VALID_BITS,
	HOSTILE_GHCB_NOISE,
	/* values that the guest asked for */
	HOSTILE_PORT_ONES,
	HOSTILE_PORT_NOISE,
	HOSTILE_MSR_ONES,
	HOSTILE_MSR_NOISE,
	HOSTILE_MMIO_ZEROS,
	HOSTILE_MMIO_ONES,
	HOSTILE_MMIO_NOISE,
	/* what the vault's device says of itself */
	HOSTILE_CONFIG_MAGIC,
	HOSTILE_CONFIG_VERSION,
	HOSTILE_CONFIG_WINDOW,
	HOSTILE_CONFIG_LENGTH,
	HOSTILE_CONFIG_PAIRS,
	/* the configuration of the virtio device */
	HOSTILE_PCI_IDS,
	HOSTILE_PCI_TWICE,
	HOSTILE_BAR_LARGE,
	HOSTILE_BAR_ODD,
	HOSTILE_BAR_IO,
	HOSTILE_CAP_NONE,
	HOSTILE_CAP_LOOP,
	HOSTILE_CAP_BAR,
	HOSTILE_CAP_OFFSET,
	HOSTILE_CAP_LENGTH,
	/* events: in the order of the table in events.c, three times */
	HOSTILE_INJECT_FIRST,
	HOSTILE_INJECT_LAST = HOSTILE_INJECT_FIRST + 8,
	HOSTILE_ANSWER_FIRST,
	HOSTILE_ANSWER_LAST = HOSTILE_ANSWER_FIRST + 8,
	HOSTILE_IDLE_FIRST,
	HOSTILE_IDLE_LAST = HOSTILE_IDLE_FIRST + 8,
	HOSTILE_WITHHOLD,
	HOSTILE_DOUBLE_WAKE,
	HOSTILE_MASKED_WAKE,
	HOSTILE_END
};

/* hostile.c: an occasion for a behaviour; true if it acts, which is counted. */
bool vepyc_hostile(enum vepyc_behaviour b);
/* True if any behaviour is on. */
bool vepyc_is_hostile(void);
/* Turn these on and all others off; false: there is an unknown one, nothing is changed. */
bool vepyc_hostile_set(const char *list);
/* What is on and how often it acted; to be freed. */
char *vepyc_hostile_report(void);

/* The guest asked for its end by the GHCB MSR; part of the report. */
void vepyc_hostile_note_end(uint64_t msr);

/* answers.c: forge what the GHCB's MSR and page say, before the guest goes on */
void vepyc_answers_forge(CPUX86State *env);
/* At VMGEXIT: remember what is asked. */
void vepyc_answers_note(CPUX86State *env);

/* events.c: add, replace or take away the event that VMRUN would inject; ANSWERED: the guest is
 * about to read the answer to a request */
void vepyc_events_forge(CPUX86State *env, bool answered);

/* control.c: the port by which programs in the host set behaviours */
void vepyc_control_create(Object *owner, MemoryRegion *io);

#endif

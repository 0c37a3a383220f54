// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Private memory of encrypted guests.
 *
 * Ordinary memory holds ciphertext: AES-128 in XTS mode, a key per guest, the page's address as the
 * tweak. A guest's accesses with the C-bit go to a bank beside it, which neither the host's CPUs
 * nor devices can address. A page is decrypted into the bank when a guest first touches it, so a
 * guest that touches what it did not write reads noise.
 *
 * Fast mode leaves it there: later changes of the ciphertext have no effect. Exact mode encrypts
 * every page back when the guest exits, and so the bank is no more than a cache that is empty
 * whenever the hypervisor runs.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/host-utils.h"
#include "qemu/units.h"
#include "exec/address-spaces.h"
#include "exec/exec-all.h"
#include "hw/boards.h"
#include "vepyc.h"
#include "internal.h"

static struct vepyc_asid *asid_of(uint32_t asid)
{
	assert(asid > 0 && asid <= VEPYC_MAX_ASID);
	return &vepyc->asids[asid];
}

void vepyc_bank_create(void)
{
	/* As much as RAM can reach: below 4 GiB, and the rest above it. */
	uint64_t size = pow2ceil(4 * GiB + current_machine->maxram_size);

	memory_region_init_ram_flags_nomigrate(&vepyc->bank, NULL, "emulated-sev-private", size,
					       RAM_NORESERVE, &error_fatal);
	address_space_init(&vepyc->bank_as, &vepyc->bank, "emulated-sev-private");
	vepyc->bank_pages = size / VEPYC_PAGE;
	vepyc->owner = g_new0(uint16_t, vepyc->bank_pages);
}

int vepyc_address_spaces(void)
{
	return vepyc ? VEPYC_ASIDX + 1 : VEPYC_ASIDX;
}

void vepyc_cpu_realize(CPUState *cs)
{
	if (!vepyc)
		return;
	if (!vepyc->owner)
		vepyc_bank_create();
	cpu_address_space_init(cs, VEPYC_ASIDX, "cpu-private", &vepyc->bank);
}

static void xts(const struct xts_aes128_key *enc, const struct xts_aes128_key *dec, hwaddr page,
		uint8_t *buf)
{
	uint8_t tweak[16] = { 0 };

	stq_le_p(tweak, page);
	if (enc)
		xts_aes128_encrypt_message(enc, tweak, VEPYC_PAGE, buf, buf);
	else
		xts_aes128_decrypt_message(dec, tweak, VEPYC_PAGE, buf, buf);
}

void vepyc_page_crypt(const uint8_t key[VEPYC_KEY_LEN], hwaddr page, uint8_t *buf, bool encrypt)
{
	struct xts_aes128_key k;

	if (encrypt) {
		xts_aes128_set_encrypt_key(&k, key);
		xts(&k, NULL, page, buf);
	} else {
		xts_aes128_set_decrypt_key(&k, key);
		xts(NULL, &k, page, buf);
	}
	memset(&k, 0, sizeof(k));
}

/* Not all physical addresses are memory; a guest that is given a device's page must not reach the
 * device. */
static bool is_ram(hwaddr page)
{
	hwaddr xlat, len = VEPYC_PAGE;
	MemoryRegion *mr;

	RCU_READ_LOCK_GUARD();
	mr = address_space_translate(&address_space_memory, page, &xlat, &len, false,
				     MEMTXATTRS_UNSPECIFIED);
	return memory_region_is_ram(mr) && len == VEPYC_PAGE;
}

static void ordinary_read(hwaddr page, uint8_t *buf)
{
	if (is_ram(page))
		address_space_read(&address_space_memory, page, MEMTXATTRS_UNSPECIFIED, buf,
				   VEPYC_PAGE);
	else
		memset(buf, 0xff, VEPYC_PAGE);
}

static void ordinary_write(hwaddr page, const uint8_t *buf)
{
	if (is_ram(page))
		address_space_write(&address_space_memory, page, MEMTXATTRS_UNSPECIFIED, buf,
				    VEPYC_PAGE);
}

/* Bring the plaintext of a page into the bank. Lock held. */
static void page_open(struct vepyc_asid *a, uint32_t asid, hwaddr page)
{
	uint64_t pfn = page / VEPYC_PAGE;
	uint8_t buf[VEPYC_PAGE];

	if (vepyc->owner[pfn] == asid)
		return;
	ordinary_read(page, buf);
	xts(NULL, &a->dec, page, buf);
	address_space_write(&vepyc->bank_as, page, MEMTXATTRS_UNSPECIFIED, buf, VEPYC_PAGE);
	vepyc->owner[pfn] = asid;
	if (vepyc->exact)
		g_array_append_val(a->open_pages, pfn);
}

/* Encrypt all open pages back to where they came from. Lock held. */
static void pages_close(struct vepyc_asid *a, uint32_t asid, bool forget)
{
	uint8_t buf[VEPYC_PAGE];
	unsigned int i;

	for (i = 0; i < a->open_pages->len; i++) {
		uint64_t pfn = g_array_index(a->open_pages, uint64_t, i);
		hwaddr page = pfn * VEPYC_PAGE;

		if (vepyc->owner[pfn] != asid)
			continue;
		address_space_read(&vepyc->bank_as, page, MEMTXATTRS_UNSPECIFIED, buf, VEPYC_PAGE);
		xts(&a->enc, NULL, page, buf);
		ordinary_write(page, buf);
		if (forget)
			vepyc->owner[pfn] = 0;
	}
	if (forget)
		g_array_set_size(a->open_pages, 0);
}

static bool in_bank(hwaddr addr)
{
	return addr / VEPYC_PAGE < vepyc->bank_pages;
}

void vepyc_page_claim(CPUX86State *env, hwaddr spa)
{
	uint32_t asid = env->vepyc.asid;
	hwaddr page = spa & ~(hwaddr)(VEPYC_PAGE - 1);

	if (!in_bank(page) ||
	    (qatomic_read(&vepyc->owner[page / VEPYC_PAGE]) == asid && !vepyc->exact))
		return;
	QEMU_LOCK_GUARD(&vepyc->lock);
	page_open(asid_of(asid), asid, page);
}

void vepyc_private_read(uint32_t asid, hwaddr addr, void *buf, size_t len)
{
	hwaddr page = addr & ~(hwaddr)(VEPYC_PAGE - 1);

	assert(addr + len <= page + VEPYC_PAGE);
	if (!in_bank(addr)) {
		memset(buf, 0xff, len);
		return;
	}
	QEMU_LOCK_GUARD(&vepyc->lock);
	page_open(asid_of(asid), asid, page);
	address_space_read(&vepyc->bank_as, addr, MEMTXATTRS_UNSPECIFIED, buf, len);
}

void vepyc_private_write(uint32_t asid, hwaddr addr, const void *buf, size_t len)
{
	hwaddr page = addr & ~(hwaddr)(VEPYC_PAGE - 1);

	assert(addr + len <= page + VEPYC_PAGE);
	if (!in_bank(addr))
		return;
	QEMU_LOCK_GUARD(&vepyc->lock);
	page_open(asid_of(asid), asid, page);
	address_space_write(&vepyc->bank_as, addr, MEMTXATTRS_UNSPECIFIED, buf, len);
}

void vepyc_asid_open(uint32_t asid, bool es, const uint8_t key[VEPYC_KEY_LEN])
{
	struct vepyc_asid *a = asid_of(asid);

	QEMU_LOCK_GUARD(&vepyc->lock);
	xts_aes128_set_encrypt_key(&a->enc, key);
	xts_aes128_set_decrypt_key(&a->dec, key);
	a->es = es;
	if (!a->open_pages)
		a->open_pages = g_array_new(false, false, sizeof(uint64_t));
	a->active = true;
}

void vepyc_asid_close(uint32_t asid)
{
	static const uint8_t zero[VEPYC_PAGE];
	struct vepyc_asid *a = asid_of(asid);
	uint64_t pfn;

	QEMU_LOCK_GUARD(&vepyc->lock);
	a->active = false;
	a->flush_needed = true;
	memset(&a->enc, 0, sizeof(a->enc));
	memset(&a->dec, 0, sizeof(a->dec));
	for (pfn = 0; pfn < vepyc->bank_pages; pfn++) {
		if (vepyc->owner[pfn] != asid)
			continue;
		address_space_write(&vepyc->bank_as, pfn * VEPYC_PAGE, MEMTXATTRS_UNSPECIFIED, zero,
				    VEPYC_PAGE);
		vepyc->owner[pfn] = 0;
	}
	g_array_set_size(a->open_pages, 0);
}

void vepyc_run_begin(uint32_t asid)
{
	QEMU_LOCK_GUARD(&vepyc->lock);
	asid_of(asid)->running++;
}

void vepyc_run_end(uint32_t asid)
{
	struct vepyc_asid *a = asid_of(asid);

	QEMU_LOCK_GUARD(&vepyc->lock);
	a->running--;
	if (vepyc->exact && a->active)
		pages_close(a, asid, a->running == 0);
}

// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Private memory of encrypted guests.
 *
 * Ordinary memory holds ciphertext: AES-128 in XTS mode, a key per guest, the page's address as the
 * tweak. A guest's accesses with the C-bit go to a bank beside it, which neither the host's CPUs
 * nor devices can address. A page is decrypted into the bank when a guest first touches it, so a
 * guest that touches what it did not write reads noise.
 *
 * Fast mode leaves it there: later changes of the ciphertext have no effect. In exact mode the bank
 * is a cache that holds good from VMRUN to #VMEXIT: what the guest changed is encrypted back
 * when it exits, and a page whose ciphertext the host changed is decrypted again when it is next
 * touched. What has not changed since is told from copies, so that the cost is a comparison for
 * each page that is touched between two exits.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "crypto/random.h"
#include "qemu/host-utils.h"
#include "qemu/units.h"
#include "exec/address-spaces.h"
#include "exec/exec-all.h"
#include "hw/boards.h"
#include "vepyc.h"
#include "internal.h"

enum {
	OWNER_OPEN = 0x8000, /* exact mode: beside the ASID, the bank's copy is in use */
};

/* Exact mode: what a page held when bank and ordinary memory were last brought together. */
struct page_copy {
	uint8_t plain[VEPYC_PAGE];
	uint8_t cipher[VEPYC_PAGE];
};

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

static uint8_t *bank_ptr(hwaddr page)
{
	return (uint8_t *)memory_region_get_ram_ptr(&vepyc->bank) + page;
}

/* Through the address space, so that code translated from this page is forgotten. */
static void bank_write(hwaddr page, const uint8_t *buf)
{
	address_space_write(&vepyc->bank_as, page, MEMTXATTRS_UNSPECIFIED, buf, VEPYC_PAGE);
}

static void page_decrypt(struct vepyc_asid *a, hwaddr page, const uint8_t *cipher, uint8_t *plain)
{
	memcpy(plain, cipher, VEPYC_PAGE);
	xts(NULL, &a->dec, page, plain);
	bank_write(page, plain);
}

static void page_open_exact(struct vepyc_asid *a, uint32_t asid, hwaddr page)
{
	uint64_t pfn = page / VEPYC_PAGE;
	struct page_copy *copy = g_hash_table_lookup(a->copies, GSIZE_TO_POINTER(pfn));
	uint8_t cipher[VEPYC_PAGE];
	bool fresh = vepyc->owner[pfn] != asid || !copy;

	if (!copy) {
		copy = g_new(struct page_copy, 1);
		g_hash_table_insert(a->copies, GSIZE_TO_POINTER(pfn), copy);
	}
	ordinary_read(page, cipher);
	if (fresh || memcmp(copy->cipher, cipher, VEPYC_PAGE)) {
		memcpy(copy->cipher, cipher, VEPYC_PAGE);
		page_decrypt(a, page, cipher, copy->plain);
	}
	vepyc->owner[pfn] = asid | OWNER_OPEN;
	g_array_append_val(a->open_pages, pfn);
}

/* Bring the plaintext of a page into the bank. Lock held. */
static void page_open(struct vepyc_asid *a, uint32_t asid, hwaddr page)
{
	uint64_t pfn = page / VEPYC_PAGE;
	uint8_t cipher[VEPYC_PAGE], plain[VEPYC_PAGE];

	if (vepyc->owner[pfn] == (a->exact ? asid | OWNER_OPEN : asid))
		return;
	if (a->exact) {
		page_open_exact(a, asid, page);
		return;
	}
	ordinary_read(page, cipher);
	page_decrypt(a, page, cipher, plain);
	vepyc->owner[pfn] = asid;
}

static void page_close(struct vepyc_asid *a, hwaddr page)
{
	struct page_copy *copy =
		g_hash_table_lookup(a->copies, GSIZE_TO_POINTER(page / VEPYC_PAGE));

	if (!memcmp(copy->plain, bank_ptr(page), VEPYC_PAGE))
		return;
	memcpy(copy->plain, bank_ptr(page), VEPYC_PAGE);
	memcpy(copy->cipher, copy->plain, VEPYC_PAGE);
	xts(&a->enc, NULL, page, copy->cipher);
	ordinary_write(page, copy->cipher);
}

/*
 * Encrypt what changed in the open pages. They stay open while another CPU runs in this ASID, whose
 * TLB leads to them. Lock held.
 */
static void pages_close(struct vepyc_asid *a, uint32_t asid)
{
	unsigned int i;

	for (i = 0; i < a->open_pages->len; i++) {
		uint64_t pfn = g_array_index(a->open_pages, uint64_t, i);

		if (vepyc->owner[pfn] != (asid | OWNER_OPEN))
			continue;
		page_close(a, pfn * VEPYC_PAGE);
		if (!a->running)
			vepyc->owner[pfn] = asid;
	}
	if (!a->running)
		g_array_set_size(a->open_pages, 0);
}

/* For accesses by the secure processor, which end no run of the guest. Lock held. */
static void close_if_idle(struct vepyc_asid *a, uint32_t asid)
{
	if (a->exact && !a->running)
		pages_close(a, asid);
}

static bool in_bank(hwaddr addr)
{
	return addr / VEPYC_PAGE < vepyc->bank_pages;
}

void vepyc_page_claim(CPUX86State *env, hwaddr spa)
{
	uint32_t asid = env->vepyc.asid, open;
	hwaddr page = spa & ~(hwaddr)(VEPYC_PAGE - 1);

	open = asid_of(asid)->exact ? asid | OWNER_OPEN : asid;
	if (!in_bank(page) || qatomic_read(&vepyc->owner[page / VEPYC_PAGE]) == open)
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
	close_if_idle(asid_of(asid), asid);
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
	close_if_idle(asid_of(asid), asid);
}

void vepyc_asid_open(uint32_t asid, bool es, const uint8_t key[VEPYC_KEY_LEN])
{
	struct vepyc_asid *a = asid_of(asid);
	static uint64_t launches;

	QEMU_LOCK_GUARD(&vepyc->lock);
	a->launch = ++launches;
	xts_aes128_set_encrypt_key(&a->enc, key);
	xts_aes128_set_decrypt_key(&a->dec, key);
	a->es = es;
	a->exact = vepyc->exact;
	if (!a->open_pages) {
		a->open_pages = g_array_new(false, false, sizeof(uint64_t));
		a->copies = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	}
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
		if ((vepyc->owner[pfn] & ~OWNER_OPEN) != asid)
			continue;
		bank_write(pfn * VEPYC_PAGE, zero);
		vepyc->owner[pfn] = 0;
	}
	g_array_set_size(a->open_pages, 0);
	g_hash_table_remove_all(a->copies);
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
	if (a->exact && a->active)
		pages_close(a, asid);
}

struct dump_record {
	uint64_t addr, asid;
	uint8_t tag[16];
	uint8_t cipher[VEPYC_PAGE];
};

/* The tag lets equal plaintext be recognized without giving it away. */
static void dump_tag(struct dump_record *r, const uint8_t salt[16], const uint8_t *plain)
{
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct sha256_ctx ctx;

	sha256_init(&ctx);
	sha256_update(&ctx, 16, salt);
	sha256_update(&ctx, VEPYC_PAGE, plain);
	sha256_digest(&ctx, sizeof(digest), digest);
	memcpy(r->tag, digest, sizeof(r->tag));
}

bool vepyc_pages_dump(const char *path)
{
	FILE *f = fopen(path, "wb");
	struct dump_record r;
	uint8_t salt[16];
	uint64_t pfn;
	bool ok = f;

	qcrypto_random_bytes(salt, sizeof(salt), &error_fatal);
	QEMU_LOCK_GUARD(&vepyc->lock);
	for (pfn = 0; ok && pfn < vepyc->bank_pages; pfn++) {
		hwaddr page = pfn * VEPYC_PAGE;
		const uint8_t *plain = bank_ptr(page);

		r.addr = page;
		r.asid = vepyc->owner[pfn] & ~OWNER_OPEN;
		if (!r.asid)
			continue;
		dump_tag(&r, salt, plain);
		if (asid_of(r.asid)->exact) {
			ordinary_read(page, r.cipher);
		} else {
			memcpy(r.cipher, plain, VEPYC_PAGE);
			xts(&asid_of(r.asid)->enc, NULL, page, r.cipher);
		}
		ok = fwrite(&r, sizeof(r), 1, f) == 1;
	}
	return f && !fclose(f) && ok;
}

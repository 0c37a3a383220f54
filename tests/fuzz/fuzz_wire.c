// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The wire protocol: arbitrary slots for sv_vault_handle(), which change while
 * they are looked at.
 */
#include "lib_fuzz.h"

#include "core/vault.h"
#include "soft/cpu.h"

enum {
	SLOT_LEN = SV_DATA_SLOT_MIN,
	DATA_LEN = SLOT_LEN - SV_SLOT_HDR_LEN,
	MAX_REQUESTS = 24,
};

static struct sv_vault *vault;
static struct sv_vault_worker *worker;
static u8 *slot;

static const u8 key_lens[SV_ALG_END] = { 0, 16, 24, 32, 64, 32, 36 };

/* Handles 0 to 5 of generation 1 are keys of all algorithms. */
static void reset_vault(void)
{
	u8 key[SV_KEY_MAX];
	u32 alg, i;
	u64 id;

	if (!vault) {
		vault = fuzz_alloc(sizeof(*vault));
		worker = fuzz_alloc(sizeof(*worker));
		slot = fuzz_alloc(SLOT_LEN);
	}
	fuzz_assert(sv_vault_init(vault, SV_MODE_SOFT, &sv_engine_list,
				  fuzz_u8() & 1 ? sv_cpu_features() : 0, ~0U), "no engine");
	sv_vault_add_worker(vault, worker);
	for (i = 0; i < sizeof(key); i++)
		key[i] = (u8)(i * 7 + 1);
	for (alg = 1; alg < SV_ALG_END; alg++)
		fuzz_assert(sv_keystore_load(&vault->keys, &vault->engines, alg, 0, key,
					     key_lens[alg], &id) == SV_ST_OK, "key refused");
}

/* Nearly right, so that the input gets beyond the first check. */
static void make_guided(struct sv_slot_hdr *h)
{
	static const u8 ops[] = { 1, 2, 3, 8, 9, 32, 33, 34, 35, 36, 37, 38, 39, 40 };
	static const u8 tags[] = { 0, 4, 8, 12, 13, 16 };
	u32 len;

	memset(h, 0, sizeof(*h));
	h->op = ops[fuzz_below(ARRAY_SIZE(ops))];
	len = fuzz_u16();
	h->text_len = len & 0x8000 ? len & 0x7fff : len % 200;
	if (h->op == SV_OP_HELLO || h->op == SV_OP_KEY_LOAD)
		h->text_len = h->op == SV_OP_HELLO ? sizeof(struct sv_hello) :
						     sizeof(struct sv_key_load);
	else if (h->op < SV_OP_ECB_ENC)
		h->text_len = 0;
	if (h->op >= SV_OP_KEY_DROP)
		h->key_id = sv_key_id(fuzz_below(8), 1 + fuzz_below(2));
	if (h->op >= SV_OP_GCM_SEAL) {
		h->tag_len = tags[fuzz_below(ARRAY_SIZE(tags))];
		h->aad_len = fuzz_u8();
		if (fuzz_u8() >= 0xf0)
			h->aad_len -= 256;	/* sums that wrap */
	}
	if (h->op >= SV_OP_CBC_ENC)
		fuzz_bytes(h->iv, h->op >= SV_OP_GCM_SEAL ? SV_RFC4106_IV_LEN : SV_IV_LEN);
	if (h->op == SV_OP_XTS_ENC || h->op == SV_OP_XTS_DEC)
		h->block_offset = fuzz_u16();
	if (fuzz_u8() >= 0xc0)
		((u8 *)h)[fuzz_below(sizeof(*h))] = fuzz_u8();
}

static void one_request(void)
{
	u8 how = fuzz_u8();
	bool is_admin = how & 1;
	struct sv_slot_hdr h;

	if (how & 2)
		fuzz_bytes(&h, sizeof(h));
	else
		make_guided(&h);
	memcpy(slot, &h, sizeof(h));
	fuzz_bytes(slot + SV_SLOT_HDR_LEN, how & 4 ? fuzz_u8() : sizeof(struct sv_key_load));
	sv_vault_handle(vault, worker, is_admin, slot, SLOT_LEN);
	memcpy(&h, slot, sizeof(h));
	fuzz_assert(h.status < SV_ST_END, "unknown status");
	if (h.op != SV_OP_KEY_LOAD)
		return;
	fuzz_assert(!slot[SV_SLOT_HDR_LEN] && !memcmp(slot + SV_SLOT_HDR_LEN,
						      slot + SV_SLOT_HDR_LEN + 1,
						      DATA_LEN - 1), "key left in the slot");
	if (is_admin && !h.status)
		fuzz_assert(sv_keystore_get(&vault->keys, h.key_id), "no handle");
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	u32 i;

	fuzz_start(data, len);
	reset_vault();
	fuzz_expose(slot, SV_SLOT_HDR_LEN);
	fuzz_expose(slot, SLOT_LEN);
	for (i = 0; i < MAX_REQUESTS && !fuzz_is_over(); i++)
		one_request();
	fuzz_assert(vault->keys.live <= SV_KEYSTORE_NR, "count of keys");
	return 0;
}

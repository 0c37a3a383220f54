// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "keystore.h"

#include "crypto/util.h"

static_assert((SV_KEYSTORE_NR & (SV_KEYSTORE_NR - 1)) == 0, "get_entry masks with it");

void sv_keystore_init(struct sv_keystore *ks)
{
	u32 i;

	sv_wipe(ks, sizeof(*ks));
	for (i = 0; i < SV_KEYSTORE_NR; i++)
		ks->entry[i].gen = SV_KEYSTORE_FIRST_GEN;
}

void sv_keystore_wipe(struct sv_keystore *ks)
{
	sv_keystore_init(ks);
}

static bool entry_is_free(const struct sv_keystore_entry *e)
{
	return !e->alg && e->gen;
}

/* SV_KEYSTORE_NR when there is none. */
static u32 find_free(const struct sv_keystore *ks)
{
	u32 i;

	for (i = 0; i < SV_KEYSTORE_NR; i++) {
		u32 index = (ks->next + i) % SV_KEYSTORE_NR;

		if (entry_is_free(&ks->entry[index]))
			return index;
	}
	return SV_KEYSTORE_NR;
}

/* Leaves @e as it was, but for @e->key being wiped, when the key is refused. */
static enum sv_status fill_entry(struct sv_keystore_entry *e, const struct sv_engines *engines,
				 u32 alg, u32 flags, const u8 *key, size_t key_len)
{
	size_t salt_len = alg == SV_ALG_RFC4106 ? SV_RFC4106_SALT_LEN : 0;
	enum sv_status st;

	if (key_len <= salt_len)
		return SV_ST_BAD_KEYLEN;
	key_len -= salt_len;
	st = sv_aes_key_set(&e->key, engines, alg == SV_ALG_RFC4106 ? SV_ALG_GCM : alg, key,
			    key_len);
	if (st)
		return st;
	if (alg == SV_ALG_XTS && (flags & SV_KEY_F_FORBID_WEAK) &&
	    sv_xts_key_is_weak(key, key_len)) {
		sv_aes_key_wipe(&e->key);
		return SV_ST_WEAK_KEY;
	}
	memcpy(e->salt, key + key_len, salt_len);
	e->alg = (u8)alg;
	return SV_ST_OK;
}

enum sv_status sv_keystore_load(struct sv_keystore *ks, const struct sv_engines *e, u32 alg,
				u32 flags, const u8 *key, size_t key_len, u64 *key_id)
{
	enum sv_status st;
	u32 index;

	*key_id = 0;
	if (!alg || alg >= SV_ALG_END)
		return SV_ST_BAD_ALG;
	if (flags & ~(u32)SV_KEY_F_FORBID_WEAK)
		return SV_ST_BAD_FLAGS;
	index = find_free(ks);
	if (index == SV_KEYSTORE_NR)
		return SV_ST_NO_SPACE;
	st = fill_entry(&ks->entry[index], e, alg, flags, key, key_len);
	if (st)
		return st;
	ks->live++;
	ks->next = (index + 1) % SV_KEYSTORE_NR;
	*key_id = sv_key_id(index, ks->entry[index].gen);
	return SV_ST_OK;
}

/*
 * SECURITY: the host picks @key_id. The range check and the generation decide;
 * the mask keeps a mispredicted check from reading outside of the store.
 */
static u32 find_entry(const struct sv_keystore *ks, u64 key_id)
{
	u32 index = (u32)key_id;
	u32 gen = (u32)(key_id >> 32);
	const struct sv_keystore_entry *e = &ks->entry[index & (SV_KEYSTORE_NR - 1)];

	if (index >= SV_KEYSTORE_NR || !gen || e->gen != gen || !e->alg)
		return SV_KEYSTORE_NR;
	return index;
}

const struct sv_keystore_entry *sv_keystore_get(const struct sv_keystore *ks, u64 key_id)
{
	u32 index = find_entry(ks, key_id);

	return index < SV_KEYSTORE_NR ? &ks->entry[index] : NULL;
}

enum sv_status sv_keystore_drop(struct sv_keystore *ks, u64 key_id)
{
	u32 index = find_entry(ks, key_id);
	struct sv_keystore_entry *e;
	u32 gen;

	if (index >= SV_KEYSTORE_NR)
		return SV_ST_BAD_KEY;
	e = &ks->entry[index];
	/* A generation that wraps to 0 retires the entry: no handle comes twice. */
	gen = e->gen + 1;
	sv_wipe(e, sizeof(*e));
	e->gen = gen;
	ks->live--;
	return SV_ST_OK;
}

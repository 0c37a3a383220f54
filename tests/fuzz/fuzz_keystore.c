// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Sequences of loads, drops and look-ups against a model of the key store. */
#include "lib_fuzz.h"

#include "core/keystore.h"

enum { MAX_STEPS = 200 };

struct model {
	u64 id[MAX_STEPS];
	u8 alg[MAX_STEPS];	/* 0 after the drop */
	u32 nr;
	u32 live;
};

static struct sv_keystore *ks;
static struct sv_engines engines;

static void load(struct model *m)
{
	u8 key[2 * SV_KEY_MAX];
	u8 alg = fuzz_u8() % 8;
	u8 flags = fuzz_u8() % 4;
	u32 len = fuzz_u8() % SV_KEY_MAX + 1;
	enum sv_status st;
	u64 id;
	u32 i;

	fuzz_bytes(key, len);
	st = sv_keystore_load(ks, &engines, alg, flags, key, len, &id);
	fuzz_assert(st < SV_ST_END && (st == SV_ST_OK) == (id != 0), "load");
	if (st)
		return;
	fuzz_assert(alg && alg < SV_ALG_END && flags < 2, "a bad key was loaded");
	for (i = 0; i < m->nr; i++)
		fuzz_assert(m->id[i] != id, "a handle came twice");
	m->id[m->nr] = id;
	m->alg[m->nr++] = alg;
	m->live++;
}

static void drop(struct model *m, u64 id, u32 known)
{
	bool is_live = known < m->nr && m->alg[known];
	enum sv_status st = sv_keystore_drop(ks, id);

	fuzz_assert(st == (is_live ? SV_ST_OK : SV_ST_BAD_KEY), "drop");
	if (!is_live)
		return;
	m->alg[known] = 0;
	m->live--;
}

static u32 find(const struct model *m, u64 id)
{
	u32 i;

	for (i = 0; i < m->nr; i++)
		if (m->id[i] == id)
			break;
	return i;
}

static u64 any_id(const struct model *m)
{
	u64 id = m->nr ? m->id[fuzz_below(m->nr)] : 0;

	switch (fuzz_below(4)) {
	case 0:
		return sv_key_id(fuzz_u16(), fuzz_u8());
	case 1:
		return id ^ 1ULL << fuzz_below(64);
	default:
		return id;
	}
}

static void step(struct model *m)
{
	const struct sv_keystore_entry *key;
	u64 id;
	u32 known;

	switch (fuzz_below(4)) {
	case 0:
	case 1:
		load(m);
		break;
	case 2:
		id = any_id(m);
		drop(m, id, find(m, id));
		break;
	default:
		id = any_id(m);
		known = find(m, id);
		key = sv_keystore_get(ks, id);
		fuzz_assert(!!key == (known < m->nr && m->alg[known]), "get");
		fuzz_assert(!key || key->alg == m->alg[known], "algorithm");
	}
	fuzz_assert(ks->live == m->live, "count");
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	struct model m = { .nr = 0 };
	u32 i;
	u8 how;

	if (!ks)
		ks = fuzz_alloc(sizeof(*ks));
	fuzz_start(data, len);
	fuzz_assert(sv_engines_select(&engines, &sv_engine_list, 0, ~0U), "engines");
	sv_keystore_init(ks);
	/* Near the end of the generations, with few entries, near the end of the array. */
	how = fuzz_u8();
	for (i = 0; i < SV_KEYSTORE_NR; i++)
		ks->entry[i].gen = how & 2 && i % 500 ? 0 : how & 1 ? 0xfffffffe :
				   SV_KEYSTORE_FIRST_GEN;
	ks->next = SV_KEYSTORE_NR - 1 - fuzz_below(4);
	for (i = 0; i < MAX_STEPS && !fuzz_is_over(); i++)
		step(&m);
	for (i = 0; i < m.nr; i++)
		fuzz_assert(!!sv_keystore_get(ks, m.id[i]) == !!m.alg[i], "at the end");
	return 0;
}

// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "engine.h"

static const struct sv_aes_engine *const all_aes[] = {
	&sv_aes_ct, &sv_aes_ni, &sv_aes_vaes256, &sv_aes_vaes512,
};

static const struct sv_ghash_engine *const all_ghash[] = {
	&sv_ghash_ct, &sv_ghash_clmul, &sv_ghash_vclmul512,
};

const struct sv_engine_list sv_engine_list = {
	.aes = all_aes,
	.ghash = all_ghash,
	.nr_aes = ARRAY_SIZE(all_aes),
	.nr_ghash = ARRAY_SIZE(all_ghash),
};

static bool is_usable(u32 need, u32 cpu, bool is_healthy)
{
	return (need & ~cpu) == 0 && is_healthy;
}

bool sv_engines_select(struct sv_engines *e, const struct sv_engine_list *list, u32 cpu,
		       u32 health)
{
	u32 i;

	e->aes = NULL;
	e->ghash = NULL;
	for (i = 0; i < list->nr_aes; i++)
		if (is_usable(list->aes[i]->cpu, cpu, health & SV_GOOD_AES(list->aes[i]->id)))
			e->aes = list->aes[i];
	for (i = 0; i < list->nr_ghash; i++)
		if (is_usable(list->ghash[i]->cpu, cpu,
			      health & SV_GOOD_GHASH(list->ghash[i]->id)))
			e->ghash = list->ghash[i];

	if (e->aes && e->ghash)
		return true;
	e->aes = NULL;
	e->ghash = NULL;
	return false;
}

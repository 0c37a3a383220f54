/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef CORE_CRYPTO_SELFTEST_H
#define CORE_CRYPTO_SELFTEST_H

#include "gcm.h"

enum sv_selftest_limits {
	SV_SELFTEST_LEN = 1536,
};

/* Memory for one run. The caller's, any contents; wiped at the end. */
struct sv_selftest_work {
	struct sv_aes_key ref;
	struct sv_aes_key key;
	u8 in[SV_SELFTEST_LEN];
	u8 want[SV_SELFTEST_LEN];
	u8 got[SV_SELFTEST_LEN];
	u8 bounce[SV_GCM_CHUNK];
};

/*
 * Test every engine of @list that @cpu (SV_CPU_*) can run and return the
 * SV_GOOD_* bits of those that are good. The first AES and the first GHASH
 * engine of @list must be the portable ones: they are held against published
 * answers, and everybody else also against them over the widest paths. If one
 * of the two fails, no engine of its kind is good.
 */
u32 sv_selftest_run(struct sv_selftest_work *w, const struct sv_engine_list *list, u32 cpu);

#endif /* CORE_CRYPTO_SELFTEST_H */

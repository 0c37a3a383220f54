/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef CORE_CRYPTO_ENGINE_H
#define CORE_CRYPTO_ENGINE_H

#include "aes.h"
#include "ghash.h"

/*
 * What the platform found out about the CPU. A bit may be set only if the
 * instructions exist *and* their register state is enabled (CR4.OSFXSR, and
 * XCR0 for everything from AVX on). Core never executes CPUID itself.
 */
enum sv_cpu {
	SV_CPU_SSSE3	= 1 << 0,	/* CPUID 1 ECX 9 */
	SV_CPU_SSE41	= 1 << 1,	/* CPUID 1 ECX 19 */
	SV_CPU_AES	= 1 << 2,	/* CPUID 1 ECX 25 */
	SV_CPU_PCLMUL	= 1 << 3,	/* CPUID 1 ECX 1 */
	SV_CPU_AVX2	= 1 << 4,	/* CPUID 1 ECX 28 and 7.0 EBX 5; XCR0 1 and 2 */
	SV_CPU_AVX512	= 1 << 5,	/* 7.0 EBX 16 (F), 17 (DQ), 30 (BW), 31 (VL); XCR0 5 to 7 */
	SV_CPU_VAES	= 1 << 6,	/* CPUID 7.0 ECX 9; XCR0 1 and 2 */
	SV_CPU_VPCLMUL	= 1 << 7,	/* CPUID 7.0 ECX 10; XCR0 1 and 2 */
};

/* One bit per engine that passed its self-test. */
#define SV_GOOD_AES(id)		(1U << (id))
#define SV_GOOD_GHASH(id)	(1U << (8 + (id)))

/* The engines to choose from, slowest first. Tests bring lists of their own. */
struct sv_engine_list {
	const struct sv_aes_engine *const *aes;
	const struct sv_ghash_engine *const *ghash;
	u32 nr_aes;
	u32 nr_ghash;
};

extern const struct sv_engine_list sv_engine_list;

/*
 * The engines in use. The two are chosen separately: a CPU, and more so an
 * emulator, may have the wide form of one and not of the other.
 */
struct sv_engines {
	const struct sv_aes_engine *aes;
	const struct sv_ghash_engine *ghash;
};

/*
 * Take the last engine of each kind in @list that @cpu (SV_CPU_*) can run and
 * @health (from sv_selftest_run) found good. False, with both pointers NULL,
 * when either kind has none: the vault must then refuse to serve.
 */
bool sv_engines_select(struct sv_engines *e, const struct sv_engine_list *list, u32 cpu,
		       u32 health);

#endif /* CORE_CRYPTO_ENGINE_H */

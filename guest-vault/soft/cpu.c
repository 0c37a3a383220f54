// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "cpu.h"

#include "../core/crypto/engine.h"

#include <cpuid.h>

/* Extended control register 0 (Intel SDM volume 1, 13.3). */
enum {
	XCR0_AVX = 1 << 1 | 1 << 2,
	XCR0_AVX512 = XCR0_AVX | 1 << 5 | 1 << 6 | 1 << 7,
};

struct cpu_words {
	u32 leaf1_ecx;
	u32 leaf7_ebx;
	u32 leaf7_ecx;
	u32 xcr0;
};

static u32 read_xcr0(void)
{
	u32 eax, edx;

	__asm__ __volatile__("xgetbv" : "=a" (eax), "=d" (edx) : "c" (0));
	return eax;
}

static void read_words(struct cpu_words *w)
{
	u32 eax, ebx, ecx, edx;

	*w = (struct cpu_words){ 0 };
	if (__get_cpuid(1, &eax, &ebx, &ecx, &edx))
		w->leaf1_ecx = ecx;
	if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx)) {
		w->leaf7_ebx = ebx;
		w->leaf7_ecx = ecx;
	}
	/* Without OSXSAVE the instruction itself does not exist. */
	if (w->leaf1_ecx & bit_OSXSAVE)
		w->xcr0 = read_xcr0();
}

u32 sv_cpu_features(void)
{
	const u32 avx512 = bit_AVX512F | bit_AVX512DQ | bit_AVX512BW | bit_AVX512VL;
	struct cpu_words w;
	u32 cpu = 0;

	read_words(&w);
	if (w.leaf1_ecx & bit_SSSE3)
		cpu |= SV_CPU_SSSE3;
	if (w.leaf1_ecx & bit_SSE4_1)
		cpu |= SV_CPU_SSE41;
	if (w.leaf1_ecx & bit_AES)
		cpu |= SV_CPU_AES;
	if (w.leaf1_ecx & bit_PCLMUL)
		cpu |= SV_CPU_PCLMUL;
	if ((w.xcr0 & XCR0_AVX) != XCR0_AVX)
		return cpu;

	if ((w.leaf1_ecx & bit_AVX) && (w.leaf7_ebx & bit_AVX2))
		cpu |= SV_CPU_AVX2;
	if (w.leaf7_ecx & bit_VAES)
		cpu |= SV_CPU_VAES;
	if (w.leaf7_ecx & bit_VPCLMULQDQ)
		cpu |= SV_CPU_VPCLMUL;
	if ((w.xcr0 & XCR0_AVX512) == XCR0_AVX512 && (w.leaf7_ebx & avx512) == avx512)
		cpu |= SV_CPU_AVX512;
	return cpu;
}

// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "cpu.h"

#include <io.h>
#include "die.h"

#define CR4_OSFXSR (1UL << 9)
#define CR4_OSXMMEXCPT (1UL << 10)
#define CR4_UMIP (1UL << 11)
#define CR4_OSXSAVE (1UL << 18)
#define CR4_SMEP (1UL << 20)
#define CR4_SMAP (1UL << 21)

/* AMD64 APM volume 3, appendix E. */
enum {
	L1C_PCLMUL = 1 << 1,
	L1C_SSSE3 = 1 << 9,
	L1C_SSE41 = 1 << 19,
	L1C_X2APIC = 1 << 21,
	L1C_AES = 1 << 25,
	L1C_XSAVE = 1 << 26,
	L1C_AVX = 1 << 28,
	L1C_RDRAND = 1 << 30,
	L1D_FXSR_SSE2 = 1 << 24 | 1 << 26,

	L7B_AVX2 = 1 << 5,
	L7B_SMEP = 1 << 7,
	L7B_SMAP = 1 << 20,
	L7C_UMIP = 1 << 2,
	L7C_VAES = 1 << 9,
	L7C_VPCLMUL = 1 << 10,

	RDRAND_TRIES = 32,	/* many more than a good generator ever needs */

	XCR0_X87_SSE = 0x03,
	XCR0_AVX = 0x04,
	XCR0_AVX512 = 0xe0,	/* opmask, upper halves, upper sixteen */
};

#define L7B_AVX512 (1U << 16 | 1U << 17 | 1U << 30 | 1U << 31) /* F DQ BW VL */

static bool has(u32 word, u32 bits)
{
	return (word & bits) == bits;
}

static struct sv_cpuid leaf7(void)
{
	struct sv_cpuid none = { 0, 0, 0, 0 };

	return sv_cpuid(0, 0).eax >= 7 ? sv_cpuid(7, 0) : none;
}

static void write_xcr0(u32 v)
{
	__asm__ volatile("xsetbv" :: "c"(0), "a"(v), "d"(0));
}

static u64 read_cr4(void)
{
	u64 v;

	__asm__ volatile("mov %%cr4, %0" : "=r"(v));
	return v;
}

static void write_cr4(u64 v)
{
	__asm__ volatile("mov %0, %%cr4" :: "r"(v) : "memory");
}

/* A VM may start with either of two states: make it the one of a CPU. */
static void reset_fpu(void)
{
	const u32 mxcsr = 0x1f80;

	__asm__ volatile("fninit; ldmxcsr %0" :: "m"(mxcsr));
}

/* What the CPU has and XCR0 can hold; sets XCR0. */
static u32 enable_xstate(struct sv_cpuid l1)
{
	struct sv_cpuid l7 = leaf7();
	u32 supported, xcr0 = XCR0_X87_SSE;

	if (!has(l1.ecx, L1C_XSAVE))
		return 0;
	supported = sv_cpuid(0xd, 0).eax;
	if (has(l1.ecx, L1C_AVX) && has(supported, XCR0_AVX))
		xcr0 |= XCR0_AVX;
	if (has(xcr0, XCR0_AVX) && has(l7.ebx, L7B_AVX512) &&
	    has(supported, XCR0_AVX512))
		xcr0 |= XCR0_AVX512;
	write_xcr0(xcr0);
	return xcr0;
}

static u32 capabilities(struct sv_cpuid l1, u32 xcr0)
{
	struct sv_cpuid l7 = leaf7();
	u32 can = 0;

	if (has(l1.ecx, L1C_SSSE3))
		can |= SV_CPU_CAN_SSSE3;
	if (has(l1.ecx, L1C_SSE41))
		can |= SV_CPU_CAN_SSE41;
	if (has(l1.ecx, L1C_AES))
		can |= SV_CPU_CAN_AES;
	if (has(l1.ecx, L1C_PCLMUL))
		can |= SV_CPU_CAN_PCLMUL;
	if (!has(xcr0, XCR0_AVX))
		return can;
	if (has(l7.ebx, L7B_AVX2))
		can |= SV_CPU_CAN_AVX2;
	if (has(l7.ecx, L7C_VAES))
		can |= SV_CPU_CAN_VAES;
	if (has(l7.ecx, L7C_VPCLMUL))
		can |= SV_CPU_CAN_VPCLMUL;
	if (has(xcr0, XCR0_AVX512) && has(l7.ebx, L7B_AVX512))
		can |= SV_CPU_CAN_AVX512;
	return can;
}

u32 sv_cpu_init(void)
{
	struct sv_cpuid l1 = sv_cpuid(1, 0), l7 = leaf7();
	u64 cr4 = read_cr4() | CR4_OSFXSR | CR4_OSXMMEXCPT;

	if (!has(l1.edx, L1D_FXSR_SSE2) || !has(l1.ecx, L1C_X2APIC))
		sv_die(SV_DEATH_CPU);
	if (has(l7.ebx, L7B_SMEP))
		cr4 |= CR4_SMEP;
	if (has(l7.ebx, L7B_SMAP))
		cr4 |= CR4_SMAP;
	if (has(l7.ecx, L7C_UMIP))
		cr4 |= CR4_UMIP;
	if (has(l1.ecx, L1C_XSAVE))
		cr4 |= CR4_OSXSAVE;
	write_cr4(cr4);
	reset_fpu();
	return capabilities(l1, enable_xstate(l1));
}

u64 sv_cpu_random(void)
{
	u64 v = sv_cpu_tsc() * 0x9e3779b97f4a7c15ULL;
	u32 tries = RDRAND_TRIES;
	u64 r = 0;
	u8 ok = 0;

	if (!has(sv_cpuid(1, 0).ecx, L1C_RDRAND))
		return v;
	while (!ok && tries--)
		__asm__ volatile("rdrand %0; setc %1"
				 : "=r"(r), "=qm"(ok) :: "cc");
	if (!ok)
		sv_die(SV_DEATH_CPU);
	return v ^ r;
}

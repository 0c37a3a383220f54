// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "copy.h"

#include <cpuid.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { LEAF7_EDX_FSRM = 1 << 4 };

static bool has_fsrm;

void sv_copy_init(void)
{
	unsigned int eax, ebx, ecx, edx;

	if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx))
		has_fsrm = edx & LEAF7_EDX_FSRM;
}

static uint64_t load(const uint8_t *p)
{
	uint64_t x;

	memcpy(&x, p, sizeof(x));
	/* Keeps the compiler from widening the loop to vectors. */
	__asm__("" : "+r" (x));
	return x;
}

static void copy_words(uint8_t *dst, const uint8_t *src, size_t len)
{
	uint64_t a, b, c, d;

	for (; len >= 32; len -= 32, src += 32, dst += 32) {
		a = load(src);
		b = load(src + 8);
		c = load(src + 16);
		d = load(src + 24);
		memcpy(dst, &a, 8);
		memcpy(dst + 8, &b, 8);
		memcpy(dst + 16, &c, 8);
		memcpy(dst + 24, &d, 8);
	}
	while (len--)
		*dst++ = *src++;
}

void sv_copy(void *dst, const void *src, size_t len)
{
	if (has_fsrm)
		__asm__ __volatile__("rep movsb" : "+D" (dst), "+S" (src), "+c" (len) : : "memory");
	else
		copy_words(dst, src, len);
}

// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "util.h"

void sv_wipe(void *p, size_t len)
{
	memset(p, 0, len);
	/* The memory might be read here, for all the compiler can tell. */
	__asm__ __volatile__("" : : "r" (p) : "memory");
}

bool sv_memeq(const void *a, const void *b, size_t len)
{
	const u8 *x = a;
	const u8 *y = b;
	u64 diff = 0;
	size_t i;

	/* Hidden in every step, so that no early exit can be invented. */
	for (i = 0; i < len; i++)
		diff = sv_hide64(diff | (x[i] ^ y[i]));
	return ((diff - 1) >> 63) & 1;
}

bool sv_is_zero(const void *p, size_t len)
{
	const u8 *b = p;
	u8 acc = 0;

	while (len--)
		acc |= *b++;
	return !acc;
}

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef CORE_CRYPTO_UTIL_H
#define CORE_CRYPTO_UTIL_H

#include <port.h>

/* Overwrite @len bytes with zeros. The compiler cannot leave the stores out. */
void sv_wipe(void *p, size_t len);

/*
 * Compare @len bytes in time that depends on @len alone. True when equal; two
 * empty ranges are equal. Both ranges must be private memory.
 */
bool sv_memeq(const void *a, const void *b, size_t len);

/* All of @len bytes are zero? In time that depends on @len alone. */
bool sv_is_zero(const void *p, size_t len);

/*
 * Hide @x from the optimiser: what follows works on the value as it was here
 * and cannot go back to the memory it came from.
 */
static inline u64 sv_hide64(u64 x)
{
	__asm__("" : "+r" (x));
	return x;
}

/* Load and store integers at any alignment; the load reads memory once. */
static inline u64 sv_load64(const u8 *p)
{
	u64 x;

	memcpy(&x, p, sizeof(x));
	return sv_hide64(x);
}

static inline void sv_store64(u8 *p, u64 x)
{
	memcpy(p, &x, sizeof(x));
}

static inline u64 sv_load_be64(const u8 *p)
{
	return __builtin_bswap64(sv_load64(p));
}

static inline void sv_store_be64(u8 *p, u64 x)
{
	sv_store64(p, __builtin_bswap64(x));
}

#endif /* CORE_CRYPTO_UTIL_H */

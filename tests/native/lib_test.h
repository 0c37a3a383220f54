/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* What every native test includes: cmocka and a repeatable source of numbers. */
#ifndef NATIVE_LIB_TEST_H
#define NATIVE_LIB_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <port.h>

/* Say which row of a table is being tested when @cond does not hold. */
#define assert_row(row, cond)								\
	do {										\
		if (!(cond))								\
			fail_msg("row %u: %s", (unsigned int)(row), #cond);		\
	} while (0)

/* Not secret and not good: the same numbers in every run. */
struct rng {
	u64 state;
};

static inline u64 rng_next(struct rng *r)
{
	u64 z = r->state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

/* 0 to @n - 1 */
static inline u32 rng_below(struct rng *r, u32 n)
{
	return (u32)(rng_next(r) % n);
}

static inline void rng_fill(struct rng *r, void *p, size_t n)
{
	u8 *b = p;

	while (n--)
		*b++ = (u8)rng_next(r);
}

#endif /* NATIVE_LIB_TEST_H */

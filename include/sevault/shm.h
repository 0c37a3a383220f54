/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The only functions that cross __shared.
 *
 * A __shared pointer names memory that a hostile peer may change between any
 * two instructions. The rule is: copy once, then judge the copy. sparse
 * refuses a plain dereference of such a pointer; everything here strips the
 * mark in one place.
 */
#ifndef SEVAULT_SHM_H
#define SEVAULT_SHM_H

#include <port.h>

/*
 * Copy @n bytes out of shared memory. The barrier keeps the compiler from
 * fetching a byte a second time once the copy has been judged.
 */
static inline void sv_shm_read(void *dst, const void __shared *src, size_t n)
{
	memcpy(dst, (__force const void *)src, n);
	barrier();
}

/* Copy @n bytes into shared memory. Publish with sv_shm_store16(). */
static inline void sv_shm_write(void __shared *dst, const void *src, size_t n)
{
	memcpy((__force void *)dst, src, n);
}

static inline void sv_shm_zero(void __shared *dst, size_t n)
{
	memset((__force void *)dst, 0, n);
	barrier();
}

/* Start to fetch a cache line that is about to be read; @p may be anything. */
static inline void sv_shm_prefetch(const void __shared *p)
{
	__builtin_prefetch((__force const void *)p);
}

/* The same for a line that will be written after that: one transfer between CPUs, not two. */
static inline void sv_shm_prefetchw(void __shared *p)
{
	__asm__("prefetchw %0" : : "m" (*(__force u8 *)p));
}

/* Acquire: what the peer wrote before its sv_shm_store16() is visible. */
static inline u16 sv_shm_load16(const __le16 __shared *p)
{
	u16 v = smp_load_acquire((__force const u16 *)p);

	return le16_to_cpu((__force __le16)v);
}

/* Release: everything written before is visible to the peer's acquire. */
static inline void sv_shm_store16(__le16 __shared *p, u16 v)
{
	smp_store_release((__force u16 *)p, (__force u16)cpu_to_le16(v));
}

/*
 * A slot's data area as plain bytes, for code whose contract is to read each
 * source byte exactly once and to write each destination byte exactly once
 * (the cipher engines; scatterlist copies). Nobody else may use this.
 */
static inline u8 *sv_shm_stream(u8 __shared *p)
{
	return (__force u8 *)p;
}

#endif /* SEVAULT_SHM_H */

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The world as portable sources see it, outside the kernel: vault image,
 * sevault-soft, native tests, benches and fuzzers. Only freestanding compiler
 * headers and builtins; names and meanings are the kernel's, so that one
 * source serves both. x86-64 only: plain loads acquire, plain stores release.
 */
#ifndef PORT_BARE_PORT_H
#define PORT_BARE_PORT_H

#include <stdbool.h>
#include <stddef.h>

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef signed char s8;
typedef short s16;
typedef int s32;
typedef long long s64;

#ifdef __CHECKER__
#define __bitwise __attribute__((bitwise))
#define __force __attribute__((force))
/* Memory that the peer can change at any time: see sevault/shm.h. */
#define __shared __attribute__((noderef, address_space(__shared)))
#else
#define __bitwise
#define __force
#define __shared
#endif

typedef u16 __bitwise __le16;
typedef u32 __bitwise __le32;
typedef u64 __bitwise __le64;
typedef u32 __bitwise __be32;
typedef u64 __bitwise __be64;

#define __must_check __attribute__((warn_unused_result))
#define __packed __attribute__((packed))
#define __aligned(n) __attribute__((aligned(n)))
#undef __always_inline	/* libc has one too */
#define __always_inline inline __attribute__((always_inline))
#define noinline __attribute__((noinline))
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define static_assert _Static_assert

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define min_t(type, a, b) ({ type min_a = (a); type min_b = (b); min_a < min_b ? min_a : min_b; })

#define cpu_to_le16(x) ((__force __le16)(u16)(x))
#define cpu_to_le32(x) ((__force __le32)(u32)(x))
#define cpu_to_le64(x) ((__force __le64)(u64)(x))
#define le16_to_cpu(x) ((__force u16)(__le16)(x))
#define le32_to_cpu(x) ((__force u32)(__le32)(x))
#define le64_to_cpu(x) ((__force u64)(__le64)(x))
#define cpu_to_be32(x) ((__force __be32)__builtin_bswap32(x))
#define cpu_to_be64(x) ((__force __be64)__builtin_bswap64(x))
#define be32_to_cpu(x) __builtin_bswap32((__force u32)(__be32)(x))
#define be64_to_cpu(x) __builtin_bswap64((__force u64)(__be64)(x))

/* The four functions that a compiler may call on its own account. */
void *memcpy(void *dst, const void *src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);

#define barrier() __asm__ __volatile__("" ::: "memory")
#define READ_ONCE(x) (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile __typeof__(x) *)&(x) = (v))
#define smp_load_acquire(p) __atomic_load_n(p, __ATOMIC_ACQUIRE)
#define smp_store_release(p, v) __atomic_store_n(p, v, __ATOMIC_RELEASE)
/* As the kernel has it: cheaper than mfence, which is what the builtin makes. */
#define smp_mb() __asm__ __volatile__("lock; addl $0, -4(%%rsp)" ::: "memory", "cc")
#define cpu_relax() __builtin_ia32_pause()

#endif /* PORT_BARE_PORT_H */

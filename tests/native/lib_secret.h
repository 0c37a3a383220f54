/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Secrets as undefined memory: a branch or an address that depends on them is
 * an error to valgrind. MemorySanitizer cannot take its place: to it, any use
 * in an asm statement is an error.
 */
#ifndef NATIVE_LIB_SECRET_H
#define NATIVE_LIB_SECRET_H

#include <stddef.h>

#include <valgrind/memcheck.h>

#ifndef __has_feature
#define __has_feature(x) 0
#endif

#if __has_feature(memory_sanitizer)
#include <sanitizer/msan_interface.h>
#else
#define __msan_unpoison(p, len) ((void)(p), (void)(len))
#define __msan_scoped_disable_interceptor_checks() ((void)0)
#define __msan_scoped_enable_interceptor_checks() ((void)0)
#endif

static inline void mark_secret(void *p, size_t len)
{
	VALGRIND_MAKE_MEM_UNDEFINED(p, len);
}

/* Also for what a library that is not instrumented has written. */
static inline void mark_public(void *p, size_t len)
{
	__msan_unpoison(p, len);
	VALGRIND_MAKE_MEM_DEFINED(p, len);
}

/*
 * Around calls into such a library: what it passes to the C library looks
 * undefined to MemorySanitizer, although it is not.
 */
static inline void enter_foreign(void)
{
	__msan_scoped_disable_interceptor_checks();
}

static inline void leave_foreign(void)
{
	__msan_scoped_enable_interceptor_checks();
}

static inline int secrets_are_tracked(void)
{
	return RUNNING_ON_VALGRIND;
}

#endif /* NATIVE_LIB_SECRET_H */

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Secrets as undefined memory: a branch or an address that depends on them is
 * an error to valgrind, and to MemorySanitizer in its variant. In the other
 * variants these do nothing.
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
#define HAVE_MSAN 1
#else
#define HAVE_MSAN 0
#define __msan_poison(p, len) ((void)(p), (void)(len))
#define __msan_unpoison(p, len) ((void)(p), (void)(len))
#endif

static inline void mark_secret(void *p, size_t len)
{
	__msan_poison(p, len);
	VALGRIND_MAKE_MEM_UNDEFINED(p, len);
}

/* Also for what a library that is not instrumented has written. */
static inline void mark_public(void *p, size_t len)
{
	__msan_unpoison(p, len);
	VALGRIND_MAKE_MEM_DEFINED(p, len);
}

static inline int secrets_are_tracked(void)
{
	return HAVE_MSAN || RUNNING_ON_VALGRIND;
}

#endif /* NATIVE_LIB_SECRET_H */

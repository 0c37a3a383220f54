/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Code that was not compiled with MSan wrote this memory: call it initialised. */
#ifndef NATIVE_LIB_MSAN_H
#define NATIVE_LIB_MSAN_H

#ifdef __has_feature
#if __has_feature(memory_sanitizer)
#include <sanitizer/msan_interface.h>
#define native_wrote(p, n) __msan_unpoison(p, n)
#define native_no_sanitize __attribute__((no_sanitize("memory", "address")))
#endif
#if __has_feature(address_sanitizer)
#define native_no_sanitize __attribute__((no_sanitize("address")))
#endif
#endif

#ifndef native_wrote
#define native_wrote(p, n) ((void)(p), (void)(n))
#endif
#ifndef native_no_sanitize
#define native_no_sanitize
#endif

#endif /* NATIVE_LIB_MSAN_H */

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Which sanitizer this is, for the few places that must know.
 *
 * native_wrote(): code that MSan does not see wrote this memory.
 * native_no_sanitize: the function reads what is nobody's, on purpose.
 */
#ifndef NATIVE_LIB_SANITIZE_H
#define NATIVE_LIB_SANITIZE_H

#ifdef __has_feature
#if __has_feature(memory_sanitizer)
#include <sanitizer/msan_interface.h>
#define native_wrote(p, n) __msan_unpoison(p, n)
#define native_no_sanitize __attribute__((no_sanitize("memory")))
#define native_is_sanitized true
#endif
#if __has_feature(address_sanitizer)
#define native_no_sanitize __attribute__((no_sanitize("address")))
#define native_is_sanitized true
#endif
#endif

#ifndef native_wrote
#define native_wrote(p, n) ((void)(p), (void)(n))
#endif
#ifndef native_no_sanitize
#define native_no_sanitize
#endif
#ifndef native_is_sanitized
#define native_is_sanitized false
#endif

#endif /* NATIVE_LIB_SANITIZE_H */

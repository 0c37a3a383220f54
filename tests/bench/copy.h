/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Copy as the kernel's memcpy() does on x86-64: no vector registers; the
 * string instruction where the CPU has it fast for short copies too (FSRM),
 * else a loop over words.
 */
#ifndef BENCH_COPY_H
#define BENCH_COPY_H

#include <stddef.h>

/* Once, before the first copy. */
void sv_copy_init(void);

void sv_copy(void *dst, const void *src, size_t len);

#endif /* BENCH_COPY_H */

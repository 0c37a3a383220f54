/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* What the fuzz targets share: the input as a stream, and the peer it plays. */
#ifndef FUZZ_LIB_FUZZ_H
#define FUZZ_LIB_FUZZ_H

#include <port.h>

/* The input. When it is used up, everything is zero and fuzz_is_over(). */
void fuzz_start(const u8 *data, size_t len);
bool fuzz_is_over(void);
u8 fuzz_u8(void);
u16 fuzz_u16(void);
u32 fuzz_u32(void);
void fuzz_bytes(void *dst, size_t len);

/* Number below @n; @n is not 0. */
u32 fuzz_below(u32 n);

/*
 * A range of shared memory that the peer may write to, at any read of the code
 * under test and whenever fuzz_scribble() is called. Up to 16, forgotten by
 * fuzz_start().
 */
void fuzz_expose(void *p, size_t len);
void fuzz_scribble(void);

/* Ends the program, which keeps the input. */
void fuzz_assert(bool ok, const char *what);

/* Zeroed, page-aligned memory of exactly @len bytes, for ever. */
void *fuzz_alloc(size_t len);

/* Defined by each target, called by libFuzzer. */
int LLVMFuzzerTestOneInput(const u8 *data, size_t len);

#endif /* FUZZ_LIB_FUZZ_H */

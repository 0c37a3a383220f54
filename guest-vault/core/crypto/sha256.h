/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* SHA-256, FIPS 180-4. Written for size: it hashes a few hundred bytes at start. */
#ifndef CORE_CRYPTO_SHA256_H
#define CORE_CRYPTO_SHA256_H

#include <port.h>

enum { SV_SHA256_LEN = 32 };

/* Digest of @len bytes at @src. Time depends on @len only; the state is wiped. */
void sv_sha256(u8 digest[SV_SHA256_LEN], const void *src, size_t len);

#endif /* CORE_CRYPTO_SHA256_H */

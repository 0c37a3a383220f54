/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* What OpenSSL says: the independent opinion on every mode. */
#ifndef NATIVE_LIB_REF_H
#define NATIVE_LIB_REF_H

#include <port.h>

/*
 * Encrypt or decrypt @len bytes with "AES-<bits>-<mode>", @mode being ECB, CBC,
 * CTR or XTS and @key_len bytes of key. @dst and @src do not overlap. Ends the
 * program when OpenSSL refuses.
 */
void ref_cipher(const char *mode, bool enc, const u8 *key, size_t key_len, const u8 iv[16],
		u8 *dst, const u8 *src, size_t len);

struct ref_gcm {
	const u8 *key;
	size_t key_len;
	const u8 *iv;		/* 12 bytes */
	const u8 *aad;
	size_t aad_len;
	size_t len;
	size_t tag_len;
};

void ref_gcm_seal(const struct ref_gcm *g, u8 *dst, const u8 *src, u8 *tag);

/* False when the tag is wrong. */
bool ref_gcm_open(const struct ref_gcm *g, u8 *dst, const u8 *src, const u8 *tag);

void ref_sha256(u8 digest[32], const void *src, size_t len);

#endif /* NATIVE_LIB_REF_H */

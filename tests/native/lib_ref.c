// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "lib_ref.h"

#include "lib_sanitize.h"
#include "lib_secret.h"

#include <stdio.h>
#include <stdlib.h>

#include <openssl/evp.h>

static void must(int ok, const char *what)
{
	if (ok == 1)
		return;
	fprintf(stderr, "OpenSSL refused: %s\n", what);
	abort();
}

void ref_cipher(const char *mode, bool enc, const u8 *key, size_t key_len, const u8 iv[16],
		u8 *dst, const u8 *src, size_t len)
{
	bool is_xts = mode[0] == 'X';
	EVP_CIPHER_CTX *ctx;
	EVP_CIPHER *cipher;
	char name[32];
	int n = 0;

	snprintf(name, sizeof(name), "AES-%zu-%s", key_len * (is_xts ? 4 : 8), mode);
	enter_foreign();
	ctx = EVP_CIPHER_CTX_new();
	cipher = EVP_CIPHER_fetch(NULL, name, NULL);
	leave_foreign();
	must(!!cipher, name);
	must(EVP_CipherInit_ex2(ctx, cipher, key, mode[0] == 'E' ? NULL : iv, enc, NULL), name);
	EVP_CIPHER_CTX_set_padding(ctx, 0);
	if (len) {
		must(EVP_CipherUpdate(ctx, dst, &n, src, (int)len), name);
		native_wrote(&n, sizeof(n));
		must(n == (int)len, name);
	}
	native_wrote(dst, len);
	EVP_CIPHER_CTX_free(ctx);
	EVP_CIPHER_free(cipher);
}

static EVP_CIPHER_CTX *gcm_start(const struct ref_gcm *g, bool enc)
{
	EVP_CIPHER_CTX *ctx;
	EVP_CIPHER *cipher;
	char name[32];
	int n;

	snprintf(name, sizeof(name), "AES-%zu-GCM", g->key_len * 8);
	enter_foreign();
	ctx = EVP_CIPHER_CTX_new();
	cipher = EVP_CIPHER_fetch(NULL, name, NULL);
	leave_foreign();
	must(!!cipher, name);
	must(EVP_CipherInit_ex2(ctx, cipher, g->key, g->iv, enc, NULL), name);
	if (g->aad_len)
		must(EVP_CipherUpdate(ctx, NULL, &n, g->aad, (int)g->aad_len), "aad");
	EVP_CIPHER_free(cipher);
	return ctx;
}

void ref_gcm_seal(const struct ref_gcm *g, u8 *dst, const u8 *src, u8 *tag)
{
	EVP_CIPHER_CTX *ctx = gcm_start(g, true);
	u8 rest[16];
	int n;

	if (g->len)
		must(EVP_CipherUpdate(ctx, dst, &n, src, (int)g->len), "text");
	must(EVP_CipherFinal_ex(ctx, rest, &n), "final");
	must(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, (int)g->tag_len, tag), "tag");
	native_wrote(dst, g->len);
	native_wrote(tag, g->tag_len);
	EVP_CIPHER_CTX_free(ctx);
}

bool ref_gcm_open(const struct ref_gcm *g, u8 *dst, const u8 *src, const u8 *tag)
{
	EVP_CIPHER_CTX *ctx = gcm_start(g, false);
	u8 rest[16];
	bool ok;
	int n;

	if (g->len)
		must(EVP_CipherUpdate(ctx, dst, &n, src, (int)g->len), "text");
	native_wrote(dst, g->len);
	must(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, (int)g->tag_len, (void *)tag), "tag");
	ok = EVP_CipherFinal_ex(ctx, rest, &n) == 1;
	EVP_CIPHER_CTX_free(ctx);
	return ok;
}

void ref_sha256(u8 digest[32], const void *src, size_t len)
{
	must(EVP_Digest(src, len, digest, NULL, EVP_sha256(), NULL), "SHA-256");
	native_wrote(digest, 32);
}

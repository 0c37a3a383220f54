// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "digest.h"

#include <openssl/evp.h>

static bool add_cpus(EVP_MD_CTX *ctx, u32 reset, const struct sv_digest_params *p)
{
	u8 page[SV_VMSA_LEN];
	unsigned int i;

	for (i = 0; i < p->nr_cpus; i++) {
		sv_vmsa_fill(page, p->profile, p->signature, i ? reset : 0);
		if (EVP_DigestUpdate(ctx, page, sizeof(page)) != 1)
			return false;
	}
	return true;
}

const char *sv_digest_compute(u8 digest[SV_DIGEST_LEN], const u8 *image, size_t len,
			      const struct sv_guid_table *table,
			      const struct sv_digest_params *params)
{
	EVP_MD_CTX *ctx;
	bool ok;

	if (params->es && !table->has_reset)
		return "QEMU starts no SEV-ES guest from an image without a SEV-ES reset block";
	ctx = EVP_MD_CTX_new();
	ok = ctx && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) == 1 &&
	     EVP_DigestUpdate(ctx, image, len) == 1 &&
	     (!params->es || add_cpus(ctx, table->reset, params)) &&
	     EVP_DigestFinal_ex(ctx, digest, NULL) == 1;
	EVP_MD_CTX_free(ctx);
	return ok ? NULL : "OpenSSL's SHA-256 failed";
}

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef HOST_CTL_DIGEST_H
#define HOST_CTL_DIGEST_H

#include "guid.h"
#include "vmsa.h"

enum {
	SV_DIGEST_LEN = 32,
	SV_DIGEST_CPUS_MAX = 512,
};

/* What a launch digest depends on, next to the image. */
struct sv_digest_params {
	bool es;		/* without: plain SEV, the image alone */
	enum sv_vmsa_profile profile;
	u32 signature;
	unsigned int nr_cpus;	/* 1..SV_DIGEST_CPUS_MAX */
};

/*
 * The launch digest: SHA-256 over the image and one page for each CPU. Returns
 * NULL, or why there is none. @table is the image's.
 */
const char *sv_digest_compute(u8 digest[SV_DIGEST_LEN], const u8 *image, size_t len,
			      const struct sv_guid_table *table,
			      const struct sv_digest_params *params);

#endif /* HOST_CTL_DIGEST_H */

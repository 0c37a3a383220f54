/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef CORE_CRYPTO_GCM_H
#define CORE_CRYPTO_GCM_H

#include "modes.h"

enum sv_gcm_limits {
	SV_GCM_CHUNK = 4096,	/* the smallest bounce buffer that seal accepts */
};

/*
 * One GCM request (SP 800-38D). Lengths in bytes.
 *
 * @iv:      SV_GCM_IV_LEN bytes, private memory
 * @aad, @aad_len: associated data, any length; may be shared, read once
 * @dst, @src, @len: text, equal or not overlapping; may be shared. @src is read
 *           once, @dst written once
 * @tag, @tag_len: 4, 8 or 12 to 16 bytes; written by seal, read once by open.
 *           May be shared, may follow the text in @dst or @src
 * @bounce, @bounce_len: private memory of the caller, at least SV_GCM_CHUNK
 *           bytes for seal, at least @len for open; contents are undefined
 *           afterwards and not secret
 */
struct sv_gcm_req {
	const u8 *iv;
	const u8 *aad;
	size_t aad_len;
	const u8 *src;
	u8 *dst;
	size_t len;
	u8 *tag;
	size_t tag_len;
	u8 *bounce;
	size_t bounce_len;
};

/*
 * Encrypt and authenticate. The tag covers what was computed, not what @dst
 * holds. BAD_ALG or BAD_LEN (text, tag or bounce length): nothing was written.
 */
enum sv_status __must_check sv_gcm_seal(const struct sv_aes_key *k,
					const struct sv_gcm_req *r);

/*
 * Take a private copy of the text, verify the tag over the copy, and only then
 * write plaintext. With BAD_TAG (or any other error) @dst is untouched and the
 * copy is wiped.
 */
enum sv_status __must_check sv_gcm_open(const struct sv_aes_key *k,
					const struct sv_gcm_req *r);

/* SP 800-38D, 5.2.1.2. */
bool sv_gcm_tag_len_is_valid(size_t tag_len);

#endif /* CORE_CRYPTO_GCM_H */

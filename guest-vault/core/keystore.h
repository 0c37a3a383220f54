/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The keys of the vault: a fixed array of expanded keys. A handle names an
 * entry and the generation of its contents, so that a handle outlives its key
 * harmlessly (sevault/wire.h, sv_key_id).
 *
 * Rule for several vCPUs: an entry that get() returned is used only until the
 * request at hand is answered, and drop() may wipe only what no request uses,
 * because a cipher run over a half-wiped schedule gives the key away. One
 * thread serves all pairs now, so a drop never meets a request. With more,
 * drop() must first make the handle stale, then wait until each server has
 * been between two requests, and only then wipe and reuse the entry.
 */
#ifndef CORE_KEYSTORE_H
#define CORE_KEYSTORE_H

#include "crypto/modes.h"

enum {
	SV_KEYSTORE_NR = 1024,		/* entries, about 2.2 KiB each */
	SV_KEYSTORE_FIRST_GEN = 1,
};

/*
 * One key, or all zero but for the generation.
 *
 * @key:  expanded, secret
 * @salt: SV_ALG_RFC4106, secret; else zero
 * @gen:  generation of this or the next key; 0: the entry is retired, because
 *        every generation was used once
 * @alg:  enum sv_alg, 0: no key. RFC 4106 is an algorithm here, and GCM below
 */
struct sv_keystore_entry {
	struct sv_aes_key key;
	u8 salt[SV_RFC4106_SALT_LEN];
	u32 gen;
	u8 alg;
};

/*
 * Must be 64-byte aligned. All functions are for one thread.
 *
 * @live: entries with a key
 * @next: where the search for a free entry starts: entries are reused as late
 *        as possible
 */
struct sv_keystore {
	struct sv_keystore_entry entry[SV_KEYSTORE_NR];
	u32 live;
	u32 next;
};

void sv_keystore_init(struct sv_keystore *ks);

/*
 * Expand a key straight into a free entry. @key is private memory of @key_len
 * bytes with the salt at the end for SV_ALG_RFC4106, and stays the caller's to
 * wipe. @flags is SV_KEY_F_*.
 *
 * BAD_ALG, BAD_FLAGS, BAD_KEYLEN, WEAK_KEY, or NO_SPACE: nothing was loaded and
 * @key_id is zero.
 */
enum sv_status __must_check sv_keystore_load(struct sv_keystore *ks, const struct sv_engines *e,
					     u32 alg, u32 flags, const u8 *key, size_t key_len,
					     u64 *key_id);

/* The key of a handle, or NULL when the handle is unknown, stale or dropped. */
const struct sv_keystore_entry *sv_keystore_get(const struct sv_keystore *ks, u64 key_id);

/* Wipe the key. BAD_KEY when the handle is unknown, stale or dropped. */
enum sv_status __must_check sv_keystore_drop(struct sv_keystore *ks, u64 key_id);

/* Wipe everything, before the vault dies. The store is as after init. */
void sv_keystore_wipe(struct sv_keystore *ks);

#endif /* CORE_KEYSTORE_H */

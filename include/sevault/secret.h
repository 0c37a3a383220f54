/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * What the guest owner injects into a SEV-ES vault before its first
 * instruction (LAUNCH_SECRET).
 *
 * The packet's plaintext is the table that sevctl and libvirt know: the
 * table's GUID, le32 length of table header and entries, the entries, zeros up
 * to a multiple of 16. An entry is GUID, le32 length with this header, data.
 * The vault takes the one entry of type SV_SECRET_ENTRY_GUID, whose data is a
 * struct sv_secret, and skips entries of other types.
 *
 * Who may inject is the secure processor's business: it checks the packet
 * against a key that the owner chose for this launch. But the host says where
 * the packet goes and whether there is one. The digest tells a secret that
 * arrived in its place from noise, from a part of one and from none at all;
 * it need not be keyed, because the host can write nothing that decrypts to
 * text of its choice.
 */
#ifndef SEVAULT_SECRET_H
#define SEVAULT_SECRET_H

#include <port.h>

/* 1e74f542-71dd-4d66-963e-ef4287ff173b, in the order of the bytes in memory */
#define SV_SECRET_TABLE_GUID { \
	0x42, 0xf5, 0x74, 0x1e, 0xdd, 0x71, 0x66, 0x4d, \
	0x96, 0x3e, 0xef, 0x42, 0x87, 0xff, 0x17, 0x3b }
/* 6a6c1ab8-0f4e-4a7e-9e5b-7c1d0b5f9a21 */
#define SV_SECRET_ENTRY_GUID { \
	0xb8, 0x1a, 0x6c, 0x6a, 0x4e, 0x0f, 0x7e, 0x4a, \
	0x9e, 0x5b, 0x7c, 0x1d, 0x0b, 0x5f, 0x9a, 0x21 }

#define SV_SECRET_MAGIC "SVSECRT"	/* with its NUL: 8 bytes */

enum {
	SV_SECRET_VERSION = 1,
	SV_SECRET_AREA_LEN = 4096,	/* what the image's table offers */
	SV_SECRET_GUID_LEN = 16,
	SV_SECRET_HEAD_LEN = 20,	/* GUID and length, of table and entry */
	SV_SECRET_ID_LEN = 16,
	SV_SECRET_KEY_LEN = 32,
	SV_SECRET_KEYS_MAX = 8,
	SV_SECRET_DIGEST_LEN = 32,
};

/* What the owner allows. Bits that the vault does not know end it. */
enum sv_policy {
	SV_POLICY_IMPORT = 1 << 0,	/* keys may be loaded in the clear */
	SV_POLICY_KNOWN = SV_POLICY_IMPORT,
};

/* A key of the owner's and its public name. */
struct sv_root_key {
	u8 id[SV_SECRET_ID_LEN];
	u8 key[SV_SECRET_KEY_LEN];
};

struct sv_secret {
	char magic[8];
	__le16 version;		/* SV_SECRET_VERSION */
	__le16 nr_keys;		/* 1..SV_SECRET_KEYS_MAX */
	__le32 policy;		/* enum sv_policy */
	u8 session_id[SV_SECRET_ID_LEN];	/* of this launch, public */
	u8 channel_key[SV_SECRET_KEY_LEN];	/* to talk to this launch */
	struct sv_root_key key[SV_SECRET_KEYS_MAX];	/* zero from nr_keys on */
	u8 digest[SV_SECRET_DIGEST_LEN];	/* SHA-256 of all before it */
};

static_assert(sizeof(struct sv_secret) == 480, "sv_secret");

#endif /* SEVAULT_SECRET_H */

// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "secret.h"

#include "crypto/sha256.h"
#include "crypto/util.h"

static_assert((int)SV_SECRET_KEYS_MAX == (int)SV_ROOT_KEYS_MAX, "root keys");
static_assert((int)SV_SECRET_ID_LEN == (int)SV_ID_LEN, "ids");

static const u8 table_guid[SV_SECRET_GUID_LEN] = SV_SECRET_TABLE_GUID;
static const u8 entry_guid[SV_SECRET_GUID_LEN] = SV_SECRET_ENTRY_GUID;

static bool has_guid(const u8 *p, const u8 *guid)
{
	return sv_memeq(p, guid, SV_SECRET_GUID_LEN);
}

/* The length that follows a GUID. */
static u32 head_len(const u8 *p)
{
	__le32 len;

	memcpy(&len, p + SV_SECRET_GUID_LEN, sizeof(len));
	return le32_to_cpu(len);
}

/*
 * SECURITY: the area may hold noise or part of a table. Each length is held
 * against what is left before it is used; an entry is at least its own head,
 * so the walk ends.
 */
static const u8 *find_entry(const u8 *area, u32 len, u32 want)
{
	u32 total, off, n;

	if (len < SV_SECRET_HEAD_LEN || !has_guid(area, table_guid))
		return NULL;
	total = head_len(area);
	if (total < SV_SECRET_HEAD_LEN || total > len)
		return NULL;
	for (off = SV_SECRET_HEAD_LEN; total - off >= SV_SECRET_HEAD_LEN; off += n) {
		n = head_len(area + off);
		if (n < SV_SECRET_HEAD_LEN || n > total - off)
			return NULL;
		if (n == SV_SECRET_HEAD_LEN + want && has_guid(area + off, entry_guid))
			return area + off + SV_SECRET_HEAD_LEN;
	}
	return NULL;
}

/* No key lies where none is counted. */
static bool ends_after(const struct sv_secret *s, u32 nr)
{
	return sv_is_zero(s->key + nr, (SV_SECRET_KEYS_MAX - nr) * sizeof(s->key[0]));
}

static bool is_sound(const struct sv_secret *s)
{
	static const char magic[8] = SV_SECRET_MAGIC;
	u8 digest[SV_SHA256_LEN];
	u32 nr = le16_to_cpu(s->nr_keys);

	sv_sha256(digest, s, offsetof(struct sv_secret, digest));
	return sv_memeq(digest, s->digest, sizeof(digest)) &&
	       sv_memeq(s->magic, magic, sizeof(magic)) &&
	       le16_to_cpu(s->version) == SV_SECRET_VERSION && nr &&
	       nr <= SV_SECRET_KEYS_MAX && ends_after(s, nr) &&
	       !(le32_to_cpu(s->policy) & ~(u32)SV_POLICY_KNOWN);
}

bool sv_secret_find(struct sv_secret *out, const u8 *area, u32 len)
{
	const u8 *data = find_entry(area, len, sizeof(*out));

	memset(out, 0, sizeof(*out));
	if (!data)
		return false;
	memcpy(out, data, sizeof(*out));
	if (is_sound(out))
		return true;
	sv_wipe(out, sizeof(*out));
	return false;
}

void sv_secret_describe(const struct sv_secret *s, struct sv_config_facts *facts)
{
	u32 i, nr = le16_to_cpu(s->nr_keys);

	facts->policy = s->policy;
	facts->nr_root_keys = s->nr_keys;
	memcpy(facts->session_id, s->session_id, SV_ID_LEN);
	for (i = 0; i < nr; i++)
		memcpy(facts->root_key_id[i], s->key[i].id, SV_ID_LEN);
}

// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The owner's secret: an area of any length, with noise or with a table that is
 * spoilt. What is accepted obeys the format; what is refused leaves nothing.
 */
#include "lib_fuzz.h"

#include "core/crypto/sha256.h"
#include "core/secret.h"

#include <stdlib.h>

enum {
	SECRET_LEN = sizeof(struct sv_secret),
	MAX_ENTRIES = 4,
	MAX_DATA = 64,
};

/* Right but for what the input says; the digest most often is. */
static void make_secret(struct sv_secret *s)
{
	static const char magic[8] = SV_SECRET_MAGIC;
	u16 nr = fuzz_u8() % (SV_SECRET_KEYS_MAX + 2);
	u32 i, spoil = fuzz_u8() >= 0xc0 ? 1 + fuzz_below(3) : 0;

	memset(s, 0, sizeof(*s));
	memcpy(s->magic, magic, sizeof(magic));
	s->version = cpu_to_le16(SV_SECRET_VERSION);
	s->nr_keys = cpu_to_le16(nr);
	s->policy = cpu_to_le32(fuzz_u8() & 1);
	fuzz_bytes(s->session_id, 4);
	fuzz_bytes(s->key, min_t(u32, nr, SV_SECRET_KEYS_MAX) * sizeof(s->key[0]) / 8);
	for (i = 0; i < spoil; i++)
		((u8 *)s)[fuzz_u16() % offsetof(struct sv_secret, digest)] = fuzz_u8();
	sv_sha256(s->digest, s, offsetof(struct sv_secret, digest));
	if (fuzz_u8() >= 0xf0)
		s->digest[fuzz_below(sizeof(s->digest))] ^= fuzz_u8();
}

static u32 put_head(u8 *p, const u8 *guid, u32 len)
{
	if (fuzz_u8() >= 0xf0)
		len = fuzz_u8() & 1 ? fuzz_u32() : len + fuzz_u8() - 128;
	memcpy(p, guid, SV_SECRET_GUID_LEN);
	memcpy(p + SV_SECRET_GUID_LEN, &len, 4);
	return SV_SECRET_HEAD_LEN;
}

/* Up to four entries, of our type or another. */
static u32 make_table(u8 *area)
{
	static const u8 table[SV_SECRET_GUID_LEN] = SV_SECRET_TABLE_GUID;
	static const u8 ours[SV_SECRET_GUID_LEN] = SV_SECRET_ENTRY_GUID;
	static const u8 foreign[SV_SECRET_GUID_LEN] = { 0xe5, 0x89 };
	u32 len = SV_SECRET_HEAD_LEN, nr = fuzz_below(MAX_ENTRIES + 1), n;
	struct sv_secret s;

	while (nr--)
		if (fuzz_u8() & 1) {
			make_secret(&s);
			len += put_head(area + len, ours, SV_SECRET_HEAD_LEN + SECRET_LEN);
			memcpy(area + len, &s, SECRET_LEN);
			len += SECRET_LEN;
		} else {
			n = fuzz_below(MAX_DATA);
			len += put_head(area + len, foreign, SV_SECRET_HEAD_LEN + n);
			fuzz_bytes(area + len, n);
			len += n;
		}
	put_head(area, table, len);
	return len;
}

static bool is_zero(const void *p, size_t len)
{
	const u8 *b = p;

	while (len--)
		if (*b++)
			return false;
	return true;
}

/* By the words of sevault/secret.h, and it lies in the area as it came out. */
static void check_accepted(const struct sv_secret *s, const u8 *area, u32 len)
{
	u32 nr = le16_to_cpu(s->nr_keys), off;
	u8 digest[SV_SHA256_LEN];

	fuzz_assert(!memcmp(s->magic, SV_SECRET_MAGIC, sizeof(s->magic)), "magic");
	fuzz_assert(le16_to_cpu(s->version) == SV_SECRET_VERSION, "version");
	fuzz_assert(nr >= 1 && nr <= SV_SECRET_KEYS_MAX, "number of keys");
	fuzz_assert(!(le32_to_cpu(s->policy) & ~(u32)SV_POLICY_KNOWN), "policy");
	fuzz_assert(is_zero(s->key + nr, (SV_SECRET_KEYS_MAX - nr) * sizeof(s->key[0])),
		    "keys that nobody counts");
	sv_sha256(digest, s, offsetof(struct sv_secret, digest));
	fuzz_assert(!memcmp(digest, s->digest, sizeof(digest)), "digest");
	for (off = 2 * SV_SECRET_HEAD_LEN; off + SECRET_LEN <= len; off++)
		if (!memcmp(area + off, s, SECRET_LEN))
			return;
	fuzz_assert(false, "from nowhere");
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	static u8 *made;
	struct sv_secret out;
	struct sv_config_facts facts = { .mode = SV_MODE_SEV_ES };
	u32 area_len;
	u8 *area;

	if (!made)
		made = fuzz_alloc(SV_SECRET_AREA_LEN);
	memset(made, 0, SV_SECRET_AREA_LEN);
	fuzz_start(data, len);
	switch (fuzz_below(8)) {
	case 0:
		area_len = fuzz_below(SV_SECRET_AREA_LEN + 1);
		fuzz_bytes(made, area_len);
		break;
	case 1:
		area_len = fuzz_below(make_table(made) + 1);
		break;
	case 2:
		area_len = make_table(made);
		break;
	default:
		make_table(made);
		area_len = SV_SECRET_AREA_LEN;
	}
	area = malloc(area_len + !area_len);
	memcpy(area, made, area_len);
	memset(&out, 0xee, sizeof(out));
	if (sv_secret_find(&out, area, area_len)) {
		check_accepted(&out, area, area_len);
		sv_secret_describe(&out, &facts);
	} else {
		fuzz_assert(is_zero(&out, sizeof(out)), "refused, but something is left");
	}
	fuzz_assert(!memcmp(area, made, area_len), "the area changed");
	free(area);
	return 0;
}

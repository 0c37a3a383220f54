// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "guid.h"

#include <stdio.h>
#include <string.h>

enum {
	TAIL_LEN = 32,		/* behind the table: the reset vector's */
	LEN_LEN = 2,
	ENTRY_HEAD_LEN = LEN_LEN + SV_GUID_LEN,
	IMAGE_MIN = 4096,	/* QEMU looks for no table in less */
};

/* In the order of the bytes in memory. */
static const u8 footer[SV_GUID_LEN] = { 0xde, 0x82, 0xb5, 0x96, 0xb2, 0x1f, 0xf7, 0x45,
					0xba, 0xea, 0xa3, 0x66, 0xc5, 0x5a, 0x08, 0x2d };

enum kind { RESET, SECRET, HASHES, SNP_META, NR_KINDS };

static const struct {
	const char *name;
	size_t len;
	u8 guid[SV_GUID_LEN];
} kinds[NR_KINDS] = {
	[RESET] = { "SEV-ES reset block", 4,
		    { 0xde, 0x71, 0xf7, 0x00, 0x7e, 0x1a, 0xcb, 0x4f,
		      0x89, 0x0e, 0x68, 0xc7, 0x7e, 0x2f, 0xb4, 0x4e } },
	[SECRET] = { "SEV secret block", 8,
		     { 0x61, 0xb3, 0x2e, 0x4c, 0x9b, 0x7d, 0xc3, 0x4c,
		       0x80, 0x81, 0x12, 0x7c, 0x90, 0xd3, 0xd2, 0x94 } },
	[HASHES] = { "SEV hash table block", 8,
		     { 0x1f, 0x37, 0x55, 0x72, 0x3b, 0x3a, 0x04, 0x4b,
		       0x92, 0x7b, 0x1d, 0xa6, 0xef, 0xa8, 0xd4, 0x54 } },
	[SNP_META] = { "SEV-SNP metadata", 4,
		       { 0x66, 0x65, 0x88, 0xdc, 0x4a, 0x98, 0x98, 0x47,
			 0xa7, 0x5e, 0x55, 0x85, 0xa7, 0xbf, 0x67, 0xcc } },
};

static enum kind kind_of(const u8 guid[SV_GUID_LEN])
{
	enum kind kind;

	for (kind = 0; kind < NR_KINDS; kind++)
		if (!memcmp(kinds[kind].guid, guid, SV_GUID_LEN))
			break;
	return kind;
}

static u32 read_le(const u8 *p, unsigned int len)
{
	u32 value = 0;

	while (len--)
		value = value << 8 | p[len];
	return value;
}

static const char *take_entry(struct sv_guid_table *t, const u8 *image,
			      const struct sv_guid_entry *e)
{
	enum kind kind = kind_of(e->guid);
	const u8 *data = image + e->offset;
	unsigned int i;

	if (t->nr == SV_GUID_ENTRIES_MAX)
		return "the table has too many entries";
	for (i = 0; i < t->nr; i++)
		if (!memcmp(t->entry[i].guid, e->guid, SV_GUID_LEN))
			return "the table has two entries of one type";
	t->entry[t->nr++] = *e;
	if (kind == NR_KINDS)
		return NULL;
	if (e->len != kinds[kind].len)
		return "an entry of the table has the wrong length for its type";
	if (kind == RESET) {
		t->has_reset = true;
		t->reset = read_le(data, 4);
		if (!t->reset)
			return "the address in the SEV-ES reset block is 0";
	} else if (kind == SECRET) {
		t->has_secret = true;
		t->secret_gpa = read_le(data, 4);
		t->secret_len = read_le(data + 4, 4);
	}
	return NULL;
}

const char *sv_guid_parse(struct sv_guid_table *table, const u8 *image, size_t len)
{
	struct sv_guid_entry e;
	size_t at, start, total;
	const char *why;

	memset(table, 0, sizeof(*table));
	if (len < IMAGE_MIN)
		return NULL;
	at = len - TAIL_LEN - SV_GUID_LEN;
	if (memcmp(image + at, footer, SV_GUID_LEN))
		return NULL;
	at -= LEN_LEN;
	total = read_le(image + at, LEN_LEN);
	if (total < ENTRY_HEAD_LEN || total > len - TAIL_LEN)
		return "the table's length does not fit into the image";
	start = len - TAIL_LEN - total;
	while (at > start) {
		if (at - start < ENTRY_HEAD_LEN)
			return "the table does not end with an entry";
		memcpy(e.guid, image + at - SV_GUID_LEN, SV_GUID_LEN);
		e.len = read_le(image + at - ENTRY_HEAD_LEN, LEN_LEN);
		if (e.len < ENTRY_HEAD_LEN || e.len > at - start)
			return "an entry's length does not fit into the table";
		e.offset = at - e.len;
		at -= e.len;
		e.len -= ENTRY_HEAD_LEN;
		why = take_entry(table, image, &e);
		if (why)
			return why;
	}
	return NULL;
}

void sv_guid_text(const u8 g[SV_GUID_LEN], char text[SV_GUID_TEXT_LEN])
{
	snprintf(text, SV_GUID_TEXT_LEN, "%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x",
		 read_le(g, 4), read_le(g + 4, 2), read_le(g + 6, 2), g[8], g[9], g[10],
		 g[11], g[12], g[13], g[14], g[15]);
}

const char *sv_guid_name(const u8 guid[SV_GUID_LEN])
{
	enum kind kind = kind_of(guid);

	return kind == NR_KINDS ? NULL : kinds[kind].name;
}

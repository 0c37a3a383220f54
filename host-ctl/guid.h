/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The table of GUIDed entries at the end of a firmware image, by which QEMU
 * learns where a SEV-ES guest's CPUs start and where its secret goes (QEMU,
 * docs/specs/sev-guest-firmware.rst). Read as QEMU reads it, from the last
 * entry to the first; judged more strictly.
 */
#ifndef HOST_CTL_GUID_H
#define HOST_CTL_GUID_H

#include <stdbool.h>
#include <stddef.h>

#include <port.h>

enum {
	SV_GUID_LEN = 16,
	SV_GUID_TEXT_LEN = 37,
	SV_GUID_ENTRIES_MAX = 16,
};

struct sv_guid_entry {
	u8 guid[SV_GUID_LEN];	/* as in memory */
	size_t offset;		/* of its data in the image */
	size_t len;
};

/*
 * What a table holds.
 *
 * @has_reset, @reset: the block with the address that CPUs but the first
 *	start from; no SEV-ES launch without it
 * @has_secret, @secret_gpa, @secret_len: where QEMU puts a launch secret
 */
struct sv_guid_table {
	struct sv_guid_entry entry[SV_GUID_ENTRIES_MAX];
	unsigned int nr;
	bool has_reset;
	u32 reset;
	bool has_secret;
	u32 secret_gpa;
	u32 secret_len;
};

/*
 * Parse the table of the image of @len bytes. Returns NULL, or what is wrong
 * with it; an image without any table is fine and gives no entries.
 */
const char *sv_guid_parse(struct sv_guid_table *table, const u8 *image, size_t len);

/* "00f771de-1a7e-..." */
void sv_guid_text(const u8 guid[SV_GUID_LEN], char text[SV_GUID_TEXT_LEN]);

/* What an entry of this type is for, or NULL if we do not know it. */
const char *sv_guid_name(const u8 guid[SV_GUID_LEN]);

#endif /* HOST_CTL_GUID_H */

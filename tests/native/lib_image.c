// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "lib_image.h"

#include <string.h>

#include <sevault/wire.h>

static_assert(offsetof(struct sv_image_mark, mark_version) == IMAGE_MARK_VERSION, "mark");
static_assert(offsetof(struct sv_image_mark, cbit) == IMAGE_MARK_CBIT, "mark");
static_assert(offsetof(struct sv_image_mark, image_len) == IMAGE_FILE_LEN, "mark");
static_assert(offsetof(struct sv_image_mark, window_len) == IMAGE_WINDOW, "mark");

const u8 image_table[IMAGE_TABLE_LEN] = {
	0x00, 0xd0, 0x3f, 0x00, 0x00, 0x10, 0x00, 0x00, 0x1a, 0x00,
	0x61, 0xb3, 0x2e, 0x4c, 0x9b, 0x7d, 0xc3, 0x4c,
	0x80, 0x81, 0x12, 0x7c, 0x90, 0xd3, 0xd2, 0x94,
	0x04, 0xb0, 0x80, 0x00, 0x16, 0x00,
	0xde, 0x71, 0xf7, 0x00, 0x7e, 0x1a, 0xcb, 0x4f,
	0x89, 0x0e, 0x68, 0xc7, 0x7e, 0x2f, 0xb4, 0x4e,
	0x42, 0x00,
	0xde, 0x82, 0xb5, 0x96, 0xb2, 0x1f, 0xf7, 0x45,
	0xba, 0xea, 0xa3, 0x66, 0xc5, 0x5a, 0x08, 0x2d,
};

void image_fill(u8 *bytes, u8 mode)
{
	bool is_sev = mode == SV_MODE_SEV_ES;
	const struct sv_image_mark mark = {
		.magic = SV_IMAGE_MAGIC,
		.mark_version = cpu_to_le32(SV_IMAGE_MARK_VERSION),
		.mode = mode,
		.cbit = is_sev ? IMAGE_CBIT : 0,
		.image_version = cpu_to_le32(0x00010203),
		.image_len = cpu_to_le32(IMAGE_LEN),
		.ram_len = cpu_to_le32(IMAGE_RAM_LEN),
		.window_len = cpu_to_le32(IMAGE_WINDOW_LEN),
	};

	memset(bytes, 0x90, IMAGE_LEN);
	memcpy(bytes, &mark, sizeof(mark));
	if (is_sev)
		memcpy(bytes + IMAGE_TABLE, image_table, sizeof(image_table));
}

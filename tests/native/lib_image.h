/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Vault images as far as the launcher reads them: the mark, and the table at the end. */
#ifndef NATIVE_LIB_IMAGE_H
#define NATIVE_LIB_IMAGE_H

#include <port.h>
#include <sevault/image.h>

enum {
	IMAGE_LEN = 65536,
	IMAGE_RAM_LEN = 4 << 20,
	IMAGE_WINDOW_LEN = 4 << 20,
	IMAGE_CBIT = 51,
	IMAGE_SECRET_LEN = 4096,

	/* Offsets of fields; those of the table count from its first byte. */
	IMAGE_MARK_VERSION = 8,
	IMAGE_MODE = 12,
	IMAGE_DEBUG = 13,
	IMAGE_MARK_CBIT = 14,
	IMAGE_FILE_LEN = 20,
	IMAGE_RAM = 24,
	IMAGE_WINDOW = 28,
	IMAGE_TABLE_LEN = 66,
	IMAGE_TABLE = IMAGE_LEN - 32 - IMAGE_TABLE_LEN,
	IMAGE_SECRET_GPA = IMAGE_TABLE,
	IMAGE_SECRET_SIZE = IMAGE_TABLE + 4,
	IMAGE_SECRET_GUID = IMAGE_TABLE + 10,
	IMAGE_RESET = IMAGE_TABLE + 26,
	IMAGE_RESET_GUID = IMAGE_TABLE + 32,
	IMAGE_TOTAL = IMAGE_TABLE + 48,
	IMAGE_FOOTER = IMAGE_TABLE + 50,
};

/*
 * A good table: secret block (4096 bytes at 0x3fd000), reset block (0x80b004), as QEMU
 * specifies them.
 */
extern const u8 image_table[IMAGE_TABLE_LEN];

/* A good image for @mode, at @bytes[IMAGE_LEN]. */
void image_fill(u8 *bytes, u8 mode);

#endif /* NATIVE_LIB_IMAGE_H */

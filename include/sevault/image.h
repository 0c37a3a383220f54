/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The mark at the first byte of every vault image. It lets the launcher
 * refuse an image that was not built for the mode asked for; it proves
 * nothing to anybody else.
 */
#ifndef SEVAULT_IMAGE_H
#define SEVAULT_IMAGE_H

#include <port.h>

#define SV_IMAGE_MAGIC "SEVAULT"	/* with its NUL: 8 bytes */

enum { SV_IMAGE_MARK_VERSION = 1 };

struct sv_image_mark {
	char magic[8];
	__le32 mark_version;
	u8 mode;		/* enum sv_mode of wire.h */
	u8 debug;		/* 1: has a console; never for real use */
	u8 cbit;		/* number of the C-bit; 0 in images without */
	u8 reserved;
	__le32 image_version;	/* as in sv_hello */
	__le32 image_len;	/* of the whole image, bytes */
	__le32 ram_len;		/* RAM that the image needs from address 0 */
	__le32 window_len;	/* shared window that it needs */
};

static_assert(sizeof(struct sv_image_mark) == 32, "sv_image_mark");

#endif /* SEVAULT_IMAGE_H */

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef HOST_CTL_IMAGE_H
#define HOST_CTL_IMAGE_H

#include "say.h"

/* What an image says about itself: struct sv_image_mark, judged. */
struct sv_image {
	unsigned int mode;	/* enum sv_mode */
	bool is_debug;
	unsigned int cbit;	/* 0 in mode plain */
	unsigned int version;
	unsigned int ram_len;
	unsigned int window_len;
	unsigned int secret_len;	/* of the area for the launch secret; 0 in mode plain */
};

/* Read the mark of the image at @path; fails for anything but a vault image. */
void sv_image_read(struct sv_image *image, const char *path,
		   struct sv_verdict *v);

/* enum sv_mode in the words of the configuration; NULL if unknown. */
const char *sv_image_mode_name(unsigned int mode);

/* And back; 0 if unknown. */
unsigned int sv_image_mode_from_name(const char *name);

#endif /* HOST_CTL_IMAGE_H */

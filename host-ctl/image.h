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

/* Judge an open file; fails for anything but a vault image. @path is for messages. */
void sv_image_judge(struct sv_image *image, int fd, const char *path, struct sv_verdict *v);

/* The same for the file at @path. */
void sv_image_read(struct sv_image *image, const char *path, struct sv_verdict *v);

/*
 * Open the image at @path once, if it may be trusted, and copy it into memory
 * that nobody can change: what was judged is what runs. Returns that copy's
 * descriptor, or -1; a copy whose verdict is bad is the caller's, too.
 */
int sv_image_take(struct sv_image *image, const char *path, struct sv_verdict *v);

/* enum sv_mode in the words of the configuration; NULL if unknown. */
const char *sv_image_mode_name(unsigned int mode);

/* And back; 0 if unknown. */
unsigned int sv_image_mode_from_name(const char *name);

#endif /* HOST_CTL_IMAGE_H */

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef PLAT_MARK_H
#define PLAT_MARK_H

/* Puts the image's struct sv_image_mark where vault.lds.S wants it. */
#define __sv_image_mark __attribute__((section(".mark"), used))

#endif /* PLAT_MARK_H */

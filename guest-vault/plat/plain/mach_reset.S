/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* What reset.S does for the plain machine: nothing beyond what all need. */
	.macro	mach_check_platform
	.endm
	.macro	mach_set_probe
	.endm
	.macro	mach_check_probe
	.endm
	.macro	mach_image_table
	.endm

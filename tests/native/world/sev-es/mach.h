/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The SEV-ES machine's own header, but for the owner's secret: what lies at a
 * fixed address in the vault is wherever a test has it.
 */
#ifndef NATIVE_WORLD_SEV_ES_MACH_H
#define NATIVE_WORLD_SEV_ES_MACH_H

#define sv_mach_secret_area mach_secret_area_of_the_image
#include "plat/sev-es/mach.h"
#undef sv_mach_secret_area

u8 *sv_mach_secret_area(void);

#endif /* NATIVE_WORLD_SEV_ES_MACH_H */

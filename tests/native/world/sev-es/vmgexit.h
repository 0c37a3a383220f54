/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * What lies behind plat/sev-es/ghcb.c as native tests and fuzzers play it:
 * found as <vmgexit.h> in place of plat/sev-es/hw/vmgexit.h. The other end is
 * lib_host.h.
 */
#ifndef NATIVE_WORLD_SEV_ES_VMGEXIT_H
#define NATIVE_WORLD_SEV_ES_VMGEXIT_H

#include <port.h>

void sv_ghcb_msr_write(u64 v);
u64 sv_ghcb_msr_read(void);
void sv_vmgexit(void);
void *sv_ghcb_page(void);
u64 sv_ghcb_pa(void);

#endif /* NATIVE_WORLD_SEV_ES_VMGEXIT_H */

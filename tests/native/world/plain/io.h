/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The world outside guest-vault/plat/ as native tests and fuzzers play it:
 * found as <io.h> in place of plat/plain/io.h, with the same functions. What
 * they reach is lib_machine.h.
 */
#ifndef NATIVE_WORLD_PLAIN_IO_H
#define NATIVE_WORLD_PLAIN_IO_H

#include <port.h>

void sv_io_out8(u16 port, u8 v);
void sv_io_out32(u16 port, u32 v);
u32 sv_io_in32(u16 port);

u8 sv_mmio_read8(u64 pa);
u16 sv_mmio_read16(u64 pa);
u32 sv_mmio_read32(u64 pa);
void sv_mmio_write8(u64 pa, u8 v);
void sv_mmio_write16(u64 pa, u16 v);
void sv_mmio_write32(u64 pa, u32 v);

u64 sv_msr_read(u32 msr);
void sv_msr_write(u32 msr, u64 v);

#endif /* NATIVE_WORLD_PLAIN_IO_H */

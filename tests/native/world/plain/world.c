// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The plain machine's way to the outside, which here is lib_machine.h. */
#include "io.h"

#include "lib_machine.h"
#include "lib_world.h"

void world_reset(void)
{
	machine_reset();
}

const char *world_violation(void)
{
	return machine.violation;
}

void sv_io_out8(u16 port, u8 v)
{
	machine_port_write(port, v, 1);
}

void sv_io_out32(u16 port, u32 v)
{
	machine_port_write(port, v, 4);
}

u32 sv_io_in32(u16 port)
{
	return machine_port_read(port, 4);
}

u8 sv_mmio_read8(u64 pa)
{
	return (u8)machine_mmio_read(pa, 1);
}

u16 sv_mmio_read16(u64 pa)
{
	return (u16)machine_mmio_read(pa, 2);
}

u32 sv_mmio_read32(u64 pa)
{
	return machine_mmio_read(pa, 4);
}

void sv_mmio_write8(u64 pa, u8 v)
{
	machine_mmio_write(pa, v, 1);
}

void sv_mmio_write16(u64 pa, u16 v)
{
	machine_mmio_write(pa, v, 2);
}

void sv_mmio_write32(u64 pa, u32 v)
{
	machine_mmio_write(pa, v, 4);
}

u64 sv_msr_read(u32 msr)
{
	return machine_msr_read(msr);
}

void sv_msr_write(u32 msr, u64 v)
{
	machine_msr_write(msr, v);
}

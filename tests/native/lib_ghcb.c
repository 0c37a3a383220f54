// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "lib_ghcb.h"

#include "lib_host.h"
#include "plat/sev-es/io.h"

void ghcb_run(void *arg)
{
	struct ghcb_op *o = arg;

	switch (o->kind) {
	case OUT8:
		sv_io_out8((u16)o->at, (u8)o->value);
		break;
	case OUT32:
		sv_io_out32((u16)o->at, (u32)o->value);
		break;
	case IN32:
		o->value = sv_io_in32((u16)o->at);
		break;
	case MSR_GET:
		o->value = sv_msr_read((u32)o->at);
		break;
	case MSR_SET:
		sv_msr_write((u32)o->at, o->value);
		break;
	case READ8:
		o->value = sv_mmio_read8(o->at);
		break;
	case READ16:
		o->value = sv_mmio_read16(o->at);
		break;
	case READ32:
		o->value = sv_mmio_read32(o->at);
		break;
	case WRITE8:
		sv_mmio_write8(o->at, (u8)o->value);
		break;
	case WRITE16:
		sv_mmio_write16(o->at, (u16)o->value);
		break;
	case WRITE32:
		sv_mmio_write32(o->at, (u32)o->value);
		break;
	case GHCB_NR_KINDS:
		break;
	}
}

/* AMD publication 56421, 4.1: the low half of info1 is 0 when all went well. */
bool ghcb_is_answer(const struct ghcb_op *op, const u8 *page)
{
	bool has_rax = page[HOST_VALID + 7] & 0x80, has_rdx = page[HOST_VALID + 12] & 0x04;

	if (page[HOST_INFO1] | page[HOST_INFO1 + 1] | page[HOST_INFO1 + 2] | page[HOST_INFO1 + 3])
		return false;
	switch (op->kind) {
	case IN32:
		return has_rax;
	case MSR_GET:
		return has_rax && has_rdx;
	default:
		return true;
	}
}

u64 ghcb_answer(const struct ghcb_op *op, const u8 *page)
{
	u64 buffer = host_get(page, HOST_BUFFER), rax = host_get(page, HOST_RAX);

	switch (op->kind) {
	case IN32:
		return (u32)rax;
	case MSR_GET:
		return host_get(page, HOST_RDX) << 32 | (u32)rax;
	case READ8:
		return (u8)buffer;
	case READ16:
		return (u16)buffer;
	case READ32:
		return (u32)buffer;
	default:
		return op->value;
	}
}

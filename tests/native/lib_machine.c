// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "lib_machine.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "plat/layout.h"

enum {
	PORT_ADDR = 0xcf8,
	PORT_DATA = 0xcfc,
	ADDR_RESERVED = 0x7f000003,

	REG_ID = 0x00,
	REG_COMMAND = 0x04,
	REG_BAR0 = 0x10,
	REG_CAP_POINTER = 0x34,
	REG_CAPS = 0x40,
	COMMAND_MEM = 2,
	STATUS_CAP_LIST = 0x10,
	BAR_FLAGS = 0xf,
	BAR_64 = 4,

	STATUS_DRIVER = 2,
	STATUS_DRIVER_OK = 4,
	STATUS_FEATURES_OK = 8,

	MSR_APIC_BASE = 0x1b,
	MSR_X2APIC = 0x800,
	MSR_X2APIC_ID = 0x802,
};

struct machine machine;

__attribute__((format(printf, 2, 0)))
static void note(char *what, const char *fmt, va_list ap)
{
	if (!what[0])
		vsnprintf(what, sizeof(machine.violation), fmt, ap);
}

void machine_blame(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	note(machine.violation, fmt, ap);
	va_end(ap);
}

__attribute__((format(printf, 2, 3)))
static void in_order(bool ok, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (!ok)
		note(machine.disorder, fmt, ap);
	va_end(ap);
}

static u32 width_mask(u32 len)
{
	return len == 4 ? ~0U : (1U << 8 * len) - 1;
}

static u32 tell(u32 i, u32 truth)
{
	const struct machine_lie *lie = &machine.lie[i];
	u32 n = machine.nr_reads[i]++, mask = lie->mask ? lie->mask : ~0U;

	if (n < lie->skip || (lie->times && n >= lie->skip + lie->times))
		return truth;
	return lie->runs ? truth + n + 1 : (truth & ~mask) | (lie->value & mask);
}

static u32 answer(enum machine_space space, u32 off, u32 truth, u32 len)
{
	u32 i;

	for (i = 0; i < MACHINE_MAX_LIES; i++)
		if (machine.lie[i].space == space && machine.lie[i].off == off)
			truth = tell(i, truth);
	if (machine.answer)
		truth = machine.answer(space, off, truth);
	return truth & width_mask(len);
}

/* Configuration space */

static u32 get32(const u8 *p)
{
	u32 v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static void put32(u8 *p, u32 v)
{
	memcpy(p, &v, sizeof(v));
}

void machine_patch(u32 off, u32 value, u32 len)
{
	memcpy(machine.function[0].cfg + off, &value, len);
}

void machine_set_bar(u32 index, u32 mask, u32 flags)
{
	machine.function[0].bar_mask[index] = mask & ~(u32)BAR_FLAGS;
	machine_patch(REG_BAR0 + 4 * index, flags, 4);
}

static struct machine_function *addressed(void)
{
	u32 i, bdf = machine.address >> 8 & 0xffff;

	if (!(machine.address >> 31) || machine.address & ADDR_RESERVED || bdf > 0xff)
		machine_blame("configuration address %08x", machine.address);
	for (i = 0; i < machine.nr_functions; i++)
		if (machine.function[i].bdf == bdf)
			return &machine.function[i];
	return NULL;
}

/* A BAR is as large as it says when it is asked, whatever it was before. */
static void take_size(struct machine_function *f, u32 off, u32 v)
{
	u32 bar = (off - REG_BAR0) / 4;
	u8 *reg;

	if (off < REG_BAR0 || bar >= MACHINE_NR_BARS || !(machine.sized >> bar & 1))
		return;
	reg = f->cfg + REG_BAR0 + 4 * bar;
	f->bar_mask[bar] = v & ~(u32)BAR_FLAGS;
	put32(reg, v);
	/* All bits of the upper half are address. */
	if (v & BAR_64 && bar + 1 < MACHINE_NR_BARS)
		reg[4] &= (u8)~BAR_FLAGS;
}

static u32 read_cfg(void)
{
	struct machine_function *f = addressed();
	u32 off = machine.address & 0xfc, v;

	if (!f)
		return ~0U;
	if (f != &machine.function[0])
		return get32(f->cfg + off);
	v = answer(MACHINE_CFG, off, get32(f->cfg + off), 4);
	machine.last_cfg[off / 4] = v;
	take_size(f, off, v);
	return v;
}

/* 0: nobody gave it an address. */
static u64 bar_base(const struct machine_function *f, u32 i)
{
	u32 low = get32(f->cfg + REG_BAR0 + 4 * i);
	u64 base = low & f->bar_mask[i];

	if (base && low & BAR_64 && i + 1 < MACHINE_NR_BARS)
		base |= (u64)get32(f->cfg + REG_BAR0 + 4 * i + 4) << 32;
	return base;
}

/* The lowest bit that can be written; what that leaves out is not decoded. */
static u64 bar_len(const struct machine_function *f, u32 i)
{
	return f->bar_mask[i] & -f->bar_mask[i];
}

/* Inside the aperture, in pages of its own. */
static void check_bar(const struct machine_function *f, u32 i)
{
	u64 base = bar_base(f, i), other;
	u32 j;

	if (base < SV_MMIO_PA || base + bar_len(f, i) > (u64)SV_MMIO_PA + SV_MMIO_LEN)
		machine_blame("BAR %u enabled at %llx", i, base);
	for (j = 0; j < MACHINE_NR_BARS; j++) {
		other = bar_base(f, j) - base;
		if (j != i && bar_base(f, j) && other < ((bar_len(f, i) + 0xfff) & ~0xfffULL))
			machine_blame("BARs %u and %u overlap", i, j);
	}
}

static void write_command(struct machine_function *f, u32 v)
{
	u32 i;

	memcpy(f->cfg + REG_COMMAND, &v, 2);
	for (i = 0; v & COMMAND_MEM && i < MACHINE_NR_BARS; i++)
		if (bar_base(f, i) && bar_len(f, i))
			check_bar(f, i);
}

static void write_bar(struct machine_function *f, u32 bar, u32 v)
{
	u8 *reg = f->cfg + REG_BAR0 + 4 * bar;

	put32(reg, (v & f->bar_mask[bar]) | (get32(reg) & BAR_FLAGS));
	machine.sized &= ~(1U << bar);
	if (v == ~0U)
		machine.sized |= 1U << bar;
}

/* What a driver may write: BARs, the command, and the control of MSI-X. */
static void write_cfg(u32 v)
{
	struct machine_function *f = addressed();
	u32 off = machine.address & 0xfc, bar = (off - REG_BAR0) / 4;

	if (f != &machine.function[0])
		machine_blame("write to function %08x", machine.address);
	else if (off == REG_COMMAND)
		write_command(f, v);
	else if (off >= REG_BAR0 && bar < MACHINE_NR_BARS)
		write_bar(f, bar, v);
	else if (off < REG_CAPS || ((v ^ machine.last_cfg[off / 4]) & ~0xc0000000))
		machine_blame("write of %08x to configuration space, offset %02x", v, off);
	else
		put32(f->cfg + off, v);
}

void machine_port_write(u16 port, u32 v, u32 len)
{
	machine.nr_accesses++;
	if (port == PORT_ADDR && len == 4)
		machine.address = v;
	else if (port == PORT_DATA && len == 4)
		write_cfg(v);
	else
		machine_blame("write to port %x, %u bytes", port, len);
}

u32 machine_port_read(u16 port, u32 len)
{
	machine.nr_accesses++;
	if (port == PORT_DATA && len == 4)
		return read_cfg();
	machine_blame("read of port %x, %u bytes", port, len);
	return ~0U;
}

/* Registers of the virtio device */

struct reg {
	u32 off;
	u32 len;
	void *value;
	bool writable;
	bool of_queue;
};

static struct machine_queue *queue(void)
{
	static struct machine_queue absent;

	memset(&absent, 0, sizeof(absent));
	return machine.queue_select < machine.nr_queues &&
	       machine.queue_select < MACHINE_MAX_QUEUES ?
	       &machine.queue[machine.queue_select] : &absent;
}

static bool find_reg(struct reg *r, u32 off, u32 len)
{
	struct machine_queue *q = queue();
	u8 *feature = (u8 *)&machine.features + 4 * (machine.feature_select & 1);
	u8 *accepted = (u8 *)&machine.driver_features + 4 * (machine.driver_feature_select & 1);
	const struct reg regs[] = {
		{ 0x00, 4, &machine.feature_select, true, false },
		{ 0x04, 4, feature, false, false },
		{ 0x08, 4, &machine.driver_feature_select, true, false },
		{ 0x0c, 4, accepted, true, false },
		{ 0x10, 2, &machine.config_vector, true, false },
		{ 0x12, 2, &machine.nr_queues, false, false },
		{ 0x14, 1, &machine.status, true, false },
		{ 0x15, 1, &machine.generation, false, false },
		{ 0x16, 2, &machine.queue_select, true, false },
		{ 0x18, 2, &q->size, true, true },
		{ 0x1a, 2, &q->vector, true, true },
		{ 0x1c, 2, &q->enable, true, true },
		{ 0x1e, 2, &q->notify_off, false, true },
		{ 0x20, 4, &q->desc, true, true },
		{ 0x24, 4, (u8 *)&q->desc + 4, true, true },
		{ 0x28, 4, &q->avail, true, true },
		{ 0x2c, 4, (u8 *)&q->avail + 4, true, true },
		{ 0x30, 4, &q->used, true, true },
		{ 0x34, 4, (u8 *)&q->used + 4, true, true },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(regs); i++) {
		*r = regs[i];
		if (r->off == off && r->len == len)
			return true;
	}
	in_order(false, "common configuration: %u bytes at %02x", len, off);
	return false;
}

static u32 read_common(u32 off, u32 len)
{
	struct reg r;
	u32 v = 0;

	if (!find_reg(&r, off, len))
		return answer(MACHINE_STRAY, off, ~0U, len);
	memcpy(&v, r.value, len);
	return answer(MACHINE_COMMON, off, v, len);
}

static void write_status(u8 v)
{
	u32 i;

	in_order(!v || (v & machine.status) == machine.status, "status %02x after %02x", v,
		 machine.status);
	in_order(!(v & STATUS_DRIVER_OK) || machine.status & STATUS_FEATURES_OK,
		 "DRIVER_OK without FEATURES_OK");
	if (v & STATUS_FEATURES_OK && machine.driver_features & ~machine.features)
		v &= (u8)~STATUS_FEATURES_OK;
	if (machine.started && v & ~machine.status & STATUS_DRIVER_OK)
		machine.started();
	machine.status = v;
	for (i = 0; !v && i < MACHINE_MAX_QUEUES; i++)
		machine.queue[i].enable = 0;
}

static void check_queue_write(const struct reg *r, u32 v)
{
	const struct machine_queue *q = queue();
	u8 phase = machine.status & (STATUS_DRIVER_OK | STATUS_FEATURES_OK);

	in_order(machine.queue_select < machine.nr_queues, "queue %u does not exist",
		 machine.queue_select);
	in_order(phase == STATUS_FEATURES_OK, "queue set up at status %02x", machine.status);
	in_order(!q->enable, "queue changed after it was enabled");
	in_order(r->value != &q->enable || (v == 1 && q->desc && q->avail && q->used),
		 "queue enabled half done");
}

static void write_common(u32 off, u32 v, u32 len)
{
	struct reg r;

	if (!find_reg(&r, off, len))
		return;
	in_order(r.writable, "write to common configuration, offset %02x", off);
	if (!r.writable)
		return;
	if (r.of_queue)
		check_queue_write(&r, v);
	if (off == 0x0c)
		in_order((machine.status & (STATUS_DRIVER | STATUS_FEATURES_OK)) == STATUS_DRIVER,
			 "features written at status %02x", machine.status);
	if ((off == 0x10 || off == 0x1a) && v >= MACHINE_NR_VECTORS)
		v = 0xffff;
	if (off == 0x14)
		write_status((u8)v);
	else
		memcpy(r.value, &v, len);
}

static void write_notify(u32 off, u32 v, u32 len)
{
	u32 i;

	for (i = 0; i < machine.nr_queues && i < MACHINE_MAX_QUEUES; i++)
		if (len == 2 && v == i &&
		    off == (u32)machine.queue[i].notify_off * MACHINE_NOTIFY_MULT) {
			in_order(machine.status & STATUS_DRIVER_OK, "doorbell of a device at rest");
			machine.queue[i].nr_notifies++;
			return;
		}
	in_order(false, "doorbell %x rung with %u, %u bytes", off, v, len);
}

/* Where @pa leads. Every access must be aligned and inside one BAR. */
static enum machine_space decode(u64 pa, u32 len, u32 *off)
{
	const struct machine_function *f = &machine.function[0];
	u32 i;
	u64 at;

	machine.nr_accesses++;
	if (!(f->cfg[REG_COMMAND] & COMMAND_MEM) || pa % len)
		machine_blame("%u bytes at %llx, command %02x", len, pa, f->cfg[REG_COMMAND]);
	for (i = 0; i < MACHINE_NR_BARS; i++) {
		at = pa - bar_base(f, i);
		if (bar_base(f, i) && at < bar_len(f, i) && at + len <= bar_len(f, i))
			break;
	}
	*off = (u32)at & (MACHINE_BLOCK_LEN - 1);
	if (i == MACHINE_NR_BARS)
		machine_blame("%u bytes at %llx, outside of all BARs", len, pa);
	else if (i == MACHINE_BAR_MSIX && at + len <= sizeof(machine.msix))
		return MACHINE_MSIX;
	else if (i == MACHINE_BAR && at < 0x38)
		return MACHINE_COMMON;
	else if (i == MACHINE_BAR && at - MACHINE_OFF_NOTIFY < MACHINE_BLOCK_LEN)
		return MACHINE_NOTIFY;
	return MACHINE_STRAY;
}

u32 machine_mmio_read(u64 pa, u32 len)
{
	u32 off, v = ~0U;
	enum machine_space space = decode(pa, len, &off);

	if (space == MACHINE_COMMON)
		return read_common(off, len);
	if (space == MACHINE_MSIX)
		memcpy(&v, (u8 *)machine.msix + off, len);
	return answer(space, off, v, len);
}

void machine_mmio_write(u64 pa, u32 v, u32 len)
{
	u32 off;

	switch (decode(pa, len, &off)) {
	case MACHINE_COMMON:
		write_common(off, v, len);
		break;
	case MACHINE_NOTIFY:
		write_notify(off, v, len);
		break;
	case MACHINE_MSIX:
		memcpy((u8 *)machine.msix + off, &v, len);
		break;
	default:
		in_order(false, "write of %x to %llx", v, pa);
	}
}

/* The local APIC in x2APIC mode */

void machine_msr_write(u32 msr, u64 v)
{
	machine.nr_accesses++;
	if (msr == MSR_APIC_BASE)
		machine.apic_base = v;
	else if (msr - MSR_X2APIC < ARRAY_SIZE(machine.apic))
		machine.apic[msr - MSR_X2APIC] = v;
	else
		machine_blame("write of MSR %x", msr);
}

u64 machine_msr_read(u32 msr)
{
	machine.nr_accesses++;
	if (msr == MSR_APIC_BASE)
		return machine.apic_base;
	if (msr == MSR_X2APIC_ID)
		return machine.apic_id;
	machine_blame("read of MSR %x", msr);
	return 0;
}

/* The honest machine */

static void add_cap(u32 pos, u32 next, u32 type, u32 bar, u32 off)
{
	u8 *cap = machine.function[0].cfg + pos;

	cap[0] = 0x09;
	cap[1] = (u8)next;
	cap[2] = type == 2 ? 20 : 16;
	cap[3] = (u8)type;
	cap[4] = (u8)bar;
	put32(cap + 8, off);
	put32(cap + 12, MACHINE_BLOCK_LEN);
	if (type == 2)
		put32(cap + 16, MACHINE_NOTIFY_MULT);
}

static void add_function(u16 bdf)
{
	struct machine_function *f = &machine.function[machine.nr_functions++];

	f->bdf = bdf;
	put32(f->cfg + REG_ID, (0x1040U + SV_VIRTIO_ID) << 16 | 0x1af4);
	f->cfg[REG_COMMAND + 2] = STATUS_CAP_LIST;
	f->cfg[REG_CAP_POINTER] = MACHINE_CAP_MSIX;
}

void machine_reset(void)
{
	u32 i;

	memset(&machine, 0, sizeof(machine));
	add_function(0x08);
	add_cap(MACHINE_CAP_COMMON, 0, 1, MACHINE_BAR, MACHINE_OFF_COMMON);
	add_cap(MACHINE_CAP_ISR, MACHINE_CAP_COMMON, 3, MACHINE_BAR, 0x1000);
	add_cap(MACHINE_CAP_DEVICE, MACHINE_CAP_ISR, 4, MACHINE_BAR, MACHINE_OFF_DEVICE);
	add_cap(MACHINE_CAP_NOTIFY, MACHINE_CAP_DEVICE, 2, MACHINE_BAR, MACHINE_OFF_NOTIFY);
	add_cap(MACHINE_CAP_CFG, MACHINE_CAP_NOTIFY, 5, 0, 0);
	machine_patch(MACHINE_CAP_MSIX, 0x11 | MACHINE_CAP_CFG << 8, 2);
	machine_patch(MACHINE_CAP_MSIX + 2, MACHINE_NR_VECTORS - 1, 2);
	machine_patch(MACHINE_CAP_MSIX + 4, MACHINE_BAR_MSIX, 4);
	machine_patch(MACHINE_CAP_MSIX + 8, 0x800 | MACHINE_BAR_MSIX, 4);
	machine_set_bar(MACHINE_BAR_MSIX, (u32)-MACHINE_MSIX_BAR_LEN, 0);
	machine_set_bar(MACHINE_BAR, (u32)-MACHINE_BAR_LEN, 0xc);
	machine.function[0].bar_mask[MACHINE_BAR + 1] = ~0U;

	machine.features = SV_VIRTIO_FEATURES | 0x10000000ULL | 1;
	machine.status = 0x03;		/* left over by somebody before us */
	machine.nr_queues = 4;
	machine.config_vector = 0xffff;
	for (i = 0; i < MACHINE_MAX_QUEUES; i++) {
		machine.queue[i].size = 256;
		machine.queue[i].vector = 0xffff;
		machine.queue[i].notify_off = (u16)i;
	}
	machine.apic_base = 0xfee00900;
	machine.apic_id = 0;
}

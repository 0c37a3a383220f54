// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * A port by which a program in the host sets behaviours of the hostile hypervisor, so that one boot
 * of the host does for many of them. It is no part of any real machine.
 *
 * Lines of text are written to it, byte by byte; each has an answer that ends with a zero byte:
 *	hostile LIST	turn these on and all others off; "ok" or "unknown"
 *	exact on|off	the mode of guests that are activated from now on; "ok"
 *	report		per behaviour that is on: name, occasions, how often it acted; and "ended SET CODE"
 *			if a guest asked for its end by the GHCB MSR
 */
#include "qemu/osdep.h"
#include "vepyc.h"
#include "internal.h"

enum {
	CONTROL_PORT = 0x5e0,
	LINE_MAX_LEN = 256,
};

static struct {
	MemoryRegion port;
	char line[LINE_MAX_LEN];
	size_t line_len;
	char *answer;
	size_t answer_pos;
} control;

static char *run_line(const char *line)
{
	if (g_str_has_prefix(line, "hostile "))
		return g_strdup(vepyc_hostile_set(line + strlen("hostile ")) ? "ok" : "unknown");
	if (!strcmp(line, "exact on") || !strcmp(line, "exact off")) {
		vepyc->exact = !strcmp(line, "exact on");
		return g_strdup("ok");
	}
	return !strcmp(line, "report") ? vepyc_hostile_report() : g_strdup("unknown");
}

static uint64_t control_read(void *opaque, hwaddr addr, unsigned int size)
{
	if (!control.answer || !control.answer[control.answer_pos])
		return 0;
	return (uint8_t)control.answer[control.answer_pos++];
}

static void control_write(void *opaque, hwaddr addr, uint64_t val, unsigned int size)
{
	if (val != '\n') {
		if (control.line_len < LINE_MAX_LEN - 1)
			control.line[control.line_len++] = val;
		return;
	}
	control.line[control.line_len] = 0;
	control.line_len = 0;
	g_free(control.answer);
	control.answer = run_line(control.line);
	control.answer_pos = 0;
}

static const MemoryRegionOps control_ops = {
	.read = control_read,
	.write = control_write,
	.impl = { .min_access_size = 1, .max_access_size = 1 },
};

void vepyc_control_create(Object *owner, MemoryRegion *io)
{
	memory_region_init_io(&control.port, owner, &control_ops, NULL, "sev-emulation-control", 1);
	memory_region_add_subregion(io, CONTROL_PORT, &control.port);
}

// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "vmsa.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
	SEGMENT_LIMIT = 0xffff,
	SEV_FEATURE_DEBUG_SWAP = 1 << 5,
	OFFSET_CS = 0x10,
	OFFSET_RIP = 0x178,
	OFFSET_RDX = 0x310,
	OFFSET_SEV_FEATURES = 0x3b0,
	OFFSET_MXCSR = 0x408,
	OFFSET_FCW = 0x410,
};

static const struct {
	const char *name;
	bool has_fpu;
	u64 features;
} profiles[SV_VMSA_NR_PROFILES] = {
	[SV_VMSA_LEGACY] = { "legacy", false, 0 },
	[SV_VMSA_LEGACY_DEBUGSWAP] = { "legacy+debugswap", false, SEV_FEATURE_DEBUG_SWAP },
	[SV_VMSA_INIT2] = { "init2", true, 0 },
	[SV_VMSA_INIT2_DEBUGSWAP] = { "init2+debugswap", true, SEV_FEATURE_DEBUG_SWAP },
};

static const struct {
	const char *model;
	u32 signature;
} cpus[] = {
	{ "EPYC", 0x800f12 },
	{ "EPYC-Rome", 0x830f10 },
	{ "EPYC-Milan", 0xa00f11 },
	{ "EPYC-Genoa", 0xa10f10 },
	{ "EPYC-Turin", 0xb00f00 },
};

static const char models[] = "EPYC EPYC-Rome EPYC-Milan EPYC-Genoa EPYC-Turin";

const char *sv_vmsa_profile_name(enum sv_vmsa_profile profile)
{
	return profile < SV_VMSA_NR_PROFILES ? profiles[profile].name : NULL;
}

enum sv_vmsa_profile sv_vmsa_profile_from_name(const char *name)
{
	enum sv_vmsa_profile p;

	for (p = 0; p < SV_VMSA_NR_PROFILES; p++)
		if (!strcmp(profiles[p].name, name))
			break;
	return p;
}

const char *sv_vmsa_models(void)
{
	return models;
}

/* "-v1", or nothing */
static bool is_version(const char *s)
{
	return !*s || (!strncmp(s, "-v", 2) && s[2] >= '1' && s[2] <= '9' && !s[3]);
}

static u32 signature_from_number(const char *text)
{
	unsigned long n;
	char *end;

	if (strncmp(text, "0x", 2))
		return 0;
	n = strtoul(text, &end, 16);
	return *end || n > UINT32_MAX ? 0 : (u32)n;
}

u32 sv_vmsa_signature(const char *model)
{
	size_t i, len;

	for (i = 0; i < ARRAY_SIZE(cpus); i++) {
		len = strlen(cpus[i].model);
		if (!strncmp(cpus[i].model, model, len) && is_version(model + len))
			return cpus[i].signature;
	}
	return signature_from_number(model);
}

static void put(u8 *page, unsigned int offset, u64 value, unsigned int len)
{
	unsigned int i;

	for (i = 0; i < len; i++)
		page[offset + i] = (u8)(value >> 8 * i);
}

static void put_segment(u8 *page, unsigned int offset, u16 selector, u16 attributes, u64 base)
{
	put(page, offset, selector, 2);
	put(page, offset + 2, attributes, 2);
	put(page, offset + 4, SEGMENT_LIMIT, 4);
	put(page, offset + 8, base, 8);
}

static void put_segments(u8 *page)
{
	static const struct {
		u16 offset;
		u16 attributes;
	} rows[] = {
		{ 0x00, 0x93 }, { 0x20, 0x93 }, { 0x30, 0x93 }, { 0x40, 0x93 }, { 0x50, 0x93 },
		{ 0x60, 0 },		/* GDTR */
		{ 0x70, 0x82 },		/* LDTR */
		{ 0x80, 0 },		/* IDTR */
		{ 0x90, 0x8b },		/* TR */
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		put_segment(page, rows[i].offset, 0, rows[i].attributes, 0);
}

static void put_registers(u8 *page)
{
	static const struct {
		u16 offset;
		u64 value;
	} rows[] = {
		{ 0x0d0, 0x1000 },		/* EFER: SVME */
		{ 0x148, 0x40 },		/* CR4: MCE */
		{ 0x158, 0x10 },		/* CR0: ET */
		{ 0x160, 0x400 },		/* DR7 */
		{ 0x168, 0xffff0ff0 },		/* DR6 */
		{ 0x170, 2 },			/* RFLAGS */
		{ 0x268, 0x0007040600070406 },	/* PAT */
		{ 0x3e8, 1 },			/* XCR0 */
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		put(page, rows[i].offset, rows[i].value, 8);
}

void sv_vmsa_fill(u8 page[SV_VMSA_LEN], enum sv_vmsa_profile profile,
		  u32 signature, u32 reset)
{
	u32 start = reset ? reset : 0xfffffff0;

	memset(page, 0, SV_VMSA_LEN);
	put_segments(page);
	put_registers(page);
	put_segment(page, OFFSET_CS, 0xf000, 0x9b, start & 0xffff0000);
	put(page, OFFSET_RIP, start & 0xffff, 8);
	put(page, OFFSET_RDX, signature, 8);
	put(page, OFFSET_SEV_FEATURES, profiles[profile].features, 8);
	if (profiles[profile].has_fpu) {
		put(page, OFFSET_MXCSR, 0x1f80, 4);
		put(page, OFFSET_FCW, 0x37f, 2);
	}
}

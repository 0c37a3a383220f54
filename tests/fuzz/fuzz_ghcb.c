// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The vault's GHCB code under a hypervisor that answers what the input says:
 * first by the MSR, then with any change of the page. What is read is what the
 * page says, or the vault ends; and no request carries more than it must.
 */
#include "lib_fuzz.h"

#include "lib_ghcb.h"
#include "lib_host.h"
#include "lib_machine.h"
#include "lib_world.h"
#include "plat/die.h"
#include "plat/sev-es/io.h"

#include <stdio.h>
#include <string.h>

enum {
	MAX_OPS = 100,
	MAX_LEAVES = 4,
};

static u64 told;

static u64 fuzz_u64(void)
{
	return (u64)fuzz_u32() << 32 | fuzz_u32();
}

static u64 tell(u64 request, u64 answer)
{
	(void)request;
	told = answer;
	if (fuzz_u8() >= 0xc0)
		told = fuzz_u8() & 1 ? answer ^ 1ULL << fuzz_below(64) : fuzz_u64();
	return told;
}

static void negotiate(void *arg)
{
	(void)arg;
	sv_ghcb_negotiate(HOST_CBIT);
}

/* AMD publication 56421, 2.3.1 */
static enum sv_death judge_information(u64 v)
{
	u64 min = v >> 32 & 0xffff, max = v >> 48;

	if ((v & 0xfff) != 1 || !min || min > max || min > 2)
		return SV_DEATH_HOST;
	return (v >> 24 & 0xff) == HOST_CBIT ? SV_DEATH_NONE : SV_DEATH_PLATFORM;
}

struct question {
	u32 leaf;
	enum sv_ghcb_cpuid_reg reg;
	u32 answer;
};

static void ask(void *arg)
{
	struct question *q = arg;

	q->answer = sv_ghcb_cpuid(q->leaf, q->reg);
}

static bool boot(void)
{
	enum sv_death death = world_run(negotiate, NULL);
	u32 i;

	fuzz_assert(death == judge_information(told), "version and C-bit");
	for (i = 0; !death && i < MAX_LEAVES; i++) {
		struct question q = { .leaf = fuzz_u32(), .reg = fuzz_below(4) };
		u64 head = (u64)q.reg << 30 | 5;

		death = world_run(ask, &q);
		fuzz_assert(death == ((u32)told == head ? SV_DEATH_NONE : SV_DEATH_HOST), "CPUID");
		fuzz_assert(death || q.answer == told >> 32, "CPUID's answer");
	}
	return !death;
}

/* Fields that matter, most often; now and then any byte. */
static void spoil(u8 *page)
{
	static const u16 fields[] = {
		HOST_RAX, HOST_RCX, HOST_RDX, HOST_EXIT_CODE, HOST_INFO1, HOST_INFO2,
		HOST_SCRATCH, HOST_VALID, HOST_VALID + 8, HOST_BUFFER, HOST_VERSION - 2,
	};
	u32 nr = fuzz_below(4);

	while (nr--)
		switch (fuzz_below(4)) {
		case 0:
			page[fuzz_below(HOST_PAGE_LEN)] = fuzz_u8();
			break;
		case 1:
			host_put(page, fields[fuzz_below(ARRAY_SIZE(fields))], fuzz_u64());
			break;
		case 2:
			page[fields[fuzz_below(ARRAY_SIZE(fields))] + fuzz_below(8)] ^= fuzz_u8();
			break;
		default:
			memset(page, fuzz_u8(), HOST_PAGE_LEN);
		}
}

/* What the host sees of a request is what was asked for. */
static void check_request(const struct ghcb_op *op)
{
	const u8 *p = host.seen;
	u64 at = host_get(p, HOST_INFO1);

	switch (op->kind) {
	case OUT8:
	case OUT32:
	case IN32:
		at >>= 16;
		break;
	case MSR_GET:
	case MSR_SET:
		at = host_get(p, HOST_RCX);
		break;
	default:
		break;
	}
	fuzz_assert(at == op->at, "another place than asked for");
	if (op->kind == OUT8 || op->kind == OUT32 || op->kind == MSR_SET)
		fuzz_assert((u32)host_get(p, HOST_RAX) == (u32)op->value, "rax");
	if (op->kind == MSR_SET)
		fuzz_assert(host_get(p, HOST_RDX) == op->value >> 32, "rdx");
	if (op->kind == WRITE8 || op->kind == WRITE16 || op->kind == WRITE32)
		fuzz_assert(host_get(p, HOST_BUFFER) == op->value, "buffer");
}

static struct ghcb_op next_op(void)
{
	static const u32 limits[GHCB_NR_KINDS] = {
		[OUT8] = 0xff, [WRITE8] = 0xff, [WRITE16] = 0xffff,
		[OUT32] = ~0U, [WRITE32] = ~0U,
	};
	struct ghcb_op op = { .kind = fuzz_below(GHCB_NR_KINDS), .at = fuzz_u16() };

	if (op.kind >= READ8)
		op.at |= (u64)fuzz_u32() << 16;
	else if (op.kind == MSR_GET || op.kind == MSR_SET)
		op.at |= (u64)fuzz_u16() << 16;
	op.value = op.kind == MSR_SET ? fuzz_u64() : fuzz_u32() & limits[op.kind];
	return op;
}

static bool run_one(void)
{
	struct ghcb_op op = next_op(), asked = op;
	enum sv_death death = world_run(ghcb_run, &op);
	bool is_good = ghcb_is_answer(&asked, host.left);

	check_request(&asked);
	fuzz_assert(death == (is_good ? SV_DEATH_NONE : SV_DEATH_HOST), "the wrong end");
	fuzz_assert(death || op.value == ghcb_answer(&asked, host.left), "the wrong answer");
	return !death;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	u32 nr = 0;

	fuzz_start(data, len);
	machine_reset();
	host_reset();
	host.tell = tell;
	host.spoil = spoil;
	if (boot()) {
		sv_ghcb_open();
		while (!fuzz_is_over() && nr < MAX_OPS && run_one())
			nr++;
	}
	if (host.violation[0])
		fprintf(stderr, "%s\n", host.violation);
	fuzz_assert(!host.violation[0], "the vault says more than it must");
	return 0;
}

// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "lib_fuzz.h"

#include <sevault/shm.h>

#include <stdio.h>
#include <stdlib.h>

enum { MAX_RANGES = 16 };

struct range {
	u8 *p;
	size_t len;
};

static const u8 *input;
static size_t input_left;
static struct range ranges[MAX_RANGES];
static u32 nr_ranges;

void fuzz_start(const u8 *data, size_t len)
{
	input = data;
	input_left = len;
	nr_ranges = 0;
}

bool fuzz_is_over(void)
{
	return !input_left;
}

u8 fuzz_u8(void)
{
	if (!input_left)
		return 0;
	input_left--;
	return *input++;
}

u16 fuzz_u16(void)
{
	u16 low = fuzz_u8();

	return (u16)(low | fuzz_u8() << 8);
}

u32 fuzz_u32(void)
{
	u32 low = fuzz_u16();

	return low | (u32)fuzz_u16() << 16;
}

void fuzz_bytes(void *dst, size_t len)
{
	size_t n = min_t(size_t, len, input_left);

	memset(dst, 0, len);
	if (n)
		memcpy(dst, input, n);
	input += n;
	input_left -= n;
}

u32 fuzz_below(u32 n)
{
	return (n > 256 ? fuzz_u16() : fuzz_u8()) % n;
}

void fuzz_expose(void *p, size_t len)
{
	fuzz_assert(nr_ranges < MAX_RANGES && len, "too many ranges");
	ranges[nr_ranges++] = (struct range){ p, len };
}

void fuzz_scribble(void)
{
	struct range *r;
	u8 *p;

	if (!nr_ranges)
		return;
	r = &ranges[fuzz_below(nr_ranges)];
	p = r->p + fuzz_u32() % r->len;
	switch (fuzz_below(4)) {
	case 0:
		*p = fuzz_u8();
		break;
	case 1:
		*p ^= (u8)(1 << fuzz_below(8));
		break;
	case 2:
		(*p)++;
		break;
	default:
		fuzz_bytes(p, min_t(size_t, 1 + fuzz_below(16), (size_t)(r->p + r->len - p)));
	}
}

/* Most of the time the peer does nothing. */
void fuzz_peer_acts(void)
{
	if (input_left && fuzz_u8() >= 0xe0)
		fuzz_scribble();
}

void fuzz_assert(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "fuzz: %s\n", what);
	abort();
}

void *fuzz_alloc(size_t len)
{
	void *p = NULL;

	fuzz_assert(posix_memalign(&p, 4096, len) == 0, "out of memory");
	memset(p, 0, len);
	return p;
}

// SPDX-License-Identifier: GPL-2.0
#include "vault/sgl.h"

#include <kunit/test.h>
#include <linux/gfp.h>
#include <linux/mm.h>

enum {
	MAX_ENTRIES = 6,
	ORDER = 3,			/* of the memory behind each entry */
	SPACE = PAGE_SIZE << ORDER,
	MAX_LEN = MAX_ENTRIES * SPACE,
};

/* A list: offset in the pages and length of each entry, zero entries at the end ignored. */
struct layout {
	u32 nr;
	struct {
		u32 offset;
		u32 len;
	} entry[MAX_ENTRIES];
};

static const struct layout layouts[] = {
	{ 1, { { 0, 4096 } } },
	{ 1, { { 1, 4095 } } },
	{ 1, { { 4095, 2 } } },
	{ 1, { { 100, 12000 } } },		/* spans pages */
	{ 1, { { 4096 + 7, 4096 * 2 } } },	/* starts in the second page */
	{ 2, { { 0, 1 }, { 4095, 1 } } },
	{ 3, { { 5, 16 }, { 0, 0 }, { 9, 16 } } },
	{ 4, { { 0, 0 }, { 0, 0 }, { 17, 33 }, { 0, 0 } } },
	{ 6, { { 1, 1 }, { 2, 2 }, { 3, 3 }, { 4095, 4 }, { 8191, 5 }, { 0, 6 } } },
	{ 6, { { 0, 512 }, { 512, 512 }, { 1024, 512 }, { 4000, 512 }, { 1, 512 }, { 0, 512 } } },
	{ 5, { { 4000, 0 }, { 3, 4096 }, { 100, 0 }, { 4090, 13 }, { 0, 1 } } },
};

struct env {
	struct page *page[MAX_ENTRIES];
	struct scatterlist sg[MAX_ENTRIES];
	u8 *flat;
	u8 *buf;
};

static u8 pattern(u32 i)
{
	return i * 7 + (i >> 8) + 1;
}

static u32 total_of(const struct layout *l)
{
	u32 i, n = 0;

	for (i = 0; i < l->nr; i++)
		n += l->entry[i].len;
	return n;
}

/* Byte @pos of the list, found the slow way. */
static u8 *byte_at(struct env *env, const struct layout *l, u32 pos)
{
	u32 i = 0;

	while (pos >= l->entry[i].len)
		pos -= l->entry[i++].len;
	return (u8 *)page_address(env->page[i]) + l->entry[i].offset + pos;
}

static void build(struct env *env, const struct layout *l)
{
	u32 i;

	sg_init_table(env->sg, l->nr);
	for (i = 0; i < l->nr; i++) {
		memset(page_address(env->page[i]), 0xee, SPACE);
		sg_set_page(&env->sg[i], env->page[i], l->entry[i].len, l->entry[i].offset);
	}
}

/* All positions and lengths near every boundary of entry and page. */
static bool is_interesting(const struct layout *l, u32 pos)
{
	u32 i, end = 0;

	if (pos <= 2 || pos % 4096 <= 1 || pos % 4096 == 4095)
		return true;
	for (i = 0; i < l->nr; i++) {
		end += l->entry[i].len;
		if (pos + 1 >= end && pos <= end + 1)
			return true;
	}
	return false;
}

static void check_read(struct kunit *test, struct env *env, const struct layout *l, u32 row,
		       u32 pos, u32 len)
{
	u32 total = total_of(l);

	memset(env->buf, 0xcc, total + 1);
	sv_sgl_read(env->buf, env->sg, pos, len);
	KUNIT_EXPECT_EQ_MSG(test, memcmp(env->buf, env->flat + pos, len), 0, "row %u: %u at %u",
			    row, len, pos);
	KUNIT_EXPECT_EQ_MSG(test, env->buf[len], 0xcc, "row %u: %u at %u", row, len, pos);
}

static void sgl_reads(struct kunit *test)
{
	struct env *env = test->priv;
	u32 row, i, pos, end;

	for (row = 0; row < ARRAY_SIZE(layouts); row++) {
		const struct layout *l = &layouts[row];
		u32 total = total_of(l);

		build(env, l);
		for (i = 0; i < total; i++)
			env->flat[i] = *byte_at(env, l, i) = pattern(i);
		for (pos = 0; pos <= total; pos++) {
			if (!is_interesting(l, pos))
				continue;
			for (end = pos; end <= total; end++) {
				if (is_interesting(l, end))
					check_read(test, env, l, row, pos, end - pos);
			}
		}
	}
}

/* What is written is where it belongs, and everything else is as it was. */
static void sgl_writes(struct kunit *test)
{
	struct env *env = test->priv;
	u32 row, i, k;

	for (row = 0; row < ARRAY_SIZE(layouts); row++) {
		const struct layout *l = &layouts[row];
		u32 total = total_of(l);
		u32 pos = total / 3, len = total - total / 2 - pos, same = 0;

		build(env, l);
		for (i = 0; i < total; i++)
			env->flat[i] = pattern(i);
		sv_sgl_write(env->sg, pos, env->flat + pos, len);
		for (i = 0; i < len; i++)
			KUNIT_EXPECT_EQ_MSG(test, *byte_at(env, l, pos + i), pattern(pos + i),
					    "row %u byte %u", row, i);
		for (i = 0; i < len; i++)
			*byte_at(env, l, pos + i) = 0xee;
		for (i = 0; i < l->nr; i++) {
			const u8 *mem = page_address(env->page[i]);

			for (k = 0; k < SPACE; k++)
				same += mem[k] == 0xee;
		}
		KUNIT_EXPECT_EQ_MSG(test, same, l->nr * SPACE, "row %u: stray bytes", row);
	}
}

static void sgl_covers(struct kunit *test)
{
	struct env *env = test->priv;
	u32 row;

	for (row = 0; row < ARRAY_SIZE(layouts); row++) {
		u32 total = total_of(&layouts[row]);

		build(env, &layouts[row]);
		KUNIT_EXPECT_TRUE_MSG(test, sv_sgl_covers(env->sg, 0), "row %u", row);
		KUNIT_EXPECT_TRUE_MSG(test, sv_sgl_covers(env->sg, 1), "row %u", row);
		KUNIT_EXPECT_TRUE_MSG(test, sv_sgl_covers(env->sg, total), "row %u", row);
		KUNIT_EXPECT_FALSE_MSG(test, sv_sgl_covers(env->sg, total + 1), "row %u", row);
		KUNIT_EXPECT_FALSE_MSG(test, sv_sgl_covers(env->sg, ~0ULL), "row %u", row);
		KUNIT_EXPECT_FALSE_MSG(test, sv_sgl_covers(env->sg, 1ULL << 32), "row %u", row);
	}
	KUNIT_EXPECT_TRUE(test, sv_sgl_covers(NULL, 0));
	KUNIT_EXPECT_FALSE(test, sv_sgl_covers(NULL, 1));
}

/* Nothing to copy: no entry is looked at. */
static void sgl_nothing(struct kunit *test)
{
	u8 byte = 0x11;

	sv_sgl_read(&byte, NULL, 0, 0);
	sv_sgl_read(&byte, NULL, 100, 0);
	sv_sgl_write(NULL, 0, &byte, 0);
	KUNIT_EXPECT_EQ(test, byte, 0x11);
}

static int init(struct kunit *test)
{
	struct env *env = kunit_kzalloc(test, sizeof(*env), GFP_KERNEL);
	u32 i;

	if (!env)
		return -ENOMEM;
	test->priv = env;
	env->flat = kunit_kzalloc(test, MAX_LEN + 1, GFP_KERNEL);
	env->buf = kunit_kzalloc(test, MAX_LEN + 1, GFP_KERNEL);
	for (i = 0; i < MAX_ENTRIES; i++)
		env->page[i] = alloc_pages(GFP_KERNEL, ORDER);
	return env->flat && env->buf && env->page[MAX_ENTRIES - 1] ? 0 : -ENOMEM;
}

static void cleanup(struct kunit *test)
{
	struct env *env = test->priv;
	u32 i;

	for (i = 0; env && i < MAX_ENTRIES; i++) {
		if (env->page[i])
			__free_pages(env->page[i], ORDER);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(sgl_reads),
	KUNIT_CASE(sgl_writes),
	KUNIT_CASE(sgl_covers),
	KUNIT_CASE(sgl_nothing),
	{}
};

static struct kunit_suite suite = {
	.name = "sevault_sgl",
	.init = init,
	.exit = cleanup,
	.test_cases = cases,
};
kunit_test_suites(&suite);

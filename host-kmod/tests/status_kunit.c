// SPDX-License-Identifier: GPL-2.0
#include "compat.h"
#include "vault/status.h"

#include <kunit/test.h>
#include <linux/module.h>
#include <sevault/wire.h>

static const struct {
	u32 status;
	int err;
} rows[] = {
	{ SV_ST_OK, 0 },
	{ SV_ST_BAD_OP, -EOPNOTSUPP },
	{ SV_ST_BAD_FLAGS, -EINVAL },
	{ SV_ST_BAD_LEN, -EINVAL },
	{ SV_ST_BAD_KEY, -ENOKEY },
	{ SV_ST_BAD_ALG, -EINVAL },
	{ SV_ST_BAD_KEYLEN, -EINVAL },
	{ SV_ST_WEAK_KEY, -EINVAL },
	{ SV_ST_BAD_TAG, -EBADMSG },
	{ SV_ST_NO_SPACE, -EDQUOT },
	{ SV_ST_BAD_VERSION, -EPROTO },
	{ SV_ST_FORBIDDEN, -EACCES },
	/* not statuses */
	{ SV_ST_END, -EIO },
	{ SV_ST_END + 1, -EIO },
	{ 0x7fffffff, -EIO },
	{ 0x80000000, -EIO },
	{ 0xffffffff, -EIO },
};

static void status_rows(struct kunit *test)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		KUNIT_EXPECT_EQ_MSG(test, sv_status_errno(rows[i].status), rows[i].err, "row %u", i);
}

/* Every status is in the table above, in order. */
static void status_table_is_complete(struct kunit *test)
{
	u32 i;

	for (i = 0; i < SV_ST_END; i++)
		KUNIT_EXPECT_EQ_MSG(test, rows[i].status, i, "row %u", i);
}

/* Only success is zero; nothing that means "not yet" or "never taken" comes out. */
static void status_never_ambiguous(struct kunit *test)
{
	u32 i;

	for (i = 0; i < 4 * SV_ST_END; i++) {
		int err = sv_status_errno(i);

		KUNIT_EXPECT_EQ_MSG(test, !err, i == SV_ST_OK, "status %u", i);
		KUNIT_EXPECT_LE_MSG(test, err, 0, "status %u", i);
		KUNIT_EXPECT_NE_MSG(test, err, -EBUSY, "status %u", i);
		KUNIT_EXPECT_NE_MSG(test, err, -EINPROGRESS, "status %u", i);
		KUNIT_EXPECT_NE_MSG(test, err, -ENOSPC, "status %u", i);
		KUNIT_EXPECT_NE_MSG(test, err, -EAGAIN, "status %u", i);
	}
}

static void status_has_words(struct kunit *test)
{
	u32 i;

	for (i = 0; i < SV_ST_END; i++)
		KUNIT_EXPECT_STRNEQ_MSG(test, sv_status_name(i), "unknown status", "status %u", i);
	KUNIT_EXPECT_STREQ(test, sv_status_name(SV_ST_END), "unknown status");
	KUNIT_EXPECT_STREQ(test, sv_status_name(0xffffffff), "unknown status");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(status_rows),
	KUNIT_CASE(status_table_is_complete),
	KUNIT_CASE(status_never_ambiguous),
	KUNIT_CASE(status_has_words),
	{}
};

static struct kunit_suite suite = { .name = "sevault_status", .test_cases = cases };
kunit_test_suites(&suite);

SV_IMPORT_KUNIT;
MODULE_DESCRIPTION("KUnit suites of sevault");
MODULE_LICENSE("GPL");

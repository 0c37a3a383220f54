// SPDX-License-Identifier: GPL-2.0
/* Errors have a rate. The log is not for a test in the kernel to read: the VM case kunit counts. */
#include "complain.h"

#include <kunit/test.h>

enum { NR = 1000 };

static void complain_has_a_rate(struct kunit *test)
{
	u32 i;

	for (i = 0; i < NR; i++)
		sv_complain("kunit", "do nothing", "complaint %u of %u", i, NR);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(complain_has_a_rate),
	{}
};

static struct kunit_suite suite = {
	.name = "sevault_complain",
	.test_cases = cases,
};
kunit_test_suites(&suite);

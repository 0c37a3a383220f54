/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* What every refusal of the launcher must have: a reason, and a next step. */
#ifndef NATIVE_LIB_VERDICT_H
#define NATIVE_LIB_VERDICT_H

#include <string.h>

#include "say.h"

/* Row @row: is @v as wanted? Refusals say @says and what to do. NULL: it is good. */
#define assert_verdict(row, v, says)							\
	do {										\
		const char *says_ = (says);						\
											\
		if ((v)->ok != !says_)							\
			fail_msg("row %u: %s: %s", (unsigned int)(row),			\
				 (v)->ok ? "passed" : "refused", (v)->why);		\
		assert_row(row, (v)->why[0] && !strchr((v)->why, '\n'));		\
		assert_row(row, (v)->ok == !(v)->next[0]);				\
		if (says_ && !strstr((v)->why, says_))					\
			fail_msg("row %u: '%s' is not '%s'", (unsigned int)(row),	\
				 (v)->why, says_);					\
	} while (0)

#endif /* NATIVE_LIB_VERDICT_H */

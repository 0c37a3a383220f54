/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef HOST_CTL_TRUST_H
#define HOST_CTL_TRUST_H

#include <sys/stat.h>

#include "say.h"

/*
 * May this process obey, or run, the open file that @st is of? Root may only
 * if nobody but root can have written it. False with a verdict; @path is for it.
 */
bool sv_trust_file(const struct stat *st, const char *path, struct sv_verdict *v);

#endif /* HOST_CTL_TRUST_H */

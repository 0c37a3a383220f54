// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "trust.h"

#include <unistd.h>

bool sv_trust_file(const struct stat *st, const char *path, struct sv_verdict *v)
{
	if (geteuid() || (!st->st_uid && !(st->st_mode & (S_IWGRP | S_IWOTH))))
		return true;
	sv_verdict_fail(v, "%s: others than root can write it, and root is about to trust it\n"
			"chown root %s; chmod go-w %s", path, path, path);
	return false;
}

// SPDX-License-Identifier: GPL-2.0
#include "vault/status.h"

#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/kernel.h>

#include <sevault/wire.h>

static const struct {
	int err;
	const char *name;
} table[] = {
	[SV_ST_OK] = { 0, "ok" },
	[SV_ST_BAD_OP] = { -EOPNOTSUPP, "operation not served" },
	[SV_ST_BAD_FLAGS] = { -EINVAL, "bad flags" },
	[SV_ST_BAD_LEN] = { -EINVAL, "bad length" },
	[SV_ST_BAD_KEY] = { -ENOKEY, "key unknown or dropped" },
	[SV_ST_BAD_ALG] = { -EINVAL, "key is for another algorithm" },
	[SV_ST_BAD_KEYLEN] = { -EINVAL, "bad key length" },
	[SV_ST_WEAK_KEY] = { -EINVAL, "weak key" },
	[SV_ST_BAD_TAG] = { -EBADMSG, "authentication failed" },
	[SV_ST_NO_SPACE] = { -EDQUOT, "key store full" },
	[SV_ST_BAD_VERSION] = { -EPROTO, "protocol version differs" },
	[SV_ST_FORBIDDEN] = { -EACCES, "the owner of the vault does not allow it" },
};

static_assert(ARRAY_SIZE(table) == SV_ST_END);

int sv_status_errno(u32 status)
{
	return status < ARRAY_SIZE(table) ? table[status].err : -EIO;
}

const char *sv_status_name(u32 status)
{
	return status < ARRAY_SIZE(table) ? table[status].name : "unknown status";
}

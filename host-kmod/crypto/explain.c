// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "crypto/explain.h"
#include "complain.h"
#include "params.h"

#include <linux/crypto.h>
#include <linux/errno.h>
#include <linux/ratelimit.h>

enum { BURST = 5 };	/* refusals told, per five seconds */

/* What was left out is not counted in the log. */
static struct ratelimit_state limit =
	RATELIMIT_STATE_INIT_FLAGS(limit, DEFAULT_RATELIMIT_INTERVAL, BURST,
				   RATELIMIT_MSG_ON_RELEASE);

static const struct {
	int err;
	const char *why;
	const char *next;
} reasons[] = {
	{ -ENODEV, "no vault is ready",
	  "start one (sevault-vm), then set the key again" },
	{ -EIO, "the vault ended over it",
	  "start it again (sevault-vm), then set the key again" },
	{ -EINVAL, "the vault calls it weak: an XTS key has two different halves",
	  "use a key of random bytes" },
	{ -EDQUOT, "the vault's key store is full, or this user has its share of it",
	  "close a volume or another user of a key" },
	{ -EACCES, "the owner of the vault does not allow clear keys",
	  "ask the owner to start it with a policy that does" },
};

/* The self-test of a driver sets bad keys on purpose. */
static bool is_told(const struct crypto_tfm *tfm)
{
	return READ_ONCE(tfm->__crt_alg->cra_flags) & CRYPTO_ALG_TESTED && __ratelimit(&limit);
}

int sv_explain_key(const struct crypto_tfm *tfm, int err)
{
	const char *name = tfm->__crt_alg->cra_driver_name;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(reasons); i++) {
		if (reasons[i].err != err || !is_told(tfm))
			continue;
		pr_warn("%s: key not taken: %s\n", name, reasons[i].why);
		sv_next(name, "%s", reasons[i].next);
	}
	return err;
}

int sv_explain_key_len(const struct crypto_tfm *tfm, unsigned int len, const char *lens)
{
	const char *name = tfm->__crt_alg->cra_driver_name;

	if (is_told(tfm)) {
		pr_warn("%s: key not taken: it has %u bytes\n", name, len);
		sv_next(name, "use a key of %s bytes", lens);
	}
	return -EINVAL;
}

void sv_explain_import_off(void)
{
	sv_complain("import", "load with import=1, if clear keys may pass through host memory",
		    "no drivers registered, because parameter import is off");
}

void sv_explain_no_keys(const char *name)
{
	sv_complain(name, "ask the owner to start it with a policy that does",
		    "no drivers registered: the owner of the vault does not allow clear keys");
}

void sv_explain_load(void)
{
	if (!sv_param_import) {
		sv_explain_import_off();
		return;
	}
	pr_info("no drivers yet: they are registered when a vault is ready\n");
	pr_info("next: start a vault: sevault-vm\n");
}

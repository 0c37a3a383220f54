// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "crypto/algs.h"
#include "complain.h"
#include "crypto/explain.h"
#include "crypto/kind.h"
#include "params.h"
#include "vault/dev.h"

#include <linux/delay.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/refcount.h>

enum {
	TEST_POLL_MS = 20,
};

static const struct sv_alg_kind *const kinds[] = { &sv_skcipher_kind, &sv_aead_kind };

/* Serialises registration. Whether a driver is registered is in its own list head. */
static DEFINE_MUTEX(lock);

/*
 * A driver that was never registered has a list head of zeros, an unregistered one an empty list.
 */
static bool is_registered(const struct crypto_alg *alg)
{
	return alg->cra_list.next && !list_empty(&alg->cra_list);
}

static bool is_tested(const struct crypto_alg *alg)
{
	return READ_ONCE(alg->cra_flags) & CRYPTO_ALG_TESTED;
}

/*
 * The self-test runs in a thread of the Crypto API, which has a reference until it is over.
 * Nobody else can have one before it has passed. It ends: each of its requests does, vault or not.
 * A vault that dies meanwhile does not make it fail (witness.h).
 */
static bool wait_test(const struct crypto_alg *alg)
{
	while (!is_tested(alg) && refcount_read(&alg->cra_refcnt) > 1)
		msleep(TEST_POLL_MS);
	return is_tested(alg);
}

/* Counts what was new, and of that what is bad. */
static void register_one(const struct sv_alg_kind *k, u32 i, u32 *nr_new, u32 *nr_bad)
{
	struct crypto_alg *alg = k->base(i);
	int err;

	if (is_registered(alg)) {
		if (wait_test(alg))
			return;
		/* It failed with another vault: again, from the start. */
		k->del(i);
	}
	(*nr_new)++;
	/*
	 * A low priority keeps users who name the algorithm only from ours while there is another:
	 * the Crypto API loads none as long as one is registered.
	 */
	err = k->has_other(i) ? k->add(i) : -ENOENT;
	if (err == -ENOENT)
		sv_complain(alg->cra_driver_name, "modprobe -a aes_generic xts gcm ctr cbc ecb",
			    "not registered: it would be the only %s", alg->cra_name);
	else if (err)
		sv_complain(alg->cra_driver_name, "look in /proc/crypto for one of that name",
			    "not registered (error %d)", err);
	else if (!wait_test(alg))
		sv_complain(alg->cra_driver_name, "start another vault, it is tried again then",
			    "self-test failed, not usable");
	else
		return;
	(*nr_bad)++;
}

/* There is no use in a self-test without a vault. */
static bool is_alive(const struct sv_dev *dev)
{
	return atomic_read(&dev->state) == SV_DEV_READY;
}

void sv_algs_register(struct sv_dev *dev)
{
	u32 nr_new = 0, nr_bad = 0;
	u32 i, k;

	if (!sv_param_import) {
		sv_explain_import_off();
		return;
	}
	if (!sv_dev_takes_keys(dev)) {
		sv_explain_no_keys(dev->name);
		return;
	}
	mutex_lock(&lock);
	for (k = 0; k < ARRAY_SIZE(kinds); k++) {
		for (i = 0; i < kinds[k]->nr && is_alive(dev); i++)
			register_one(kinds[k], i, &nr_new, &nr_bad);
	}
	mutex_unlock(&lock);
	if (!nr_new)
		return;
	pr_info_ratelimited("%u of %u drivers registered and tested\n", nr_new - nr_bad, nr_new);
	pr_info_ratelimited("import is on: keys given to them pass through this host's memory\n");
}

u32 sv_algs_count(u32 *nr_usable)
{
	u32 nr = 0;
	u32 i, k;

	*nr_usable = 0;
	for (k = 0; k < ARRAY_SIZE(kinds); k++) {
		for (i = 0; i < kinds[k]->nr; i++, nr++) {
			const struct crypto_alg *alg = kinds[k]->base(i);

			*nr_usable += is_registered(alg) && is_tested(alg);
		}
	}
	return nr;
}

void sv_algs_unregister(void)
{
	u32 i, k;

	mutex_lock(&lock);
	for (k = 0; k < ARRAY_SIZE(kinds); k++) {
		for (i = 0; i < kinds[k]->nr; i++) {
			if (is_registered(kinds[k]->base(i)))
				kinds[k]->del(i);
		}
	}
	mutex_unlock(&lock);
}

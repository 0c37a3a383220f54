// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "vault/hello.h"
#include "complain.h"
#include "params.h"
#include "vault/dev.h"

#include <linux/bits.h>
#include <linux/err.h>
#include <linux/string.h>

#define SERVED(op) BIT_ULL(op)

/* What our drivers need. */
static const u64 ops_needed =
	SERVED(SV_OP_HELLO) | SERVED(SV_OP_SELFTEST) | SERVED(SV_OP_COUNTERS) |
	SERVED(SV_OP_KEY_LOAD) | SERVED(SV_OP_KEY_DROP) |
	SERVED(SV_OP_ECB_ENC) | SERVED(SV_OP_ECB_DEC) | SERVED(SV_OP_CBC_ENC) |
	SERVED(SV_OP_CBC_DEC) | SERVED(SV_OP_CTR) | SERVED(SV_OP_XTS_ENC) |
	SERVED(SV_OP_XTS_DEC) | SERVED(SV_OP_GCM_SEAL) | SERVED(SV_OP_GCM_OPEN);

const char *sv_mode_name(u8 mode)
{
	switch (mode) {
	case SV_MODE_PLAIN:
		return "plain";
	case SV_MODE_SOFT:
		return "soft";
	case SV_MODE_SEV_ES:
		return "sev-es";
	default:
		return "unknown";
	}
}

bool sv_mode_is_known(const char *name)
{
	return !strcmp(name, "any") || !strcmp(name, sv_mode_name(SV_MODE_PLAIN)) ||
	       !strcmp(name, sv_mode_name(SV_MODE_SOFT)) ||
	       !strcmp(name, sv_mode_name(SV_MODE_SEV_ES));
}

/* Its own word, and it is believed: this keeps an administrator from mistakes, not from liars. */
static int judge_mode(const struct sv_dev *dev)
{
	u8 mode = dev->hello.mode;

	if (mode != SV_MODE_PLAIN && mode != SV_MODE_SOFT && mode != SV_MODE_SEV_ES) {
		sv_complain(dev->name, SV_SAME_RELEASE,
			    "this module does not know mode %u of the vault", mode);
		return -EPROTO;
	}
	if (strcmp(sv_param_mode, "any") && strcmp(sv_param_mode, sv_mode_name(mode))) {
		sv_complain(dev->name, "start one of that mode, or load the module with another mode=",
			    "the vault's mode is %s, this module takes vaults of mode %s only",
			    sv_mode_name(mode), sv_param_mode);
		return -EPERM;
	}
	return 0;
}

static int get_hello(struct sv_dev *dev)
{
	struct sv_hello in = {
		.version_major = cpu_to_le16(SV_VERSION_MAJOR),
		.version_minor = cpu_to_le16(SV_VERSION_MINOR),
	};
	struct sv_admin_call call = {
		.op = SV_OP_HELLO,
		.in = &in,
		.in_len = sizeof(in),
		.out = &dev->hello,
		.out_len = sizeof(dev->hello),
	};
	u16 major;
	int err;

	err = sv_admin_do(&dev->admin, &call);
	if (err == -EPROTO) {
		sv_complain(dev->name, SV_SAME_RELEASE,
			    "the vault does not speak version %u of the protocol", SV_VERSION_MAJOR);
		return err;
	}
	if (err) {
		sv_complain(dev->name, "start it again; if that repeats, look at its own output",
			    "the vault did not answer the hello (error %d)", err);
		return err;
	}
	major = le16_to_cpu(dev->hello.version_major);
	if (major != SV_VERSION_MAJOR) {
		sv_complain(dev->name, SV_SAME_RELEASE,
			    "the vault speaks version %u of the protocol, this module %u", major,
			    SV_VERSION_MAJOR);
		return -EPROTO;
	}
	err = judge_mode(dev);
	if (err)
		return err;
	if (ops_needed & ~le64_to_cpu(dev->hello.ops)) {
		sv_complain(dev->name, SV_SAME_RELEASE,
			    "the vault lacks operations, mask %#llx",
			    ops_needed & ~le64_to_cpu(dev->hello.ops));
		return -EPROTO;
	}
	return 0;
}

/*
 * The vault's own known-answer tests: at least one engine good and used, none used that is not
 * good.
 */
static int get_selftest(struct sv_dev *dev)
{
	struct sv_admin_call call = {
		.op = SV_OP_SELFTEST,
		.out = &dev->selftest,
		.out_len = sizeof(dev->selftest),
	};
	u32 i, nr, used = 0;
	int err;

	err = sv_admin_do(&dev->admin, &call);
	if (err) {
		sv_complain(dev->name, "start it again; if that repeats, look at its own output",
			    "no result of the vault's self-test (error %d)", err);
		return err;
	}
	nr = min_t(u32, le32_to_cpu(dev->selftest.nr), SV_SELFTEST_MAX);
	for (i = 0; i < nr; i++) {
		const struct sv_selftest_entry *e = &dev->selftest.entry[i];
		bool is_bad = e->health != SV_HEALTH_OK;

		if (e->health == SV_HEALTH_FAILED)
			pr_warn_ratelimited("%s: engine %*pE failed the vault's self-test, not used\n",
					    dev->name, (int)strnlen(e->name, SV_NAME_LEN),
					    e->name);
		if (e->in_use && is_bad) {
			sv_complain(dev->name, "do not use this vault image",
				    "the vault uses an engine that is not good");
			return -EPROTO;
		}
		used += !!e->in_use;
	}
	if (!used) {
		sv_complain(dev->name, "do not use this vault image on this CPU",
			    "the vault has no working engine");
		return -EPROTO;
	}
	return 0;
}

int sv_hello_run(struct sv_dev *dev)
{
	const struct sv_hello *h = &dev->hello;
	u32 version;
	int err;

	err = get_hello(dev);
	if (!err)
		err = get_selftest(dev);
	if (err)
		return err;

	version = le32_to_cpu(h->image_version);
	/* Names come from the vault: %*pE escapes whatever is not text. */
	pr_info_ratelimited("%s: vault %u: mode %s, image %u.%u.%u, %*pE and %*pE, self-test passed\n",
			    dev->name, dev->generation, sv_mode_name(h->mode), version >> 16,
			    (version >> 8) & 0xff, version & 0xff,
			    (int)strnlen(h->aes_name, SV_NAME_LEN), h->aes_name,
			    (int)strnlen(h->ghash_name, SV_NAME_LEN), h->ghash_name);
	if (h->mode != SV_MODE_SEV_ES)
		pr_warn_ratelimited("%s: MODE %s PROTECTS NOTHING: this host can read its memory\n",
				    dev->name, h->mode == SV_MODE_SOFT ? "SOFT" : "PLAIN");
	return 0;
}

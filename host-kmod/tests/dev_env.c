// SPDX-License-Identifier: GPL-2.0
#include "dev_env.h"
#include "crypto/kat_table.h"
#include "params.h"

#include <linux/delay.h>
#include <linux/hex.h>
#include <linux/kthread.h>
#include <linux/string.h>
#include <sevault/secret.h>

static void answer_hello(struct dev_env *env, struct sv_slot_hdr *hdr, u8 *data)
{
	struct sv_hello h = {
		.version_major = cpu_to_le16(SV_VERSION_MAJOR),
		.mode = env->hello_mode,
		.nr_keys = cpu_to_le32(4),
		.ops = cpu_to_le64(~0ULL),
		.aes_name = "fake",
		.ghash_name = "\x01\xff%s%n",
		.policy = cpu_to_le32(env->hello_policy),
	};

	memcpy(data, &h, sizeof(h));
	hdr->text_len = cpu_to_le32(sizeof(h));
}

static void answer_selftest(struct sv_slot_hdr *hdr, u8 *data)
{
	struct sv_selftest s = {
		.nr = cpu_to_le32(1),
		.entry[0] = { .name = "fake", .health = SV_HEALTH_OK, .in_use = 1 },
	};

	memcpy(data, &s, sizeof(s));
	hdr->text_len = cpu_to_le32(sizeof(s));
}

/* Are the @len bytes those that @hex says? */
static bool is_hex(const u8 *bytes, u32 len, const char *hex)
{
	u8 want[2 * SV_KAT_TEXT_MAX];

	if (!hex || strlen(hex) != 2 * len)
		return !hex && !len;
	return len <= sizeof(want) && !hex2bin(want, hex, len) && !memcmp(bytes, want, len);
}

static u32 find_kat(const struct sv_key_load *load)
{
	u32 i;

	for (i = 0; i < sv_nr_kats; i++) {
		if (sv_kats[i].alg == load->alg &&
		    is_hex(load->key, le16_to_cpu(load->key_len), sv_kats[i].key))
			break;
	}
	return i;
}

static u32 answer_load(struct dev_env *env, struct sv_slot_hdr *hdr, u8 *data)
{
	u32 row = find_kat((struct sv_key_load *)data);

	if (!env->keeps_key)
		memset(data, 0, sizeof(struct sv_key_load));
	hdr->text_len = 0;
	if (env->lie == LIE_KEY && env->lie_row == row)
		return SV_ST_BAD_KEYLEN;
	if (env->load_status == SV_ST_OK) {
		hdr->key_id = cpu_to_le64(sv_key_id(++env->nr_loaded, 9));
		if (env->nr_loaded < KEYS_MAX)
			env->kat_row[env->nr_loaded] = row;
	}
	return env->load_status;
}

static void answer_admin(struct dev_env *env, u32 slot)
{
	struct sv_slot_hdr *hdr = fake_hdr(&env->vault, SV_PAIR_ADMIN, slot);
	u8 *data = fake_data(&env->vault, SV_PAIR_ADMIN, slot);
	u32 status = SV_ST_OK;

	switch (hdr->op) {
	case SV_OP_HELLO:
		answer_hello(env, hdr, data);
		break;
	case SV_OP_SELFTEST:
		answer_selftest(hdr, data);
		break;
	case SV_OP_KEY_LOAD:
		status = answer_load(env, hdr, data);
		break;
	case SV_OP_KEY_DROP:
		env->dropped_id = le64_to_cpu(hdr->key_id);
		env->nr_dropped++;
		break;
	default:
		status = SV_ST_BAD_OP;
		break;
	}
	hdr->status = cpu_to_le32(status);
	fake_push(&env->vault, SV_PAIR_ADMIN, 1, slot);
	sv_dev_kick(env->dev, 1);
}

static bool is_open(u8 op)
{
	return op == SV_OP_ECB_DEC || op == SV_OP_CBC_DEC || op == SV_OP_XTS_DEC ||
	       op == SV_OP_GCM_OPEN;
}

/* What the table says about the request in @slot with the key of @row; and then the lie. */
static u32 compute(struct sv_slot_hdr *hdr, u8 *text, const struct sv_kat *row,
		   enum dev_env_lie lie)
{
	u32 text_len = le32_to_cpu(hdr->text_len);
	/* The key stream of CTR: to seal and to open is the same op. */
	bool opens = is_open(hdr->op) ||
		     (hdr->op == SV_OP_CTR && is_hex(text, text_len, row->want));
	u32 in_len = text_len + (is_open(hdr->op) ? hdr->tag_len : 0);
	const char *out = opens ? row->text : row->want;

	if (lie == LIE_STATUS)
		return SV_ST_BAD_LEN;
	if (!is_hex(text, in_len, opens ? row->want : row->text)) {
		if (lie == LIE_FORGED)
			return hex2bin(text, row->text, text_len) ? SV_ST_BAD_LEN : SV_ST_OK;
		return opens && hdr->tag_len ? SV_ST_BAD_TAG : SV_ST_BAD_LEN;
	}
	if (hex2bin(text, out, strlen(out) / 2) ||
	    (row->next_iv && hex2bin(hdr->iv, row->next_iv, SV_IV_LEN)))
		return SV_ST_BAD_LEN;
	text[text_len - 1] ^= lie == LIE_SEAL && !opens;
	text[text_len - 1] ^= lie == LIE_OPEN && opens;
	text[text_len + hdr->tag_len - 1] ^= lie == LIE_TAG && !opens;
	hdr->iv[SV_IV_LEN - 1] ^= lie == LIE_IV;
	return SV_ST_OK;
}

static void answer_data(struct dev_env *env, u32 slot)
{
	struct sv_slot_hdr *hdr = fake_hdr(&env->vault, SV_PAIR_DATA, slot);
	u8 *data = fake_data(&env->vault, SV_PAIR_DATA, slot);
	u32 key = (u32)le64_to_cpu(hdr->key_id);
	u32 row = key < KEYS_MAX ? env->kat_row[key] : sv_nr_kats;
	enum dev_env_lie lie = row == env->lie_row ? env->lie : LIE_NONE;
	u32 status = SV_ST_BAD_KEY;

	env->nr_asked++;
	if (lie == LIE_DEATH) {
		sv_dev_kill(env->dev, "the fake vault ended");
		return;
	}
	if (row < sv_nr_kats)
		status = compute(hdr, data + le32_to_cpu(hdr->aad_len), &sv_kats[row], lie);
	hdr->status = cpu_to_le32(status);
	fake_push(&env->vault, SV_PAIR_DATA, 1, slot);
	sv_dev_kick(env->dev, 3);
}

static bool serve_one(struct dev_env *env)
{
	int slot = fake_pop(&env->vault, SV_PAIR_ADMIN, 0);

	if (slot >= 0) {
		answer_admin(env, slot);
		return true;
	}
	slot = fake_pop(&env->vault, SV_PAIR_DATA, 0);
	if (slot >= 0)
		answer_data(env, slot);
	return slot >= 0;
}

static int vault_main(void *arg)
{
	struct dev_env *env = arg;

	while (!kthread_should_stop()) {
		if (READ_ONCE(env->is_mute) || !serve_one(env))
			usleep_range(50, 100);
		fake_recycle(&env->vault, SV_PAIR_ADMIN);
		fake_recycle(&env->vault, SV_PAIR_DATA);
	}
	return 0;
}

static void notify(void *ctx, u32 vq)
{
}

static void give_up(void *ctx)
{
	struct dev_env *env = ctx;

	env->nr_given_up++;
}

bool dev_env_wait(struct dev_env *env, enum sv_dev_state state)
{
	u32 i;

	for (i = 0; i < 5000 && atomic_read(&env->dev->state) != state; i++)
		usleep_range(1000, 2000);
	return atomic_read(&env->dev->state) == state;
}

static int start(struct dev_env *env)
{
	struct sv_link link = {
		.name = "kunit",
		.window = env->vault.window,
		.nr_pairs = FAKE_PAIRS,
		.notify = notify,
		.give_up = give_up,
		.ctx = env,
	};

	memcpy(link.vq, env->vault.vq, sizeof(env->vault.vq));
	env->dev = sv_dev_create(&link);
	if (IS_ERR(env->dev))
		return PTR_ERR(env->dev);
	sv_dev_get(env->dev);
	env->thread = kthread_run(vault_main, env, "kunit-vault");
	return sv_dev_start(env->dev);
}

void dev_env_stop(struct dev_env *env)
{
	if (!env->thread)
		return;
	sv_dev_stop(env->dev, "the test ended");
	kthread_stop(env->thread);
	env->thread = NULL;
}

void dev_env_restart(struct kunit *test, u8 mode)
{
	struct dev_env *env = test->priv;

	dev_env_stop(env);
	flush_workqueue(sv_wq);
	sv_dev_put(env->dev);
	fake_free(&env->vault);
	KUNIT_ASSERT_EQ(test, fake_init(&env->vault), 0);
	env->nr_loaded = 0;
	env->nr_asked = 0;
	env->hello_mode = mode;
	KUNIT_ASSERT_EQ(test, start(env), 0);
}

int dev_env_init(struct kunit *test)
{
	struct dev_env *env = kunit_kzalloc(test, sizeof(*env), GFP_KERNEL);
	int err;

	if (!env)
		return -ENOMEM;
	test->priv = env;
	env->saved_timeout_ms = sv_param_timeout_ms;
	env->saved_mode = sv_param_mode;
	env->hello_mode = SV_MODE_SOFT;
	env->hello_policy = SV_POLICY_IMPORT;
	memset(env->key, KEY_BYTE, sizeof(env->key));
	err = fake_init(&env->vault);
	if (!err)
		err = start(env);
	if (!err && !dev_env_wait(env, SV_DEV_READY))
		err = -ETIMEDOUT;
	flush_workqueue(sv_wq);
	env->nr_loaded = 0;
	env->nr_dropped = 0;
	return err;
}

void dev_env_exit(struct kunit *test)
{
	struct dev_env *env = test->priv;

	if (!env)
		return;
	sv_param_timeout_ms = env->saved_timeout_ms;
	sv_param_mode = env->saved_mode;
	env->is_mute = false;
	dev_env_stop(env);
	flush_workqueue(sv_wq);
	if (!IS_ERR_OR_NULL(env->dev))
		sv_dev_put(env->dev);
	fake_free(&env->vault);
}

/* SPDX-License-Identifier: GPL-2.0 */
/* What the suites about devices share: a device with a vault that a thread plays. */
#ifndef HOST_KMOD_TESTS_DEV_ENV_H
#define HOST_KMOD_TESTS_DEV_ENV_H

#include "fake_vault.h"
#include "vault/dev.h"

#include <kunit/test.h>

enum { KEY_BYTE = 0xb7, KEY_LEN = 32, KEYS_MAX = 64 };

/* What is wrong with the answers to a row of the known answers. */
enum dev_env_lie {
	LIE_NONE,
	LIE_SEAL,	/* a bit of the ciphertext */
	LIE_TAG,	/* a bit of the tag */
	LIE_OPEN,	/* a bit of the text */
	LIE_IV,		/* a bit of the iv for the next request */
	LIE_FORGED,	/* takes what is forged */
	LIE_STATUS,	/* refuses what is right */
	LIE_KEY,	/* refuses the key */
	LIE_DEATH,	/* no answer, and the end */
	LIE_END
};

/*
 * @load_status: the answer to the next key loads
 * @is_mute:     answer nothing more
 * @keeps_key:   do not wipe the slot: the host must do it
 * @lie, @lie_row: which answer is wrong
 * @kat_row:     of the known answers, by the index of a key; what else is loaded has none
 */
struct dev_env {
	struct fake_vault vault;
	struct task_struct *thread;
	struct sv_dev *dev;
	u8 key[KEY_LEN];
	u32 load_status;
	bool is_mute;
	bool keeps_key;
	u8 hello_mode;
	u32 hello_policy;
	enum dev_env_lie lie;
	u32 lie_row;
	u32 kat_row[KEYS_MAX];
	u32 nr_loaded;
	u32 nr_dropped;
	u32 nr_asked;		/* data requests */
	u32 nr_given_up;
	bool is_stopped;
	u64 dropped_id;
	unsigned int saved_timeout_ms;
	char *saved_mode;
};

/* A device that is ready; keys that were loaded until then do not count. */
int dev_env_init(struct kunit *test);
void dev_env_exit(struct kunit *test);

/* Another vault in the place of the one that there is. Does not wait for it. */
void dev_env_restart(struct kunit *test, u8 mode);

/* After it the device is gone but for the reference of the test. May be called again. */
void dev_env_stop(struct dev_env *env);

/* Does it come to be in @state? */
bool dev_env_wait(struct dev_env *env, enum sv_dev_state state);

#endif /* HOST_KMOD_TESTS_DEV_ENV_H */

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * One request in, one answer out. The vault knows slots, not rings: server.h
 * brings the slots. A malformed request gets a status and the vault lives on.
 */
#ifndef CORE_VAULT_H
#define CORE_VAULT_H

#include "keystore.h"

enum {
	SV_IMAGE_VERSION = 0 << 16 | 1 << 8 | 0,	/* sv_hello.image_version */
};

/*
 * What one server thread needs to handle requests. Counters are written by
 * that thread alone and may be read by others. The owner of the main loop
 * counts @kicks, @sleeps and @wakeups, the vault the rest.
 *
 * @bounce: private copy of ciphertext for GCM; not secret, any contents
 */
struct sv_vault_worker {
	struct sv_vault_worker *next;
	u64 requests;
	u64 refused;
	u64 bytes;
	u64 kicks;
	u64 sleeps;
	u64 wakeups;
	u8 bounce[SV_TEXT_MAX] __aligned(64);
} __aligned(64);

/*
 * Must be 64-byte aligned; about 2.2 MiB. Constant after init but for the key
 * store and @keys_loaded, which belong to the thread that serves the admin pair,
 * and @workers, which changes only while nobody is served.
 */
struct sv_vault {
	struct sv_keystore keys;
	struct sv_engines engines;
	struct sv_hello hello;
	struct sv_selftest selftest;
	struct sv_vault_worker *workers;
	u64 keys_loaded;
};

/*
 * @mode: enum sv_mode. @list, @cpu and @health: what sv_selftest_run() was
 * given and returned. Chooses the engines. False when there is no good engine:
 * the vault must then refuse to serve.
 */
bool __must_check sv_vault_init(struct sv_vault *v, u32 mode, const struct sv_engine_list *list,
				u32 cpu, u32 health);

/*
 * Take over what the vault was started with: its owner's policy, and what
 * hello shows of it. Before the first request. Until then a SEV-ES vault allows
 * nothing and the others allow everything that they know.
 */
void sv_vault_configure(struct sv_vault *v, const struct sv_config_facts *facts);

/* Zero @w and have its counters reported. Before the first request. */
void sv_vault_add_worker(struct sv_vault *v, struct sv_vault_worker *w);

/*
 * Answer the request in @slot, in place. @is_admin: it came from the admin
 * pair. @slot_len: bytes of the slot with its header, private knowledge of the
 * caller, at least SV_SLOT_HDR_LEN and a multiple of 64.
 *
 * The header is copied once, the copy judged, and the copy with the answer
 * written back. The data area is read and written within the bounds that the
 * judged copy gives, each source byte once. Always answers.
 */
void sv_vault_handle(struct sv_vault *v, struct sv_vault_worker *w, bool is_admin,
		     u8 __shared *slot, u32 slot_len);

/* Wipe all that is secret. The vault must not be used afterwards. */
void sv_vault_wipe(struct sv_vault *v);

#endif /* CORE_VAULT_H */

// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "vault.h"

#include <sevault/secret.h>
#include <sevault/shm.h>

#include "crypto/sha256.h"
#include "ops.h"

/* One writer, so no atomic addition; the store must not be torn for readers. */
static void count(u64 *counter, u64 n)
{
	WRITE_ONCE(*counter, *counter + n);
}

void sv_vault_handle(struct sv_vault *v, struct sv_vault_worker *w, bool is_admin,
		     u8 __shared *slot, u32 slot_len)
{
	struct sv_vault_request r = {
		.vault = v,
		.worker = w,
		.data = slot + SV_SLOT_HDR_LEN,
		.data_len = slot_len - SV_SLOT_HDR_LEN,
	};
	enum sv_status st;

	sv_shm_read(&r.hdr, slot, sizeof(r.hdr));
	st = is_admin ? sv_ops_admin(&r) : sv_ops_data(&r);
	/* Whatever became of the request: clear keys do not stay in the window. */
	if (sv_op_facts(r.hdr.op) & SV_OP_F_SECRET)
		sv_shm_zero(r.data, r.data_len);
	r.hdr.status = cpu_to_le32(st);
	sv_shm_write(slot, &r.hdr, sizeof(r.hdr));
	if (is_admin)
		return;
	count(&w->requests, 1);
	if (st)
		count(&w->refused, 1);
	else
		count(&w->bytes, le32_to_cpu(r.hdr.text_len));
}

static void set_name(char *dst, const char *src)
{
	u32 i;

	memset(dst, 0, SV_NAME_LEN);
	for (i = 0; i < SV_NAME_LEN - 1 && src[i]; i++)
		dst[i] = src[i];
}

static void add_selftest(struct sv_selftest *t, const char *name, bool can_run, bool is_good,
			 bool in_use)
{
	u32 nr = le32_to_cpu(t->nr);
	struct sv_selftest_entry *e;

	if (nr == SV_SELFTEST_MAX)
		return;
	e = &t->entry[nr];
	set_name(e->name, name);
	if (can_run)
		e->health = is_good ? SV_HEALTH_OK : SV_HEALTH_FAILED;
	e->in_use = in_use;
	t->nr = cpu_to_le32(nr + 1);
}

static void fill_selftest(struct sv_vault *v, const struct sv_engine_list *list, u32 cpu,
			  u32 health)
{
	u32 i;

	for (i = 0; i < list->nr_aes; i++) {
		const struct sv_aes_engine *e = list->aes[i];

		add_selftest(&v->selftest, e->name, (e->cpu & cpu) == e->cpu,
			     health & SV_GOOD_AES(e->id), e == v->engines.aes);
	}
	for (i = 0; i < list->nr_ghash; i++) {
		const struct sv_ghash_engine *e = list->ghash[i];

		add_selftest(&v->selftest, e->name, (e->cpu & cpu) == e->cpu,
			     health & SV_GOOD_GHASH(e->id), e == v->engines.ghash);
	}
}

static void fill_hello(struct sv_vault *v, u32 mode)
{
	struct sv_hello *h = &v->hello;

	h->version_major = cpu_to_le16(SV_VERSION_MAJOR);
	h->version_minor = cpu_to_le16(SV_VERSION_MINOR);
	h->mode = (u8)mode;
	h->image_version = cpu_to_le32(SV_IMAGE_VERSION);
	h->nr_keys = cpu_to_le32(SV_KEYSTORE_NR);
	h->ops = cpu_to_le64(sv_ops_admin_served() | sv_ops_data_served());
	set_name(h->aes_name, v->engines.aes->name);
	set_name(h->ghash_name, v->engines.ghash->name);
	/* Where the host can read the memory, no policy keeps anything from it. */
	if (mode != SV_MODE_SEV_ES)
		h->policy = cpu_to_le32(SV_POLICY_KNOWN);
}

bool sv_vault_init(struct sv_vault *v, u32 mode, const struct sv_engine_list *list, u32 cpu,
		   u32 health)
{
	memset(&v->hello, 0, sizeof(v->hello));
	memset(&v->selftest, 0, sizeof(v->selftest));
	v->workers = NULL;
	v->keys_loaded = 0;
	sv_keystore_init(&v->keys);
	if (!sv_engines_select(&v->engines, list, cpu, health))
		return false;
	fill_selftest(v, list, cpu, health);
	fill_hello(v, mode);
	return true;
}

void sv_vault_configure(struct sv_vault *v, const struct sv_config_facts *facts)
{
	v->hello.policy = facts->policy;
	v->hello.nr_root_keys = cpu_to_le32(le16_to_cpu(facts->nr_root_keys));
	sv_sha256(v->hello.config_digest, facts, sizeof(*facts));
}

void sv_vault_add_worker(struct sv_vault *v, struct sv_vault_worker *w)
{
	memset(w, 0, sizeof(*w));
	w->next = v->workers;
	v->workers = w;
}

void sv_vault_wipe(struct sv_vault *v)
{
	sv_keystore_wipe(&v->keys);
}

// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "attach.h"

#include "../core/facts.h"
#include "cpu.h"

#include <sevault/vhost.h>

static const char other_release[] = "install module and vault of the same release";

enum sv_exit sv_attach_engines(struct sv_arena *arena)
{
	struct sv_vault *vault = &arena->vault;
	u32 cpu = sv_cpu_features();
	u32 health = sv_selftest_run(&arena->selftest, &sv_engine_list, cpu);
	const struct sv_selftest_entry *entry;
	bool is_ready = sv_vault_init(vault, SV_MODE_SOFT, &sv_engine_list, cpu, health);
	u32 i;

	for (i = 0; i < le32_to_cpu(vault->selftest.nr); i++) {
		entry = &vault->selftest.entry[i];
		if (entry->health == SV_HEALTH_FAILED)
			sv_say("warning: engine %.*s FAILED its self-test and is not used",
			       SV_NAME_LEN, entry->name);
	}
	if (!is_ready)
		return sv_fail(SV_EXIT_NO_ENGINE, "sevault-soft --version, and report a bug",
			       "no healthy AES engine: the vault refuses to serve");
	sv_say("self-test passed; engines %.*s and %.*s", SV_NAME_LEN, vault->hello.aes_name,
	       SV_NAME_LEN, vault->hello.ghash_name);
	return SV_EXIT_OK;
}

static enum sv_exit check_config(const struct sv_frontend *f, const struct sv_config *c)
{
	if (le32_to_cpu(c->magic) != SV_CONFIG_MAGIC)
		return sv_fail(SV_EXIT_NO_DEVICE, "pass --device=" SV_VHOST_PATH,
			       "%s: not a vault device: magic 0x%08x, expected 0x%08x", f->path,
			       le32_to_cpu(c->magic), SV_CONFIG_MAGIC);
	if (le16_to_cpu(c->version_major) != SV_VERSION_MAJOR)
		return sv_fail(SV_EXIT_NO_DEVICE, other_release,
			       "%s: module speaks protocol version %u.%u, this vault %u.%u",
			       f->path, le16_to_cpu(c->version_major),
			       le16_to_cpu(c->version_minor), SV_VERSION_MAJOR, SV_VERSION_MINOR);
	if (le64_to_cpu(c->window_gpa) != SV_WINDOW_GPA ||
	    le32_to_cpu(c->window_len) != SV_WINDOW_LEN)
		return sv_fail(SV_EXIT_NO_DEVICE, other_release,
			       "%s: window of 0x%x bytes at 0x%llx, expected 0x%llx at 0x%llx",
			       f->path, le32_to_cpu(c->window_len), le64_to_cpu(c->window_gpa),
			       SV_WINDOW_LEN, SV_WINDOW_GPA);
	if (!c->nr_data_pairs || le16_to_cpu(c->nr_data_pairs) > SV_MAX_DATA_PAIRS || c->reserved)
		return sv_fail(SV_EXIT_NO_DEVICE, other_release,
			       "%s: malformed device configuration (%u data pairs)", f->path,
			       le16_to_cpu(c->nr_data_pairs));
	return SV_EXIT_OK;
}

static enum sv_exit open_device(struct sv_frontend *f, const char *path, struct sv_config *config)
{
	enum sv_exit ret;

	ret = sv_frontend_open(f, path);
	if (ret)
		return ret;
	ret = sv_frontend_config(f, config);
	if (ret)
		return ret;
	return check_config(f, config);
}

static enum sv_exit set_bells(struct sv_frontend *f, const u8 *window)
{
	enum sv_exit ret;
	u32 bell;

	static_assert((int)SV_FRONTEND_BELLS == (int)SV_NR_BELLS, "bells");
	for (bell = 0; bell < SV_NR_BELLS; bell++) {
		const struct sv_frontend_rings rings = {
			.num = SV_BOARD_RING_NUM,
			.desc = window + sv_window_bell_desc(bell),
			.avail = window + sv_window_bell_avail(bell),
			.used = window + sv_window_bell_used(bell),
		};

		ret = sv_frontend_bell(f, bell, &rings);
		if (ret)
			return ret;
	}
	return SV_EXIT_OK;
}

/* Tell the host that all is there; it must have answered when that returns. */
static enum sv_exit start(struct sv_frontend *f, u8 __shared *window_va)
{
	const struct sv_frontend_window window = {
		.va = (__force const void *)window_va,
		.len = SV_WINDOW_LEN,
		.gpa = SV_WINDOW_GPA,
	};
	struct sv_config config;
	enum sv_exit ret;

	ret = set_bells(f, window.va);
	if (ret)
		return ret;
	ret = sv_frontend_start(f, SV_VHOST_FEATURES, &window);
	if (ret)
		return ret;
	if (!sv_window_answer(window_va, &config))
		return sv_fail(SV_EXIT_NO_DEVICE, other_release,
			       "%s: the module did not answer", f->path);
	return check_config(f, &config);
}

enum sv_exit sv_attach_device(struct sv_frontend *f, struct sv_arena *arena, const char *path,
			      u32 *poll_us)
{
	struct sv_config_facts facts;
	u8 __shared *window_va;
	struct sv_window layout;
	struct sv_config config;
	enum sv_exit ret;
	u32 nr_pairs;

	ret = open_device(f, path, &config);
	if (ret)
		return ret;
	*poll_us = le32_to_cpu(config.poll_us);
	nr_pairs = le16_to_cpu(config.nr_data_pairs);
	sv_facts_init(&facts, SV_MODE_SOFT, false, 0, nr_pairs);
	sv_vault_configure(&arena->vault, &facts);
	ret = sv_arena_window(&window_va, SV_WINDOW_LEN);
	if (ret)
		return ret;
	/* One thread, this one, serves them all. */
	if (!sv_window_layout(&layout, SV_WINDOW_LEN, nr_pairs))
		return sv_fail(SV_EXIT_FAILURE, NULL, "queues do not fit the window");
	sv_server_init(&arena->server, &arena->vault, window_va, SV_WINDOW_GPA, &layout, 0,
		       layout.nr_pairs);
	sv_window_post(&layout, window_va);
	return start(f, window_va);
}

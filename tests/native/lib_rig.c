// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "lib_rig.h"

#include <sevault/shm.h>

#include <stdio.h>
#include <stdlib.h>

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "rig: %s\n", what);
	abort();
}

void *rig_alloc(size_t len)
{
	void *p = NULL;

	must(posix_memalign(&p, 4096, len) == 0, "out of memory");
	memset(p, 0, len);
	return p;
}

struct sv_chan_queue rig_queue(const struct rig *r, u32 index)
{
	const struct sv_window_queue *q = sv_window_queue(&r->layout, index);

	return (struct sv_chan_queue){
		.desc_gpa = SV_WINDOW_GPA + q->desc,
		.avail_gpa = SV_WINDOW_GPA + q->avail,
		.used_gpa = SV_WINDOW_GPA + q->used,
		.num = q->num,
	};
}

enum sv_chan_error rig_open_chan(struct rig *r, u32 pair)
{
	struct sv_chan_queue req = rig_queue(r, 2 * pair);
	struct sv_chan_queue resp = rig_queue(r, 2 * pair + 1);
	bool is_admin = pair == SV_PAIR_ADMIN;

	return sv_chan_init(r->chan[pair], &r->mapped, &req, &resp,
			    is_admin ? SV_ADMIN_SLOT_LEN : SV_DATA_SLOT_MIN,
			    is_admin ? SV_ADMIN_SLOT_LEN : SV_DATA_SLOT_MAX);
}

struct rig *rig_create(u32 cpu)
{
	struct rig *r = rig_alloc(sizeof(*r));
	u32 i;

	r->window = rig_alloc(SV_WINDOW_LEN);
	r->vault = rig_alloc(sizeof(*r->vault));
	r->server = rig_alloc(sizeof(*r->server));
	r->mapped = (struct sv_chan_window){ r->window, SV_WINDOW_GPA, SV_WINDOW_LEN };
	must(sv_window_layout(&r->layout, SV_WINDOW_LEN, RIG_PAIRS - SV_PAIR_DATA), "layout");
	must(sv_vault_init(r->vault, SV_MODE_SOFT, &sv_engine_list, cpu, ~0U), "no engine");
	sv_server_init(r->server, r->vault, r->window, SV_WINDOW_GPA, &r->layout, 0, RIG_PAIRS);
	for (i = 0; i < RIG_PAIRS; i++) {
		r->chan[i] = rig_alloc(sizeof(*r->chan[i]));
		must(rig_open_chan(r, i) == SV_CHAN_OK, "channel");
	}
	return r;
}

void rig_destroy(struct rig *r)
{
	u32 i;

	sv_vault_wipe(r->vault);
	for (i = 0; i < RIG_PAIRS; i++)
		free(r->chan[i]);
	free(r->server);
	free(r->vault);
	free(r->window);
	free(r);
}

u32 rig_do(struct rig *r, u32 pair, struct rig_call *c)
{
	struct sv_chan *chan = r->chan[pair];
	u32 kick;
	int slot, got;

	slot = sv_chan_take(chan);
	if (slot == SV_CHAN_NONE) {
		must(!sv_server_arm(r->server, &kick), "server is busy");
		sv_server_disarm(r->server);
		slot = sv_chan_take(chan);
	}
	must(slot >= 0, "no slot");
	must(c->data_len <= chan->data_len, "data too long");
	sv_shm_write(sv_chan_data(chan, (u32)slot), c->data, c->data_len);
	sv_chan_submit(chan, (u32)slot, &c->hdr);
	must(sv_server_poll(r->server, &kick) == 1, "not served");
	got = sv_chan_reap(chan, &c->hdr);
	must(got == slot, "wrong answer");
	sv_shm_read(c->data, sv_chan_data(chan, (u32)slot), c->data_len);
	sv_chan_release(chan, (u32)slot);
	return le32_to_cpu(c->hdr.status);
}

u32 rig_load(struct rig *r, u32 alg, u32 flags, const u8 *key, size_t key_len, u64 *key_id)
{
	struct sv_key_load in = {
		.alg = (u8)alg,
		.flags = (u8)flags,
		.key_len = cpu_to_le16(key_len),
	};
	struct rig_call c = {
		.hdr = { .op = SV_OP_KEY_LOAD, .text_len = cpu_to_le32(sizeof(in)) },
		.data = (u8 *)&in,
		.data_len = sizeof(in),
	};
	u32 st;

	memcpy(in.key, key, min_t(size_t, key_len, sizeof(in.key)));
	st = rig_do(r, SV_PAIR_ADMIN, &c);
	*key_id = le64_to_cpu(c.hdr.key_id);
	return st;
}

u32 rig_drop(struct rig *r, u64 key_id)
{
	struct rig_call c = {
		.hdr = { .op = SV_OP_KEY_DROP, .key_id = cpu_to_le64(key_id) },
	};

	return rig_do(r, SV_PAIR_ADMIN, &c);
}

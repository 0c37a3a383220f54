// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The vault's side of the rings against a hostile device: the driver ring
 * alone, held against a model, and the whole server.
 */
#include "lib_fuzz.h"

#include "core/server.h"

enum { NUM = 8, NR_IDS = 6, MAX_STEPS = 400, MAX_POLLS = 64 };

struct ring_mem {
	struct sv_vring_desc desc[NUM];
	u8 avail[4 + 2 * NUM + 2] __aligned(4);
	u8 used[4 + 8 * NUM + 2] __aligned(4);
};

/* @lent: ids that the device has, by our own account. */
static void step_ring(struct sv_vring_drv *r, u64 *lent)
{
	u32 id = fuzz_below(NR_IDS);
	int got;

	switch (fuzz_below(8)) {
	case 0:
		got = sv_vring_drv_pop(r);
		fuzz_assert(got >= SV_VRING_BROKEN && got < NR_IDS, "id out of range");
		if (got < 0)
			break;
		fuzz_assert(*lent >> got & 1, "id was not lent");
		*lent &= ~(1ULL << got);
		break;
	case 1:
		if (*lent >> id & 1)
			break;
		sv_vring_drv_stage(r, id);
		*lent |= 1ULL << id;
		break;
	case 2:
		sv_vring_drv_publish(r);
		break;
	case 3:
		(void)!sv_vring_drv_need_kick(r);
		break;
	case 4:
		fuzz_assert(sv_vring_drv_arm(r) || !r->is_broken, "sleeps on a broken ring");
		break;
	case 5:
		sv_vring_drv_disarm(r);
		break;
	case 6:
		fuzz_assert(sv_vring_drv_peek(r) < NR_IDS, "peek out of range");
		break;
	default:
		fuzz_scribble();
	}
	fuzz_assert(r->lent == *lent || r->is_broken, "lent");
}

static void fuzz_ring(void)
{
	static struct ring_mem *mem;
	struct sv_vring_drv_mem parts;
	struct sv_vring_drv r;
	u64 lent = 0;
	u32 i;

	if (!mem)
		mem = fuzz_alloc(sizeof(*mem));
	parts = (struct sv_vring_drv_mem){
		mem->desc, (struct sv_vring_avail *)mem->avail, (struct sv_vring_used *)mem->used,
	};
	sv_vring_drv_init(&r, &parts, NUM, NR_IDS, SV_WINDOW_GPA, 4096, 4096);
	fuzz_expose(mem->used, sizeof(mem->used));
	fuzz_expose(mem->used, 4);
	fuzz_expose(mem, sizeof(*mem));
	for (i = 0; i < MAX_STEPS && !fuzz_is_over(); i++)
		step_ring(&r, &lent);
}

/* Return a slot on a used ring as an honest device would. */
static void return_slot(u8 *window, const struct sv_window_queue *q, u32 id)
{
	struct sv_vring_used *used = (struct sv_vring_used *)(window + q->used);

	used->ring[used->idx % q->num].id = id;
	used->idx++;
}

static void expose_queue(u8 *window, const struct sv_window_queue *q)
{
	fuzz_expose(window + q->avail, sv_vring_avail_len(q->num));
	fuzz_expose(window + q->used, sv_vring_used_len(q->num));
	fuzz_expose(window + q->used, 4);
}

static void fuzz_server(void)
{
	static struct sv_vault *vault;
	static struct sv_server *server;
	static struct sv_window layout;
	static u8 *window;
	bool was_broken = false;
	u32 kick, i;
	int n;

	if (!vault) {
		vault = fuzz_alloc(sizeof(*vault));
		server = fuzz_alloc(sizeof(*server));
		window = fuzz_alloc(SV_WINDOW_LEN);
		fuzz_assert(sv_window_layout(&layout, SV_WINDOW_LEN, 1), "layout");
		fuzz_assert(sv_vault_init(vault, SV_MODE_SOFT, &sv_engine_list, 0, ~0U), "init");
	}
	vault->workers = NULL;
	sv_server_init(server, vault, window, SV_WINDOW_GPA, &layout, 0, 2);
	for (i = 0; i < 2; i++) {
		const struct sv_window_pair *p = &layout.pair[i];

		expose_queue(window, &p->queue[0]);
		expose_queue(window, &p->queue[1]);
		memset(window + p->slots, 0, 1024);
		fuzz_expose(window + p->slots, 128);
	}
	for (i = 0; i < MAX_POLLS && !fuzz_is_over(); i++) {
		u8 what = fuzz_u8();

		if (what & 1)
			return_slot(window, sv_window_queue(&layout, what >> 1 & 3),
				    fuzz_below(SV_DATA_SLOTS));
		if (what & 8)
			fuzz_scribble();
		if (what & 16)
			(void)!sv_server_arm(server, &kick);
		if (what & 32)
			sv_server_disarm(server);
		n = sv_server_poll(server, &kick);
		fuzz_assert(n >= SV_SERVER_BROKEN && n <= 2 * SV_SERVER_BUDGET, "served");
		fuzz_assert(!was_broken || n == SV_SERVER_BROKEN, "broken is for ever");
		fuzz_assert(!(kick & ~0xfU), "kick");
		was_broken = n == SV_SERVER_BROKEN;
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	fuzz_start(data, len);
	if (fuzz_u8() & 1)
		fuzz_ring();
	else
		fuzz_server();
	return 0;
}

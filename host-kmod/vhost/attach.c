// SPDX-License-Identifier: GPL-2.0
#include "vhost/attach.h"
#include "complain.h"
#include "params.h"
#include "ring/board.h"
#include "vault/dev.h"

#include <asm/tsc.h>
#include <linux/err.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

static struct sv_dev *dev_of(struct sv_vhost *v)
{
	return rcu_dereference_protected(v->dev, lockdep_is_held(&v->lock));
}

bool sv_vhost_is_running(struct sv_vhost *v)
{
	return dev_of(v);
}

static u8 __shared *window_of(struct sv_vhost *v)
{
	return (u8 __shared __force *)v->memory.va;
}

static void notify(void *ctx, u32 vq)
{
	struct sv_vhost *v = ctx;

	sv_bell_ring(&v->door[sv_bell_of(vq)].bell);
}

static void give_up(void *ctx)
{
	notify(ctx, 2 * SV_PAIR_ADMIN);
}

/* The bell does not say for which of the data pairs. */
static void rung(struct sv_bell *bell)
{
	struct sv_vhost_door *door = container_of(bell, struct sv_vhost_door, bell);
	struct sv_dev *dev;
	u32 i;

	rcu_read_lock();
	dev = rcu_dereference(door->v->dev);
	if (dev && door == door->v->door) {
		sv_dev_kick(dev, 2 * SV_PAIR_ADMIN);
	} else if (dev) {
		for (i = 0; i < dev->nr_queues; i++)
			sv_dev_kick(dev, 2 * (SV_PAIR_DATA + i));
	}
	rcu_read_unlock();
}

void sv_vhost_stop(struct sv_vhost *v, const char *why)
{
	struct sv_dev *dev = dev_of(v);
	u32 i;

	if (!dev)
		return;
	/* Requests end at once; then no more kicks, no device, no mapping, in this order. */
	sv_dev_get(dev);
	sv_dev_kill(dev, why);
	RCU_INIT_POINTER(v->dev, NULL);
	synchronize_rcu();
	sv_dev_stop(dev, why);
	sv_dev_put(dev);
	/* Never zero from now on: that shows that it cannot be continued. */
	for (i = 0; i < SV_NR_BELLS; i++)
		v->door[i].base = 1;
	sv_memory_unpin(&v->memory);
}

void sv_vhost_config(struct sv_config *config)
{
	*config = (struct sv_config){
		.magic = cpu_to_le32(SV_CONFIG_MAGIC),
		.version_major = cpu_to_le16(SV_VERSION_MAJOR),
		.version_minor = cpu_to_le16(SV_VERSION_MINOR),
		.window_gpa = cpu_to_le64(SV_WINDOW_GPA),
		.window_len = cpu_to_le32(SV_WINDOW_LEN),
		.nr_data_pairs = cpu_to_le16(sv_param_data_pairs),
		.poll_us = cpu_to_le32(sv_poll_us()),
		.tsc_khz = cpu_to_le32(tsc_khz),
	};
}

static void answer(struct sv_vhost *v)
{
	struct sv_config config;

	sv_vhost_config(&config);
	sv_board_answer(window_of(v), &config);
}

static int read_board(struct sv_vhost *v, struct sv_board *board)
{
	enum sv_board_error e;

	sv_board_read(board, window_of(v));
	e = sv_board_judge(board, sv_param_data_pairs);
	if (e == SV_BOARD_OK)
		return 0;
	sv_complain(SV_VHOST_NAME, SV_SAME_RELEASE, "the vault is refused: %s",
		    sv_board_error_name(e));
	/* It will see that by itself, and say so better than we can. */
	if (e == SV_BOARD_VERSION)
		answer(v);
	return -EPROTO;
}

static void fill_link(struct sv_vhost *v, struct sv_link *link, const struct sv_board *board)
{
	link->name = SV_VHOST_NAME;
	link->window.va = window_of(v);
	link->window.gpa = SV_WINDOW_GPA;
	link->window.len = SV_WINDOW_LEN;
	link->nr_pairs = sv_board_nr_pairs(board);
	sv_board_queues(board, link->vq);
	link->notify = notify;
	link->give_up = give_up;
	link->ctx = v;
}

static struct sv_dev *create_dev(struct sv_vhost *v)
{
	struct sv_board board;
	struct sv_link *link;
	struct sv_dev *dev;
	int err;

	err = read_board(v, &board);
	if (err)
		return ERR_PTR(err);
	link = kzalloc(sizeof(*link), GFP_KERNEL);
	if (!link)
		return ERR_PTR(-ENOMEM);
	fill_link(v, link, &board);
	dev = sv_dev_create(link);
	kfree(link);
	return dev;
}

static int judge(struct sv_vhost *v)
{
	u32 i;

	if (v->features != SV_VHOST_FEATURES) {
		sv_complain(SV_VHOST_NAME, SV_SAME_RELEASE,
			    "the vault accepted features %#llx of %#llx", v->features,
			    SV_VHOST_FEATURES);
		return -EINVAL;
	}
	for (i = 0; i < SV_NR_BELLS; i++) {
		if (!v->door[i].base)
			continue;
		sv_complain(SV_VHOST_NAME, "start it again from the beginning",
			    "the vault was stopped and continued, its keys are lost");
		return -EINVAL;
	}
	return 0;
}

int sv_vhost_start(struct sv_vhost *v)
{
	struct sv_dev *dev;
	int err;

	if (dev_of(v))
		return -EBUSY;
	err = judge(v);
	if (err)
		return err;
	err = sv_memory_pin(&v->memory, &v->place);
	if (err)
		return err;
	dev = create_dev(v);
	if (IS_ERR(dev)) {
		sv_memory_unpin(&v->memory);
		return PTR_ERR(dev);
	}
	answer(v);
	rcu_assign_pointer(v->dev, dev);
	err = sv_dev_start(dev);
	if (err) {
		sv_complain(SV_VHOST_NAME, "free -m; ulimit -u", "no thread for a queue (error %d)",
			    err);
		sv_vhost_stop(v, "it could not be started");
	}
	return err;
}

void sv_vhost_bells_init(struct sv_vhost *v)
{
	u32 i;

	for (i = 0; i < SV_NR_BELLS; i++) {
		v->door[i].v = v;
		sv_bell_init(&v->door[i].bell, rung);
	}
}

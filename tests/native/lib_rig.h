/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * A whole vault with its host in one process: window, server and one channel
 * for each pair, exactly as large as they claim to be.
 */
#ifndef NATIVE_LIB_RIG_H
#define NATIVE_LIB_RIG_H

#include "ring/channel.h"
#include "core/server.h"

enum { RIG_PAIRS = 2 };

struct rig {
	struct sv_vault *vault;
	struct sv_server *server;
	struct sv_chan *chan[RIG_PAIRS];	/* index: pair */
	struct sv_window layout;
	struct sv_chan_window mapped;
	u8 *window;
};

/* A request and its answer; data is aad, text and tag as in the slot. */
struct rig_call {
	struct sv_slot_hdr hdr;
	u8 *data;
	size_t data_len;
};

/*
 * @cpu: SV_CPU_* bits that the engines may use. No self-test runs, all engines
 * count as good. Ends the program when something fails.
 */
struct rig *rig_create(u32 cpu);
void rig_destroy(struct rig *r);

/* The virtqueue that the vault would program for queue @index. */
struct sv_chan_queue rig_queue(const struct rig *r, u32 index);

/* Initialise the channel of @pair as the host does at DRIVER_OK. */
enum sv_chan_error rig_open_chan(struct rig *r, u32 pair);

/* Send one request, let the server work, take the answer: the status. */
u32 rig_do(struct rig *r, u32 pair, struct rig_call *c);

/* Load a key: the status, and in @key_id the handle. */
u32 rig_load(struct rig *r, u32 alg, u32 flags, const u8 *key, size_t key_len, u64 *key_id);
u32 rig_drop(struct rig *r, u64 key_id);

/* Zeroed memory of exactly @len bytes, for tools that watch its ends. */
void *rig_alloc(size_t len);

#endif /* NATIVE_LIB_RIG_H */

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The data path under test: a vault on a thread of its own, and the host side
 * in the caller's, over real rings in one piece of memory.
 */
#ifndef BENCH_PATH_H
#define BENCH_PATH_H

#include "../../guest-vault/core/crypto/selftest.h"
#include "../../guest-vault/core/server.h"
#include "ring/channel.h"

#include "bench.h"

#include <pthread.h>

struct sv_path {
	/* Shared by the two sides. */
	u8 *window;
	struct sv_window layout;

	/* Vault side, the vault thread's while run is set. */
	struct sv_vault vault;
	struct sv_server server;
	struct sv_selftest_work selftest;
	u64 kicks;
	int cpu;		/* changes only while the thread sleeps */

	/* Host side. */
	struct sv_chan admin;
	struct sv_chan data;
	u64 key_id[BENCH_NR_MODES];
	u64 notifies;
	struct sv_meter meter;

	/* Start and stop of the vault thread. */
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t cond;
	bool is_wanted;		/* under lock */
	bool is_idle;		/* under lock */
	bool is_over;		/* under lock */

	/* Atomic: serve. Away from what others write. */
	bool run __aligned(128);
};

/* One measurement. Times in TSC ticks. */
struct sv_path_job {
	unsigned int mode;
	size_t bytes;
	unsigned int depth;
	u64 ticks;
	double ghz;
};

/*
 * Set up vault, rings and keys and start the vault's thread on @cpu, where it
 * sleeps between measurements (it moves when path->cpu has changed). Exits with
 * a message on any failure. The path must be 128-byte aligned.
 */
void sv_path_init(struct sv_path *p, int cpu);

/* Measure. Every answer is checked for its status, the last one for its bytes. */
struct sv_sample sv_path_measure(struct sv_path *p, const struct sv_path_job *job,
				 const struct sv_bufs *bufs);

/* The host's half of a measurement (host.c); the vault's thread is serving. */
struct sv_sample sv_path_host(struct sv_path *p, const struct sv_path_job *job,
			      const struct sv_bufs *bufs);

void sv_path_stop(struct sv_path *p);

/* The same engines, called directly on the caller's core. */
struct sv_inline {
	struct sv_aes_key key[BENCH_NR_MODES];
	struct sv_meter meter;
	u8 bounce[SV_GCM_CHUNK] __aligned(64);
};

void sv_inline_init(struct sv_inline *in, const struct sv_engines *e);

/* Request @nr of the bench: encrypt @src into @dst, tag behind the text. */
void sv_inline_encrypt(struct sv_inline *in, unsigned int mode, u64 nr, u8 *dst, const u8 *src,
		       size_t bytes);

/* job->depth is not used. */
struct sv_sample sv_inline_measure(struct sv_inline *in, const struct sv_path_job *job,
				   const struct sv_bufs *bufs);

#endif /* BENCH_PATH_H */

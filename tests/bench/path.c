// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "path.h"

#include "../../guest-vault/soft/cpu.h"

#include "cpus.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static void die(const char *what)
{
	fprintf(stderr, "bench: %s\n", what);
	exit(1);
}

static void init_chan(struct sv_path *p, struct sv_chan *c, u32 pair, u32 slot_len)
{
	const struct sv_window_pair *wp = &p->layout.pair[pair];
	struct sv_chan_window window = {
		.va = (__force u8 __shared *)p->window,
		.gpa = SV_WINDOW_GPA,
		.len = SV_WINDOW_LEN,
	};
	struct sv_chan_queue queue[SV_WINDOW_NR_DIRS];
	enum sv_chan_error err;
	u32 i;

	for (i = 0; i < SV_WINDOW_NR_DIRS; i++)
		queue[i] = (struct sv_chan_queue){
			.desc_gpa = SV_WINDOW_GPA + wp->queue[i].desc,
			.avail_gpa = SV_WINDOW_GPA + wp->queue[i].avail,
			.used_gpa = SV_WINDOW_GPA + wp->queue[i].used,
			.num = wp->queue[i].num,
		};
	err = sv_chan_init(c, &window, &queue[SV_WINDOW_REQ], &queue[SV_WINDOW_RESP], slot_len,
			   slot_len);
	if (err)
		die(sv_chan_error_name(err));
}

static void init_vault(struct sv_path *p)
{
	u32 cpu = sv_cpu_features();
	u32 health = sv_selftest_run(&p->selftest, &sv_engine_list, cpu);

	if (!sv_vault_init(&p->vault, SV_MODE_SOFT, &sv_engine_list, cpu, health))
		die("no healthy engine");
	if (!sv_window_layout(&p->layout, SV_WINDOW_LEN, 1))
		die("window too small");
	p->window = mmap(NULL, SV_WINDOW_LEN, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (p->window == MAP_FAILED)
		die("no memory for the window");
	sv_server_init(&p->server, &p->vault, (__force u8 __shared *)p->window, SV_WINDOW_GPA,
		       &p->layout, 0, p->layout.nr_pairs);
}

/* Both sides in one thread: the vault's has not started yet. */
static u64 load_key(struct sv_path *p, u8 alg, u16 key_len)
{
	struct sv_key_load load = { .alg = alg, .key_len = cpu_to_le16(key_len) };
	struct sv_slot_hdr hdr = {
		.op = SV_OP_KEY_LOAD,
		.text_len = cpu_to_le32(sizeof(load)),
	};
	int slot = sv_chan_take(&p->admin);
	u32 kick;

	if (slot < 0)
		die("no admin slot");
	memcpy(load.key, sv_bench_key, key_len);
	memcpy((__force void *)sv_chan_data(&p->admin, (u32)slot), &load, sizeof(load));
	sv_chan_submit(&p->admin, (u32)slot, &hdr);
	if (sv_server_poll(&p->server, &kick) != 1)
		die("the vault did not answer");
	slot = sv_chan_reap(&p->admin, &hdr);
	if (slot < 0 || hdr.status)
		die("the vault refused a key");
	sv_chan_release(&p->admin, (u32)slot);
	return le64_to_cpu(hdr.key_id);
}

/* False: the bench is over. */
static bool wait_for_start(struct sv_path *p)
{
	bool is_over;

	pthread_mutex_lock(&p->lock);
	p->is_idle = true;
	pthread_cond_broadcast(&p->cond);
	while (!p->is_wanted && !p->is_over)
		pthread_cond_wait(&p->cond, &p->lock);
	p->is_wanted = false;
	p->is_idle = false;
	is_over = p->is_over;
	pthread_mutex_unlock(&p->lock);
	return !is_over;
}

static void serve(struct sv_path *p)
{
	u32 kick;
	int n;

	while (__atomic_load_n(&p->run, __ATOMIC_ACQUIRE)) {
		n = sv_server_poll(&p->server, &kick);
		if (n == SV_SERVER_BROKEN)
			die("the vault found a broken ring");
		if (kick)
			p->kicks++;
		if (!n)
			cpu_relax();
	}
}

static void *run_vault(void *arg)
{
	struct sv_path *p = arg;

	while (wait_for_start(p)) {
		sv_cpus_pin(p->cpu);
		serve(p);
	}
	return NULL;
}

static void start_vault(struct sv_path *p)
{
	__atomic_store_n(&p->run, true, __ATOMIC_RELEASE);
	pthread_mutex_lock(&p->lock);
	p->is_wanted = true;
	p->is_idle = false;
	pthread_cond_broadcast(&p->cond);
	pthread_mutex_unlock(&p->lock);
}

static void stop_vault(struct sv_path *p)
{
	__atomic_store_n(&p->run, false, __ATOMIC_RELEASE);
	pthread_mutex_lock(&p->lock);
	while (!p->is_idle)
		pthread_cond_wait(&p->cond, &p->lock);
	pthread_mutex_unlock(&p->lock);
}

void sv_path_init(struct sv_path *p, int cpu)
{
	memset(p, 0, sizeof(*p));
	p->cpu = cpu;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->cond, NULL);
	init_vault(p);
	init_chan(p, &p->admin, SV_PAIR_ADMIN, SV_ADMIN_SLOT_LEN);
	init_chan(p, &p->data, SV_PAIR_DATA, SV_DATA_SLOT_LEN);
	p->key_id[BENCH_XTS] = load_key(p, SV_ALG_XTS, BENCH_XTS_KEY_LEN);
	p->key_id[BENCH_GCM] = load_key(p, SV_ALG_GCM, BENCH_GCM_KEY_LEN);
	if (pthread_create(&p->thread, NULL, run_vault, p))
		die("cannot start the vault's thread");
}

struct sv_sample sv_path_measure(struct sv_path *p, const struct sv_path_job *job,
				 const struct sv_bufs *bufs)
{
	struct sv_path_job warm = *job;
	struct sv_sample sample;

	warm.ticks /= 8;
	start_vault(p);
	sv_path_host(p, &warm, bufs);
	sample = sv_path_host(p, job, bufs);
	stop_vault(p);
	return sample;
}

void sv_path_stop(struct sv_path *p)
{
	pthread_mutex_lock(&p->lock);
	p->is_over = true;
	pthread_cond_broadcast(&p->cond);
	pthread_mutex_unlock(&p->lock);
	pthread_join(p->thread, NULL);
	sv_vault_wipe(&p->vault);
	munmap(p->window, SV_WINDOW_LEN);
}

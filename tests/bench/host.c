// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The host side of the bench: what the kernel module does with a request,
 * without the kernel. Copy in, submit, reap, copy out.
 */
#include "path.h"

#include "clock.h"
#include "copy.h"

#include <stdlib.h>
#include <string.h>

/* A measurement under way. */
struct run {
	struct sv_path *path;
	const struct sv_path_job *job;
	const struct sv_bufs *bufs;
	u64 nr_sent;
	u64 nr_done;
	u64 started[SV_MAX_SLOTS];
	u64 request[SV_MAX_SLOTS];
};

static void die(const char *what)
{
	fprintf(stderr, "bench: %s\n", what);
	exit(1);
}

static void fill_header(const struct run *r, struct sv_slot_hdr *hdr)
{
	bool is_gcm = r->job->mode == BENCH_GCM;

	*hdr = (struct sv_slot_hdr){
		.op = is_gcm ? SV_OP_GCM_SEAL : SV_OP_XTS_ENC,
		.tag_len = is_gcm ? BENCH_TAG_LEN : 0,
		.key_id = cpu_to_le64(r->path->key_id[r->job->mode]),
		.aad_len = cpu_to_le32(is_gcm ? BENCH_AAD_LEN : 0),
		.text_len = cpu_to_le32((u32)r->job->bytes),
	};
	memcpy(hdr->iv, &r->nr_sent, sizeof(r->nr_sent));
}

/* False when the vault has no slot to offer. */
static bool send_one(struct run *r, u64 now)
{
	static const u8 aad[BENCH_AAD_LEN];
	struct sv_chan *c = &r->path->data;
	int slot = sv_chan_take(c);
	struct sv_slot_hdr hdr;
	u8 *data;

	if (slot == SV_CHAN_NONE)
		return false;
	if (slot < 0)
		die("the host found a broken ring");
	r->started[slot] = now;
	r->request[slot] = r->nr_sent;
	data = (__force u8 *)sv_chan_data(c, (u32)slot);
	if (r->job->mode == BENCH_GCM) {
		memcpy(data, aad, sizeof(aad));
		data += sizeof(aad);
	}
	sv_copy(data, sv_bufs_src(r->bufs, r->nr_sent), r->job->bytes);
	fill_header(r, &hdr);
	sv_chan_submit(c, (u32)slot, &hdr);
	r->nr_sent++;
	return true;
}

/* False when there is no answer. */
static bool receive_one(struct run *r)
{
	struct sv_chan *c = &r->path->data;
	struct sv_slot_hdr hdr;
	int slot = sv_chan_reap(c, &hdr);
	size_t tag = 0;
	u8 *data;
	u64 now;

	if (slot == SV_CHAN_NONE)
		return false;
	if (slot < 0 || hdr.status)
		die("a request failed");
	data = (__force u8 *)sv_chan_data(c, (u32)slot);
	if (r->job->mode == BENCH_GCM) {
		data += BENCH_AAD_LEN;
		tag = BENCH_TAG_LEN;
	}
	sv_copy(sv_bufs_dst(r->bufs, r->request[slot]), data, r->job->bytes + tag);
	sv_chan_release(c, (u32)slot);
	now = sv_clock_now();
	sv_meter_add(&r->path->meter, now, now - r->started[slot]);
	r->nr_done++;
	return true;
}

/* Keep the queue at its depth: the kernel's submitter and poller in turn. */
static void turn(struct run *r, bool more)
{
	struct sv_path *p = r->path;
	bool any = false;

	while (more && r->nr_sent - r->nr_done < r->job->depth && send_one(r, sv_clock_now()))
		any = true;
	if (any && sv_chan_notify_needed(&p->data))
		p->notifies++;

	any = false;
	while (receive_one(r))
		any = true;
	if (any && sv_chan_release_notify_needed(&p->data))
		p->notifies++;
	if (!any)
		cpu_relax();
}

static void check_last(struct sv_path *p, const struct run *r)
{
	static u8 want[BENCH_MAX_BYTES + BENCH_TAG_LEN];
	static struct sv_inline in;
	u64 nr = r->nr_sent - 1;

	sv_inline_init(&in, &p->vault.engines);
	sv_inline_encrypt(&in, r->job->mode, nr, want, sv_bufs_src(r->bufs, nr), r->job->bytes);
	if (memcmp(want, sv_bufs_dst(r->bufs, nr),
		   r->job->bytes + (r->job->mode == BENCH_GCM ? BENCH_TAG_LEN : 0)))
		die("the vault's answer is wrong");
}

struct sv_sample sv_path_host(struct sv_path *p, const struct sv_path_job *job,
			      const struct sv_bufs *bufs)
{
	struct run r = { .path = p, .job = job, .bufs = bufs };
	u64 start = sv_clock_now();

	sv_meter_start(&p->meter, start, job->ghz);
	do {
		turn(&r, true);
	} while (sv_clock_now() - start < job->ticks);
	while (r.nr_done < r.nr_sent)
		turn(&r, false);
	check_last(p, &r);
	return sv_meter_sample(&p->meter, job->bytes);
}

// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "path.h"

#include "clock.h"

#include <stdlib.h>
#include <string.h>

void sv_inline_init(struct sv_inline *in, const struct sv_engines *e)
{
	if (sv_aes_key_set(&in->key[BENCH_XTS], e, SV_ALG_XTS, sv_bench_key, BENCH_XTS_KEY_LEN) ||
	    sv_aes_key_set(&in->key[BENCH_GCM], e, SV_ALG_GCM, sv_bench_key, BENCH_GCM_KEY_LEN)) {
		fprintf(stderr, "bench: cannot expand the keys\n");
		exit(1);
	}
}

void sv_inline_encrypt(struct sv_inline *in, unsigned int mode, u64 nr, u8 *dst, const u8 *src,
		       size_t bytes)
{
	static const u8 aad[BENCH_AAD_LEN];
	u8 iv[SV_IV_LEN] = { 0 };
	struct sv_gcm_req req = {
		.iv = iv,
		.aad = aad,
		.aad_len = sizeof(aad),
		.src = src,
		.dst = dst,
		.len = bytes,
		.tag = dst + bytes,
		.tag_len = BENCH_TAG_LEN,
		.bounce = in->bounce,
		.bounce_len = sizeof(in->bounce),
	};
	enum sv_status status;

	memcpy(iv, &nr, sizeof(nr));
	if (mode == BENCH_XTS)
		status = sv_xts_encrypt(&in->key[BENCH_XTS], dst, src, bytes, iv, 0);
	else
		status = sv_gcm_seal(&in->key[BENCH_GCM], &req);
	if (!status)
		return;
	fprintf(stderr, "bench: inline request failed with status %d\n", status);
	exit(1);
}

struct sv_sample sv_inline_measure(struct sv_inline *in, const struct sv_path_job *job,
				   const struct sv_bufs *bufs)
{
	u64 start = sv_clock_now();
	u64 now = start, before, nr = 0;

	sv_hist_reset(&in->hist);
	do {
		before = now;
		sv_inline_encrypt(in, job->mode, nr, sv_bufs_dst(bufs, nr), sv_bufs_src(bufs, nr),
				  job->bytes);
		nr++;
		now = sv_clock_now();
		sv_hist_add(&in->hist, now - before);
	} while (now - start < job->ticks);
	return sv_hist_sample(&in->hist, nr, job->bytes, now - start, job->ghz);
}

struct sv_sample sv_hist_sample(const struct sv_hist *h, u64 nr, size_t bytes, u64 ticks,
				double ghz)
{
	return (struct sv_sample){
		.gbps = (double)(nr * bytes) * ghz / (double)ticks,
		.p50_ns = sv_hist_quantile(h, 0.5) / ghz,
		.p99_ns = sv_hist_quantile(h, 0.99) / ghz,
	};
}

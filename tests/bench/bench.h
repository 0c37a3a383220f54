/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * What the parts of the native bench agree on. Throughput is in gigabytes
 * (10^9 bytes) of text per second everywhere.
 */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum sv_bench_mode { BENCH_XTS, BENCH_GCM, BENCH_NR_MODES };

enum {
	BENCH_NR_SIZES = 3,
	BENCH_NR_DEPTHS = 4,
	BENCH_MAX_BYTES = 65536,
	BENCH_MAX_DEPTH = 32,
	BENCH_MAX_ROUNDS = 201,

	/* Requests walk over this many source and destination buffers, everywhere. */
	BENCH_NR_BUFS = BENCH_MAX_DEPTH,

	BENCH_BUF_GAP = 64,

	BENCH_XTS_KEY_LEN = 64,
	BENCH_GCM_KEY_LEN = 32,
	BENCH_IV_LEN = 12,
	BENCH_AAD_LEN = 16,
	BENCH_TAG_LEN = 16,
};

extern const char *const sv_bench_mode_name[BENCH_NR_MODES];
extern const size_t sv_bench_size[BENCH_NR_SIZES];
extern const unsigned int sv_bench_depth[BENCH_NR_DEPTHS];

/* The same keys for everybody. */
extern const uint8_t sv_bench_key[BENCH_XTS_KEY_LEN];

/* One measurement. */
struct sv_sample {
	double gbps;
	double p50_ns;
	double p99_ns;
};

/* The same point over all rounds. */
struct sv_series {
	struct sv_sample round[BENCH_MAX_ROUNDS];
};

/* Everything that was measured, one entry per round in each series. */
struct sv_results {
	unsigned int nr_rounds;
	struct sv_series path[BENCH_NR_MODES][BENCH_NR_SIZES][BENCH_NR_DEPTHS];
	struct sv_series inlined[BENCH_NR_MODES][BENCH_NR_SIZES];
	struct sv_series openssl_ni[BENCH_NR_MODES][BENCH_NR_SIZES];
	struct sv_series openssl[BENCH_NR_MODES][BENCH_NR_SIZES];
};

/* One line of the report: medians over the rounds. */
struct sv_point {
	struct sv_sample at;
	double over_inline_ns;	/* of the median latencies */
	double ratio_inline;	/* median of the ratios of each round */
	double ratio_openssl;	/* against AES-NI code */
};

struct sv_machine {
	char cpu_name[64];
	char aes_name[17];
	char ghash_name[17];
	char openssl_name[64];
	int host_cpu;
	int vault_cpu;
	double line_ns;		/* cache line there and back between the two */
	double tsc_ghz;
	double seconds;		/* of the whole run */
};

/*
 * Source and destination text, BENCH_NR_BUFS of each, one after the other as
 * the pages of a large write; room for a tag behind each.
 */
struct sv_bufs {
	uint8_t *src_base;
	uint8_t *dst_base;
	size_t stride;
};

/* Exits with a message when there is no memory. */
void sv_bufs_init(struct sv_bufs *b);

/* Lay the buffers out for texts of @bytes. */
static inline void sv_bufs_layout(struct sv_bufs *b, size_t bytes)
{
	b->stride = bytes + BENCH_BUF_GAP;
}

static inline uint8_t *sv_bufs_src(const struct sv_bufs *b, uint64_t nr)
{
	return b->src_base + nr % BENCH_NR_BUFS * b->stride;
}

static inline uint8_t *sv_bufs_dst(const struct sv_bufs *b, uint64_t nr)
{
	return b->dst_base + nr % BENCH_NR_BUFS * b->stride;
}

/* report.c */
struct sv_sample sv_series_median(const struct sv_series *s, unsigned int nr_rounds);
struct sv_point sv_results_point(const struct sv_results *r, unsigned int mode,
				 unsigned int size, unsigned int depth);
void sv_report_table(FILE *f, const struct sv_results *r, const struct sv_machine *m);
void sv_report_json(FILE *f, const struct sv_results *r);
void sv_report_machine(FILE *f, const struct sv_results *r, const struct sv_machine *m);

/* svg.c */
void sv_report_svg(FILE *f, const struct sv_results *r, const struct sv_machine *m);

#endif /* BENCH_BENCH_H */

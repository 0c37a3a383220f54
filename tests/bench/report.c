// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "bench.h"

#include <stdlib.h>

const char *const sv_bench_mode_name[BENCH_NR_MODES] = { "aes-256-xts", "aes-256-gcm" };
const size_t sv_bench_size[BENCH_NR_SIZES] = { 512, 4096, 65536 };
const unsigned int sv_bench_depth[BENCH_NR_DEPTHS] = { 1, 4, 16, 32 };

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *v, unsigned int n)
{
	qsort(v, n, sizeof(*v), compare);
	return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

struct sv_sample sv_series_median(const struct sv_series *s, unsigned int nr_rounds)
{
	double gbps[BENCH_MAX_ROUNDS], p50[BENCH_MAX_ROUNDS], p99[BENCH_MAX_ROUNDS];
	unsigned int i;

	for (i = 0; i < nr_rounds; i++) {
		gbps[i] = s->round[i].gbps;
		p50[i] = s->round[i].p50_ns;
		p99[i] = s->round[i].p99_ns;
	}
	return (struct sv_sample){
		.gbps = median(gbps, nr_rounds),
		.p50_ns = median(p50, nr_rounds),
		.p99_ns = median(p99, nr_rounds),
	};
}

/* Neighbours in time share the machine's state: compare within a round. */
static double median_ratio(const struct sv_series *s, const struct sv_series *base,
			   unsigned int nr_rounds)
{
	double ratio[BENCH_MAX_ROUNDS];
	unsigned int i;

	for (i = 0; i < nr_rounds; i++)
		ratio[i] = s->round[i].gbps / base->round[i].gbps;
	return median(ratio, nr_rounds);
}

static double median_extra_ns(const struct sv_series *s, const struct sv_series *base,
			      unsigned int nr_rounds)
{
	double extra[BENCH_MAX_ROUNDS];
	unsigned int i;

	for (i = 0; i < nr_rounds; i++)
		extra[i] = s->round[i].p50_ns - base->round[i].p50_ns;
	return median(extra, nr_rounds);
}

struct sv_point sv_results_point(const struct sv_results *r, unsigned int mode,
				 unsigned int size, unsigned int depth)
{
	const struct sv_series *s = &r->path[mode][size][depth];

	return (struct sv_point){
		.at = sv_series_median(s, r->nr_rounds),
		.over_inline_ns = median_extra_ns(s, &r->inlined[mode][size], r->nr_rounds),
		.ratio_inline = median_ratio(s, &r->inlined[mode][size], r->nr_rounds),
		.ratio_openssl = median_ratio(s, &r->openssl_ni[mode][size], r->nr_rounds),
	};
}

static void print_base(FILE *f, const char *name, struct sv_sample s)
{
	fprintf(f, "  %-28s %8.2f %9.0f %9.0f\n", name, s.gbps, s.p50_ns, s.p99_ns);
}

static void print_group(FILE *f, const struct sv_results *r, unsigned int mode, unsigned int size)
{
	struct sv_point p;
	unsigned int d;

	fprintf(f, "\n%s, %zu bytes\n", sv_bench_mode_name[mode], sv_bench_size[size]);
	fprintf(f, "  %-28s %8s %9s %9s %9s %9s %9s\n", "", "GB/s", "p50 ns", "p99 ns",
		"/inline", "/AES-NI", "p50 over");
	print_base(f, "inline, same engine", sv_series_median(&r->inlined[mode][size], r->nr_rounds));
	print_base(f, "OpenSSL, AES-NI code",
		   sv_series_median(&r->openssl_ni[mode][size], r->nr_rounds));
	print_base(f, "OpenSSL, default", sv_series_median(&r->openssl[mode][size], r->nr_rounds));
	for (d = 0; d < BENCH_NR_DEPTHS; d++) {
		p = sv_results_point(r, mode, size, d);
		fprintf(f, "  vault, depth %-15u %8.2f %9.0f %9.0f %9.2f %9.2f %9.0f\n",
			sv_bench_depth[d], p.at.gbps, p.at.p50_ns, p.at.p99_ns, p.ratio_inline,
			p.ratio_openssl, p.over_inline_ns);
	}
}

void sv_report_table(FILE *f, const struct sv_results *r, const struct sv_machine *m)
{
	unsigned int mode, size;

	fprintf(f, "%s; vault engines %s, %s; %s\n", m->cpu_name, m->aes_name, m->ghash_name,
		m->openssl_name);
	fprintf(f, "host on CPU %d, vault on CPU %d, a cache line there and back: %.0f ns\n",
		m->host_cpu, m->vault_cpu, m->line_ns);
	fprintf(f, "medians of %u rounds; one core each for inline, OpenSSL, host side, vault side\n",
		r->nr_rounds);
	for (mode = 0; mode < BENCH_NR_MODES; mode++)
		for (size = 0; size < BENCH_NR_SIZES; size++)
			print_group(f, r, mode, size);
}

void sv_report_json(FILE *f, const struct sv_results *r)
{
	const char *comma = "";
	unsigned int mode, size, d;
	struct sv_point p;

	fprintf(f, "[");
	for (mode = 0; mode < BENCH_NR_MODES; mode++)
		for (size = 0; size < BENCH_NR_SIZES; size++)
			for (d = 0; d < BENCH_NR_DEPTHS; d++) {
				p = sv_results_point(r, mode, size, d);
				fprintf(f, "%s\n  {\"mode\": \"%s\", \"bytes\": %zu, \"depth\": %u, "
					"\"gbps\": %.3f, \"p50_ns\": %.0f, \"p99_ns\": %.0f, "
					"\"ratio_inline\": %.3f, \"ratio_openssl\": %.3f}",
					comma, sv_bench_mode_name[mode], sv_bench_size[size],
					sv_bench_depth[d], p.at.gbps, p.at.p50_ns, p.at.p99_ns,
					p.ratio_inline, p.ratio_openssl);
				comma = ",";
			}
	fprintf(f, "\n]\n");
}

static void machine_series(FILE *f, const char *name,
			   const struct sv_series (*s)[BENCH_NR_SIZES], unsigned int nr_rounds)
{
	const char *comma = "";
	unsigned int mode, size;
	struct sv_sample at;

	fprintf(f, ",\n  \"%s\": [", name);
	for (mode = 0; mode < BENCH_NR_MODES; mode++)
		for (size = 0; size < BENCH_NR_SIZES; size++) {
			at = sv_series_median(&s[mode][size], nr_rounds);
			fprintf(f, "%s\n    {\"mode\": \"%s\", \"bytes\": %zu, \"gbps\": %.3f, "
				"\"p50_ns\": %.0f, \"p99_ns\": %.0f}",
				comma, sv_bench_mode_name[mode], sv_bench_size[size], at.gbps,
				at.p50_ns, at.p99_ns);
			comma = ",";
		}
	fprintf(f, "\n  ]");
}

void sv_report_machine(FILE *f, const struct sv_results *r, const struct sv_machine *m)
{
	fprintf(f, "{\n  \"cpu\": \"%s\",\n  \"aes_engine\": \"%s\",\n  \"ghash_engine\": \"%s\",\n",
		m->cpu_name, m->aes_name, m->ghash_name);
	fprintf(f, "  \"openssl_version\": \"%s\",\n  \"host_cpu\": %d,\n  \"vault_cpu\": %d,\n",
		m->openssl_name, m->host_cpu, m->vault_cpu);
	fprintf(f, "  \"line_round_trip_ns\": %.1f,\n  \"tsc_ghz\": %.4f,\n  \"rounds\": %u,\n",
		m->line_ns, m->tsc_ghz, r->nr_rounds);
	fprintf(f, "  \"seconds\": %.1f", m->seconds);
	machine_series(f, "inline", r->inlined, r->nr_rounds);
	machine_series(f, "openssl_aes_ni", r->openssl_ni, r->nr_rounds);
	machine_series(f, "openssl_default", r->openssl, r->nr_rounds);
	fprintf(f, "\n}\n");
}

// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Native bench of the data path. Every round measures each point once, one
 * after the other, so that what else the machine does hits all of them alike;
 * reported are medians over the rounds.
 */
#include "path.h"

#include "clock.h"
#include "copy.h"
#include "cpus.h"
#include "openssl.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	DEFAULT_ROUNDS = 41,
	DEFAULT_MS = 15,	/* one measurement */
	MAX_TRIES = 3,		/* until both CPUs were near each other all the time */
	MAX_MS = 100,
};

struct options {
	const char *out;	/* folder for results, or NULL */
	unsigned int rounds;
	unsigned int ms;
	int host_cpu;
	int vault_cpu;
};

struct bench {
	struct options options;
	struct sv_machine machine;
	struct sv_results results;
	struct sv_bufs bufs;
	struct sv_inline inlined;
	struct sv_ossl openssl_ni;
	struct sv_ossl openssl;
	struct sv_path path;
};

const uint8_t sv_bench_key[BENCH_XTS_KEY_LEN] = {
	0x27, 0x18, 0x28, 0x18, 0x28, 0x45, 0x90, 0x45, 0x23, 0x53, 0x60, 0x28, 0x74, 0x71, 0x35,
	0x26, 0x62, 0x49, 0x77, 0x57, 0x24, 0x70, 0x93, 0x69, 0x99, 0x59, 0x57, 0x49, 0x66, 0x96,
	0x76, 0x27, 0x31, 0x41, 0x59, 0x26, 0x53, 0x58, 0x97, 0x93, 0x23, 0x84, 0x62, 0x64, 0x33,
	0x83, 0x27, 0x95, 0x02, 0x88, 0x41, 0x97, 0x16, 0x93, 0x99, 0x37, 0x51, 0x05, 0x82, 0x09,
	0x74, 0x94, 0x45, 0x92,
};

static struct bench bench __attribute__((aligned(128)));

void sv_bufs_init(struct sv_bufs *b)
{
	size_t len = BENCH_NR_BUFS * (size_t)(BENCH_MAX_BYTES + BENCH_BUF_GAP);

	b->src_base = aligned_alloc(4096, len);
	b->dst_base = aligned_alloc(4096, len);
	if (!b->src_base || !b->dst_base) {
		fprintf(stderr, "bench: no memory for buffers\n");
		exit(1);
	}
	memset(b->src_base, 0x5a, len);
	memset(b->dst_base, 0, len);
	b->stride = BENCH_MAX_BYTES + BENCH_BUF_GAP;
}

static void read_cpu_name(char *name, size_t len)
{
	FILE *f = fopen("/proc/cpuinfo", "r");
	char line[256];
	char *value;

	snprintf(name, len, "unknown CPU");
	while (f && fgets(line, sizeof(line), f)) {
		value = strchr(line, ':');
		if (strncmp(line, "model name", 10) || !value)
			continue;
		value[strcspn(value, "\n")] = '\0';
		snprintf(name, len, "%s", value + 2);
		break;
	}
	if (f)
		fclose(f);
}

static void measure_group(struct bench *b, unsigned int round, unsigned int mode, unsigned int size)
{
	struct sv_results *r = &b->results;
	u64 ns = b->options.ms * 1000000ULL;
	struct sv_path_job job = {
		.mode = mode,
		.bytes = sv_bench_size[size],
		.ticks = (u64)((double)ns * b->machine.tsc_ghz),
		.ghz = b->machine.tsc_ghz,
	};
	struct sv_ossl_job ossl = {
		.ns = ns,
		.mode = mode,
		.bytes = (u32)job.bytes,
		.cpu = b->machine.host_cpu,
	};
	struct sv_path_job warm = job;
	unsigned int d;

	warm.ticks /= 8;
	sv_bufs_layout(&b->bufs, job.bytes);
	sv_inline_measure(&b->inlined, &warm, &b->bufs);
	r->inlined[mode][size].round[round] = sv_inline_measure(&b->inlined, &job, &b->bufs);
	r->openssl_ni[mode][size].round[round] = sv_ossl_measure(&b->openssl_ni, &ossl);
	r->openssl[mode][size].round[round] = sv_ossl_measure(&b->openssl, &ossl);
	for (d = 0; d < BENCH_NR_DEPTHS; d++) {
		job.depth = sv_bench_depth[d];
		r->path[mode][size][d].round[round] = sv_path_measure(&b->path, &job, &b->bufs);
	}
}

static double note_line(struct sv_machine *m, double ns)
{
	if (!m->line_ns || ns < m->line_ns)
		m->line_ns = ns;
	return ns;
}

static bool is_near(struct sv_machine *m)
{
	double ns = sv_cpus_line_ns(m->host_cpu, m->vault_cpu, m->tsc_ghz);

	return note_line(m, ns) < 1.5 * m->line_ns;
}

/*
 * Under a hypervisor the two CPUs may at any time be moved to cores that do not
 * share a cache, which is another machine and not the one to be measured.
 */
static void choose_cpus(struct bench *b)
{
	struct sv_machine *m = &b->machine;

	if (b->options.host_cpu >= 0) {
		m->host_cpu = b->options.host_cpu;
		m->vault_cpu = b->options.vault_cpu;
	} else if (!m->line_ns || !is_near(m)) {
		note_line(m, sv_cpus_find_pair(&m->host_cpu, &m->vault_cpu, m->tsc_ghz));
	}
	b->path.cpu = m->vault_cpu;
	sv_cpus_pin(m->host_cpu);
}

static void measure_size(struct bench *b, unsigned int round, unsigned int mode, unsigned int size)
{
	int tries;

	for (tries = 0; tries < MAX_TRIES; tries++) {
		choose_cpus(b);
		measure_group(b, round, mode, size);
		if (is_near(&b->machine))
			return;
	}
	b->machine.nr_far++;
}

static void measure_all(struct bench *b)
{
	unsigned int round, mode, size;
	bool is_tty = isatty(2);

	b->results.nr_rounds = b->options.rounds;
	for (round = 0; round < b->options.rounds; round++) {
		if (is_tty)
			fprintf(stderr, "\rbench: round %u of %u ", round + 1, b->options.rounds);
		for (mode = 0; mode < BENCH_NR_MODES; mode++)
			for (size = 0; size < BENCH_NR_SIZES; size++)
				measure_size(b, round, mode, size);
	}
	if (is_tty)
		fprintf(stderr, "\r                          \r");
}

static void set_up(struct bench *b, const char *self)
{
	struct sv_machine *m = &b->machine;

	m->tsc_ghz = sv_clock_calibrate();
	read_cpu_name(m->cpu_name, sizeof(m->cpu_name));
	snprintf(m->openssl_name, sizeof(m->openssl_name), "%s", sv_ossl_version());

	sv_copy_init();
	sv_ossl_start(&b->openssl_ni, self, OSSL_AES_NI);
	sv_ossl_start(&b->openssl, self, OSSL_DEFAULT);
	sv_bufs_init(&b->bufs);
	choose_cpus(b);
	sv_path_init(&b->path, m->vault_cpu);
	sv_inline_init(&b->inlined, &b->path.vault.engines);
	snprintf(m->aes_name, sizeof(m->aes_name), "%.*s", SV_NAME_LEN,
		 b->path.vault.hello.aes_name);
	snprintf(m->ghash_name, sizeof(m->ghash_name), "%.*s", SV_NAME_LEN,
		 b->path.vault.hello.ghash_name);
}

static FILE *open_result(const char *folder, const char *name)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "w");
	if (!f) {
		perror(path);
		exit(1);
	}
	printf("wrote %s\n", path);
	return f;
}

static void write_results(const struct bench *b)
{
	FILE *f;

	if (!b->options.out)
		return;
	f = open_result(b->options.out, "native.json");
	sv_report_json(f, &b->results);
	fclose(f);
	f = open_result(b->options.out, "machine.json");
	sv_report_machine(f, &b->results, &b->machine);
	fclose(f);
	f = open_result(b->options.out, "native.svg");
	sv_report_svg(f, &b->results, &b->machine);
	fclose(f);
}

static void usage(void)
{
	printf("Usage: bench_native [--out=FOLDER] [--rounds=N] [--ms=N] [--cpus=HOST,VAULT]\n"
	       "Measure the data path between host module and vault on this machine.\n"
	       "  --out=FOLDER       write native.json, machine.json and native.svg there\n"
	       "  --rounds=N         rounds over all points (default %d, at most %d)\n"
	       "  --ms=N             milliseconds for one point in one round (default %d)\n"
	       "  --cpus=HOST,VAULT  run the two sides there (default: the closest pair)\n",
	       DEFAULT_ROUNDS, BENCH_MAX_ROUNDS, DEFAULT_MS);
}

static unsigned int parse_number(const char *text, unsigned int max)
{
	unsigned long value;
	char *end;

	value = strtoul(text, &end, 10);
	if (end != text && !*end && value && value <= max)
		return (unsigned int)value;
	fprintf(stderr, "bench: '%s' is not a number from 1 to %u; next: --help\n", text, max);
	exit(2);
}

static bool parse_cpus(struct options *o, const char *text)
{
	char *end;

	o->host_cpu = (int)strtol(text, &end, 10);
	if (end == text || *end != ',')
		return false;
	text = end + 1;
	o->vault_cpu = (int)strtol(text, &end, 10);
	return end != text && !*end && o->host_cpu >= 0 && o->vault_cpu >= 0;
}

static void parse_options(struct options *o, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "out", required_argument, NULL, 'o' },
		{ "rounds", required_argument, NULL, 'r' },
		{ "ms", required_argument, NULL, 'm' },
		{ "cpus", required_argument, NULL, 'c' },
		{ "openssl-worker", no_argument, NULL, 'w' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	bool ok = true;
	int opt;

	*o = (struct options){ NULL, DEFAULT_ROUNDS, DEFAULT_MS, -1, -1 };
	while ((opt = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (opt == 'o')
			o->out = optarg;
		else if (opt == 'r')
			o->rounds = parse_number(optarg, BENCH_MAX_ROUNDS);
		else if (opt == 'm')
			o->ms = parse_number(optarg, MAX_MS);
		else if (opt == 'c')
			ok = ok && parse_cpus(o, optarg);
		else if (opt == 'w')
			exit(sv_ossl_worker());
		else
			ok = false;
	}
	if (ok && optind == argc)
		return;
	usage();
	exit(2);
}

int main(int argc, char **argv)
{
	struct bench *b = &bench;
	u64 start = sv_clock_now();

	sv_cpus_init();
	parse_options(&b->options, argc, argv);
	if (sv_cpus_count() < 2) {
		printf("bench: SKIP: one CPU only, host side and vault side need one each\n");
		return 0;
	}
	set_up(b, argv[0]);
	measure_all(b);
	sv_ossl_stop(&b->openssl_ni);
	sv_ossl_stop(&b->openssl);
	sv_path_stop(&b->path);
	b->machine.seconds = (double)(sv_clock_now() - start) / b->machine.tsc_ghz / 1e9;

	sv_report_table(stdout, &b->results, &b->machine);
	printf("\n%llu notifications by the host, %llu kicks by the vault; %.0f s\n", b->path.notifies,
	       b->path.kicks, b->machine.seconds);
	write_results(b);
	return 0;
}

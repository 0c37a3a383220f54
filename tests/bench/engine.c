// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The engines alone, on one core: GB/s of every engine and mode. */
#include "../../guest-vault/core/crypto/gcm.h"
#include "../../guest-vault/soft/cpu.h"

#include "clock.h"
#include "cpus.h"

#include <stdio.h>
#include <string.h>

enum {
	MAX_BYTES = 65536,
	KEY_LEN = 64,
	RUNS = 7,		/* the best counts */
	RUN_NS = 4000000,
};

/* Results of the calls go here: nothing under test may be optimised away. */
static u8 text[MAX_BYTES + 64] __aligned(64);
static u8 bounce[MAX_BYTES] __aligned(64);
static struct sv_aes_key key __aligned(64);

static enum sv_status run_gcm(size_t len, bool is_open)
{
	static const u8 iv[SV_GCM_IV_LEN];
	static u8 tag[SV_TAG_MAX];
	struct sv_gcm_req req = {
		.iv = iv, .src = text, .dst = text, .len = len, .tag = tag,
		.tag_len = sizeof(tag), .bounce = bounce, .bounce_len = sizeof(bounce),
	};

	/* Open runs over what is not sealed: the work up to the tag only. */
	return is_open ? sv_gcm_open(&key, &req) : sv_gcm_seal(&key, &req);
}

static enum sv_status run_op(u32 op, size_t len)
{
	u8 iv[SV_IV_LEN] = { 0 };

	switch (op) {
	case SV_OP_ECB_ENC:
		return sv_ecb_encrypt(&key, text, text, len);
	case SV_OP_ECB_DEC:
		return sv_ecb_decrypt(&key, text, text, len);
	case SV_OP_CBC_ENC:
		return sv_cbc_encrypt(&key, text, text, len, iv);
	case SV_OP_CBC_DEC:
		return sv_cbc_decrypt(&key, text, text, len, iv);
	case SV_OP_CTR:
		return sv_ctr_crypt(&key, text, text, len, iv);
	case SV_OP_XTS_ENC:
		return sv_xts_encrypt(&key, text, text, len, iv, 0);
	case SV_OP_XTS_DEC:
		return sv_xts_decrypt(&key, text, text, len, iv, 0);
	default:
		return run_gcm(len, op == SV_OP_GCM_OPEN);
	}
}

static double measure(u32 op, size_t len, double ghz)
{
	double ticks = RUN_NS * ghz, best = 0, gbps;
	u64 start, now, nr;
	int i;

	for (i = 0; i < RUNS; i++) {
		nr = 0;
		start = sv_clock_now();
		do {
			/* Open fails by design, the others cannot. */
			if (run_op(op, len) && op != SV_OP_GCM_OPEN)
				return 0;
			nr++;
			now = sv_clock_now();
		} while ((double)(now - start) < ticks);
		gbps = (double)(nr * len) * ghz / (double)(now - start);
		if (gbps > best)
			best = gbps;
	}
	return best;
}

struct column {
	u32 op;
	u32 alg;
	const char *name;
};

static const struct column columns[] = {
	{ SV_OP_ECB_ENC, SV_ALG_ECB, "ecb+" }, { SV_OP_ECB_DEC, SV_ALG_ECB, "ecb-" },
	{ SV_OP_CBC_ENC, SV_ALG_CBC, "cbc+" }, { SV_OP_CBC_DEC, SV_ALG_CBC, "cbc-" },
	{ SV_OP_CTR, SV_ALG_CTR, "ctr" },      { SV_OP_XTS_ENC, SV_ALG_XTS, "xts+" },
	{ SV_OP_XTS_DEC, SV_ALG_XTS, "xts-" }, { SV_OP_GCM_SEAL, SV_ALG_GCM, "gcm+" },
	{ SV_OP_GCM_OPEN, SV_ALG_GCM, "gcm-" },
};

static void print_row(const struct sv_engines *e, size_t len, double ghz)
{
	static const u8 secret[KEY_LEN] = { 1, 2, 3 };
	const struct column *c;

	printf("%-12s %-12s %6zu", e->aes->name, e->ghash->name, len);
	for (c = columns; c < columns + ARRAY_SIZE(columns); c++) {
		if (sv_aes_key_set(&key, e, c->alg, secret, c->alg == SV_ALG_XTS ? 64 : 32))
			printf(" %6s", "-");
		else
			printf(" %6.2f", measure(c->op, len, ghz));
	}
	printf("\n");
}

int main(void)
{
	static const size_t sizes[] = { 512, 4096, 65536 };
	const struct sv_engine_list *list = &sv_engine_list;
	u32 cpu = sv_cpu_features(), i, j;
	double ghz = sv_clock_calibrate();
	struct sv_engines e;

	printf("AES-256, GB/s on one core, best of %d; + encrypts, - decrypts (gcm-: up to the tag)\n",
	       RUNS);
	printf("%-12s %-12s %6s", "aes", "ghash", "bytes");
	for (i = 0; i < ARRAY_SIZE(columns); i++)
		printf(" %6s", columns[i].name);
	printf("\n");
	for (i = 0; i < list->nr_aes; i++) {
		e.aes = list->aes[i];
		e.ghash = list->ghash[min_t(u32, i, list->nr_ghash - 1)];
		if ((e.aes->cpu | e.ghash->cpu) & ~cpu) {
			printf("%-12s %-12s UNAVAILABLE on this CPU\n", e.aes->name, e.ghash->name);
			continue;
		}
		for (j = 0; j < ARRAY_SIZE(sizes); j++)
			print_row(&e, sizes[j], ghz);
	}
	return 0;
}

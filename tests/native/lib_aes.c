// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "lib_aes.h"

#include <limits.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "lib_secret.h"
#include "soft/cpu.h"

const struct engine_run *engine_run(void **state)
{
	const struct engine_run *run;
	u32 cpu = sv_cpu_features();

	/* cmocka is not instrumented: MemorySanitizer must be told. */
	mark_public(&state, sizeof(state));
	mark_public(state, sizeof(*state));
	run = *state;
	if ((run->e.aes->cpu | run->e.ghash->cpu) & ~cpu) {
		printf("# %s: UNAVAILABLE on this CPU\n", run->name);
		fflush(stdout);
		skip();
	}
	return run;
}

static void add_run(struct run_list *l, const char *name, CMUnitTestFunction f, u32 aes,
		    u32 ghash, bool all_pairs)
{
	struct engine_run *run = &l->runs[l->nr];

	assert_true(l->nr < MAX_RUNS);
	run->e.aes = sv_engine_list.aes[aes];
	run->e.ghash = sv_engine_list.ghash[ghash];
	snprintf(run->name, sizeof(run->name), "%s [%s%s%s]", name, run->e.aes->name,
		 all_pairs ? ", " : "", all_pairs ? run->e.ghash->name : "");
	l->tests[l->nr] = (struct CMUnitTest){
		.name = run->name, .test_func = f, .initial_state = run,
	};
	l->nr++;
}

void add_runs(struct run_list *l, const char *name, CMUnitTestFunction f, bool all_pairs)
{
	u32 a, g;

	for (a = 0; a < sv_engine_list.nr_aes; a++)
		for (g = 0; g < (all_pairs ? sv_engine_list.nr_ghash : 1); g++)
			add_run(l, name, f, a, g, all_pairs);
}

int run_all(struct run_list *l, const char *group)
{
	/* The public macro wants an array of known size. */
	return _cmocka_run_group_tests(group, l->tests, l->nr, NULL, NULL);
}

struct sv_aes_key *new_key(const struct sv_engines *e, u32 alg, const u8 *key, size_t key_len)
{
	struct sv_aes_key *k = aligned_alloc(64, sizeof(*k));

	assert_non_null(k);
	assert_int_equal(sv_aes_key_set(k, e, alg, key, key_len), SV_ST_OK);
	return k;
}

static EVP_CIPHER_CTX *ossl_start(const char *mode, bool is_encrypt, const u8 *key,
				  size_t key_len, const u8 *iv)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	EVP_CIPHER *cipher;
	char name[32];

	if (!strcmp(mode, "XTS"))
		key_len /= 2;
	snprintf(name, sizeof(name), "AES-%zu-%s", key_len * 8, mode);
	cipher = EVP_CIPHER_fetch(NULL, name, NULL);
	assert_non_null(ctx);
	assert_non_null(cipher);
	assert_int_equal(EVP_CipherInit_ex2(ctx, cipher, key, iv, is_encrypt, NULL), 1);
	assert_int_equal(EVP_CIPHER_CTX_set_padding(ctx, 0), 1);
	EVP_CIPHER_free(cipher);
	return ctx;
}

void ossl_crypt(const char *mode, bool is_encrypt, const u8 *key, size_t key_len, const u8 *iv,
		u8 *dst, const u8 *src, size_t len)
{
	EVP_CIPHER_CTX *ctx = ossl_start(mode, is_encrypt, key, key_len, iv);
	int n = 0;

	if (len)
		assert_int_equal(EVP_CipherUpdate(ctx, dst, &n, src, (int)len), 1);
	mark_public(&n, sizeof(n));
	assert_int_equal(n, len);
	mark_public(dst, len);
	EVP_CIPHER_CTX_free(ctx);
}

void ossl_gcm_seal(const u8 *key, size_t key_len, const u8 *iv, const u8 *aad, size_t aad_len,
		   u8 *dst, const u8 *src, size_t len, u8 tag[16])
{
	EVP_CIPHER_CTX *ctx = ossl_start("GCM", true, key, key_len, iv);
	u8 none[16];
	int n;

	if (aad_len)
		assert_int_equal(EVP_CipherUpdate(ctx, NULL, &n, aad, (int)aad_len), 1);
	if (len)
		assert_int_equal(EVP_CipherUpdate(ctx, dst, &n, src, (int)len), 1);
	assert_int_equal(EVP_CipherFinal_ex(ctx, none, &n), 1);
	assert_int_equal(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, 16, tag), 1);
	mark_public(dst, len);
	mark_public(tag, 16);
	EVP_CIPHER_CTX_free(ctx);
}

void model_double(u8 t[16])
{
	u8 carry = t[15] >> 7;
	int i;

	for (i = 15; i > 0; i--)
		t[i] = (u8)(t[i] << 1 | t[i - 1] >> 7);
	t[0] = (u8)(t[0] << 1 ^ carry * 0x87);
}

static void model_block(EVP_CIPHER_CTX *ctx, u8 *dst, const u8 *src, const u8 t[16])
{
	u8 b[16];
	int i, n;

	for (i = 0; i < 16; i++)
		b[i] = src[i] ^ t[i];
	assert_int_equal(EVP_CipherUpdate(ctx, b, &n, b, 16), 1);
	mark_public(b, sizeof(b));
	for (i = 0; i < 16; i++)
		dst[i] = b[i] ^ t[i];
}

void model_xts_encrypt(const u8 *key, size_t key_len, const u8 *iv, u64 offset, u8 *dst,
		       const u8 *src, size_t len)
{
	EVP_CIPHER_CTX *ctx = ossl_start("ECB", true, key, key_len / 2, NULL);
	size_t rest = len % 16;
	u8 last[16], t[16];
	size_t i;

	ossl_crypt("ECB", true, key + key_len / 2, key_len / 2, NULL, t, iv, 16);
	while (offset--)
		model_double(t);
	for (i = 0; i + 16 <= len; i += 16) {
		model_block(ctx, dst + i, src + i, t);
		model_double(t);
	}
	if (rest) {
		memcpy(last, src + i, rest);
		memcpy(last + rest, dst + i - 16 + rest, 16 - rest);
		memcpy(dst + i, dst + i - 16, rest);
		model_block(ctx, dst + i - 16, last, t);
	}
	EVP_CIPHER_CTX_free(ctx);
}

/* tests/data, seen from build/native/<variant>/test_x. */
FILE *open_data(const char *name)
{
	char path[PATH_MAX] = { 0 };
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	int i;
	FILE *f;

	assert_true(n > 0);
	for (i = 0; i < 4; i++)
		*strrchr(path, '/') = 0;
	strncat(path, "/tests/data/", sizeof(path) - strlen(path) - 1);
	strncat(path, name, sizeof(path) - strlen(path) - 1);
	f = fopen(path, "r");
	if (!f)
		fail_msg("cannot open %s", path);
	return f;
}

static void parse_field(struct row *r, const char *s)
{
	size_t f = r->nr++;
	unsigned int byte;
	size_t i;

	assert_row(r->line, f < MAX_FIELDS && strlen(s) <= 2 * MAX_FIELD);
	r->len[f] = 0;
	snprintf(r->word[f], sizeof(r->word[f]), "%.15s", s);
	if (strlen(s) % 2 || strspn(s, "0123456789abcdef") != strlen(s))
		return;
	for (i = 0; s[2 * i]; i++) {
		assert_row(r->line, sscanf(s + 2 * i, "%2x", &byte) == 1);
		r->hex[f][i] = (u8)byte;
	}
	r->len[f] = i;
}

bool next_row(FILE *f, struct row *r)
{
	static char line[MAX_FIELDS * (2 * MAX_FIELD + 1)];
	static unsigned int nr;
	char *save, *s;

	if (ftell(f) == 0)
		nr = 0;
	while (fgets(line, sizeof(line), f)) {
		nr++;
		line[strcspn(line, "\n")] = 0;
		if (line[0] == '#' || !line[0])
			continue;
		r->line = nr;
		r->nr = 0;
		for (s = strtok_r(line, " ", &save); s; s = strtok_r(NULL, " ", &save))
			parse_field(r, s);
		return true;
	}
	return false;
}

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* What the tests of the AES part share: engines, vectors, and OpenSSL. */
#ifndef NATIVE_LIB_AES_H
#define NATIVE_LIB_AES_H

#include "core/crypto/gcm.h"
#include "lib_test.h"

/*
 * One run of a test: over one AES engine and one GHASH engine. Passed as the
 * initial state of a cmocka test.
 */
struct engine_run {
	struct sv_engines e;
	char name[96];
};

/* The run behind @state. Skips the test when the CPU lacks what it needs. */
const struct engine_run *engine_run(void **state);

/*
 * A list of tests, made of functions times engines; room for MAX_RUNS. With
 * @all_pairs every AES engine meets every GHASH engine, else each AES engine
 * meets the portable one.
 */
enum { MAX_RUNS = 128 };

struct run_list {
	struct CMUnitTest tests[MAX_RUNS];
	struct engine_run runs[MAX_RUNS];
	size_t nr;
};

void add_runs(struct run_list *l, const char *name, CMUnitTestFunction f, bool all_pairs);
int run_all(struct run_list *l, const char *group);

/* A key in memory of the right alignment; the test fails if it is refused. */
struct sv_aes_key *new_key(const struct sv_engines *e, u32 alg, const u8 *key, size_t key_len);

/* OpenSSL's answer. @mode: "ECB", "CBC", "CTR" or "XTS"; no padding. */
void ossl_crypt(const char *mode, bool is_encrypt, const u8 *key, size_t key_len, const u8 *iv,
		u8 *dst, const u8 *src, size_t len);
void ossl_gcm_seal(const u8 *key, size_t key_len, const u8 *iv, const u8 *aad, size_t aad_len,
		   u8 *dst, const u8 *src, size_t len, u8 tag[16]);

/*
 * XTS by the letter of IEEE 1619 over OpenSSL's single blocks, starting
 * @offset blocks into the data unit. For what OpenSSL's own XTS cannot do.
 */
void model_xts_encrypt(const u8 *key, size_t key_len, const u8 *iv, u64 offset, u8 *dst,
		       const u8 *src, size_t len);

/* A tweak times alpha. */
void model_double(u8 t[16]);

/* A row of tests/data: words, most of them hexadecimal, "-" for an empty one. */
enum { MAX_FIELDS = 8, MAX_FIELD = 640 };

struct row {
	unsigned int line;
	char word[MAX_FIELDS][16];	/* the beginning of the word */
	u8 hex[MAX_FIELDS][MAX_FIELD];
	size_t len[MAX_FIELDS];
	size_t nr;
};

/* The next row of the file, or false at its end. Fails on a malformed row. */
FILE *open_data(const char *name);
bool next_row(FILE *f, struct row *r);

#endif /* NATIVE_LIB_AES_H */

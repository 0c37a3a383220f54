// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * keypat NAME KEY-HEX...: what an AES key looks like in memory, as patterns for memscan.
 *
 * For each key (16, 24 or 32 bytes; give the two halves of an XTS key separately): every round
 * key of the encryption schedule, whose first ones are the raw key, and of the decryption schedule
 * of the equivalent inverse cipher, each also with the bytes of its 32-bit words swapped. Written
 * from FIPS 197, on purpose without a line in common with the code under test; keypat --check
 * compares with its appendix A.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

enum {
	MAX_WORDS = 60,
	NB = 4,
};

static uint8_t sbox[256];

static uint8_t mul(uint8_t a, uint8_t b)
{
	uint8_t product = 0;

	for (; b; b >>= 1) {
		if (b & 1)
			product ^= a;
		a = (uint8_t)(a << 1 ^ (a & 0x80 ? 0x1b : 0));
	}
	return product;
}

static void make_sbox(void)
{
	int x, y, i;

	for (x = 0; x < 256; x++) {
		uint8_t inverse = 0, s;

		for (y = 1; y < 256; y++)
			if (mul((uint8_t)x, (uint8_t)y) == 1)
				inverse = (uint8_t)y;
		s = inverse;
		for (i = 1; i < 5; i++)
			s ^= (uint8_t)(inverse << i | inverse >> (8 - i));
		sbox[x] = s ^ 0x63;
	}
}

/* Words are kept as four bytes in the order of the standard. Returns the number of words. */
static int expand(const uint8_t *key, int nk, uint8_t w[MAX_WORDS][4])
{
	int nr_words = NB * (nk + 7), i, j;
	uint8_t rcon = 1;

	memcpy(w, key, (size_t)nk * 4);
	for (i = nk; i < nr_words; i++) {
		uint8_t t[4];

		memcpy(t, w[i - 1], 4);
		if (i % nk == 0) {
			uint8_t head = t[0];

			t[0] = sbox[t[1]] ^ rcon;
			t[1] = sbox[t[2]];
			t[2] = sbox[t[3]];
			t[3] = sbox[head];
			rcon = mul(rcon, 2);
		} else if (nk > 6 && i % nk == 4) {
			for (j = 0; j < 4; j++)
				t[j] = sbox[t[j]];
		}
		for (j = 0; j < 4; j++)
			w[i][j] = w[i - nk][j] ^ t[j];
	}
	return nr_words;
}

static void inv_mix_column(uint8_t out[4], const uint8_t in[4])
{
	static const uint8_t factors[4] = { 14, 11, 13, 9 };
	int i, j;

	for (i = 0; i < 4; i++) {
		out[i] = 0;
		for (j = 0; j < 4; j++)
			out[i] ^= mul(in[(i + j) % 4], factors[j]);
	}
}

static void print_pattern(const char *name, const char *kind, int round, uint8_t words[4][4])
{
	int i, j;

	printf("%s.%s%d ", name, kind, round);
	for (i = 0; i < 4; i++)
		for (j = 0; j < 4; j++)
			printf("%02x", words[i][j]);
	printf("\n%s.%s%d.swapped ", name, kind, round);
	for (i = 0; i < 4; i++)
		for (j = 3; j >= 0; j--)
			printf("%02x", words[i][j]);
	printf("\n");
}

static void print_key(const char *name, const uint8_t *key, int len)
{
	uint8_t w[MAX_WORDS][4], inverse[4][4];
	int rounds = expand(key, len / 4, w) / NB, r, i;

	for (r = 0; r < rounds; r++) {
		print_pattern(name, "enc", r, &w[r * NB]);
		for (i = 0; i < 4; i++)
			inv_mix_column(inverse[i], w[r * NB + i]);
		/* The first and last round keys are the same in both directions. */
		if (r && r < rounds - 1)
			print_pattern(name, "dec", r, inverse);
	}
}

static int parse_key(const char *hex, uint8_t key[32])
{
	unsigned int byte;
	int n = 0;

	while (n < 32 && sscanf(hex + 2 * n, "%2x", &byte) == 1)
		key[n++] = (uint8_t)byte;
	return (n == 16 || n == 24 || n == 32) && !hex[2 * n] ? n : 0;
}

/* Last words of the three key expansions in FIPS 197, appendix A. */
static int check(void)
{
	static const struct {
		const char *key;
		uint8_t last[4];
	} rows[] = {
		{ "2b7e151628aed2a6abf7158809cf4f3c", { 0xb6, 0x63, 0x0c, 0xa6 } },
		{ "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b", { 0x01, 0x00, 0x22, 0x02 } },
		{ "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
		  { 0x70, 0x6c, 0x63, 0x1e } },
	};
	uint8_t w[MAX_WORDS][4], key[32];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		int len = parse_key(rows[i].key, key);
		int words = expand(key, len / 4, w);

		if (memcmp(w[words - 1], rows[i].last, 4)) {
			fprintf(stderr, "keypat: key expansion %zu is wrong\n", i);
			return 1;
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	uint8_t key[32];
	char name[32];
	int i, len;

	make_sbox();
	if (argc == 2 && !strcmp(argv[1], "--check"))
		return check();
	if (argc < 3 || check())
		return 2;
	for (i = 2; i < argc; i++) {
		len = parse_key(argv[i], key);
		if (!len) {
			fprintf(stderr, "keypat: key %d is not 16, 24 or 32 bytes of hex\n", i - 1);
			return 2;
		}
		snprintf(name, sizeof(name), "%s%d", argv[1], i - 1);
		print_key(name, key, len);
	}
	return 0;
}

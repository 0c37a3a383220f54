// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "sha256.h"

#include "util.h"

enum {
	BLOCK = 64,
	ROUNDS = 64,
	LEN_OFFSET = 56,	/* of the message's length in the last block */
};

/* FIPS 180-4, section 4.2.2. */
static const u32 round_constant[ROUNDS] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
	0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
	0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
	0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
	0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
	0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
	0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
	0xc67178f2,
};

static u32 ror(u32 v, unsigned int n)
{
	return v >> n | v << (32 - n);
}

static u32 load_be32(const u8 *p)
{
	return (u32)p[0] << 24 | (u32)p[1] << 16 | (u32)p[2] << 8 | p[3];
}

static void store_be32(u8 *p, u32 v)
{
	p[0] = (u8)(v >> 24);
	p[1] = (u8)(v >> 16);
	p[2] = (u8)(v >> 8);
	p[3] = (u8)v;
}

/* Section 6.2.1, step 1: sixteen words of the schedule at a time, in place. */
static u32 schedule(u32 w[16], u32 t)
{
	u32 w2 = w[(t - 2) % 16], w15 = w[(t - 15) % 16];

	w[t % 16] += (ror(w2, 17) ^ ror(w2, 19) ^ w2 >> 10) + w[(t - 7) % 16] +
		     (ror(w15, 7) ^ ror(w15, 18) ^ w15 >> 3);
	return w[t % 16];
}

static void compress(u32 state[8], const u8 block[BLOCK])
{
	u32 w[16], s[8], t, t1, t2, i;

	for (i = 0; i < 16; i++)
		w[i] = load_be32(block + 4 * i);
	memcpy(s, state, sizeof(s));
	for (t = 0; t < ROUNDS; t++) {
		t1 = s[7] + (ror(s[4], 6) ^ ror(s[4], 11) ^ ror(s[4], 25)) +
		     ((s[4] & s[5]) ^ (~s[4] & s[6])) + round_constant[t] +
		     (t < 16 ? w[t] : schedule(w, t));
		t2 = (ror(s[0], 2) ^ ror(s[0], 13) ^ ror(s[0], 22)) +
		     ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
		for (i = 7; i; i--)
			s[i] = s[i - 1];
		s[4] += t1;
		s[0] = t1 + t2;
	}
	for (i = 0; i < 8; i++)
		state[i] += s[i];
	sv_wipe(w, sizeof(w));
	sv_wipe(s, sizeof(s));
}

void sv_sha256(u8 digest[SV_SHA256_LEN], const void *src, size_t len)
{
	u32 state[8] = {
		0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
		0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
	};
	const u8 *p = src;
	u8 last[BLOCK];
	u64 bits = (u64)len * 8;
	u32 i;

	for (; len >= BLOCK; len -= BLOCK, p += BLOCK)
		compress(state, p);
	memset(last, 0, sizeof(last));
	memcpy(last, p, len);
	last[len] = 0x80;
	if (len >= LEN_OFFSET) {
		compress(state, last);
		memset(last, 0, sizeof(last));
	}
	store_be32(last + LEN_OFFSET, (u32)(bits >> 32));
	store_be32(last + LEN_OFFSET + 4, (u32)bits);
	compress(state, last);
	for (i = 0; i < 8; i++)
		store_be32(digest + 4 * i, state[i]);
	sv_wipe(state, sizeof(state));
	sv_wipe(last, sizeof(last));
}

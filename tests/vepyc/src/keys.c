// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Keys and certificates of the emulated secure processor, and the launch session. The arithmetic is
 * nettle's; what is ours is the format of certificates and the key derivation.
 *
 * Chain: OCA signs itself, OCA and CEK sign the PEK, the PEK signs the PDH. The CEK follows from
 * the chip's id, so that a test authority can sign it before the machine exists; as on real parts
 * its certificate leaves here unsigned.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "crypto/random.h"
#include <nettle/aes.h>
#include <nettle/bignum.h>
#include <nettle/ctr.h>
#include <nettle/ecc-curve.h>
#include <nettle/ecdsa.h>
#include <nettle/hmac.h>
#include <nettle/memops.h>
#include "psp.h"

enum {
	COORD_LEN = 48, /* of P-384 */
	COORD_FIELD = 72, /* room for one in certificates and signatures */
	CURVE_P384 = 2,
	ALGO_NONE = 0,
	ALGO_ECDSA_SHA256 = 2,
	ALGO_ECDH_SHA256 = 3,
	USAGE_INVALID = 0x1000,
	USAGE_OCA,
	USAGE_PEK,
	USAGE_PDH,
	USAGE_CEK,
	CERT_USAGE = 0x08,
	CERT_ALGO = 0x0c,
	CERT_KEY = 0x10,
	CERT_SIG = 0x414,
	CERT_SIG_LEN = 0x208,
	REPORT_SIG = 0x34,
	REPORT_SIG_RS = 0x40,
};

void psp_random(void *buf, size_t len)
{
	qcrypto_random_bytes(buf, len, &error_fatal);
}

static void nettle_random_bytes(void *ctx, size_t len, uint8_t *dst)
{
	psp_random(dst, len);
}

void psp_hmac(const uint8_t *key, size_t key_len, const void *data, size_t len,
	      uint8_t mac[SHA256_DIGEST_SIZE])
{
	struct hmac_sha256_ctx ctx;

	hmac_sha256_set_key(&ctx, key_len, key);
	hmac_sha256_update(&ctx, len, data);
	hmac_sha256_digest(&ctx, SHA256_DIGEST_SIZE, mac);
}

void psp_ctr(const uint8_t key[16], const uint8_t iv[16], uint8_t *buf, size_t len)
{
	struct aes128_ctx ctx;
	uint8_t counter[16];

	memcpy(counter, iv, sizeof(counter));
	aes128_set_encrypt_key(&ctx, key);
	ctr_crypt(&ctx, (nettle_cipher_func *)aes128_encrypt, sizeof(counter), counter, len, buf,
		  buf);
}

/* A number as the firmware stores it: little-endian in a field of 72 bytes. */
static void put_number(uint8_t *field, const mpz_t n)
{
	uint8_t be[COORD_FIELD];
	int i;

	nettle_mpz_get_str_256(sizeof(be), be, n);
	for (i = 0; i < COORD_FIELD; i++)
		field[i] = be[COORD_FIELD - 1 - i];
}

static void get_number(mpz_t n, const uint8_t *field)
{
	uint8_t be[COORD_FIELD];
	int i;

	for (i = 0; i < COORD_FIELD; i++)
		be[i] = field[COORD_FIELD - 1 - i];
	nettle_mpz_set_str_256_u(n, sizeof(be), be);
}

static void key_init(struct psp_key *key)
{
	ecc_scalar_init(&key->priv, nettle_get_secp_384r1());
	ecc_point_init(&key->pub, nettle_get_secp_384r1());
}

static void key_make(struct psp_key *key)
{
	key_init(key);
	ecc_scalar_random(&key->priv, NULL, nettle_random_bytes);
	ecc_point_mul_g(&key->pub, &key->priv);
}

static void key_derive(struct psp_key *key, const char *chip)
{
	uint8_t seed[2 * SHA256_DIGEST_SIZE];
	g_autofree char *hi = g_strdup_printf("emulated CEK 1 %s", chip);
	g_autofree char *lo = g_strdup_printf("emulated CEK 2 %s", chip);
	mpz_t n;

	psp_hmac((const uint8_t *)"vepyc", 5, hi, strlen(hi), seed);
	psp_hmac((const uint8_t *)"vepyc", 5, lo, strlen(lo), seed + SHA256_DIGEST_SIZE);
	key_init(key);
	mpz_init(n);
	/* One byte less than the order has: always in range. */
	nettle_mpz_set_str_256_u(n, COORD_LEN - 1, seed);
	ecc_scalar_set(&key->priv, n);
	mpz_clear(n);
	ecc_point_mul_g(&key->pub, &key->priv);
}

static void cert_begin(const struct psp *psp, uint8_t *cert, const struct psp_key *key,
		       uint32_t usage, uint32_t algo)
{
	int i;
	mpz_t x, y;

	memset(cert, 0, SEV_CERT_LEN);
	stl_le_p(cert, 1);
	cert[4] = psp->api_major;
	cert[5] = psp->api_minor;
	stl_le_p(cert + CERT_USAGE, usage);
	stl_le_p(cert + CERT_ALGO, algo);
	stl_le_p(cert + CERT_KEY, CURVE_P384);
	mpz_init(x);
	mpz_init(y);
	ecc_point_get(&key->pub, x, y);
	put_number(cert + CERT_KEY + 4, x);
	put_number(cert + CERT_KEY + 4 + COORD_FIELD, y);
	mpz_clear(x);
	mpz_clear(y);
	for (i = 0; i < 2; i++)
		stl_le_p(cert + CERT_SIG + i * CERT_SIG_LEN, USAGE_INVALID);
}

static void sign(const struct psp_key *key, const void *data, size_t len, uint8_t *rs)
{
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct dsa_signature sig;
	struct sha256_ctx ctx;

	sha256_init(&ctx);
	sha256_update(&ctx, len, data);
	sha256_digest(&ctx, sizeof(digest), digest);
	dsa_signature_init(&sig);
	ecdsa_sign(&key->priv, NULL, nettle_random_bytes, sizeof(digest), digest, &sig);
	put_number(rs, sig.r);
	put_number(rs + COORD_FIELD, sig.s);
	dsa_signature_clear(&sig);
}

static void cert_sign(uint8_t *cert, int slot, const struct psp_key *key, uint32_t usage)
{
	uint8_t *sig = cert + CERT_SIG + slot * CERT_SIG_LEN;

	stl_le_p(sig, usage);
	stl_le_p(sig + 4, ALGO_ECDSA_SHA256);
	sign(key, cert, CERT_SIG, sig + 8);
}

static void pdh_make(struct psp *psp)
{
	key_make(&psp->pdh);
	cert_begin(psp, psp->pdh_cert, &psp->pdh, USAGE_PDH, ALGO_ECDH_SHA256);
	cert_sign(psp->pdh_cert, 0, &psp->pek, USAGE_PEK);
}

static void key_clear(struct psp_key *key)
{
	ecc_scalar_clear(&key->priv);
	ecc_point_clear(&key->pub);
}

void psp_keys_wipe(struct psp *psp)
{
	if (!psp->have_keys)
		return;
	key_clear(&psp->cek);
	key_clear(&psp->oca);
	key_clear(&psp->pek);
	key_clear(&psp->pdh);
	psp->have_keys = false;
}

void psp_keys_make(struct psp *psp, bool renew_pek)
{
	if (psp->have_keys && !renew_pek) {
		key_clear(&psp->pdh);
		pdh_make(psp);
		return;
	}
	psp_keys_wipe(psp);
	key_derive(&psp->cek, psp->chip_id ? psp->chip_id : "0");
	cert_begin(psp, psp->cek_cert, &psp->cek, USAGE_CEK, ALGO_ECDSA_SHA256);
	key_make(&psp->oca);
	cert_begin(psp, psp->oca_cert, &psp->oca, USAGE_OCA, ALGO_ECDSA_SHA256);
	cert_sign(psp->oca_cert, 0, &psp->oca, USAGE_OCA);
	key_make(&psp->pek);
	cert_begin(psp, psp->pek_cert, &psp->pek, USAGE_PEK, ALGO_ECDSA_SHA256);
	cert_sign(psp->pek_cert, 0, &psp->oca, USAGE_OCA);
	cert_sign(psp->pek_cert, 1, &psp->cek, USAGE_CEK);
	pdh_make(psp);
	psp->have_keys = true;
}

void psp_pek_csr(struct psp *psp, uint8_t cert[SEV_CERT_LEN])
{
	cert_begin(psp, cert, &psp->pek, USAGE_PEK, ALGO_ECDSA_SHA256);
}

void psp_report_sign(struct psp *psp, uint8_t report[SEV_REPORT_LEN])
{
	stl_le_p(report + REPORT_SIG, USAGE_PEK);
	stl_le_p(report + REPORT_SIG + 4, ALGO_ECDSA_SHA256);
	sign(&psp->pek, report, REPORT_SIG, report + REPORT_SIG_RS);
}

/* NIST SP 800-108 in counter mode, one block: 128 bits of HMAC-SHA256. Numbers are little-endian
 * here. */
static void kdf(const uint8_t *key, size_t key_len, const char *label, const uint8_t *context,
		size_t context_len, uint8_t out[16])
{
	uint8_t msg[64], mac[SHA256_DIGEST_SIZE];
	size_t n = strlen(label);

	assert(4 + n + 1 + context_len + 4 <= sizeof(msg));
	stl_le_p(msg, 1);
	memcpy(msg + 4, label, n);
	msg[4 + n] = 0;
	if (context_len)
		memcpy(msg + 5 + n, context, context_len);
	stl_le_p(msg + 5 + n + context_len, 128);
	psp_hmac(key, key_len, msg, 9 + n + context_len, mac);
	memcpy(out, mac, 16);
}

/* The x coordinate of PDH * owner's point; false: the certificate holds no point of the curve. */
static bool shared_secret(const struct psp *psp, const uint8_t *cert, uint8_t z[COORD_LEN])
{
	struct ecc_point p, r;
	mpz_t x, y;
	bool valid;

	mpz_init(x);
	mpz_init(y);
	ecc_point_init(&p, nettle_get_secp_384r1());
	ecc_point_init(&r, nettle_get_secp_384r1());
	get_number(x, cert + CERT_KEY + 4);
	get_number(y, cert + CERT_KEY + 4 + COORD_FIELD);
	valid = ldl_le_p(cert + CERT_KEY) == CURVE_P384 && ecc_point_set(&p, x, y);
	if (valid) {
		ecc_point_mul(&r, &psp->pdh.priv, &p);
		ecc_point_get(&r, x, y);
		nettle_mpz_get_str_256(COORD_LEN, z, x);
	}
	ecc_point_clear(&p);
	ecc_point_clear(&r);
	mpz_clear(x);
	mpz_clear(y);
	return valid;
}

enum sev_status psp_session_open(struct psp *psp, const uint8_t cert[SEV_CERT_LEN],
				 const uint8_t session[SEV_SESSION_LEN], uint32_t policy,
				 uint8_t tek[16], uint8_t tik[16])
{
	const uint8_t *nonce = session, *wrap = session + 0x10, *iv = session + 0x30;
	uint8_t z[COORD_LEN], master[16], kek[16], kik[16], keys[32], mac[SHA256_DIGEST_SIZE],
		pol[4];

	if (ldl_le_p(cert) != 1 || ldl_le_p(cert + CERT_USAGE) != USAGE_PDH ||
	    ldl_le_p(cert + CERT_ALGO) != ALGO_ECDH_SHA256 || !shared_secret(psp, cert, z))
		return SEV_INVALID_CERTIFICATE;
	kdf(z, sizeof(z), "sev-master-secret", nonce, 16, master);
	kdf(master, sizeof(master), "sev-kek", NULL, 0, kek);
	kdf(master, sizeof(master), "sev-kik", NULL, 0, kik);
	psp_hmac(kik, sizeof(kik), wrap, sizeof(keys), mac);
	if (!memeql_sec(mac, session + 0x40, sizeof(mac)))
		return SEV_BAD_MEASUREMENT;
	memcpy(keys, wrap, sizeof(keys));
	psp_ctr(kek, iv, keys, sizeof(keys));
	memcpy(tek, keys, 16);
	memcpy(tik, keys + 16, 16);
	stl_le_p(pol, policy);
	psp_hmac(tik, 16, pol, sizeof(pol), mac);
	return memeql_sec(mac, session + 0x60, sizeof(mac)) ? SEV_OK : SEV_BAD_MEASUREMENT;
}

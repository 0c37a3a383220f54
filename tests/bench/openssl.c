// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "openssl.h"

#include "clock.h"
#include "cpus.h"
#include "hist.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* CPUID 7.0 ECX, bits 9 and 10, in the second word of OPENSSL_ia32cap(3). */
#define MASK_VAES ":~0x60000000000"

struct ossl_job {
	uint64_t ns;
	uint32_t mode;
	uint32_t bytes;
};

static void die(const char *what)
{
	fprintf(stderr, "bench: OpenSSL worker: %s failed\n", what);
	exit(1);
}

static void check(bool ok, const char *what)
{
	if (!ok)
		die(what);
}

static bool transfer(ssize_t (*io)(int, void *, size_t), int fd, void *buf, size_t len)
{
	ssize_t n;

	do {
		n = io(fd, buf, len);
	} while (n < 0 && errno == EINTR);
	return n == (ssize_t)len;
}

static ssize_t write_all(int fd, void *buf, size_t len)
{
	return write(fd, buf, len);
}

static void run_worker(const char *self, enum sv_ossl_variant variant, int cpu, int in, int out)
{
	char text[16];

	if (dup2(in, 0) < 0 || dup2(out, 1) < 0)
		die("dup2");
	close(in);
	close(out);
	if (variant == OSSL_AES_NI)
		setenv("OPENSSL_ia32cap", MASK_VAES, 1);
	else
		unsetenv("OPENSSL_ia32cap");
	snprintf(text, sizeof(text), "%d", cpu);
	execl(self, self, "--openssl-worker", text, (char *)NULL);
	die("exec");
}

void sv_ossl_start(struct sv_ossl *o, const char *self, enum sv_ossl_variant variant, int cpu)
{
	int to[2], from[2];

	check(!pipe(to) && !pipe(from), "pipe");
	fflush(NULL);
	o->pid = fork();
	check(o->pid >= 0, "fork");
	if (!o->pid) {
		close(to[1]);
		close(from[0]);
		run_worker(self, variant, cpu, to[0], from[1]);
	}
	close(to[0]);
	close(from[1]);
	o->to_fd = to[1];
	o->from_fd = from[0];
}

struct sv_sample sv_ossl_measure(struct sv_ossl *o, unsigned int mode, size_t bytes, uint64_t ns)
{
	struct ossl_job job = { .ns = ns, .mode = mode, .bytes = (uint32_t)bytes };
	struct sv_sample sample;

	check(transfer(write_all, o->to_fd, &job, sizeof(job)), "write");
	check(transfer(read, o->from_fd, &sample, sizeof(sample)), "read");
	return sample;
}

void sv_ossl_stop(struct sv_ossl *o)
{
	close(o->to_fd);
	close(o->from_fd);
	waitpid(o->pid, NULL, 0);
}

const char *sv_ossl_version(void)
{
	return OpenSSL_version(OPENSSL_VERSION);
}

static EVP_CIPHER_CTX *make_ctx(unsigned int mode)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	const EVP_CIPHER *cipher = mode == BENCH_XTS ? EVP_aes_256_xts() : EVP_aes_256_gcm();

	check(ctx && EVP_EncryptInit_ex(ctx, cipher, NULL, sv_bench_key, NULL) == 1, "init");
	return ctx;
}

static void encrypt_xts(EVP_CIPHER_CTX *ctx, uint64_t nr, uint8_t *dst, const uint8_t *src,
			int bytes)
{
	uint8_t iv[16] = { 0 };
	int len;

	memcpy(iv, &nr, sizeof(nr));
	check(EVP_EncryptInit_ex(ctx, NULL, NULL, NULL, iv) == 1 &&
	      EVP_EncryptUpdate(ctx, dst, &len, src, bytes) == 1, "xts");
}

static void seal_gcm(EVP_CIPHER_CTX *ctx, uint64_t nr, uint8_t *dst, const uint8_t *src, int bytes)
{
	static const uint8_t aad[BENCH_AAD_LEN];
	uint8_t iv[BENCH_IV_LEN] = { 0 };
	int len;

	memcpy(iv, &nr, sizeof(nr));
	check(EVP_EncryptInit_ex(ctx, NULL, NULL, NULL, iv) == 1 &&
	      EVP_EncryptUpdate(ctx, NULL, &len, aad, sizeof(aad)) == 1 &&
	      EVP_EncryptUpdate(ctx, dst, &len, src, bytes) == 1 &&
	      EVP_EncryptFinal_ex(ctx, dst + bytes, &len) == 1 &&
	      EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, BENCH_TAG_LEN, dst + bytes) == 1,
	      "gcm");
}

static struct sv_sample measure(EVP_CIPHER_CTX *const ctx[], const struct ossl_job *job,
				const struct sv_bufs *bufs, double ghz)
{
	static struct sv_hist hist;
	uint64_t ticks = (uint64_t)((double)job->ns * ghz);
	uint64_t start, before, now, nr = 0;
	uint8_t *dst, *src;

	sv_hist_reset(&hist);
	start = sv_clock_now();
	now = start;
	do {
		before = now;
		dst = sv_bufs_dst(bufs, nr);
		src = sv_bufs_src(bufs, nr);
		if (job->mode == BENCH_XTS)
			encrypt_xts(ctx[BENCH_XTS], nr, dst, src, (int)job->bytes);
		else
			seal_gcm(ctx[BENCH_GCM], nr, dst, src, (int)job->bytes);
		nr++;
		now = sv_clock_now();
		sv_hist_add(&hist, now - before);
	} while (now - start < ticks);

	return (struct sv_sample){
		.gbps = (double)(nr * job->bytes) * ghz / (double)(now - start),
		.p50_ns = sv_hist_quantile(&hist, 0.5) / ghz,
		.p99_ns = sv_hist_quantile(&hist, 0.99) / ghz,
	};
}

int sv_ossl_worker(int cpu)
{
	EVP_CIPHER_CTX *const ctx[BENCH_NR_MODES] = { make_ctx(BENCH_XTS), make_ctx(BENCH_GCM) };
	struct sv_sample sample;
	struct ossl_job job;
	struct sv_bufs bufs;
	double ghz;

	sv_cpus_pin(cpu);
	sv_bufs_init(&bufs);
	ghz = sv_clock_calibrate();
	while (transfer(read, 0, &job, sizeof(job))) {
		sv_bufs_layout(&bufs, job.bytes);
		/* As everybody else: warm the buffers of this size first. */
		sample = measure(ctx, &(struct ossl_job){ job.ns / 8, job.mode, job.bytes }, &bufs,
				 ghz);
		sample = measure(ctx, &job, &bufs, ghz);
		check(transfer(write_all, 1, &sample, sizeof(sample)), "write");
	}
	EVP_CIPHER_CTX_free(ctx[BENCH_XTS]);
	EVP_CIPHER_CTX_free(ctx[BENCH_GCM]);
	return 0;
}

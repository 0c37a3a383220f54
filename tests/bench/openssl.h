/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * OpenSSL as a yardstick. It decides once, when it is loaded, which CPU
 * instructions to use, so that each variant is a process of its own.
 */
#ifndef BENCH_OPENSSL_H
#define BENCH_OPENSSL_H

#include "bench.h"

#include <sys/types.h>

enum sv_ossl_variant {
	OSSL_AES_NI,	/* VAES and VPCLMULQDQ masked */
	OSSL_DEFAULT,	/* whatever it chooses */
};

struct sv_ossl {
	pid_t pid;
	int to_fd;
	int from_fd;
};

/* Start a worker on @cpu. @self is the path of this executable. */
void sv_ossl_start(struct sv_ossl *o, const char *self, enum sv_ossl_variant variant, int cpu);

/* Measure for @ns nanoseconds; the caller sleeps meanwhile. */
struct sv_sample sv_ossl_measure(struct sv_ossl *o, unsigned int mode, size_t bytes, uint64_t ns);

void sv_ossl_stop(struct sv_ossl *o);

/* main() of the worker: serves requests on fds 0 and 1 until end of file. */
int sv_ossl_worker(int cpu);

const char *sv_ossl_version(void);

#endif /* BENCH_OPENSSL_H */

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef BENCH_CPUS_H
#define BENCH_CPUS_H

/* Run on @cpu only; exits with a message when that is not possible. */
void sv_cpus_pin(int cpu);

/* Number of CPUs that this process may use. */
int sv_cpus_count(void);

/*
 * Two CPUs that are near each other: of all pairs that the process may use (at
 * most the first 8 CPUs are looked at) the one over which a cache line travels
 * fastest. Inside a VM the topology that the kernel shows cannot be relied on.
 * Returns nanoseconds there and back. @ghz: TSC ticks per nanosecond.
 */
double sv_cpus_find_pair(int *a, int *b, double ghz);

/* The same for one given pair. */
double sv_cpus_line_ns(int a, int b, double ghz);

#endif /* BENCH_CPUS_H */

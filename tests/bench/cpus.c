// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "cpus.h"

#include "clock.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	MAX_SCAN = 8,
	TRIPS = 2000,
	TRIES = 9,	/* the best counts: disturbance only ever adds */
};

struct ball {
	_Alignas(128) unsigned int value;
	_Alignas(128) int cpu;
};

void sv_cpus_pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (!sched_setaffinity(0, sizeof(set), &set))
		return;
	perror("bench: cannot pin a thread to its CPU");
	exit(1);
}

static void get_allowed(cpu_set_t *set)
{
	if (!sched_getaffinity(0, sizeof(*set), set))
		return;
	perror("bench: sched_getaffinity");
	exit(1);
}

int sv_cpus_count(void)
{
	cpu_set_t set;

	get_allowed(&set);
	return CPU_COUNT(&set);
}

/* Answers every odd value with the next even one, until 0. */
static void *return_ball(void *arg)
{
	struct ball *ball = arg;
	unsigned int v, last = 0;

	sv_cpus_pin(ball->cpu);
	for (;;) {
		v = __atomic_load_n(&ball->value, __ATOMIC_ACQUIRE);
		if (v == last)
			continue;
		if (!v)
			return NULL;
		last = v + 1;
		__atomic_store_n(&ball->value, last, __ATOMIC_RELEASE);
	}
}

static uint64_t play(struct ball *ball, unsigned int *value)
{
	uint64_t start = sv_clock_now();
	unsigned int i;

	for (i = 0; i < TRIPS; i++) {
		__atomic_store_n(&ball->value, ++*value, __ATOMIC_RELEASE);
		++*value;
		while (__atomic_load_n(&ball->value, __ATOMIC_ACQUIRE) != *value)
			;
	}
	return sv_clock_now() - start;
}

double sv_cpus_line_ns(int a, int b, double ghz)
{
	struct ball ball = { .value = 0, .cpu = b };
	uint64_t ticks, best = UINT64_MAX;
	unsigned int value = 0;
	pthread_t thread;
	cpu_set_t allowed;
	int i;

	get_allowed(&allowed);
	sv_cpus_pin(a);
	if (pthread_create(&thread, NULL, return_ball, &ball)) {
		fprintf(stderr, "bench: cannot start a thread\n");
		exit(1);
	}
	for (i = 0; i < TRIES; i++) {
		ticks = play(&ball, &value);
		if (ticks < best)
			best = ticks;
	}
	__atomic_store_n(&ball.value, 0, __ATOMIC_RELEASE);
	pthread_join(thread, NULL);
	sched_setaffinity(0, sizeof(allowed), &allowed);
	return (double)best / ghz / TRIPS;
}

double sv_cpus_find_pair(int *a, int *b, double ghz)
{
	double ns, best = 1e12;
	cpu_set_t allowed;
	int i, j;

	get_allowed(&allowed);
	for (i = 0; i < MAX_SCAN; i++) {
		for (j = i + 1; j < MAX_SCAN; j++) {
			if (!CPU_ISSET(i, &allowed) || !CPU_ISSET(j, &allowed))
				continue;
			ns = sv_cpus_line_ns(i, j, ghz);
			if (ns >= best)
				continue;
			best = ns;
			*a = i;
			*b = j;
		}
	}
	return best;
}

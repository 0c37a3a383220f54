// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "clock.h"

#include <time.h>

enum { CALIBRATE_NS = 20000000 };

static uint64_t monotonic_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ULL + (uint64_t)ts.tv_nsec;
}

double sv_clock_calibrate(void)
{
	uint64_t ns = monotonic_ns();
	uint64_t tsc = sv_clock_now();
	uint64_t now;

	do {
		now = monotonic_ns();
	} while (now - ns < CALIBRATE_NS);
	return (double)(sv_clock_now() - tsc) / (double)(now - ns);
}

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef HOST_CTL_CLOCK_H
#define HOST_CTL_CLOCK_H

/* Seconds that nobody sets: for time limits. */
long long sv_clock_s(void);

#endif /* HOST_CTL_CLOCK_H */

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef SOFT_CPU_H
#define SOFT_CPU_H

#include <port.h>

/* SV_CPU_* bits (core/crypto/engine.h) of this CPU, as far as the kernel enabled them. */
u32 sv_cpu_features(void);

#endif /* SOFT_CPU_H */

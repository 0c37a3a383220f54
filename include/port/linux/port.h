/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The world as portable sources see it, kernel view. include/port/bare/port.h
 * is the same contract for everything else; the include path chooses.
 */
#ifndef PORT_LINUX_PORT_H
#define PORT_LINUX_PORT_H

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/types.h>
#include <asm/barrier.h>
#include <asm/byteorder.h>
#include <asm/processor.h>

/* Memory that the peer can change at any time: see sevault/shm.h. */
#ifdef __CHECKER__
#define __shared __attribute__((noderef, address_space(__shared)))
#else
#define __shared
#endif

#endif /* PORT_LINUX_PORT_H */

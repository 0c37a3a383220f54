# SPDX-License-Identifier: GPL-2.0 OR MIT
# How C outside the kernel is compiled: what images, programs and tests share. TOP is the top of the tree.
# Included last.

INCLUDES := -I$(TOP)/include -I$(TOP)/include/port/bare
# The kernel's dialect, as one source serves both worlds.
DIALECT := -std=gnu11 -fno-strict-aliasing -fwrapv
WARNINGS := -Wall -Wextra -Wmissing-prototypes -Wstrict-prototypes -Wvla -Wundef -Wimplicit-fallthrough
PROGRAM_CFLAGS := $(DIALECT) -D_GNU_SOURCE $(INCLUDES) $(WARNINGS) -MMD -MP

# What every object depends on besides its source.
RULES := $(MAKEFILE_LIST)

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef SOFT_OPTIONS_H
#define SOFT_OPTIONS_H

#include "say.h"

#include <stdbool.h>

struct sv_options {
	const char *device;
	int cpu;		/* pin to this CPU; -1: do not pin */
	int spin_us;		/* poll this long before going to sleep; -1: as the host does */
	bool is_done;		/* --help or --version was served: exit with success */
};

/* Read the command line. */
enum sv_exit sv_options_parse(struct sv_options *o, int argc, char **argv);

#endif /* SOFT_OPTIONS_H */

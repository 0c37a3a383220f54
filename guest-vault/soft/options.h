/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef SOFT_OPTIONS_H
#define SOFT_OPTIONS_H

#include "say.h"

#include <stdbool.h>

struct sv_options {
	const char *device;
	int cpu;		/* pin to this CPU; -1: do not pin */
	unsigned int spin_us;	/* poll this long before going to sleep */
	bool is_done;		/* --help or --version was served: exit with success */
};

/*
 * Read the command line. The default for spin_us is 0 where there is one CPU
 * only: whoever is waited for could not run meanwhile.
 */
enum sv_exit sv_options_parse(struct sv_options *o, int argc, char **argv);

#endif /* SOFT_OPTIONS_H */

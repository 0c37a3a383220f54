// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "options.h"

#include "../core/vault.h"

#include <errno.h>
#include <getopt.h>
#include <sevault/vhost.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	MAX_SPIN_US = 1000000,
	MAX_CPU = 1023,
};

static const char help_text[] =
	"Usage: sevault-soft [OPTION]...\n"
	"Run the SE-Vault core as an ordinary process on the device of the sevault module.\n"
	"\n"
	"THIS PROTECTS NOTHING. The keys lie in this process's memory, where the kernel,\n"
	"root and a dump of the machine's memory can read them. It is for trying the\n"
	"system and for tests. The vault VM in plain mode protects nothing either.\n"
	"\n"
	"  -d, --device=PATH   the device (default " SV_VHOST_PATH ")\n"
	"  -c, --cpu=N         run on CPU N only\n"
	"  -s, --spin-us=N     poll N microseconds before going to sleep\n"
	"                      (default: as the module does, parameter poll_us)\n"
	"  -h, --help          this text\n"
	"  -V, --version       version\n"
	"\n"
	"Stop it with SIGTERM or SIGINT: it wipes its keys and exits with 0.\n"
	"Exit status: 0 stopped, 1 system error, 2 usage, 3 no such device or not a vault\n"
	"device, 4 device busy, 5 locked memory limit too small, 6 no healthy AES engine,\n"
	"7 given up by the host, 8 the host broke the ring protocol.\n";

static const struct option long_options[] = {
	{ "device", required_argument, NULL, 'd' },
	{ "cpu", required_argument, NULL, 'c' },
	{ "spin-us", required_argument, NULL, 's' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static enum sv_exit parse_number(const char *name, const char *text, long max, long *value)
{
	char *end;

	errno = 0;
	*value = strtol(text, &end, 10);
	if (errno || end == text || *end || *value < 0 || *value > max)
		return sv_fail(SV_EXIT_USAGE, "sevault-soft --help",
			       "--%s: '%s' is not a number from 0 to %ld", name, text, max);
	return SV_EXIT_OK;
}

static enum sv_exit parse_option(struct sv_options *o, int opt)
{
	enum sv_exit ret = SV_EXIT_OK;
	long value;

	switch (opt) {
	case 'd':
		o->device = optarg;
		break;
	case 'c':
		ret = parse_number("cpu", optarg, MAX_CPU, &value);
		if (!ret)
			o->cpu = value;
		break;
	case 's':
		ret = parse_number("spin-us", optarg, MAX_SPIN_US, &value);
		if (!ret)
			o->spin_us = value;
		break;
	case 'h':
		fputs(help_text, stdout);
		o->is_done = true;
		break;
	case 'V':
		printf("sevault-soft %d.%d.%d\n", SV_IMAGE_VERSION >> 16, SV_IMAGE_VERSION >> 8 & 255,
		       SV_IMAGE_VERSION & 255);
		o->is_done = true;
		break;
	default:
		/* getopt_long has said what is wrong. */
		ret = sv_fail(SV_EXIT_USAGE, "sevault-soft --help", "bad command line");
	}
	return ret;
}

enum sv_exit sv_options_parse(struct sv_options *o, int argc, char **argv)
{
	enum sv_exit ret;
	int opt;

	o->device = SV_VHOST_PATH;
	o->cpu = -1;
	o->spin_us = -1;
	o->is_done = false;

	while ((opt = getopt_long(argc, argv, "d:c:s:hV", long_options, NULL)) != -1) {
		ret = parse_option(o, opt);
		if (ret || o->is_done)
			return ret;
	}
	if (optind < argc)
		return sv_fail(SV_EXIT_USAGE, "sevault-soft --help", "unexpected argument '%s'",
			       argv[optind]);
	return SV_EXIT_OK;
}

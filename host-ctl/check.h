/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Everything that must hold before a vault can start, as a table of checks.
 */
#ifndef HOST_CTL_CHECK_H
#define HOST_CTL_CHECK_H

#include "config.h"
#include "device.h"
#include "qemu.h"
#include "sev.h"
#include "user.h"

/*
 * A vault that is to be started: what the checks work on and find out.
 *
 * @sev: what the CPU has; set before the checks
 * @image_fd: what runs: a copy of the image, made by its check; -1 before
 * @vhost_fd: the device, opened by its check; -1 before
 * @owner_dir: mode sev-es: the owner's directory, likewise
 */
struct sv_plan {
	const struct sv_vm_config *config;
	const struct sv_paths *paths;
	struct sv_image image;
	struct sv_user user;
	struct sv_qemu qemu;
	struct sv_sev_cpu sev;
	int image_fd;
	int vhost_fd;
	int owner_dir;
};

/*
 * Run all checks, also after one failed. With @report, a PASS or FAIL line for
 * each on standard output; without, only failures on standard error. Returns
 * SV_EXIT_OK, SV_EXIT_CONFIG when the configuration is to blame, or
 * SV_EXIT_MACHINE.
 */
enum sv_exit sv_check_all(struct sv_plan *plan, bool report);

/* The checks of the configuration and of the image alone: enough for --print. */
enum sv_exit sv_check_config(struct sv_plan *plan);

#endif /* HOST_CTL_CHECK_H */

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The secure processor, as the host's kernel shows it: whose certificates the
 * owner has to see before it makes a session.
 */
#ifndef HOST_CTL_PSP_H
#define HOST_CTL_PSP_H

#include <json-c/json.h>

/*
 * Certificates and identity of this platform: "pdh", "cert-chain" (PEK, OCA,
 * CEK), "cpu0-id" in base64, "api-major", "api-minor", "build-id". NULL with
 * @rc -errno, or the command's own error as a positive number.
 */
struct json_object *sv_psp_platform(const char *device, int *rc);

#endif /* HOST_CTL_PSP_H */

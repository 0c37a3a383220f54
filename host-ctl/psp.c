// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "psp.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/psp-sev.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
	CERT_LEN = 2084,
	CHAIN_LEN = 3 * CERT_LEN,
	ID_LEN = 64,
	NR_SOCKETS = 2,
};

/* 0, -errno, or what the secure processor says. */
static int command(int fd, unsigned int cmd, void *data)
{
	struct sev_issue_cmd issue = { .cmd = cmd, .data = (unsigned long)data };

	if (!ioctl(fd, SEV_ISSUE_CMD, &issue))
		return 0;
	return issue.error ? (int)issue.error : -errno;
}

static void add_base64(json_object *o, const char *key, const unsigned char *bytes, int len)
{
	unsigned char text[CHAIN_LEN / 3 * 4 + 8];

	EVP_EncodeBlock(text, bytes, len);
	json_object_object_add(o, key, json_object_new_string((const char *)text));
}

static int add_certificates(json_object *o, int fd)
{
	static unsigned char pdh[CERT_LEN], chain[CHAIN_LEN];
	struct sev_user_data_pdh_cert_export export = {
		.pdh_cert_address = (unsigned long)pdh,
		.pdh_cert_len = sizeof(pdh),
		.cert_chain_address = (unsigned long)chain,
		.cert_chain_len = sizeof(chain),
	};
	int rc = command(fd, SEV_PDH_CERT_EXPORT, &export);

	if (rc)
		return rc;
	if (export.pdh_cert_len != CERT_LEN || export.cert_chain_len != CHAIN_LEN)
		return -EPROTO;
	add_base64(o, "pdh", pdh, sizeof(pdh));
	add_base64(o, "cert-chain", chain, sizeof(chain));
	return 0;
}

static int add_id(json_object *o, int fd)
{
	unsigned char id[NR_SOCKETS * ID_LEN] = { 0 };
	struct sev_user_data_get_id2 get = {
		.address = (unsigned long)id,
		.length = sizeof(id),
	};
	int rc = command(fd, SEV_GET_ID2, &get);

	if (!rc)
		add_base64(o, "cpu0-id", id, ID_LEN);
	return rc;
}

static int add_version(json_object *o, int fd)
{
	struct sev_user_data_status status;
	int rc;

	memset(&status, 0, sizeof(status));
	rc = command(fd, SEV_PLATFORM_STATUS, &status);
	if (rc)
		return rc;
	json_object_object_add(o, "api-major", json_object_new_int(status.api_major));
	json_object_object_add(o, "api-minor", json_object_new_int(status.api_minor));
	json_object_object_add(o, "build-id", json_object_new_int(status.build));
	return 0;
}

struct json_object *sv_psp_platform(const char *device, int *rc)
{
	int fd = open(device, O_RDWR | O_CLOEXEC);
	json_object *o;

	if (fd < 0) {
		*rc = -errno;
		return NULL;
	}
	o = json_object_new_object();
	*rc = add_certificates(o, fd);
	if (!*rc)
		*rc = add_id(o, fd);
	if (!*rc)
		*rc = add_version(o, fd);
	close(fd);
	if (!*rc)
		return o;
	json_object_put(o);
	return NULL;
}

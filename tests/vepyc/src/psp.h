/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The emulated secure processor: firmware state and commands. All of it runs in the mailbox's write
 * handler, under the big lock. Command numbers, structures and status codes are those of Linux'
 * psp-sev.h.
 */
#ifndef VEPYC_PSP_H
#define VEPYC_PSP_H

#include <nettle/sha2.h>
#include <nettle/ecc.h>
#include "internal.h"

enum sev_status {
	SEV_OK = 0,
	SEV_INVALID_PLATFORM_STATE,
	SEV_INVALID_GUEST_STATE,
	SEV_INVALID_CONFIG,
	SEV_INVALID_LEN,
	SEV_ALREADY_OWNED,
	SEV_INVALID_CERTIFICATE,
	SEV_POLICY_FAILURE,
	SEV_INACTIVE,
	SEV_INVALID_ADDRESS,
	SEV_BAD_SIGNATURE,
	SEV_BAD_MEASUREMENT,
	SEV_ASID_OWNED,
	SEV_INVALID_ASID,
	SEV_WBINVD_REQUIRED,
	SEV_DFFLUSH_REQUIRED,
	SEV_INVALID_GUEST,
	SEV_INVALID_COMMAND,
	SEV_ACTIVE,
	SEV_HWERROR_PLATFORM,
	SEV_HWERROR_UNSAFE,
	SEV_UNSUPPORTED,
	SEV_INVALID_PARAM,
	SEV_RESOURCE_LIMIT,
};

enum sev_cmd {
	SEV_CMD_INIT = 0x01,
	SEV_CMD_SHUTDOWN,
	SEV_CMD_FACTORY_RESET,
	SEV_CMD_PLATFORM_STATUS,
	SEV_CMD_PEK_GEN,
	SEV_CMD_PEK_CSR,
	SEV_CMD_PEK_CERT_IMPORT,
	SEV_CMD_PDH_CERT_EXPORT,
	SEV_CMD_PDH_GEN,
	SEV_CMD_DF_FLUSH,
	SEV_CMD_DOWNLOAD_FIRMWARE,
	SEV_CMD_GET_ID,
	SEV_CMD_DECOMMISSION = 0x20,
	SEV_CMD_ACTIVATE,
	SEV_CMD_DEACTIVATE,
	SEV_CMD_GUEST_STATUS,
	SEV_CMD_LAUNCH_START = 0x30,
	SEV_CMD_LAUNCH_UPDATE_DATA,
	SEV_CMD_LAUNCH_UPDATE_VMSA,
	SEV_CMD_LAUNCH_MEASURE,
	SEV_CMD_LAUNCH_SECRET,
	SEV_CMD_LAUNCH_FINISH,
	SEV_CMD_ATTESTATION,
	SEV_CMD_DBG_DECRYPT = 0x60,
	SEV_CMD_DBG_ENCRYPT,
};

enum {
	POLICY_NODBG = 1 << 0,
	POLICY_ES = 1 << 2,
	POLICY_RESERVED = 0xffc0,
	SEV_MAX_GUESTS = 16,
	SEV_CERT_LEN = 2084,
	SEV_SESSION_LEN = 128,
	SEV_MEASURE_LEN = 48,
	SEV_REPORT_LEN = 208,
	SEV_ID_LEN = 64,
};

enum guest_state {
	GUEST_UNUSED, /* not a state of the API: the slot is free */
	GUEST_LAUNCH_UPDATE,
	GUEST_LAUNCH_SECRET,
	GUEST_RUNNING,
};

struct psp_guest {
	enum guest_state state;
	uint32_t policy;
	uint32_t asid; /* 0: not active */
	uint8_t tek[16], tik[16];
	uint8_t key[VEPYC_KEY_LEN];
	struct sha256_ctx digest_ctx;
	uint8_t digest[SHA256_DIGEST_SIZE];
	uint8_t measure[SHA256_DIGEST_SIZE];
};

struct psp_key {
	struct ecc_scalar priv;
	struct ecc_point pub;
};

struct psp {
	uint32_t api_major, api_minor, build;
	char *chip_id; /* text that the chip's keys are derived from */
	uint32_t state;
	bool es;
	bool have_keys;
	struct psp_key cek, oca, pek, pdh;
	uint8_t cek_cert[SEV_CERT_LEN], oca_cert[SEV_CERT_LEN], pek_cert[SEV_CERT_LEN],
		pdh_cert[SEV_CERT_LEN];
	struct psp_guest guests[SEV_MAX_GUESTS]; /* handle - 1 */
};

/* fw.c: run a command with the buffer at CMDBUF; returns a status */
enum sev_status psp_command(struct psp *psp, uint32_t cmd, uint64_t cmdbuf);
/* Physical memory as the secure processor sees it: no IOMMU, no translation. False: not memory. */
bool psp_read(uint64_t addr, void *buf, size_t len);
bool psp_write(uint64_t addr, const void *buf, size_t len);
/* Hand out a result whose buffer address and length are at these offsets of the command buffer. */
enum sev_status psp_reply(uint64_t cmdbuf, unsigned int addr_off, unsigned int len_off,
			  const void *data, uint32_t len);

/* launch.c */
enum sev_status psp_guest_command(struct psp *psp, uint32_t cmd, uint64_t cmdbuf);

/* keys.c */
void psp_random(void *buf, size_t len);
/* Make what is missing: all keys the first time, later OCA and PEK (RENEW_PEK) or the PDH alone. */
void psp_keys_make(struct psp *psp, bool renew_pek);
void psp_pek_csr(struct psp *psp, uint8_t cert[SEV_CERT_LEN]);
/* Unwrap a launch session: the owner's key is in CERT, TEK and TIK come out. */
enum sev_status psp_session_open(struct psp *psp, const uint8_t cert[SEV_CERT_LEN],
				 const uint8_t session[SEV_SESSION_LEN], uint32_t policy,
				 uint8_t tek[16], uint8_t tik[16]);
void psp_hmac(const uint8_t *key, size_t key_len, const void *data, size_t len,
	      uint8_t mac[SHA256_DIGEST_SIZE]);
void psp_ctr(const uint8_t key[16], const uint8_t iv[16], uint8_t *buf, size_t len);
void psp_report_sign(struct psp *psp, uint8_t report[SEV_REPORT_LEN]);
void psp_keys_wipe(struct psp *psp);

#endif

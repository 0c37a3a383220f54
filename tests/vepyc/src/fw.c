// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Platform commands of the emulated secure processor, and its view of memory.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "psp.h"

enum {
	STATE_UNINIT,
	STATE_INIT,
	STATE_WORKING,
	INIT_FLAG_ES = 1 << 0,
	STATUS_LEN = 12,
	STATUS_FLAG_ES = 0x100,
};

bool psp_read(uint64_t addr, void *buf, size_t len)
{
	return address_space_read(&address_space_memory, addr, MEMTXATTRS_UNSPECIFIED, buf, len) ==
	       MEMTX_OK;
}

bool psp_write(uint64_t addr, const void *buf, size_t len)
{
	return address_space_write(&address_space_memory, addr, MEMTXATTRS_UNSPECIFIED, buf, len) ==
	       MEMTX_OK;
}

enum sev_status psp_reply(uint64_t cmdbuf, unsigned int addr_off, unsigned int len_off,
			  const void *data, uint32_t len)
{
	uint8_t raw[8], len_raw[4];
	uint32_t given;

	if (!psp_read(cmdbuf + addr_off, raw, 8) || !psp_read(cmdbuf + len_off, len_raw, 4))
		return SEV_INVALID_ADDRESS;
	given = ldl_le_p(len_raw);
	stl_le_p(len_raw, len);
	psp_write(cmdbuf + len_off, len_raw, 4);
	if (given < len || !ldq_le_p(raw))
		return SEV_INVALID_LEN;
	return psp_write(ldq_le_p(raw), data, len) ? SEV_OK : SEV_INVALID_ADDRESS;
}

static uint32_t guest_count(const struct psp *psp)
{
	uint32_t i, n = 0;

	for (i = 0; i < SEV_MAX_GUESTS; i++)
		n += psp->guests[i].state != GUEST_UNUSED;
	return n;
}

static enum sev_status cmd_status(struct psp *psp, uint64_t cmdbuf)
{
	uint8_t st[STATUS_LEN] = { psp->api_major, psp->api_minor, psp->state };
	uint32_t guests = guest_count(psp);

	if (psp->state != STATE_UNINIT && guests)
		st[2] = STATE_WORKING;
	stl_le_p(st + 3, psp->es ? STATUS_FLAG_ES : 0);
	st[7] = psp->build;
	stl_le_p(st + 8, guests);
	return psp_write(cmdbuf, st, sizeof(st)) ? SEV_OK : SEV_INVALID_ADDRESS;
}

static enum sev_status cmd_init(struct psp *psp, uint64_t cmdbuf)
{
	uint8_t raw[20];

	if (psp->state != STATE_UNINIT)
		return SEV_INVALID_PLATFORM_STATE;
	if (!psp_read(cmdbuf, raw, sizeof(raw)))
		return SEV_INVALID_ADDRESS;
	psp->es = ldl_le_p(raw) & INIT_FLAG_ES;
	psp_keys_make(psp, false);
	psp->state = STATE_INIT;
	return SEV_OK;
}

static enum sev_status cmd_shutdown(struct psp *psp)
{
	uint32_t i;

	for (i = 0; i < SEV_MAX_GUESTS; i++) {
		if (psp->guests[i].asid)
			vepyc_asid_close(psp->guests[i].asid);
		memset(&psp->guests[i], 0, sizeof(psp->guests[i]));
	}
	psp->state = STATE_UNINIT;
	psp->es = false;
	return SEV_OK;
}

static enum sev_status cmd_pdh_export(struct psp *psp, uint64_t cmdbuf)
{
	uint8_t chain[3 * SEV_CERT_LEN];
	enum sev_status st, st2;

	memcpy(chain, psp->pek_cert, SEV_CERT_LEN);
	memcpy(chain + SEV_CERT_LEN, psp->oca_cert, SEV_CERT_LEN);
	memcpy(chain + 2 * SEV_CERT_LEN, psp->cek_cert, SEV_CERT_LEN);
	st = psp_reply(cmdbuf, 0, 8, psp->pdh_cert, SEV_CERT_LEN);
	st2 = psp_reply(cmdbuf, 16, 24, chain, sizeof(chain));
	return st ? st : st2;
}

static enum sev_status cmd_pek_csr(struct psp *psp, uint64_t cmdbuf)
{
	uint8_t cert[SEV_CERT_LEN];

	psp_pek_csr(psp, cert);
	return psp_reply(cmdbuf, 0, 8, cert, sizeof(cert));
}

static enum sev_status cmd_get_id(struct psp *psp, uint64_t cmdbuf)
{
	uint8_t id[2 * SEV_ID_LEN] = { 0 };

	snprintf((char *)id, SEV_ID_LEN, "emulated chip %s", psp->chip_id ? psp->chip_id : "0");
	return psp_reply(cmdbuf, 0, 8, id, sizeof(id));
}

static enum sev_status cmd_df_flush(void)
{
	uint32_t i;

	for (i = 0; i <= VEPYC_MAX_ASID; i++)
		vepyc->asids[i].flush_needed = false;
	return SEV_OK;
}

static enum sev_status init_only(struct psp *psp, uint32_t cmd, uint64_t cmdbuf)
{
	if (guest_count(psp))
		return SEV_INVALID_PLATFORM_STATE;
	switch (cmd) {
	case SEV_CMD_PEK_CSR:
		return cmd_pek_csr(psp, cmdbuf);
	case SEV_CMD_PEK_GEN:
		psp_keys_make(psp, true);
		return SEV_OK;
	default:
		return SEV_UNSUPPORTED;
	}
}

enum sev_status psp_command(struct psp *psp, uint32_t cmd, uint64_t cmdbuf)
{
	switch (cmd) {
	case SEV_CMD_PLATFORM_STATUS:
		return cmd_status(psp, cmdbuf);
	case SEV_CMD_INIT:
		return cmd_init(psp, cmdbuf);
	case SEV_CMD_SHUTDOWN:
		return cmd_shutdown(psp);
	case SEV_CMD_GET_ID:
		return cmd_get_id(psp, cmdbuf);
	case SEV_CMD_FACTORY_RESET:
		if (psp->state != STATE_UNINIT)
			return SEV_INVALID_PLATFORM_STATE;
		psp_keys_wipe(psp);
		return SEV_OK;
	}
	if (psp->state == STATE_UNINIT)
		return SEV_INVALID_PLATFORM_STATE;
	switch (cmd) {
	case SEV_CMD_DF_FLUSH:
		return cmd_df_flush();
	case SEV_CMD_PDH_CERT_EXPORT:
		return cmd_pdh_export(psp, cmdbuf);
	case SEV_CMD_PDH_GEN:
		psp_keys_make(psp, false);
		return SEV_OK;
	case SEV_CMD_PEK_CSR:
	case SEV_CMD_PEK_GEN:
	case SEV_CMD_PEK_CERT_IMPORT:
		return init_only(psp, cmd, cmdbuf);
	default:
		return psp_guest_command(psp, cmd, cmdbuf);
	}
}

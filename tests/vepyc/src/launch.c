// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Guest commands of the emulated secure processor: launch, measurement, secret, attestation,
 * debugging.
 */
#include "qemu/osdep.h"
#include <nettle/memops.h>
#include "psp.h"

enum {
	CMD_RAW = 52, /* the longest command buffer that is read */
	SECRET_HDR_LEN = 52,
	SECRET_MAX = 16384,
};

struct cmd {
	uint64_t addr; /* of the command buffer */
	uint8_t raw[CMD_RAW];
};

static uint32_t u32(const struct cmd *c, unsigned int off)
{
	return ldl_le_p(c->raw + off);
}

static uint64_t u64(const struct cmd *c, unsigned int off)
{
	return ldq_le_p(c->raw + off);
}

static bool policy_is_met(const struct psp *psp, uint32_t policy)
{
	uint32_t major = policy >> 16 & 0xff, minor = policy >> 24;

	if (policy & POLICY_RESERVED || (policy & POLICY_ES && !psp->es))
		return false;
	return psp->api_major > major || (psp->api_major == major && psp->api_minor >= minor);
}

static enum sev_status session_keys(struct psp *psp, const struct cmd *c, struct psp_guest *g)
{
	uint8_t cert[SEV_CERT_LEN], session[SEV_SESSION_LEN];
	uint64_t cert_addr = u64(c, 8), session_addr = u64(c, 24);

	if (!cert_addr && !session_addr) {
		psp_random(g->tek, sizeof(g->tek));
		psp_random(g->tik, sizeof(g->tik));
		return SEV_OK;
	}
	if (u32(c, 16) != SEV_CERT_LEN || u32(c, 32) != SEV_SESSION_LEN)
		return SEV_INVALID_LEN;
	if (!psp_read(cert_addr, cert, sizeof(cert)) ||
	    !psp_read(session_addr, session, sizeof(session)))
		return SEV_INVALID_ADDRESS;
	return psp_session_open(psp, cert, session, g->policy, g->tek, g->tik);
}

static enum sev_status launch_start(struct psp *psp, struct cmd *c)
{
	struct psp_guest *g = NULL;
	enum sev_status st;
	uint32_t i;

	if (u32(c, 0))
		return SEV_INVALID_GUEST; /* sharing a key with another guest is not emulated */
	for (i = 0; i < SEV_MAX_GUESTS && !g; i++)
		if (psp->guests[i].state == GUEST_UNUSED)
			g = &psp->guests[i];
	if (!g)
		return SEV_RESOURCE_LIMIT;
	memset(g, 0, sizeof(*g));
	g->policy = u32(c, 4);
	if (!policy_is_met(psp, g->policy))
		return SEV_POLICY_FAILURE;
	st = session_keys(psp, c, g);
	if (st)
		return st;
	psp_random(g->key, sizeof(g->key));
	sha256_init(&g->digest_ctx);
	g->state = GUEST_LAUNCH_UPDATE;
	stl_le_p(c->raw, i);
	return psp_write(c->addr, c->raw, 4) ? SEV_OK : SEV_INVALID_ADDRESS;
}

/* Replace plaintext (at SRC, or what memory holds if NULL) by ciphertext at ADDR, which may span
 * pages. */
static bool encrypt_at(struct psp_guest *g, uint64_t addr, const uint8_t *src, uint32_t len)
{
	uint8_t page[VEPYC_PAGE], plain[VEPYC_PAGE];

	while (len) {
		uint64_t base = addr & ~(uint64_t)(VEPYC_PAGE - 1);
		uint32_t off = addr - base, n = MIN(len, VEPYC_PAGE - off);

		if (!psp_read(base, page, sizeof(page)))
			return false;
		memcpy(plain, src ? src : page + off, n);
		if (!src)
			sha256_update(&g->digest_ctx, n, plain);
		vepyc_page_crypt(g->key, base, page, false);
		memcpy(page + off, plain, n);
		vepyc_page_crypt(g->key, base, page, true);
		if (!psp_write(base, page, sizeof(page)))
			return false;
		addr += n;
		len -= n;
		src = src ? src + n : NULL;
	}
	return true;
}

/* The host changed what it hands over, after its owner looked. */
static void flip_bit(uint64_t addr)
{
	uint8_t b;

	psp_read(addr, &b, 1);
	b ^= 1;
	psp_write(addr, &b, 1);
}

static enum sev_status launch_update(struct psp_guest *g, const struct cmd *c, bool vmsa)
{
	uint64_t addr = u64(c, 8);
	uint32_t len = u32(c, 16);

	if (g->state != GUEST_LAUNCH_UPDATE)
		return SEV_INVALID_GUEST_STATE;
	if (vmsa && !(g->policy & POLICY_ES))
		return SEV_POLICY_FAILURE;
	if (!g->asid)
		return SEV_INACTIVE;
	if (vmsa ? len != VEPYC_PAGE : !len || len % 16)
		return SEV_INVALID_LEN;
	if (addr % (vmsa ? VEPYC_PAGE : 16))
		return SEV_INVALID_ADDRESS;
	if (vepyc_hostile(vmsa ? HOSTILE_VMSA_BIT : HOSTILE_IMAGE_BIT))
		flip_bit(addr);
	return encrypt_at(g, addr, NULL, len) ? SEV_OK : SEV_INVALID_ADDRESS;
}

static enum sev_status launch_measure(struct psp *psp, struct psp_guest *g, const struct cmd *c)
{
	uint8_t msg[8 + 32 + 16], out[SEV_MEASURE_LEN];
	enum sev_status st;

	if (g->state != GUEST_LAUNCH_UPDATE)
		return SEV_INVALID_GUEST_STATE;
	if (u32(c, 16) < SEV_MEASURE_LEN || !u64(c, 8))
		return psp_reply(c->addr, 8, 16, out, sizeof(out));
	sha256_digest(&g->digest_ctx, sizeof(g->digest), g->digest);
	msg[0] = 0x04;
	msg[1] = psp->api_major;
	msg[2] = psp->api_minor;
	msg[3] = psp->build;
	stl_le_p(msg + 4, g->policy);
	memcpy(msg + 8, g->digest, 32);
	psp_random(msg + 40, 16);
	psp_hmac(g->tik, sizeof(g->tik), msg, sizeof(msg), g->measure);
	memcpy(out, g->measure, 32);
	memcpy(out + 32, msg + 40, 16);
	st = psp_reply(c->addr, 8, 16, out, sizeof(out));
	g->state = GUEST_LAUNCH_SECRET;
	return st;
}

static bool secret_is_authentic(const struct psp_guest *g, const uint8_t *hdr, const uint8_t *data,
				uint32_t len)
{
	g_autofree uint8_t *msg = g_malloc(1 + 4 + 16 + 8 + len + 32);
	uint8_t mac[SHA256_DIGEST_SIZE];

	msg[0] = 0x01;
	memcpy(msg + 1, hdr, 4 + 16);
	stl_le_p(msg + 21, len);
	stl_le_p(msg + 25, len);
	memcpy(msg + 29, data, len);
	memcpy(msg + 29 + len, g->measure, 32);
	psp_hmac(g->tik, sizeof(g->tik), msg, 61 + len, mac);
	return memeql_sec(mac, hdr + 20, sizeof(mac));
}

static bool place_secret(struct psp_guest *g, uint64_t addr, uint8_t *data, uint32_t len)
{
	if (vepyc_hostile(HOSTILE_OMIT_SECRET))
		return true;
	if (vepyc_hostile(HOSTILE_OTHER_SECRET))
		data[len / 2] ^= 1;
	if (!encrypt_at(g, addr + (vepyc_hostile(HOSTILE_MOVE_SECRET) ? 16 : 0), data, len))
		return false;
	if (vepyc_hostile(HOSTILE_GARBLE_SECRET))
		flip_bit(addr + len / 2);
	return true;
}

static enum sev_status launch_secret(struct psp_guest *g, const struct cmd *c)
{
	uint32_t hdr_len = u32(c, 16), len = u32(c, 32), trans_len = u32(c, 48);
	g_autofree uint8_t *data = NULL;
	uint8_t hdr[SECRET_HDR_LEN];
	bool done;

	if (g->state != GUEST_LAUNCH_SECRET)
		return SEV_INVALID_GUEST_STATE;
	if (!g->asid)
		return SEV_INACTIVE;
	if (hdr_len != SECRET_HDR_LEN || !len || len % 16 || len > SECRET_MAX || trans_len != len)
		return SEV_INVALID_LEN;
	data = g_malloc(len);
	if (u64(c, 24) % 16 || !psp_read(u64(c, 8), hdr, sizeof(hdr)) ||
	    !psp_read(u64(c, 40), data, len))
		return SEV_INVALID_ADDRESS;
	if (ldl_le_p(hdr))
		return SEV_UNSUPPORTED; /* compressed secrets are not emulated */
	if (!secret_is_authentic(g, hdr, data, len))
		return SEV_BAD_MEASUREMENT;
	psp_ctr(g->tek, hdr + 4, data, len);
	done = place_secret(g, u64(c, 24), data, len);
	memset(data, 0, len);
	return done ? SEV_OK : SEV_INVALID_ADDRESS;
}

static enum sev_status launch_finish(struct psp_guest *g)
{
	if (g->state != GUEST_LAUNCH_SECRET)
		return SEV_INVALID_GUEST_STATE;
	g->state = GUEST_RUNNING;
	memset(g->tek, 0, sizeof(g->tek));
	memset(g->tik, 0, sizeof(g->tik));
	return SEV_OK;
}

static enum sev_status activate(struct psp_guest *g, const struct cmd *c)
{
	uint32_t asid = u32(c, 4);

	if (g->asid)
		return SEV_ACTIVE;
	if (!asid || asid > vepyc->max_asid ||
	    !!(g->policy & POLICY_ES) != (asid < vepyc->min_sev_asid))
		return SEV_INVALID_ASID;
	if (vepyc->asids[asid].active)
		return SEV_ASID_OWNED;
	if (vepyc->asids[asid].flush_needed)
		return SEV_DFFLUSH_REQUIRED;
	vepyc_asid_open(asid, g->policy & POLICY_ES, g->key);
	g->asid = asid;
	return SEV_OK;
}

static enum sev_status deactivate(struct psp_guest *g)
{
	if (!g->asid)
		return SEV_INACTIVE;
	vepyc_asid_close(g->asid);
	g->asid = 0;
	return SEV_OK;
}

static enum sev_status decommission(struct psp_guest *g)
{
	if (g->asid)
		return SEV_ACTIVE;
	memset(g, 0, sizeof(*g));
	return SEV_OK;
}

static enum sev_status guest_status(struct psp_guest *g, struct cmd *c)
{
	stl_le_p(c->raw + 4, g->policy);
	stl_le_p(c->raw + 8, g->asid);
	c->raw[12] = g->state;
	return psp_write(c->addr, c->raw, 13) ? SEV_OK : SEV_INVALID_ADDRESS;
}

static enum sev_status attestation(struct psp *psp, struct psp_guest *g, const struct cmd *c)
{
	uint8_t report[SEV_REPORT_LEN] = { 0 };

	if (g->state != GUEST_LAUNCH_SECRET && g->state != GUEST_RUNNING)
		return SEV_INVALID_GUEST_STATE;
	memcpy(report, c->raw + 16, 16);
	memcpy(report + 16, g->digest, 32);
	stl_le_p(report + 48, g->policy);
	psp_report_sign(psp, report);
	return psp_reply(c->addr, 8, 32, report, sizeof(report));
}

/* Debugging works on memory that belongs to the guest, in pieces within one page. */
static enum sev_status debug(struct psp_guest *g, const struct cmd *c, bool decrypt)
{
	uint64_t src = u64(c, 8), dst = u64(c, 16);
	uint32_t len = u32(c, 24);
	uint8_t buf[VEPYC_PAGE];

	if (g->policy & POLICY_NODBG)
		return SEV_POLICY_FAILURE;
	if (!g->asid)
		return SEV_INACTIVE;
	if (!len || len % 16)
		return SEV_INVALID_LEN;
	if ((src | dst) % 16 || src % VEPYC_PAGE + len > VEPYC_PAGE ||
	    dst % VEPYC_PAGE + len > VEPYC_PAGE)
		return SEV_INVALID_ADDRESS;
	if (decrypt) {
		vepyc_private_read(g->asid, src, buf, len);
		return psp_write(dst, buf, len) ? SEV_OK : SEV_INVALID_ADDRESS;
	}
	if (!psp_read(src, buf, len) || !encrypt_at(g, dst, buf, len))
		return SEV_INVALID_ADDRESS;
	vepyc_private_write(g->asid, dst, buf, len);
	return SEV_OK;
}

enum sev_status psp_guest_command(struct psp *psp, uint32_t cmd, uint64_t cmdbuf)
{
	struct cmd c = { .addr = cmdbuf };
	struct psp_guest *g;
	uint32_t handle;

	if (!psp_read(cmdbuf, c.raw, sizeof(c.raw)))
		return SEV_INVALID_ADDRESS;
	if (cmd == SEV_CMD_LAUNCH_START)
		return launch_start(psp, &c);
	handle = u32(&c, 0);
	if (!handle || handle > SEV_MAX_GUESTS || psp->guests[handle - 1].state == GUEST_UNUSED)
		return SEV_INVALID_GUEST;
	g = &psp->guests[handle - 1];
	switch (cmd) {
	case SEV_CMD_DECOMMISSION:
		return decommission(g);
	case SEV_CMD_ACTIVATE:
		return activate(g, &c);
	case SEV_CMD_DEACTIVATE:
		return deactivate(g);
	case SEV_CMD_GUEST_STATUS:
		return guest_status(g, &c);
	case SEV_CMD_LAUNCH_UPDATE_DATA:
	case SEV_CMD_LAUNCH_UPDATE_VMSA:
		return launch_update(g, &c, cmd == SEV_CMD_LAUNCH_UPDATE_VMSA);
	case SEV_CMD_LAUNCH_MEASURE:
		return launch_measure(psp, g, &c);
	case SEV_CMD_LAUNCH_SECRET:
		return launch_secret(g, &c);
	case SEV_CMD_LAUNCH_FINISH:
		return launch_finish(g);
	case SEV_CMD_ATTESTATION:
		return attestation(psp, g, &c);
	case SEV_CMD_DBG_DECRYPT:
	case SEV_CMD_DBG_ENCRYPT:
		return debug(g, &c, cmd == SEV_CMD_DBG_DECRYPT);
	default:
		return SEV_INVALID_COMMAND;
	}
}

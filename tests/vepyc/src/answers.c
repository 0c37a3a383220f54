// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * A hostile hypervisor's answers: what the guest reads in the GHCB MSR and in the GHCB after a
 * VMGEXIT is not what KVM put there. SEV-ES guests only.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "qemu/bitops.h"
#include "vepyc.h"
#include "internal.h"

enum {
	VMCB_GHCB = 0xa0,
	VMCB_NESTED_CR3 = 0xb0,

	MSR_CODE_MASK = 0xfff,
	MSR_SEV_INFO = 0x001,
	MSR_SEV_INFO_CBIT = 24,
	MSR_SEV_INFO_MIN = 32,
	MSR_SEV_INFO_MAX = 48,
	MSR_CPUID = 0x005,
	MSR_CPUID_REGISTER = 30,
	MSR_CPUID_VALUE = 32,
	MSR_END = 0x100,

	GHCB_RAX = 0x1f8,
	GHCB_RDX = 0x310,
	GHCB_CODE = 0x390,
	GHCB_INFO1 = 0x398,
	GHCB_INFO2 = 0x3a0,
	GHCB_VALID = 0x3f0,
	GHCB_VALID_LEN = 16,
	GHCB_BUFFER = 0x800,
	CODE_IOIO = 0x7b,
	CODE_MSR = 0x7c,
	IOIO_IN = 1 << 0,
	IOIO_PORT = 16,
	PORT_PCI_ADDR = 0xcf8,
	PORT_PCI_DATA = 0xcfc,

	PCI_DEV_MASK = 0xffff00,
	PCI_REG_MASK = 0xfc,
	PCI_REG_ID = 0x00,
	PCI_REG_STATUS = 0x04,
	PCI_REG_BAR_FIRST = 0x10,
	PCI_REG_BAR_LAST = 0x24,
	PCI_REG_CAP_FIRST = 0x40,
	PCI_CAP_VENDOR = 0x09,
	PCI_STATUS_CAPS = 1 << 20,
	PCI_BAR_FLAGS = 0xf,
	VIRTIO_VENDOR = 0x1af4,
	NPT_LARGE = 1 << 7,

	/* bytes of struct sv_config */
	CONFIG_MAGIC_END = 3,
	CONFIG_VERSION = 4,
	CONFIG_WINDOW_HIGH = 12,
	CONFIG_LENGTH_END = 19,
	CONFIG_PAIRS_END = 21,
};

#define CODE_MMIO_READ 0x80000001
#define NPT_ADDR 0x000ffffffffff000ULL
#define ASK_FOR_GP 0x80000b0dULL /* valid, with error code, exception, vector 13 */
#define SEVAULT_ID 0x10531af4
#define STRANGE_ID 0x10531af5

/* Always the same noise, so that a failure can be had again. */
static uint64_t noise(void)
{
	static uint64_t x = 88172645463325252ULL;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return x;
}

/* Where a page of the guest is in the host's memory; false: nowhere. */
static bool npt_walk(CPUX86State *env, uint64_t gpa, uint64_t *spa)
{
	CPUState *cs = env_cpu(env);
	uint64_t pte = x86_ldq_phys(cs, env->vm_vmcb + VMCB_NESTED_CR3);
	unsigned int shift;

	for (shift = 39;; shift -= 9) {
		pte = x86_ldq_phys(cs, (pte & NPT_ADDR) + 8 * extract64(gpa, shift, 9));
		if (!(pte & PG_PRESENT_MASK))
			return false;
		if (shift == 12 || (shift < 39 && pte & NPT_LARGE))
			break;
	}
	*spa = (pte & NPT_ADDR & ~MAKE_64BIT_MASK(0, shift)) | (gpa & MAKE_64BIT_MASK(0, shift));
	return true;
}

static uint64_t ghcb_read(const struct vepyc_request *r, unsigned int off)
{
	uint8_t raw[8];

	address_space_read(&address_space_memory, r->page + off, MEMTXATTRS_UNSPECIFIED, raw, 8);
	return ldq_le_p(raw);
}

static void ghcb_write(const struct vepyc_request *r, unsigned int off, uint64_t val)
{
	uint8_t raw[8];

	stq_le_p(raw, val);
	address_space_write(&address_space_memory, r->page + off, MEMTXATTRS_UNSPECIFIED, raw, 8);
}

void vepyc_answers_note(CPUX86State *env)
{
	uint64_t msr = x86_ldq_phys(env_cpu(env), env->vm_vmcb + VMCB_GHCB);
	struct vepyc_request *r = &env->vepyc.request;

	if ((msr & MSR_CODE_MASK) == MSR_END)
		vepyc_hostile_note_end(msr);
	if (!vepyc_is_hostile())
		return;
	r->kind = VEPYC_ASKED_MSR;
	if (msr & MSR_CODE_MASK || !npt_walk(env, msr, &r->page))
		return;
	r->kind = VEPYC_ASKED_PAGE;
	r->code = ghcb_read(r, GHCB_CODE);
	r->info1 = ghcb_read(r, GHCB_INFO1);
	if (r->code == CODE_IOIO && !(r->info1 & IOIO_IN) &&
	    extract64(r->info1, IOIO_PORT, 16) == PORT_PCI_ADDR)
		r->cf8 = ghcb_read(r, GHCB_RAX);
}

static uint64_t forge_sev_info(uint64_t val)
{
	if (vepyc_hostile(HOSTILE_LIE_CBIT))
		val = deposit64(val, MSR_SEV_INFO_CBIT, 8, vepyc->cbit == 47 ? 51 : 47);
	if (vepyc_hostile(HOSTILE_INFO_MIN))
		val = deposit64(deposit64(val, MSR_SEV_INFO_MIN, 16, 3), MSR_SEV_INFO_MAX, 16, 5);
	if (vepyc_hostile(HOSTILE_INFO_MAX))
		val = deposit64(val, MSR_SEV_INFO_MAX, 16, 0);
	if (vepyc_hostile(HOSTILE_INFO_SWAPPED))
		val = deposit64(deposit64(val, MSR_SEV_INFO_MIN, 16, 2), MSR_SEV_INFO_MAX, 16, 1);
	if (vepyc_hostile(HOSTILE_INFO_V1))
		val = deposit64(deposit64(val, MSR_SEV_INFO_MIN, 16, 1), MSR_SEV_INFO_MAX, 16, 1);
	if (vepyc_hostile(HOSTILE_INFO_CODE))
		val = deposit64(val, 0, 12, 0x003);
	return val;
}

static uint64_t forge_cpuid(uint64_t val)
{
	if (vepyc_hostile(HOSTILE_FORGE_CPUID))
		val ^= MAKE_64BIT_MASK(MSR_CPUID_VALUE, 32);
	if (vepyc_hostile(HOSTILE_CPUID_NONE))
		val &= ~MAKE_64BIT_MASK(MSR_CPUID_VALUE, 32);
	if (vepyc_hostile(HOSTILE_CPUID_ALL))
		val |= MAKE_64BIT_MASK(MSR_CPUID_VALUE, 32);
	if (vepyc_hostile(HOSTILE_CPUID_CODE))
		val = deposit64(val, 0, 12, 0x105);
	if (vepyc_hostile(HOSTILE_CPUID_REGISTER))
		val ^= 1ULL << MSR_CPUID_REGISTER;
	if (vepyc_hostile(HOSTILE_CPUID_RESERVED))
		val |= 1 << 12;
	return val;
}

static void forge_msr(CPUX86State *env)
{
	CPUState *cs = env_cpu(env);
	uint64_t val = x86_ldq_phys(cs, env->vm_vmcb + VMCB_GHCB);

	if ((val & MSR_CODE_MASK) == MSR_SEV_INFO)
		val = forge_sev_info(val);
	else if ((val & MSR_CODE_MASK) == MSR_CPUID)
		val = forge_cpuid(val);
	x86_stq_phys(cs, env->vm_vmcb + VMCB_GHCB, val);
}

static uint32_t forge_bar(uint32_t val)
{
	if (vepyc_hostile(HOSTILE_BAR_LARGE))
		return 0x80000000 | (val & PCI_BAR_FLAGS);
	if (vepyc_hostile(HOSTILE_BAR_ODD))
		return 0xfffd0000 | (val & PCI_BAR_FLAGS);
	return vepyc_hostile(HOSTILE_BAR_IO) ? val | 1 : val;
}

static uint32_t forge_capability(struct vepyc_request *r, uint32_t reg, uint32_t val)
{
	if ((val & 0xff) == PCI_CAP_VENDOR && reg != r->virtio_cap + 4) {
		r->virtio_cap = reg;
		return vepyc_hostile(HOSTILE_CAP_LOOP) ? deposit32(val, 8, 8, reg) : val;
	}
	if (!r->virtio_cap)
		return val;
	if (reg == r->virtio_cap + 4 && vepyc_hostile(HOSTILE_CAP_BAR))
		return deposit32(val, 0, 8, 7);
	if (reg == r->virtio_cap + 8 && vepyc_hostile(HOSTILE_CAP_OFFSET))
		return 0xfffffff0;
	if (reg == r->virtio_cap + 12 && vepyc_hostile(HOSTILE_CAP_LENGTH))
		return 0xffffffff;
	return val;
}

static uint32_t forge_config(struct vepyc_request *r, uint32_t val)
{
	uint32_t reg = r->cf8 & PCI_REG_MASK, dev = r->cf8 & PCI_DEV_MASK;

	if (reg == PCI_REG_ID) {
		if ((val & 0xffff) == VIRTIO_VENDOR) {
			r->virtio_dev = dev;
			r->virtio_cap = 0;
			return vepyc_hostile(HOSTILE_PCI_IDS) ? STRANGE_ID : val;
		}
		return vepyc_hostile(HOSTILE_PCI_TWICE) ? SEVAULT_ID : val;
	}
	if (dev != r->virtio_dev)
		return val;
	if (reg == PCI_REG_STATUS && vepyc_hostile(HOSTILE_CAP_NONE))
		return val & ~PCI_STATUS_CAPS;
	if (reg >= PCI_REG_BAR_FIRST && reg <= PCI_REG_BAR_LAST)
		return forge_bar(val);
	return reg >= PCI_REG_CAP_FIRST ? forge_capability(r, reg, val) : val;
}

static void forge_port(struct vepyc_request *r)
{
	uint64_t val = ghcb_read(r, GHCB_RAX);

	if (extract64(r->info1, IOIO_PORT, 16) == PORT_PCI_DATA)
		val = forge_config(r, val);
	if (vepyc_hostile(HOSTILE_PORT_ONES))
		val = UINT64_MAX;
	if (vepyc_hostile(HOSTILE_PORT_NOISE))
		val = noise();
	ghcb_write(r, GHCB_RAX, val);
}

static void forge_msr_event(struct vepyc_request *r)
{
	bool ones = vepyc_hostile(HOSTILE_MSR_ONES);

	if (!ones && !vepyc_hostile(HOSTILE_MSR_NOISE))
		return;
	ghcb_write(r, GHCB_RAX, ones ? UINT64_MAX : noise());
	ghcb_write(r, GHCB_RDX, ones ? UINT64_MAX : noise());
}

/* The vault reads its device's configuration byte by byte, and first comes the magic. */
static bool is_device_config(struct vepyc_request *r, uint8_t val)
{
	static const char magic[] = "SVLT";

	if (r->config_seen == strlen(magic))
		return true;
	if (r->config_seen && r->info1 == r->config + r->config_seen &&
	    val == magic[r->config_seen]) {
		r->config_seen++;
	} else {
		r->config = r->info1;
		r->config_seen = val == magic[0];
	}
	return r->config_seen == strlen(magic);
}

static void forge_device_config(struct vepyc_request *r)
{
	static const struct {
		enum vepyc_behaviour behaviour;
		uint8_t offset, clear, set;
	} changes[] = {
		{ HOSTILE_CONFIG_MAGIC, CONFIG_MAGIC_END, 0, 0x80 },
		{ HOSTILE_CONFIG_VERSION, CONFIG_VERSION, 0, 0x80 },
		{ HOSTILE_CONFIG_WINDOW, CONFIG_WINDOW_HIGH, 0xff, 0 },
		{ HOSTILE_CONFIG_LENGTH, CONFIG_LENGTH_END, 0, 0x80 },
		{ HOSTILE_CONFIG_PAIRS, CONFIG_PAIRS_END, 0, 0xff },
	};
	uint8_t val = ghcb_read(r, GHCB_BUFFER);
	unsigned int i;

	if (!is_device_config(r, val))
		return;
	for (i = 0; i < ARRAY_SIZE(changes); i++)
		if (r->info1 == r->config + changes[i].offset &&
		    vepyc_hostile(changes[i].behaviour))
			ghcb_write(r, GHCB_BUFFER, (val & ~changes[i].clear) | changes[i].set);
}

static void forge_mmio(struct vepyc_request *r)
{
	forge_device_config(r);
	if (vepyc_hostile(HOSTILE_MMIO_ZEROS))
		ghcb_write(r, GHCB_BUFFER, 0);
	if (vepyc_hostile(HOSTILE_MMIO_ONES))
		ghcb_write(r, GHCB_BUFFER, UINT64_MAX);
	if (vepyc_hostile(HOSTILE_MMIO_NOISE))
		ghcb_write(r, GHCB_BUFFER, noise());
}

static void forge_result(struct vepyc_request *r)
{
	unsigned int i;

	if (vepyc_hostile(HOSTILE_RESULT_ERROR)) {
		ghcb_write(r, GHCB_INFO1, 2);
		ghcb_write(r, GHCB_INFO2, 5);
	}
	if (vepyc_hostile(HOSTILE_RESULT_EXCEPTION)) {
		ghcb_write(r, GHCB_INFO1, 1);
		ghcb_write(r, GHCB_INFO2, ASK_FOR_GP);
	}
	if (vepyc_hostile(HOSTILE_RESULT_UNKNOWN))
		ghcb_write(r, GHCB_INFO1, 7);
	if (vepyc_hostile(HOSTILE_RESULT_HIGH))
		ghcb_write(r, GHCB_INFO1, 0xffffffff00000000ULL);
	if (vepyc_hostile(HOSTILE_NO_VALID_BITS))
		for (i = 0; i < GHCB_VALID_LEN; i += 8)
			ghcb_write(r, GHCB_VALID + i, 0);
	if (vepyc_hostile(HOSTILE_GHCB_NOISE))
		for (i = 0; i < VEPYC_PAGE; i += 8)
			ghcb_write(r, i, noise());
}

void vepyc_answers_forge(CPUX86State *env)
{
	struct vepyc_request *r = &env->vepyc.request;

	if (r->kind == VEPYC_ASKED_MSR) {
		forge_msr(env);
	} else if (r->kind == VEPYC_ASKED_PAGE) {
		if (r->code == CODE_IOIO && r->info1 & IOIO_IN)
			forge_port(r);
		else if (r->code == CODE_MSR && !r->info1)
			forge_msr_event(r);
		else if (r->code == CODE_MMIO_READ)
			forge_mmio(r);
		forge_result(r);
	}
}

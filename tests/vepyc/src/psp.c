// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * "-device sev-psp": the PCI function through which Linux talks to the secure processor. One
 * mailbox, one interrupt.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "hw/pci/msi.h"
#include "hw/pci/pci_device.h"
#include "hw/qdev-properties.h"
#include "psp.h"

#define TYPE_SEV_PSP "sev-psp"
OBJECT_DECLARE_SIMPLE_TYPE(SevPspState, SEV_PSP)

enum {
	PSP_BAR = 2,
	PSP_BAR_LEN = 128 * 1024,
	REG_INTEN = 0x10690,
	REG_INTSTS = 0x10694,
	REG_CMDRESP = 0x10980,
	REG_ADDR_LO = 0x109e0,
	REG_ADDR_HI = 0x109e4,
	REG_FEATURE = 0x109fc,
	FEATURE_SEV = 1 << 0,
	INT_CMD_DONE = 1 << 1,
	CMD_IOC = 1 << 0,
	CMD_SHIFT = 16,
	CMD_MASK = 0x3ff,
	RESP_DONE = 1u << 31,
};

struct SevPspState {
	PCIDevice parent;
	MemoryRegion bar;
	uint32_t inten, intsts, cmdresp, addr_lo, addr_hi;
	struct psp psp;
};

static uint64_t psp_mmio_read(void *opaque, hwaddr addr, unsigned int size)
{
	SevPspState *s = opaque;

	switch (addr) {
	case REG_INTEN:
		return s->inten;
	case REG_INTSTS:
		return s->intsts;
	case REG_CMDRESP:
		return s->cmdresp;
	case REG_ADDR_LO:
		return s->addr_lo;
	case REG_ADDR_HI:
		return s->addr_hi;
	case REG_FEATURE:
		return FEATURE_SEV;
	default:
		return 0;
	}
}

static void run_command(SevPspState *s, uint32_t val)
{
	uint32_t cmd = val >> CMD_SHIFT & CMD_MASK;
	uint64_t buf = (uint64_t)s->addr_hi << 32 | s->addr_lo;
	enum sev_status status = psp_command(&s->psp, cmd, buf);

	qemu_log_mask(LOG_UNIMP, "emulated sev-psp: command %#x: status %d\n", cmd, status);
	s->cmdresp = RESP_DONE | status;
	if (!(val & CMD_IOC))
		return;
	s->intsts |= INT_CMD_DONE;
	if (s->inten & INT_CMD_DONE && msi_enabled(&s->parent))
		msi_notify(&s->parent, 0);
}

static void psp_mmio_write(void *opaque, hwaddr addr, uint64_t val, unsigned int size)
{
	SevPspState *s = opaque;

	switch (addr) {
	case REG_INTEN:
		s->inten = val;
		break;
	case REG_INTSTS:
		s->intsts &= ~(uint32_t)val;
		break;
	case REG_CMDRESP:
		run_command(s, val);
		break;
	case REG_ADDR_LO:
		s->addr_lo = val;
		break;
	case REG_ADDR_HI:
		s->addr_hi = val;
		break;
	}
}

static const MemoryRegionOps psp_ops = {
	.read = psp_mmio_read,
	.write = psp_mmio_write,
	.endianness = DEVICE_LITTLE_ENDIAN,
	.impl = { .min_access_size = 4, .max_access_size = 4 },
};

static void psp_realize(PCIDevice *dev, Error **errp)
{
	SevPspState *s = SEV_PSP(dev);

	if (!vepyc) {
		error_setg(errp, "sev-psp needs -object sev-emulation");
		return;
	}
	memory_region_init_io(&s->bar, OBJECT(s), &psp_ops, s, "sev-psp", PSP_BAR_LEN);
	pci_register_bar(dev, PSP_BAR, PCI_BASE_ADDRESS_SPACE_MEMORY, &s->bar);
	vepyc_control_create(OBJECT(s), pci_address_space_io(dev));
	msi_init(dev, 0, 1, true, false, errp);
}

static void psp_exit(PCIDevice *dev)
{
	msi_uninit(dev);
	psp_keys_wipe(&SEV_PSP(dev)->psp);
}

static const Property psp_properties[] = {
	DEFINE_PROP_UINT32("api-major", SevPspState, psp.api_major, 1),
	DEFINE_PROP_UINT32("api-minor", SevPspState, psp.api_minor, 55),
	DEFINE_PROP_UINT32("build", SevPspState, psp.build, 21),
	DEFINE_PROP_STRING("chip-id", SevPspState, psp.chip_id),
};

static void psp_class_init(ObjectClass *oc, void *data)
{
	DeviceClass *dc = DEVICE_CLASS(oc);
	PCIDeviceClass *pc = PCI_DEVICE_CLASS(oc);

	pc->realize = psp_realize;
	pc->exit = psp_exit;
	pc->vendor_id = 0x1022;
	pc->device_id = 0x14ca;
	pc->class_id = PCI_CLASS_CRYPT_OTHER;
	dc->desc = "emulated AMD secure processor (SEV mailbox only)";
	dc->hotpluggable = false;
	device_class_set_props(dc, psp_properties);
	set_bit(DEVICE_CATEGORY_MISC, dc->categories);
}

static const TypeInfo psp_type = {
	.name = TYPE_SEV_PSP,
	.parent = TYPE_PCI_DEVICE,
	.instance_size = sizeof(SevPspState),
	.class_init = psp_class_init,
	.interfaces = (InterfaceInfo[]){ { INTERFACE_PCIE_DEVICE },
					 { INTERFACE_CONVENTIONAL_PCI_DEVICE },
					 {} },
};

static void psp_register(void)
{
	type_register_static(&psp_type);
}
type_init(psp_register);

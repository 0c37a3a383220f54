// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * "-object sev-emulation": gives the machine's CPUs an emulated SEV. CPUID, MSRs and the properties
 * of both.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qom/object_interfaces.h"
#include "vepyc.h"
#include "internal.h"

#define TYPE_VEPYC "sev-emulation"
OBJECT_DECLARE_SIMPLE_TYPE(VepycObject, VEPYC)

struct VepycObject {
	Object parent;
	struct vepyc state;
};

struct vepyc *vepyc;

enum {
	MSR_SYSCFG = 0xc0010010,
	MSR_HWCR = 0xc0010015,
	MSR_VM_PAGE_FLUSH = 0xc001011e,
	MSR_GHCB = 0xc0010130,
	MSR_SEV_STATUS = 0xc0010131,
	SYSCFG_MEM_ENCRYPT = 1 << 23,
	HWCR_SMMLOCK = 1 << 0,
	HWCR_TSC_FREQ_SEL = 1 << 24,
	VMCB_GHCB_GPA = 0xa0,
	LEAF_SEV = 0x8000001f,
	/* SME, SEV, page flush MSR, SEV-ES, coherency across encryption domains */
	LEAF_SEV_EAX = 0x40f,
};

void vepyc_cpuid(CPUX86State *env, uint32_t leaf, uint32_t *eax, uint32_t *ebx, uint32_t *ecx,
		 uint32_t *edx)
{
	if (!vepyc || leaf != LEAF_SEV)
		return;
	*eax = LEAF_SEV_EAX;
	*ebx = vepyc->cbit | vepyc->reduced_phys_bits << 6;
	*ecx = vepyc->max_asid;
	*edx = vepyc->min_sev_asid;
}

uint32_t vepyc_min_xlevel(void)
{
	return vepyc ? LEAF_SEV : 0;
}

/* What the hardware says, or what it would say of a guest launched in another way. */
static uint64_t sev_status(CPUX86State *env)
{
	static const uint64_t other[] = { 0, 1, 7, 0xb, 0x13, 1ULL << 40 | 3 };
	unsigned int i;

	if (!env->vepyc.cbit)
		return 0;
	for (i = 0; i < ARRAY_SIZE(other); i++)
		if (vepyc_hostile(HOSTILE_STATUS_FIRST + i))
			return other[i];
	return env->vepyc.es ? 3 : 1;
}

bool vepyc_rdmsr(CPUX86State *env, uint64_t *val)
{
	if (!vepyc)
		return false;
	switch ((uint32_t)env->regs[R_ECX]) {
	case MSR_GHCB:
		if (!env->vepyc.es)
			return false;
		*val = x86_ldq_phys(env_cpu(env), env->vm_vmcb + VMCB_GHCB_GPA);
		return true;
	case MSR_SEV_STATUS:
		if (env->hflags & HF_GUEST_MASK && !env->vepyc.cbit)
			return false;
		*val = sev_status(env);
		return true;
	}
	if (env->hflags & HF_GUEST_MASK)
		return false;
	switch ((uint32_t)env->regs[R_ECX]) {
	case MSR_SYSCFG:
		*val = SYSCFG_MEM_ENCRYPT;
		return true;
	case MSR_HWCR:
		*val = env->vepyc.hwcr | HWCR_SMMLOCK | HWCR_TSC_FREQ_SEL;
		return true;
	default:
		return false;
	}
}

bool vepyc_wrmsr(CPUX86State *env, uint64_t val)
{
	if (!vepyc)
		return false;
	if (env->vepyc.es && (uint32_t)env->regs[R_ECX] == MSR_GHCB) {
		x86_stq_phys(env_cpu(env), env->vm_vmcb + VMCB_GHCB_GPA, val);
		return true;
	}
	if (env->hflags & HF_GUEST_MASK)
		return false;
	switch ((uint32_t)env->regs[R_ECX]) {
	case MSR_HWCR:
		env->vepyc.hwcr = val;
		return true;
	case MSR_SYSCFG:
	case MSR_VM_PAGE_FLUSH:
		return true;
	default:
		return false;
	}
}

static void vepyc_complete(UserCreatable *uc, Error **errp)
{
	struct vepyc *v = &VEPYC(uc)->state;

	if (vepyc) {
		error_setg(errp, "a machine can have one emulated SEV");
		return;
	}
	if (v->cbit < 47 || v->cbit > 51 || v->max_asid > VEPYC_MAX_ASID || v->min_sev_asid < 1 ||
	    v->min_sev_asid > v->max_asid + 1) {
		error_setg(errp,
			   "sev-emulation: cbit must be 47 to 51, max-asid at most %d, "
			   "min-sev-asid at most one more",
			   VEPYC_MAX_ASID);
		return;
	}
	vepyc = v;
	info_report("SEV and SEV-ES are emulated (%s mode%s): nothing here is protected",
		    v->exact ? "exact" : "fast", vepyc_is_hostile() ? ", hostile" : "");
}

static bool get_exact(Object *obj, Error **errp)
{
	return VEPYC(obj)->state.exact;
}

static void set_exact(Object *obj, bool value, Error **errp)
{
	VEPYC(obj)->state.exact = value;
}

static char *get_hostile(Object *obj, Error **errp)
{
	return vepyc_hostile_report();
}

static void set_hostile(Object *obj, const char *value, Error **errp)
{
	if (!vepyc_hostile_set(value))
		error_setg(errp, "sev-emulation: unknown behaviour in hostile=%s", value);
}

static void set_dump(Object *obj, const char *value, Error **errp)
{
	if (!vepyc_pages_dump(value))
		error_setg(errp, "sev-emulation: cannot write %s", value);
}

static void vepyc_instance_init(Object *obj)
{
	struct vepyc *v = &VEPYC(obj)->state;

	v->cbit = 51;
	v->reduced_phys_bits = 5;
	v->max_asid = 15;
	v->min_sev_asid = 8;
	qemu_mutex_init(&v->lock);
	object_property_add_uint32_ptr(obj, "cbit", &v->cbit, OBJ_PROP_FLAG_READWRITE);
	object_property_add_uint32_ptr(obj, "reduced-phys-bits", &v->reduced_phys_bits,
				       OBJ_PROP_FLAG_READWRITE);
	object_property_add_uint32_ptr(obj, "max-asid", &v->max_asid, OBJ_PROP_FLAG_READWRITE);
	object_property_add_uint32_ptr(obj, "min-sev-asid", &v->min_sev_asid,
				       OBJ_PROP_FLAG_READWRITE);
	object_property_add_bool(obj, "exact", get_exact, set_exact);
	object_property_add_str(obj, "hostile", get_hostile, set_hostile);
	object_property_add_str(obj, "dump", NULL, set_dump);
}

static void vepyc_class_init(ObjectClass *oc, void *data)
{
	USER_CREATABLE_CLASS(oc)->complete = vepyc_complete;
}

static const TypeInfo vepyc_type = {
	.name = TYPE_VEPYC,
	.parent = TYPE_OBJECT,
	.instance_size = sizeof(VepycObject),
	.instance_init = vepyc_instance_init,
	.class_init = vepyc_class_init,
	.interfaces = (InterfaceInfo[]){ { TYPE_USER_CREATABLE }, {} },
};

static void vepyc_register(void)
{
	type_register_static(&vepyc_type);
}
type_init(vepyc_register);

// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * A hostile hypervisor: what one could do between the guest and an honest KVM, done here so that
 * KVM needs no change. This file knows which behaviours are on and counts how often each acted, so
 * that a test can tell an attack that was withstood from one that never happened.
 *
 * A list is names separated by colons. "name@N" acts on the Nth occasion only, a bare name on all of
 * them (events: on every 64th).
 */
#include "qemu/osdep.h"
#include "qemu/bitops.h"
#include "qemu/cutils.h"
#include "vepyc.h"
#include "internal.h"

enum { EVENT_EVERY = 64 };

static const char *const names[HOSTILE_END] = {
	[HOSTILE_IMAGE_BIT] = "image-bit", /* differs from what was handed in */
	[HOSTILE_VMSA_BIT] = "vmsa-bit", /* the same for the VMSA */
	[HOSTILE_OMIT_SECRET] = "omit-secret", /* reported as injected and is not */
	[HOSTILE_MOVE_SECRET] = "move-secret", /* 16 bytes beside where it belongs */
	[HOSTILE_GARBLE_SECRET] = "garble-secret", /* one bit of its ciphertext in memory */
	[HOSTILE_OTHER_SECRET] = "other-secret", /* another text than the owner's arrives */
	[HOSTILE_STATUS_NONE] = "status-none", /* SEV_STATUS: no encryption */
	[HOSTILE_STATUS_SEV] = "status-sev", /* registers not encrypted */
	[HOSTILE_STATUS_SNP] = "status-snp",
	[HOSTILE_STATUS_VTOM] = "status-vtom", /* a boundary decides, not the C-bit */
	[HOSTILE_STATUS_REFLECT_VC] = "status-reflect-vc",
	[HOSTILE_STATUS_UNKNOWN] = "status-unknown", /* a bit that is not defined */
	[HOSTILE_LIE_CBIT] = "lie-cbit", /* another C-bit is named */
	[HOSTILE_INFO_MIN] = "info-min", /* no protocol version that we know */
	[HOSTILE_INFO_MAX] = "info-max", /* no version at all */
	[HOSTILE_INFO_SWAPPED] = "info-swapped", /* the lowest version is above the highest */
	[HOSTILE_INFO_V1] = "info-v1", /* nothing above version 1 */
	[HOSTILE_INFO_CODE] = "info-code", /* not an answer to what was asked */
	[HOSTILE_FORGE_CPUID] = "forge-cpuid", /* all bits inverted */
	[HOSTILE_CPUID_NONE] = "cpuid-none", /* all bits clear */
	[HOSTILE_CPUID_ALL] = "cpuid-all", /* all bits set */
	[HOSTILE_CPUID_CODE] = "cpuid-code", /* not an answer to what was asked */
	[HOSTILE_CPUID_REGISTER] = "cpuid-register", /* of another register */
	[HOSTILE_CPUID_RESERVED] = "cpuid-reserved", /* a reserved bit set */
	[HOSTILE_RESULT_ERROR] = "result-error", /* the request is called malformed */
	[HOSTILE_RESULT_EXCEPTION] = "result-exception", /* the guest is asked to raise #GP */
	[HOSTILE_RESULT_UNKNOWN] = "result-unknown", /* a result that is not defined */
	[HOSTILE_RESULT_HIGH] = "result-high", /* the half of the result that has no meaning */
	[HOSTILE_NO_VALID_BITS] = "no-valid-bits", /* no field is marked as an answer */
	[HOSTILE_GHCB_NOISE] = "ghcb-noise", /* the whole page is noise */
	[HOSTILE_PORT_ONES] = "port-ones", /* reads from ports */
	[HOSTILE_PORT_NOISE] = "port-noise",
	[HOSTILE_MSR_ONES] = "msr-ones",
	[HOSTILE_MSR_NOISE] = "msr-noise",
	[HOSTILE_MMIO_ZEROS] = "mmio-zeros",
	[HOSTILE_MMIO_ONES] = "mmio-ones",
	[HOSTILE_MMIO_NOISE] = "mmio-noise",
	[HOSTILE_CONFIG_MAGIC] = "config-magic", /* in the vault's device: not our device */
	[HOSTILE_CONFIG_VERSION] = "config-version", /* another major version */
	[HOSTILE_CONFIG_WINDOW] = "config-window", /* the window is private RAM */
	[HOSTILE_CONFIG_LENGTH] = "config-length", /* it has 2 GiB more */
	[HOSTILE_CONFIG_PAIRS] = "config-pairs", /* 65,535 queue pairs */
	[HOSTILE_PCI_IDS] = "pci-ids", /* of another vendor */
	[HOSTILE_PCI_TWICE] = "pci-twice", /* every function claims to be the device */
	[HOSTILE_BAR_LARGE] = "bar-large", /* 2 GiB */
	[HOSTILE_BAR_ODD] = "bar-odd", /* a size that is no power of two */
	[HOSTILE_BAR_IO] = "bar-io", /* ports instead of memory */
	[HOSTILE_CAP_NONE] = "cap-none", /* no list of capabilities */
	[HOSTILE_CAP_LOOP] = "cap-loop", /* a capability that is its own successor */
	[HOSTILE_CAP_BAR] = "cap-bar", /* in a BAR that does not exist */
	[HOSTILE_CAP_OFFSET] = "cap-offset", /* beyond the end of its BAR */
	[HOSTILE_CAP_LENGTH] = "cap-length", /* longer than its BAR */
	/* An event that nothing caused, while the guest computes. */
	[HOSTILE_INJECT_FIRST] = "inject-vc",
	"inject-ud",
	"inject-nmi",
	"inject-db",
	"inject-mc",
	"inject-gp",
	"inject-pf",
	"inject-ac",
	"inject-int", /* an external interrupt that nobody asked for */
	/* The same when it gets the answer to a request, where interrupts are masked. */
	[HOSTILE_ANSWER_FIRST] = "answer-vc",
	"answer-ud",
	"answer-nmi",
	"answer-db",
	"answer-mc",
	"answer-gp",
	"answer-pf",
	"answer-ac",
	"answer-int",
	/* The same in the place of the interrupt that a guest in HLT waits for. */
	[HOSTILE_IDLE_FIRST] = "idle-vc",
	"idle-ud",
	"idle-nmi",
	"idle-db",
	"idle-mc",
	"idle-gp",
	"idle-pf",
	"idle-ac",
	"idle-int",
	[HOSTILE_WITHHOLD] = "withhold-interrupts", /* taken for delivered, and are not */
	[HOSTILE_DOUBLE_WAKE] = "double-wake", /* delivered twice */
	[HOSTILE_MASKED_WAKE] = "masked-wake", /* delivered with the answer to a request */
};

/* Occasions and acts are counted by the guest's CPUs, the rest is set under the big lock. */
static struct {
	uint32_t only, seen, acted;
} state[HOSTILE_END];

static uint8_t is_on[HOSTILE_END];
static uint32_t nr_on;
static uint64_t end_msr; /* by which a guest asked for its end, or 0 */

enum {
	END_SET = 12,
	END_SET_LEN = 4,
	END_CODE = 16,
	END_CODE_LEN = 8,
};

static int find(const char *name, size_t len)
{
	int i;

	for (i = 0; i < HOSTILE_END; i++)
		if (strlen(names[i]) == len && !memcmp(names[i], name, len))
			return i;
	return -1;
}

static bool is_event(enum vepyc_behaviour b)
{
	return b >= HOSTILE_INJECT_FIRST && b <= HOSTILE_INJECT_LAST;
}

/* What "name@N" says: N in ONLY, 0 without it; -1 if it says nothing sensible. */
static int parse(const char *item, uint32_t *only)
{
	const char *at = strchr(item, '@');
	unsigned int n = 0;

	if (at && (qemu_strtoui(at + 1, NULL, 10, &n) || !n))
		return -1;
	*only = n;
	return find(item, at ? at - item : strlen(item));
}

bool vepyc_hostile_set(const char *list)
{
	g_auto(GStrv) items = g_strsplit(list, ":", 0);
	uint32_t only;
	int i, b;

	for (i = 0; items[i]; i++)
		if (parse(items[i], &only) < 0)
			return false;
	qatomic_set(&nr_on, 0);
	memset(is_on, 0, sizeof(is_on));
	memset(state, 0, sizeof(state));
	qatomic_set(&end_msr, 0);
	for (i = 0; items[i]; i++) {
		b = parse(items[i], &only);
		state[b].only = only;
		qatomic_store_release(&is_on[b], 1);
	}
	qatomic_store_release(&nr_on, i);
	return true;
}

char *vepyc_hostile_report(void)
{
	uint64_t end = qatomic_read(&end_msr);
	GString *s = g_string_new(NULL);
	int i;

	for (i = 0; i < HOSTILE_END; i++)
		if (is_on[i])
			g_string_append_printf(s, "%s %u %u\n", names[i],
					       qatomic_read(&state[i].seen),
					       qatomic_read(&state[i].acted));
	if (end)
		g_string_append_printf(s, "ended %u %u\n",
				       (unsigned int)extract64(end, END_SET, END_SET_LEN),
				       (unsigned int)extract64(end, END_CODE, END_CODE_LEN));
	return g_string_free(s, FALSE);
}

void vepyc_hostile_note_end(uint64_t msr)
{
	qatomic_set(&end_msr, msr);
}

bool vepyc_is_hostile(void)
{
	return qatomic_read(&nr_on);
}

bool vepyc_hostile(enum vepyc_behaviour b)
{
	uint32_t seen;

	if (likely(!qatomic_load_acquire(&is_on[b])))
		return false;
	seen = qatomic_fetch_inc(&state[b].seen) + 1;
	if (state[b].only ? seen != state[b].only : is_event(b) && seen % EVENT_EVERY)
		return false;
	qatomic_inc(&state[b].acted);
	return true;
}

/* A GHCB of a guest that has ended is somebody else's memory by now. */
static void forget_other_guest(struct vepyc_cpu *v)
{
	uint64_t launch = vepyc->asids[v->asid].launch;

	if (v->launch == launch)
		return;
	v->launch = launch;
	v->halted = false;
	v->wake_again = false;
	v->wake_vector = 0;
	memset(&v->request, 0, sizeof(v->request));
}

void vepyc_hostile_entry(CPUX86State *env)
{
	struct vepyc_request *r = &env->vepyc.request;

	forget_other_guest(&env->vepyc);
	if (vepyc_is_hostile()) {
		vepyc_answers_forge(env);
		vepyc_events_forge(env, r->kind == VEPYC_ASKED_PAGE);
	}
	r->kind = VEPYC_ASKED_NOTHING;
}

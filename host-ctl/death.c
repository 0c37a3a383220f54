// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "death.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sevault/death.h>
#include <sevault/vhost.h>

struct words {
	enum sv_death reason;
	const char *why;
	const char *next;
};

static const struct words words[] = {
	{ SV_DEATH_EXCEPTION, "the vault hit a fault in its own code",
	  "report it; with the debug image and 'console' set, it says where" },
	{ SV_DEATH_INTERRUPT, "the vault got an interrupt that it does not expect",
	  "use unmodified QEMU and the command line of 'sevault-vm --print'" },
	{ SV_DEATH_STACK, "the vault found its stack overwritten",
	  "report it" },
	{ SV_DEATH_CPU, "the CPU that QEMU offers lacks something that the vault needs (SSE2, x2APIC)",
	  "use KVM with '-cpu host', as 'sevault-vm --print' shows it" },
	{ SV_DEATH_NO_ENGINE, "no AES engine passed the self-test in the vault: it refuses to serve",
	  "check the image (make check) and the CPU; do not use this machine for keys" },
	{ SV_DEATH_NO_WINDOW, "the vault found no shared window in its memory",
	  "start it with sevault-vm, which adds the window" },
	{ SV_DEATH_NO_DEVICE, "the vault found no sevault device on its PCI bus",
	  "start it with sevault-vm, which adds the device" },
	{ SV_DEATH_MANY_DEVICES, "the vault found more than one sevault device",
	  "give each vault one device" },
	{ SV_DEATH_BAD_DEVICE, "the vault refused its PCI device: malformed capabilities or registers",
	  "use unmodified QEMU 7.2 or later" },
	{ SV_DEATH_NO_ANSWER, "the host did not take the vault: its memlock limit is too small, it was stopped and continued, or its device is not the sevault module's",
	  "dmesg | grep sevault says which; then 'ulimit -l unlimited', or 'vhostdev = " SV_VHOST_PATH "'" },
	{ SV_DEATH_VERSION, "module and vault image speak different protocol versions",
	  "install module and image of the same release" },
	{ SV_DEATH_FEATURES, "the device does not offer the features that the vault needs",
	  "install module and image of the same release; use QEMU 7.2 or later" },
	{ SV_DEATH_CONFIG, "the module asks for a window or for queues that the vault does not have",
	  "install module and image of the same release" },
	{ SV_DEATH_QUEUES, "the device has too few queues, or too small ones",
	  "install module and image of the same release" },
	{ SV_DEATH_RING, "the host broke the rules of a ring: the vault wiped its keys and ended",
	  "dmesg | grep sevault; if nobody tampers with the host, report it" },
	{ SV_DEATH_DEVICE_RESET, "the host withdrew the device",
	  "dmesg | grep sevault, then start the vault again" },
	{ SV_DEATH_BUG, "the vault contradicts itself",
	  "report it" },
	{ SV_DEATH_PLATFORM, "the vault is not in a VM with the memory encryption that its image was built for",
	  "start it with sevault-vm and the mode of the image; the C-bit of the image must be this CPU's" },
	{ SV_DEATH_HOST, "the host broke the rules of the GHCB: the vault wiped its keys and ended",
	  "use an unmodified kernel and QEMU; if nobody tampers with the host, report it" },
	{ SV_DEATH_SECRET, "the vault found no launch secret, or a damaged one",
	  "let the owner inject a secret for this launch before it is continued" },
};

static void explain_signal(const char *name, struct sv_verdict *v)
{
	if (!strncmp(name, "SIG", 3))
		name += 3;
	if (!strcmp(name, "TERM") || !strcmp(name, "INT") || !strcmp(name, "HUP"))
		sv_verdict_pass(v, "QEMU was asked to end (SIG%s)", name);
	else
		sv_verdict_fail(v, "QEMU was ended by SIG%s: the vault and its keys are gone\n"
				"journalctl -k | tail (out of memory? killed by hand?), then start it again", name);
}

void sv_death_explain(const char *status, struct sv_verdict *v)
{
	size_t i;
	long code;
	char *end;

	if (isalpha((unsigned char)status[0])) {
		explain_signal(status, v);
		return;
	}
	code = strtol(status, &end, 10);
	if (*end || end == status || code < 0 || code > 255) {
		sv_verdict_fail(v, "'%.20s' is not an exit status\nuse a number from 0 to 255, or a signal's name",
				status);
		return;
	}
	if (!code) {
		sv_verdict_pass(v, "QEMU ended as asked");
		return;
	}
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (code == sv_death_exit_code(words[i].reason)) {
			sv_verdict_fail(v, "%s\n%s", words[i].why, words[i].next);
			return;
		}
	if (code == SV_EXIT_OWNER)
		sv_verdict_fail(v, "the owner sent no usable session or secret in time\n"
				"see what the owner's side says, then start the vault again");
	else if (code == SV_EXIT_STOPPED)
		sv_verdict_fail(v, "the vault was stopped by QEMU or KVM, or its CPU shut down\n"
				"dmesg | tail; use an unmodified kernel and QEMU");
	else if (code == SV_EXIT_USAGE || code == SV_EXIT_CONFIG ||
		 code == SV_EXIT_MACHINE || code == SV_EXIT_START)
		sv_verdict_fail(v, "sevault-vm did not start the vault\nread its messages above this line");
	else if (code == 1)
		sv_verdict_fail(v, "QEMU refused to start or failed\nread its messages above this line");
	else
		sv_verdict_fail(v, "ended with status %ld, which neither QEMU nor the vault uses\n"
				"man sevault-vm lists the launcher's own statuses", code);
}

// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * asids: takes every address space identifier (ASID) that this host has for SEV-ES guests, says how
 * many, and keeps them until it is ended. Runs in the test host as root.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
	SEV_ES_INIT = 1,	/* KVM_SEV_ES_INIT, which not all headers have */
	MAX = 512,
};

/* 0, or an errno. The guest lives as long as its descriptor, which nobody closes. */
static int make_guest(int kvm, int sev)
{
	struct kvm_sev_cmd cmd = { .id = SEV_ES_INIT, .sev_fd = (unsigned int)sev };
	int vm = ioctl(kvm, KVM_CREATE_VM, 0);

	return vm < 0 || ioctl(vm, KVM_MEMORY_ENCRYPT_OP, &cmd) ? errno : 0;
}

int main(void)
{
	int kvm = open("/dev/kvm", O_RDWR), sev = open("/dev/sev", O_RDWR);
	int n = 0, err = 0;

	while (n < MAX && !(err = make_guest(kvm, sev)))
		n++;
	if (!n || err != EBUSY) {
		fprintf(stderr, "asids: after %d: %s\n", n, strerror(err));
		return 1;
	}
	printf("%d\n", n);
	fflush(stdout);
	pause();
	return 0;
}

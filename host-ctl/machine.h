/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* What this machine can do for a vault: KVM, locked memory, CPUs. */
#ifndef HOST_CTL_MACHINE_H
#define HOST_CTL_MACHINE_H

#include "device.h"
#include "user.h"

enum {
	SV_MACHINE_KVM_API = 12,	/* the only one there ever was */
	/*
	 * All of QEMU is locked into memory. Debian's QEMU 10.0 has 294 MiB of
	 * address space at its peak, 115 MiB of it resident.
	 */
	SV_MACHINE_MEMLOCK_MIN = 512 << 20,
};

void sv_machine_check_kvm(const struct sv_paths *paths,
			  const struct sv_user *user, struct sv_verdict *v);

/* Can the limit be raised to SV_MACHINE_MEMLOCK_MIN, or is it already? */
void sv_machine_check_memlock(struct sv_verdict *v);

/* Raise it as far as is allowed. 0 or -errno. */
int sv_machine_raise_memlock(void);

/* Judge "2-3,6" against the CPUs that this process may use. */
void sv_machine_check_cpus(const char *list, struct sv_verdict *v);

/* Confine this process, and what it becomes, to a list that was checked. */
int sv_machine_set_cpus(const char *list);

#endif /* HOST_CTL_MACHINE_H */

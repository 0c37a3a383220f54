// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "machine.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

/* "svm", "vmx" or NULL. */
static const char *virtualization(const char *cpuinfo)
{
	static char line[16384];
	const char *found = NULL;
	FILE *f = fopen(cpuinfo, "re");

	if (!f)
		return NULL;
	while (!found && fgets(line, sizeof(line), f)) {
		if (strncmp(line, "flags", 5))
			continue;
		if (strstr(line, " svm"))
			found = "svm";
		else if (strstr(line, " vmx"))
			found = "vmx";
		else
			break;
	}
	fclose(f);
	return found;
}

static void explain_no_kvm(const struct sv_paths *paths, struct sv_verdict *v)
{
	const char *flag = virtualization(paths->cpuinfo);

	if (!flag)
		sv_verdict_fail(v, "%s is missing: this CPU offers no virtualization\n"
				"enable SVM or VT-x in the firmware (in a VM: nested virtualization); to try the system without, use sevault-soft",
				paths->kvm);
	else
		sv_verdict_fail(v, "%s is missing: the KVM module is not loaded\nmodprobe %s", paths->kvm,
				!strcmp(flag, "svm") ? "kvm_amd" : "kvm_intel");
}

void sv_machine_check_kvm(const struct sv_paths *paths,
			  const struct sv_user *user, struct sv_verdict *v)
{
	int fd = open(paths->kvm, O_RDWR | O_CLOEXEC);

	if (fd < 0 && (errno == ENOENT || errno == ENODEV || errno == ENXIO)) {
		explain_no_kvm(paths, v);
	} else if (fd < 0) {
		sv_verdict_fail(v, "%s: cannot open it: %s\nusermod -aG kvm $USER, and log in again; or start sevault-vm as root",
				paths->kvm, strerror(errno));
	} else if (ioctl(fd, KVM_GET_API_VERSION, 0) != SV_MACHINE_KVM_API) {
		sv_verdict_fail(v, "%s is not KVM\nrm it, then: modprobe kvm_amd (or kvm_intel)", paths->kvm);
	} else if (!sv_user_may_open(user, paths->kvm)) {
		sv_verdict_fail(v, "%s: QEMU's user cannot open it\nchgrp kvm %s && chmod 660 %s",
				paths->kvm, paths->kvm, paths->kvm);
	} else {
		sv_verdict_pass(v, "%s works", paths->kvm);
	}
	if (fd >= 0)
		close(fd);
}

void sv_machine_check_memlock(struct sv_verdict *v)
{
	struct rlimit limit;

	if (!geteuid()) {
		sv_verdict_pass(v, "locked memory: root raises the limit at start");
		return;
	}
	if (getrlimit(RLIMIT_MEMLOCK, &limit))
		limit.rlim_max = 0;
	if (limit.rlim_max < SV_MACHINE_MEMLOCK_MIN) {
		sv_verdict_fail(v, "locked memory: the limit is %llu KiB, QEMU with the vault needs up to %u KiB\n"
				"start sevault-vm as root; or put '%s hard memlock unlimited' into /etc/security/limits.conf and log in again",
				(unsigned long long)limit.rlim_max >> 10, SV_MACHINE_MEMLOCK_MIN >> 10,
				getenv("USER") ? getenv("USER") : "USER");
		return;
	}
	sv_verdict_pass(v, "locked memory: the limit suffices");
}

int sv_machine_raise_memlock(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_MEMLOCK, &limit))
		return -errno;
	if (!geteuid())
		limit.rlim_max = RLIM_INFINITY;
	limit.rlim_cur = limit.rlim_max;
	return setrlimit(RLIMIT_MEMLOCK, &limit) ? -errno : 0;
}

/* One "a" or "a-b" into @set; the text behind it, or NULL. */
static const char *parse_range(const char *s, cpu_set_t *set)
{
	unsigned long first, last;
	char *end;

	if (!isdigit((unsigned char)*s))
		return NULL;
	first = last = strtoul(s, &end, 10);
	if (*end == '-') {
		if (!isdigit((unsigned char)end[1]))
			return NULL;
		last = strtoul(end + 1, &end, 10);
	}
	if (last < first || last >= CPU_SETSIZE)
		return NULL;
	for (; first <= last; first++)
		CPU_SET(first, set);
	return end;
}

static bool parse_cpus(const char *s, cpu_set_t *set)
{
	CPU_ZERO(set);
	for (;;) {
		s = parse_range(s, set);
		if (!s)
			return false;
		if (!*s)
			return true;
		if (*s++ != ',')
			return false;
	}
}

void sv_machine_check_cpus(const char *list, struct sv_verdict *v)
{
	cpu_set_t set, mine, both;

	if (!list[0]) {
		sv_verdict_pass(v, "CPUs: any");
		return;
	}
	if (!parse_cpus(list, &set)) {
		sv_verdict_fail(v, "'cpus = %s' is not a list of CPUs\nwrite it like 2-3,6", list);
		return;
	}
	CPU_ZERO(&mine);
	sched_getaffinity(0, sizeof(mine), &mine);
	CPU_AND(&both, &set, &mine);
	if (!CPU_EQUAL(&both, &set)) {
		sv_verdict_fail(v, "'cpus = %s' names CPUs that this machine does not have or does not give us\n"
				"nproc --all; taskset -p $$", list);
		return;
	}
	sv_verdict_pass(v, "CPUs: %s", list);
}

int sv_machine_set_cpus(const char *list)
{
	cpu_set_t set;

	if (!list[0])
		return 0;
	if (!parse_cpus(list, &set))
		return -EINVAL;
	return sched_setaffinity(0, sizeof(set), &set) ? -errno : 0;
}

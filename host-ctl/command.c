// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "command.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <port.h>
#include <sevault/death.h>
#include <sevault/wire.h>

__attribute__((format(printf, 2, 3)))
static void add(struct sv_command *cmd, const char *fmt, ...)
{
	size_t room = sizeof(cmd->store) - cmd->used;
	char *at = cmd->store + cmd->used;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(at, room, fmt, ap);
	va_end(ap);
	if (len < 0 || (size_t)len >= room || cmd->argc == SV_COMMAND_MAX_ARGS) {
		cmd->overflow = true;
		return;
	}
	cmd->argv[cmd->argc++] = at;
	cmd->argv[cmd->argc] = NULL;
	cmd->used += (size_t)len + 1;
}

/*
 * Only what the vault drives. Its RAM is neither merged with other pages nor
 * dumped; everything is locked and allocated before the vault starts.
 */
static void add_machine(struct sv_command *cmd, const struct sv_plan *plan, bool is_sev)
{
	const struct sv_vm_config *c = plan->config;
	unsigned long long ram = c->memory[0] ? sv_vm_config_size(c->memory) : plan->image.ram_len;

	add(cmd, "-machine");
	add(cmd, "q35,accel=kvm,memory-backend=ram,dump-guest-core=off,mem-merge=off,"
	    "usb=off,vmport=off,smm=off,sata=off,smbus=off,pit=off,pic=off,hpet=off,i8042=off%s",
	    is_sev ? ",confidential-guest-support=sev" : "");
	/* The model of a SEV-ES CPU is part of what is measured. */
	add(cmd, "-cpu");
	add(cmd, "%s", is_sev ? c->cpu : "host,pmu=off");
	add(cmd, "-smp");
	add(cmd, "1");
	add(cmd, "-m");
	add(cmd, "size=%lluB,slots=1,maxmem=8G", ram);
	add(cmd, "-object");
	add(cmd, "memory-backend-ram,id=ram,size=%llu,prealloc=on,dump=off,merge=off", ram);
	add(cmd, "-overcommit");
	add(cmd, "mem-lock=on");
}

/* Stopped until the secret is injected. */
static void add_sev(struct sv_command *cmd, const struct sv_plan *plan,
		    const struct sv_command_fds *fds)
{
	const char *type = "";

	if (plan->qemu.has_vm_type)
		type = sv_vm_config_is_legacy(plan->config) ? ",legacy-vm-type=on" :
							    ",legacy-vm-type=off";
	add(cmd, "-object");
	add(cmd, "sev-guest,id=sev,cbitpos=%u,reduced-phys-bits=%u,policy=0x%x,"
	    "dh-cert-file=/dev/fd/%d,session-file=/dev/fd/%d%s",
	    plan->image.cbit, plan->sev.reduced_bits, sv_sev_policy(plan->config->policy),
	    fds->godh, fds->session, type);
	add(cmd, "-S");
	add(cmd, "-chardev");
	add(cmd, "socket,id=monitor,fd=%d", fds->monitor);
	add(cmd, "-mon");
	add(cmd, "chardev=monitor,mode=control");
}

static void add_window(struct sv_command *cmd, unsigned long long window)
{
	add(cmd, "-object");
	add(cmd, "memory-backend-memfd,id=window,size=%llu,share=on,prealloc=on,dump=off,merge=off",
	    window);
	add(cmd, "-device");
	add(cmd, "pc-dimm,memdev=window,addr=0x%llx", SV_WINDOW_GPA);
}

/*
 * The device was opened by us; QEMU gets the descriptor only. The number of the guest means nothing
 * to the module.
 */
static void add_device(struct sv_command *cmd, int vhost_fd)
{
	add(cmd, "-device");
	add(cmd, "vhost-vsock-pci,vhostfd=%d,guest-cid=3,disable-legacy=on,iommu_platform=on", vhost_fd);
}

/* No way in: no monitor but ours, no console, no configuration of the machine's own. */
static void add_isolation(struct sv_command *cmd)
{
	add(cmd, "-nodefaults");
	add(cmd, "-no-user-config");
	add(cmd, "-no-reboot");
	add(cmd, "-display");
	add(cmd, "none");
	add(cmd, "-monitor");
	add(cmd, "none");
	add(cmd, "-sandbox");
	add(cmd, "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny");
}

static void add_console(struct sv_command *cmd, const char *path)
{
	if (!path[0])
		return;
	add(cmd, "-chardev");
	add(cmd, "file,id=console,path=%s", path);
	add(cmd, "-device");
	add(cmd, "isa-debugcon,iobase=0xe9,chardev=console");
}

bool sv_command_build(struct sv_command *cmd, const struct sv_plan *plan,
		      const struct sv_command_fds *fds)
{
	const struct sv_vm_config *c = plan->config;
	bool is_sev = sv_vm_config_is_sev_es(c);

	memset(cmd, 0, sizeof(*cmd));
	add(cmd, "%s", c->qemu);
	add(cmd, "-name");
	/* Run from a descriptor, it would be named after that. */
	add(cmd, "sevault,process=sevault-qemu");
	add_machine(cmd, plan, is_sev);
	add_window(cmd, c->window[0] ? sv_vm_config_size(c->window) : plan->image.window_len);
	if (is_sev)
		add_sev(cmd, plan, fds);
	add_isolation(cmd);
	add(cmd, "-bios");
	if (fds->image < 0)
		add(cmd, "%s", c->image);
	else
		add(cmd, "/dev/fd/%d", fds->image);
	/* By this device the vault says why it ended. */
	add(cmd, "-device");
	add(cmd, "isa-debug-exit,iobase=0x%x,iosize=1", SV_DEATH_PORT);
	add_console(cmd, c->console);
	add_device(cmd, fds->vhost);
	return !cmd->overflow;
}

void sv_command_print(const struct sv_command *cmd)
{
	unsigned int i;

	for (i = 0; i < cmd->argc; i++) {
		const char *arg = cmd->argv[i];
		bool takes_value = i + 1 < cmd->argc && arg[0] == '-' &&
				   cmd->argv[i + 1][0] != '-';

		printf("%s%s%s", i && arg[0] == '-' ? "    " : "", arg,
		       takes_value ? " " : i + 1 < cmd->argc ? " \\\n" : "\n");
	}
}

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The configuration of one vault VM: "key = value" lines, # starts a comment.
 * docs/sevault-vm.8 describes the keys.
 */
#ifndef HOST_CTL_CONFIG_H
#define HOST_CTL_CONFIG_H

#include <stddef.h>

#include "say.h"

enum {
	SV_VM_CONFIG_VALUE_LEN = 256,
	SV_VM_CONFIG_MAX_LEN = 16384,	/* of the whole file */
};

/* Values as written; empty where the file does not set them. */
struct sv_vm_config {
	char mode[SV_VM_CONFIG_VALUE_LEN];
	char image[SV_VM_CONFIG_VALUE_LEN];
	char qemu[SV_VM_CONFIG_VALUE_LEN];
	char vhostdev[SV_VM_CONFIG_VALUE_LEN];
	char memory[SV_VM_CONFIG_VALUE_LEN];
	char window[SV_VM_CONFIG_VALUE_LEN];
	char cpus[SV_VM_CONFIG_VALUE_LEN];
	char user[SV_VM_CONFIG_VALUE_LEN];
	char console[SV_VM_CONFIG_VALUE_LEN];
	/* of mode sev-es alone */
	char cpu[SV_VM_CONFIG_VALUE_LEN];
	char policy[SV_VM_CONFIG_VALUE_LEN];
	char vm_type[SV_VM_CONFIG_VALUE_LEN];
	char owner[SV_VM_CONFIG_VALUE_LEN];
	char owner_timeout[SV_VM_CONFIG_VALUE_LEN];
};

/*
 * Parse @len bytes of @text into @c, with defaults for what is absent: they
 * depend on the mode, and a key of another mode is refused. @name is for
 * messages. On failure the verdict says which line and why.
 */
void sv_vm_config_parse(struct sv_vm_config *c, const char *name, const char *text,
			size_t len, struct sv_verdict *v);

/* The same from a file; as root only from one that nobody else can write. */
void sv_vm_config_read(struct sv_vm_config *c, const char *path, struct sv_verdict *v);

/* "4M", "512K", "4194304": bytes, or 0 if it is not such a number. */
unsigned long long sv_vm_config_size(const char *text);

/* Is this the configuration of a vault in a SEV-ES VM? */
bool sv_vm_config_is_sev_es(const struct sv_vm_config *c);

/* Of those: is it to be launched with the older interface of KVM? */
bool sv_vm_config_is_legacy(const struct sv_vm_config *c);

/* A decimal or 0x number from @min to @max; false if it is not one. */
bool sv_vm_config_number(const char *text, unsigned long min, unsigned long max,
			 unsigned long *number);

#endif /* HOST_CTL_CONFIG_H */

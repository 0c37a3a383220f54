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
	SV_CONFIG_VALUE_LEN = 256,
	SV_CONFIG_MAX_LEN = 16384,	/* of the whole file */
};

/* Values as written; empty where the file does not set them. */
struct sv_vm_config {
	char mode[SV_CONFIG_VALUE_LEN];
	char image[SV_CONFIG_VALUE_LEN];
	char qemu[SV_CONFIG_VALUE_LEN];
	char vhostdev[SV_CONFIG_VALUE_LEN];
	char memory[SV_CONFIG_VALUE_LEN];
	char window[SV_CONFIG_VALUE_LEN];
	char cpus[SV_CONFIG_VALUE_LEN];
	char user[SV_CONFIG_VALUE_LEN];
	char console[SV_CONFIG_VALUE_LEN];
};

/*
 * Parse @len bytes of @text into @c, with defaults for what is absent. @name
 * is for messages. On failure the verdict says which line and why.
 */
void sv_config_parse(struct sv_vm_config *c, const char *name, const char *text,
		     size_t len, struct sv_verdict *v);

/* The same from a file; as root only from one that nobody else can write. */
void sv_config_read(struct sv_vm_config *c, const char *path,
		    struct sv_verdict *v);

/* "4M", "512K", "4194304": bytes, or 0 if it is not such a number. */
unsigned long long sv_config_size(const char *text);

#endif /* HOST_CTL_CONFIG_H */

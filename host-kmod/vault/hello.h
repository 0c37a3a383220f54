/* SPDX-License-Identifier: GPL-2.0 */
/* The first words with a vault. */
#ifndef HOST_KMOD_VAULT_HELLO_H
#define HOST_KMOD_VAULT_HELLO_H

#include <linux/types.h>

struct sv_dev;

/*
 * Ask the vault who it is and how it is. Judges both answers, logs one line about it, and loudly
 * when it protects nothing. 0, or an error after saying why.
 */
int sv_hello_run(struct sv_dev *dev);

/* Words for enum sv_mode. */
const char *sv_mode_name(u8 mode);

/* Is it a value for the parameter mode: the name of a mode, or "any"? */
bool sv_mode_is_known(const char *name);

#endif /* HOST_KMOD_VAULT_HELLO_H */

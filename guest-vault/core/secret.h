/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* The owner's secret, as <sevault/secret.h> defines it. */
#ifndef CORE_SECRET_H
#define CORE_SECRET_H

#include <port.h>
#include <sevault/secret.h>
#include <sevault/wire.h>

/*
 * Find the secret in the @len bytes at @area, which is private memory, and
 * judge all of it. False: there is none, or it is damaged, of another version,
 * or asks for what this vault does not know; @out is zero then. The area is
 * left as it is: wiping it is the caller's duty, in both cases.
 */
bool __must_check sv_secret_find(struct sv_secret *out, const u8 *area, u32 len);

/* The public part of a judged secret goes into @facts. */
void sv_secret_describe(const struct sv_secret *s, struct sv_config_facts *facts);

#endif /* CORE_SECRET_H */

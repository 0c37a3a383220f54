/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* The vault's requests by the GHCB as data, and what must become of an answer. */
#ifndef NATIVE_LIB_GHCB_H
#define NATIVE_LIB_GHCB_H

#include <port.h>

enum ghcb_kind {
	OUT8, OUT32, IN32, MSR_GET, MSR_SET, READ8, READ16, READ32, WRITE8, WRITE16, WRITE32,
	GHCB_NR_KINDS,
};

struct ghcb_op {
	enum ghcb_kind kind;
	u64 at;		/* port, MSR or address */
	u64 value;	/* to write; what was read */
};

/* Make the request *@op; for world_run(). */
void ghcb_run(void *op);

/* Does the vault live on if this page is the answer? */
bool ghcb_is_answer(const struct ghcb_op *op, const u8 *page);

/* And what has it read? What is to be written, where nothing is read. */
u64 ghcb_answer(const struct ghcb_op *op, const u8 *page);

#endif /* NATIVE_LIB_GHCB_H */

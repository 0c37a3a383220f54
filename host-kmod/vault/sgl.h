/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Copies between scatterlists and slots. Entries may be empty, start and end anywhere and span
 * pages; the list may be longer than what is used of it.
 */
#ifndef HOST_KMOD_VAULT_SGL_H
#define HOST_KMOD_VAULT_SGL_H

#include <linux/scatterlist.h>
#include <linux/types.h>

/* Does @sg hold at least @len bytes? A null list holds none. */
bool sv_sgl_covers(struct scatterlist *sg, u64 len);

/*
 * Copy @len bytes at @offset of @sg to @dst, or back. @sg covers @offset + @len bytes. Any
 * context; every byte is read once and written once.
 */
void sv_sgl_read(u8 *dst, struct scatterlist *sg, u32 offset, u32 len);
void sv_sgl_write(struct scatterlist *sg, u32 offset, const u8 *src, u32 len);

#endif /* HOST_KMOD_VAULT_SGL_H */

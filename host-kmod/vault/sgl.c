// SPDX-License-Identifier: GPL-2.0
#include "vault/sgl.h"

#include <linux/highmem.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/string.h>

bool sv_sgl_covers(struct scatterlist *sg, u64 len)
{
	for (; len; sg = sg_next(sg)) {
		if (!sg)
			return false;
		if (sg->length >= len)
			return true;
		len -= sg->length;
	}
	return true;
}

/* Copy between @buf and part of one entry, page by page as an entry may be highmem. */
static void copy_entry(struct scatterlist *sg, u32 skip, u8 *buf, u32 len, bool to_sg)
{
	size_t pos = (size_t)sg->offset + skip;

	while (len) {
		size_t start = offset_in_page(pos);
		u32 n = min_t(size_t, len, PAGE_SIZE - start);
		u8 *va = kmap_local_page(sg_page(sg) + (pos >> PAGE_SHIFT));

		if (to_sg)
			memcpy(va + start, buf, n);
		else
			memcpy(buf, va + start, n);
		kunmap_local(va);
		pos += n;
		buf += n;
		len -= n;
	}
}

static void copy(struct scatterlist *sg, u32 offset, u8 *buf, u32 len, bool to_sg)
{
	for (; len; sg = sg_next(sg)) {
		u32 n;

		if (offset >= sg->length) {
			offset -= sg->length;
			continue;
		}
		n = min(len, sg->length - offset);
		copy_entry(sg, offset, buf, n, to_sg);
		offset = 0;
		buf += n;
		len -= n;
	}
}

void sv_sgl_read(u8 *dst, struct scatterlist *sg, u32 offset, u32 len)
{
	copy(sg, offset, dst, len, false);
}

void sv_sgl_write(struct scatterlist *sg, u32 offset, const u8 *src, u32 len)
{
	copy(sg, offset, (u8 *)src, len, true);
}

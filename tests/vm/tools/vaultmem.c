// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * vaultmem [-l LOW] RAM PAGES: what the test host's physical memory has where a vault's memory is.
 *
 * RAM    the file behind the machine's memory; LOW bytes of it lie below 4 GiB, the rest from
 *        4 GiB on
 * PAGES  lines "PFN OWNER" (hexadecimal): those of vault-ram and vault-window in the order of the
 *        guest's addresses, all of them; others are ignored
 *
 * Prints a line for each part of the window, and for each of the RAM of a SEV-ES vault. Private
 * pages should look random: entropy near 8 bits per byte and no block of 16 bytes twice, though
 * most of what the vault has there are zeros. Pages that the vault has never touched are as the
 * host made them: zeros, and of no use for that.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <core/window.h>
#include <plat/sev-es/mach.h>

enum {
	BLOCK_LEN = 16,
	SLOT_HEADER = sizeof(struct sv_slot_hdr),
};

struct memory {
	const char *owner;
	size_t len, got;
	u8 *bytes;
};

static unsigned long long low_len = ~0ULL;

static void __attribute__((noreturn)) give_up(const char *what, const char *name)
{
	fprintf(stderr, "vaultmem: %s %s: %s\n", what, name, errno ? strerror(errno) : "malformed");
	exit(2);
}

static off_t offset_of(unsigned long long pa)
{
	return (off_t)(pa < low_len ? pa : pa - (1ULL << 32) + low_len);
}

static void read_page(int ram, unsigned long long pfn, struct memory *m)
{
	if (m->got == m->len)
		give_up("too many pages of", m->owner);
	if (pread(ram, m->bytes + m->got, SV_PAGE_LEN, offset_of(pfn * SV_PAGE_LEN)) != SV_PAGE_LEN)
		give_up("cannot read a page of", m->owner);
	m->got += SV_PAGE_LEN;
}

static void read_memory(const char *ram_path, const char *pages_path, struct memory *m, int nr)
{
	int ram = open(ram_path, O_RDONLY | O_CLOEXEC), i;
	FILE *pages = fopen(pages_path, "r");
	unsigned long long pfn;
	char owner[48];

	if (ram < 0)
		give_up("cannot open", ram_path);
	if (!pages)
		give_up("cannot open", pages_path);
	while (fscanf(pages, "%llx %47s", &pfn, owner) == 2)
		for (i = 0; i < nr; i++)
			if (!strcmp(owner, m[i].owner))
				read_page(ram, pfn, &m[i]);
	errno = 0;
	for (i = 0; i < nr; i++)
		if (m[i].got != m[i].len)
			give_up("not all pages are there of", m[i].owner);
	fclose(pages);
	close(ram);
}

static unsigned long nonzero(const u8 *bytes, size_t len)
{
	unsigned long n = 0;

	while (len--)
		n += *bytes++ != 0;
	return n;
}

static void print_part(const char *what, unsigned int pair, unsigned long len, unsigned long n)
{
	printf("window, pair %u, %s: %lu bytes, %lu not zero\n", pair, what, len, n);
}

static void print_queues(const u8 *window, const struct sv_window_pair *p, unsigned int pair)
{
	const struct sv_window_queue *last = &p->queue[SV_WINDOW_RESP];
	u32 from = p->queue[SV_WINDOW_REQ].desc;
	u32 len = last->used + (u32)sv_vring_used_len(last->num) - from;

	print_part("rings", pair, len, nonzero(window + from, len));
}

static void print_slots(const u8 *window, const struct sv_window_pair *p, unsigned int pair)
{
	unsigned long headers = 0, data = 0;
	u32 data_len = p->slot_len - SLOT_HEADER, i;

	for (i = 0; i < p->nr_slots; i++) {
		const u8 *slot = window + p->slots + i * p->stride;

		headers += nonzero(slot, SLOT_HEADER);
		data += nonzero(slot + SLOT_HEADER, data_len);
	}
	print_part("slot headers", pair, p->nr_slots * SLOT_HEADER, headers);
	print_part("slot data", pair, (unsigned long)p->nr_slots * data_len, data);
}

static void print_window(const u8 *window)
{
	struct sv_window w;
	unsigned int i;

	if (!sv_window_layout(&w, SV_WINDOW_LEN, 1))
		give_up("cannot lay out", "the window");
	for (i = 0; i < w.nr_pairs; i++) {
		print_queues(window, &w.pair[i], i);
		print_slots(window, &w.pair[i], i);
	}
	printf("window, behind the last slot: %u bytes", (u32)SV_WINDOW_LEN - w.end);
	printf(", %lu not zero\n", nonzero(window + w.end, SV_WINDOW_LEN - w.end));
}

static double entropy(const u8 *bytes, size_t len)
{
	unsigned long count[256] = { 0 };
	double sum = 0, share;
	size_t i;

	for (i = 0; i < len; i++)
		count[bytes[i]]++;
	for (i = 0; i < 256; i++) {
		share = (double)count[i] / (double)len;
		if (count[i])
			sum -= share * log2(share);
	}
	return sum;
}

static int by_content(const void *a, const void *b)
{
	return memcmp(a, b, BLOCK_LEN);
}

/* Sorts @bytes. */
static unsigned long repeated_blocks(u8 *bytes, size_t len)
{
	unsigned long n = 0;
	size_t at;

	qsort(bytes, len / BLOCK_LEN, BLOCK_LEN, by_content);
	for (at = BLOCK_LEN; at < len; at += BLOCK_LEN)
		n += !memcmp(bytes + at, bytes + at - BLOCK_LEN, BLOCK_LEN);
	return n;
}

/* Moves the pages that are not zero to the front; returns how long they are. */
static size_t touched_pages(u8 *bytes, size_t len)
{
	size_t at, kept = 0;

	for (at = 0; at < len; at += SV_PAGE_LEN) {
		if (!nonzero(bytes + at, SV_PAGE_LEN))
			continue;
		memmove(bytes + kept, bytes + at, SV_PAGE_LEN);
		kept += SV_PAGE_LEN;
	}
	return kept;
}

static void print_ram(u8 *ram)
{
	u8 *private = ram + SV_RAM_PA;
	size_t len;

	printf("ram, shared page (GHCB): %d bytes, %lu not zero\n", SV_PAGE_LEN,
	       nonzero(ram + SV_GHCB_PA, SV_PAGE_LEN));
	len = touched_pages(private, SV_RAM_LEN);
	printf("ram, private: %zu of %d pages touched", len / SV_PAGE_LEN,
	       SV_RAM_LEN / SV_PAGE_LEN);
	printf(", entropy %.3f bits per byte", entropy(private, len));
	printf(", %lu of %zu blocks repeated\n", repeated_blocks(private, len), len / BLOCK_LEN);
}

int main(int argc, char **argv)
{
	struct memory m[] = {
		{ .owner = "vault-ram", .len = SV_RAM_TOTAL },
		{ .owner = "vault-window", .len = SV_WINDOW_LEN },
	};
	int opt, i;

	while ((opt = getopt(argc, argv, "l:")) == 'l')
		low_len = strtoull(optarg, NULL, 0);
	if (opt != -1 || argc - optind != 2) {
		fputs("usage: vaultmem [-l LOW] RAM PAGES\n", stderr);
		return 2;
	}
	for (i = 0; i < 2; i++) {
		m[i].bytes = malloc(m[i].len);
		if (!m[i].bytes)
			give_up("no memory for", m[i].owner);
	}
	read_memory(argv[optind], argv[optind + 1], m, 2);
	print_window(m[1].bytes);
	print_ram(m[0].bytes);
	for (i = 0; i < 2; i++)
		free(m[i].bytes);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * memscan [-l LOW] RAM PATTERNS [PAGES]: search the test host's physical memory from outside.
 *
 * RAM       the file behind the machine's memory; LOW bytes of it lie below 4 GiB, the rest
 *           from 4 GiB on
 * PATTERNS  lines "NAME HEX", 8 to 64 bytes each, found at any alignment
 * PAGES     lines "PFN OWNER" (hexadecimal): whose page a hit lies in, "elsewhere" if not listed
 *
 * Prints "hit NAME ADDRESS OWNER" for each, then "searched N MiB, N patterns, N hits".
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	MAX_PATTERNS = 1024,
	MAX_PATTERN_LEN = 64,
	MIN_PATTERN_LEN = 8,
	PAGE_SHIFT = 12,
	NAME_LEN = 48,
};

struct pattern {
	char name[NAME_LEN];
	uint8_t bytes[MAX_PATTERN_LEN];
	size_t len;
	int next;	/* the next pattern with the same first two bytes, or -1 */
};

struct page {
	uint64_t pfn;
	char owner[NAME_LEN];
};

static struct pattern patterns[MAX_PATTERNS];
static int nr_patterns;
static int first[65536];	/* by the first two bytes */
static struct page *pages;
static size_t nr_pages;
static uint64_t low_len = UINT64_MAX;

static void __attribute__((noreturn)) give_up(const char *what, const char *name)
{
	fprintf(stderr, "memscan: %s %s: %s\n", what, name, errno ? strerror(errno) : "malformed");
	exit(2);
}

static FILE *open_list(const char *path)
{
	FILE *f = fopen(path, "r");

	if (!f)
		give_up("cannot open", path);
	return f;
}

static size_t parse_hex(const char *text, uint8_t *out)
{
	size_t n = 0;
	unsigned int byte;

	while (n < MAX_PATTERN_LEN && sscanf(text + 2 * n, "%2x", &byte) == 1)
		out[n++] = (uint8_t)byte;
	return text[2 * n] ? 0 : n;
}

static void read_patterns(const char *path)
{
	char hex[2 * MAX_PATTERN_LEN + 2];
	struct pattern *p = patterns;
	FILE *f = open_list(path);

	memset(first, -1, sizeof(first));
	while (nr_patterns < MAX_PATTERNS && fscanf(f, "%47s %129s", p->name, hex) == 2) {
		int head;

		p->len = parse_hex(hex, p->bytes);
		errno = 0;
		if (p->len < MIN_PATTERN_LEN)
			give_up("pattern", p->name);
		head = p->bytes[0] | p->bytes[1] << 8;
		p->next = first[head];
		first[head] = nr_patterns++;
		p++;
	}
	errno = 0;
	if (!nr_patterns || !feof(f))
		give_up("pattern list", path);
	fclose(f);
}

static int by_pfn(const void *a, const void *b)
{
	const struct page *x = a, *y = b;

	return x->pfn < y->pfn ? -1 : x->pfn > y->pfn;
}

static void read_pages(const char *path)
{
	FILE *f = open_list(path);
	size_t room = 0;
	struct page page;

	while (fscanf(f, "%lx %47s", &page.pfn, page.owner) == 2) {
		if (nr_pages == room) {
			room = room ? 2 * room : 4096;
			pages = realloc(pages, room * sizeof(*pages));
			if (!pages)
				give_up("no memory for", path);
		}
		pages[nr_pages++] = page;
	}
	errno = 0;
	if (!feof(f))
		give_up("page list", path);
	fclose(f);
	if (nr_pages)
		qsort(pages, nr_pages, sizeof(*pages), by_pfn);
}

static const char *owner_of(uint64_t pfn)
{
	struct page key = { .pfn = pfn };
	struct page *page = nr_pages ? bsearch(&key, pages, nr_pages, sizeof(key), by_pfn) : NULL;

	return page ? page->owner : "elsewhere";
}

static uint64_t address_of(uint64_t offset)
{
	return offset < low_len ? offset : offset - low_len + (UINT64_C(1) << 32);
}

static bool matches(const struct pattern *p, const uint8_t *ram, uint64_t at, uint64_t size)
{
	return at + p->len <= size && !memcmp(ram + at, p->bytes, p->len);
}

static unsigned long search(const uint8_t *ram, uint64_t from, uint64_t to, uint64_t size)
{
	unsigned long hits = 0;
	uint64_t at;
	int i;

	for (at = from; at < to && at + MIN_PATTERN_LEN <= size; at++) {
		for (i = first[ram[at] | ram[at + 1] << 8]; i >= 0; i = patterns[i].next) {
			uint64_t pa = address_of(at);

			if (!matches(&patterns[i], ram, at, size))
				continue;
			printf("hit %s %#lx %s\n", patterns[i].name, pa,
			       owner_of(pa >> PAGE_SHIFT));
			hits++;
		}
	}
	return hits;
}

/* Holes of the file are memory that was never touched: there is nothing to find. */
static unsigned long search_file(const char *path, uint64_t *searched)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	unsigned long hits = 0;
	const uint8_t *ram;
	struct stat st;
	off_t from, to;

	if (fd < 0 || fstat(fd, &st))
		give_up("cannot open", path);
	ram = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (ram == MAP_FAILED)
		give_up("cannot map", path);
	for (from = lseek(fd, 0, SEEK_DATA); from >= 0; from = lseek(fd, to, SEEK_DATA)) {
		to = lseek(fd, from, SEEK_HOLE);
		if (to < 0)
			give_up("cannot seek in", path);
		*searched += (uint64_t)(to - from);
		hits += search(ram, (uint64_t)from, (uint64_t)to, (uint64_t)st.st_size);
	}
	close(fd);
	return hits;
}

int main(int argc, char **argv)
{
	uint64_t searched = 0;
	unsigned long hits;
	int opt;

	while ((opt = getopt(argc, argv, "l:")) == 'l')
		low_len = strtoull(optarg, NULL, 0);
	if (opt != -1 || argc - optind < 2 || argc - optind > 3) {
		fputs("usage: memscan [-l LOW] RAM PATTERNS [PAGES]\n", stderr);
		return 2;
	}
	read_patterns(argv[optind + 1]);
	if (argc - optind == 3)
		read_pages(argv[optind + 2]);
	hits = search_file(argv[optind], &searched);
	printf("searched %lu MiB, %d patterns, %lu hits\n", (unsigned long)(searched >> 20),
	       nr_patterns, hits);
	return 0;
}

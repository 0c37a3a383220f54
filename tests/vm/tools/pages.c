// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * pages PID OWNER [FROM-TO]: every physical page that a process has mapped, or has mapped at these
 * addresses (hexadecimal, as in /proc/PID/maps), as lines "PFN OWNER" for memscan. Runs in the test
 * host as root. Pages of files that others map too are listed as well.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	PAGE_LEN = 4096,
	BATCH = 512,
};

#define PAGE_PRESENT (UINT64_C(1) << 63)
#define PFN_MASK ((UINT64_C(1) << 55) - 1)

static int list_range(int pagemap, uint64_t from, uint64_t to, const char *owner)
{
	uint64_t entries[BATCH];
	ssize_t got;
	size_t i, n;

	while (from < to) {
		n = (to - from) / PAGE_LEN < BATCH ? (to - from) / PAGE_LEN : BATCH;
		got = pread(pagemap, entries, n * 8, (off_t)(from / PAGE_LEN * 8));
		if (got <= 0)
			return got < 0;
		n = (size_t)got / 8;
		for (i = 0; i < n; i++)
			if ((entries[i] & PAGE_PRESENT) && (entries[i] & PFN_MASK))
				printf("%llx %s\n", (unsigned long long)(entries[i] & PFN_MASK), owner);
		from += n * PAGE_LEN;
	}
	return 0;
}

int main(int argc, char **argv)
{
	unsigned long long from, to, first = 0, end = ~0ULL;
	char path[64], line[512];
	int pagemap, bad = 0;
	FILE *maps;

	if (argc < 3 || argc > 4 ||
	    (argc == 4 && sscanf(argv[3], "%llx-%llx", &first, &end) != 2)) {
		fputs("usage: pages PID OWNER [FROM-TO]\n", stderr);
		return 2;
	}
	snprintf(path, sizeof(path), "/proc/%s/pagemap", argv[1]);
	pagemap = open(path, O_RDONLY | O_CLOEXEC);
	snprintf(path, sizeof(path), "/proc/%s/maps", argv[1]);
	maps = fopen(path, "r");
	if (pagemap < 0 || !maps) {
		fprintf(stderr, "pages: cannot open the maps of process %s\n", argv[1]);
		return 1;
	}
	while (fgets(line, sizeof(line), maps))
		if (sscanf(line, "%llx-%llx", &from, &to) == 2 && from >= first && to <= end)
			bad |= list_range(pagemap, from, to, argv[2]);
	fclose(maps);
	close(pagemap);
	return bad;
}

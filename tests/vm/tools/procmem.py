#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0 OR MIT
"""The memory of a process that stands still: procmem.py PID OUT PAGES [SKIP]

Writes every page that it has, but for mappings of the file SKIP, to OUT, and a line "PFN OWNER" for each to PAGES, as
memscan takes them: PFN is the page's number in OUT, OWNER the mapping's name, or its size if it has none.
"""
import array
import os
import sys

PAGE = 4096
BATCH = 1 << 16
PRESENT = 3 << 62


def mappings(pid, skip):
    """(first, end, name) of what can be read"""
    with open(f"/proc/{pid}/maps", encoding="utf-8") as f:
        for line in f:
            words = line.split(maxsplit=5)
            name = words[5].strip() if len(words) > 5 else ""
            if "r" not in words[1] or name in (skip, "[vvar]", "[vvar_vclock]", "[vsyscall]"):
                continue
            first, end = (int(x, 16) for x in words[0].split("-"))
            yield first, end, os.path.basename(name) or f"{(end - first) >> 20}-MiB"


def present(pagemap, first, end):
    """Addresses of the pages that are in memory or swapped out; the others have never been used."""
    for at in range(first, end, BATCH * PAGE):
        entries = array.array("Q", os.pread(pagemap, 8 * min(BATCH, (end - at) // PAGE), at // PAGE * 8))
        if any(entries):
            yield from (at + i * PAGE for i, entry in enumerate(entries) if entry & PRESENT)


def main():
    pid, out_path, pages_path = sys.argv[1:4]
    skip = sys.argv[4] if len(sys.argv) > 4 else None
    mem = os.open(f"/proc/{pid}/mem", os.O_RDONLY)
    pagemap = os.open(f"/proc/{pid}/pagemap", os.O_RDONLY)
    n = 0
    with open(out_path, "wb") as out, open(pages_path, "w", encoding="utf-8") as pages:
        for first, end, name in mappings(pid, skip):
            for at in present(pagemap, first, end):
                try:
                    page = os.pread(mem, PAGE, at)
                except OSError:
                    continue
                out.write(page)
                pages.write(f"{n:x} {name.replace(' ', '-')[:40]}\n")
                n += 1


main()

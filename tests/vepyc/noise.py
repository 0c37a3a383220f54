# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Do the private pages of a guest look random to the host? Exact mode only; see noise() for what is held against what."""
import collections
import math
from sevcert import must

PAGE = 4096
RECORD = 8 + 8 + 16 + PAGE
BLOCK = 16
# Six standard deviations of chi-square with 255 degrees of freedom.
CHI_SQUARE = range(255 - 135, 255 + 136)


def parse_dump(data):
    """The emulator's own dump, per page: a tag that is equal for equal plaintext, and the ciphertext."""
    must(len(data) % RECORD == 0, "the dump is whole")
    return [(data[at + 16:at + 32], data[at + 32:at + RECORD]) for at in range(0, len(data), RECORD)]


def statistics(data):
    counts = collections.Counter(data)
    mean = len(data) / 256
    chi = sum((counts[i] - mean) ** 2 / mean for i in range(256))
    entropy = -sum(n / len(data) * math.log2(n / len(data)) for n in counts.values())
    return chi, entropy


def repeated_blocks(data):
    blocks = collections.Counter(data[at:at + BLOCK] for at in range(0, len(data), BLOCK))
    return sum(n - 1 for n in blocks.values())


def noise(ram, dump, shared):
    """RAM: the guest's memory as the host reads it; DUMP: the emulator's list of private pages; SHARED: page numbers.
    Every page that the guest has touched and does not share must be one of those; together they must look random, no
    block of 16 bytes may come twice, and pages with the same text must look different. Returns a report."""
    pages = parse_dump(dump)
    ciphers = {cipher for _, cipher in pages}
    seen = [ram[at:at + PAGE] for at in range(0, len(ram), PAGE) if at // PAGE not in shared]
    touched = [page for page in seen if any(page)]
    must(len(touched) > 500, f"the guest has touched most of its memory: {len(touched)} pages")
    must(all(page in ciphers for page in touched), "every private page that the host sees is ciphertext")
    data = b"".join(touched)
    chi, entropy = statistics(data)
    must(round(chi) in CHI_SQUARE and entropy > 7.999, f"chi-square {chi:.0f}, entropy {entropy:.5f}")
    repeated = repeated_blocks(b"".join(ciphers))
    must(repeated == 0, f"no block of ciphertext comes twice: {repeated} do")
    tags = collections.Counter(tag for tag, _ in pages)
    same = sum(n for n in tags.values() if n > 1)
    must(same > 100, f"there are pages with the same text: {same}")
    must(len(ciphers) == len(pages), "pages with the same text look different")
    return (f"{len(touched)} pages: entropy {entropy:.5f} bits per byte, chi-square {chi:.0f} (255 expected), no block of "
            f"16 bytes twice; {same} pages with the same text as another, all different to the host")

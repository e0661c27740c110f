"""Raw pages: bytes and CPU against plain zstd at level 3, on several pages of one site.

    python -m bench.raw_pages ../shared/corpus/fundus-eval/pages ...

Pages of a folder are grouped by the part of their name before the last underscore. The first three of
a group make the dictionary, as in the store; the others are compressed.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections import defaultdict
from pathlib import Path

import zstandard

from storage.pages.compression import PAGES, PageCompression, make_dictionary

ROUNDS = 10


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path)
    options = parser.parse_args()
    groups: defaultdict[str, list[bytes]] = defaultdict(list)
    for folder in options.folders:
        for path in sorted(folder.glob("*.html.gz")):
            groups[path.name.rpartition("_")[0]].append(gzip.decompress(path.read_bytes()))
    plain = zstandard.ZstdCompressor(level=3)
    totals = {"raw": 0, "plain": 0, "ours": 0, "plain_cpu": 0.0, "ours_cpu": 0.0}
    for name, pages in groups.items():
        if len(pages) <= PAGES:
            continue
        ours = PageCompression(make_dictionary(pages[:PAGES]))
        rest = pages[PAGES:]
        assert all(ours.restore(ours.compress(page)) == page for page in rest)
        began = time.process_time()
        for _ in range(ROUNDS):
            small = [len(plain.compress(page)) for page in rest]
        middle = time.process_time()
        for _ in range(ROUNDS):
            smaller = [len(ours.compress(page)) for page in rest]
        end = time.process_time()
        totals["raw"] += sum(map(len, rest))
        totals["plain"] += sum(small)
        totals["ours"] += sum(smaller)
        totals["plain_cpu"] += (middle - began) / ROUNDS
        totals["ours_cpu"] += (end - middle) / ROUNDS
        print(f"{name:<20} {sum(smaller) / sum(small):.3f} of the bytes")
    figures = {
        "share_of_plain": round(totals["ours"] / totals["plain"], 3),
        "share_of_page": round(totals["ours"] / totals["raw"], 4),
        "cpu_of_plain": round(totals["ours_cpu"] / totals["plain_cpu"], 2),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()

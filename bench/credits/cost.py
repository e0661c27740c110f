"""What reading credits costs a page, in milliseconds of CPU, beside all of its extraction.

    python -m bench.credits.cost [--corpus ../shared/corpus] [--pages 300]

Pages are read one after the other in one process, warmed up before and looking for garbage as extraction
processes do; each is read once, so that nothing is answered from what an earlier look kept. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from bench.credits.labels import labelled_pages
from ingest.extract.credits.page_credits import read_credits
from ingest.extract.extraction import credits_input, extract_bytes, text_of_body, warm_up
from ingest.extract.page.html_page import HtmlPage
from ingest.extract.page_context import PageContext
from ingest.extract.refusal import Refusal
from ingest.workers.allocator import collect_between_pages, collect_rarely

#: Pages before those that count: tables are read when they are first asked.
_WARM = 40


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.credits.cost",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("--corpus", type=Path, default=Path("../shared/corpus"))
    parser.add_argument("--pages", type=int, default=300, help="how many [%(default)s]")
    options = parser.parse_args()
    pages = labelled_pages(options.corpus, attribution_lines=None)[: options.pages + _WARM]
    if len(pages) <= _WARM:
        parser.error(f"{options.corpus}: no labelled pages; name the corpus with --corpus")
    warm_up(rare=True)
    collect_rarely()
    collect_between_pages()
    whole: list[float] = []
    credits: list[float] = []
    for number, page in enumerate(pages):
        # By turns, so that neither finds what the other has just folded.
        if number % 2:
            spent, into = _of_credits(page.raw(), page.url), credits
        else:
            spent, into = _of_extraction(page.raw(), page.url), whole
        if spent is not None and number >= _WARM:
            into.append(1000 * spent)
    figures = {"credits": _figures(credits), "extraction": _figures(whole)}
    for name, found in figures.items():
        print(
            f"{name:>12}  median {found['median']}  95 % {found['p95']}  worst {found['worst']} ms"
        )
    print(json.dumps({"credit_cost": figures}))


def _of_extraction(raw: bytes, url: str | None) -> float:
    start = time.process_time()
    extract_bytes(raw, url=url)
    return time.process_time() - start


def _of_credits(raw: bytes, url: str | None) -> float | None:
    text = text_of_body(raw, url=url)
    if isinstance(text, Refusal) or not text.is_html:
        return None
    reading = credits_input(HtmlPage.parse(text.text), PageContext(url=url))
    if reading is None:
        return None
    start = time.process_time()
    read_credits(reading)
    return time.process_time() - start


def _figures(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {
        "pages": len(ordered),
        "median": round(ordered[len(ordered) // 2], 2),
        "p95": round(ordered[int(len(ordered) * 0.95)], 2),
        "worst": round(ordered[-1], 2),
    }


if __name__ == "__main__":
    main()

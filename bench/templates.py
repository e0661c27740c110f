"""Templates on labelled pages: learned from some pages of a publisher, read from the others.

    python -m bench.templates ../shared/corpus/fundus-eval
    python -m bench.templates FOLDER --learn 3 4 --fit

A folder is laid out like ``../shared/corpus/fundus-eval`` (``truth.jsonl``, ``pages/``, a ``score.py``
in it or beside it). For every choice of N pages of a publisher a template is learned from them with
what the generic path made of them, never with their truth; the publisher's other pages are read with
it. A page that does not fit is read by the generic path, as in the pipeline. Quality is scored by
``score.py``; CPU is that of one process, the best of ``--repeat`` readings. "first time" is a reading
with nothing remembered of any page's words; "misfit of 4" what four templates of other publishers
cost before the generic path is asked, "misfit, own" what the publisher's own one does that does not
fit, both beside the parse, which is not in vain.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import json
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from bench.extraction.mistake import Mistake
from bench.extraction.scoring import find_score
from ingest.extract import Refusal, extract_page, warm_up
from ingest.extract.page.folding import fold, letters
from ingest.extract.page.html_page import HtmlPage
from ingest.extract.page_context import PageContext
from ingest.templates.agreement import FIELDS, agreement
from ingest.templates.applying import read_by_template
from ingest.templates.learning import NotLearned, learn
from ingest.templates.reading_values import Example, Misfit
from ingest.templates.template import Template
from storage.article import Article

NOW = datetime(2026, 11, 24, tzinfo=UTC)
#: Choices of pages of one publisher, at most: of five there are ten.
MOST_SPLITS = 40
_FIGURES = (
    "rouge_lsum_f1",
    "word_f1",
    "aeb_f1",
    "exact_page_rate",
    "clean_page_rate",
    "complete_page_rate",
    "leaked_per_page",
    "lost_per_page",
    "title_exact",
    "authors_f1",
    "same_day",
    "same_instant",
)


@dataclass(frozen=True)
class _Page:
    """One labelled page and what the generic path makes of it."""

    id: str
    html: str
    url: str | None
    truth: dict[str, Any]
    generic: Article | Refusal


def main() -> None:
    """Measure and print tables; the last line is JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="labelled pages")
    parser.add_argument("--learn", type=int, nargs="+", default=[3, 4], help="pages learned from")
    parser.add_argument("--repeat", type=int, default=5, help="readings of which the best counts")
    parser.add_argument("--fit", action="store_true", help="tell of each publisher what fits")
    options = parser.parse_args()
    try:
        score = _module(find_score(options.folder))
    except Mistake as mistake:
        raise SystemExit(str(mistake)) from None
    warm_up(rare=True)
    dataset, groups = _groups(options.folder, score)
    result: dict[str, Any] = {"folder": options.folder.resolve().name}
    rows: list[tuple[str, dict[str, float]]] = []
    readings: dict[int, dict[str, int]] = {}
    for number in options.learn:
        least = {name: pages for name, pages in groups.items() if len(pages) > number}
        if not least:
            print(f"no publisher has more than {number} pages", file=sys.stderr)
            continue
        generic, template, readings[number] = _quality(
            dataset, least, number, score, fit=options.fit
        )
        rows += [
            (f"generic, the same pages ({number})", generic),
            (f"learned from {number}", template),
        ]
    if rows:
        _print_quality(rows)
        result["quality"] = dict(rows)
        result["readings"] = readings
        result["cpu"] = _speed(groups, options.repeat)
    print(json.dumps({"templates": result}))


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("corpus_score", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["corpus_score"] = module
    spec.loader.exec_module(module)
    return module


def _groups(folder: Path, score: ModuleType) -> tuple[str, dict[str, list[_Page]]]:
    dataset, truths = score.load(folder)
    groups: dict[str, list[_Page]] = defaultdict(list)
    for truth in truths:
        url = truth.get("url")
        publisher = truth.get("publisher") or (urlsplit(url).hostname if url else None)
        if not publisher:
            continue
        html = gzip.decompress((folder / "pages" / f"{truth['id']}.html.gz").read_bytes()).decode()
        article = extract_page(html, PageContext(url, now=NOW))
        groups[publisher].append(_Page(truth["id"], html, url, truth, article))
    return dataset, dict(groups)


def _learned(pages: Sequence[_Page]) -> Template | str:
    examples = [
        Example(page.html, page.url, page.generic)
        for page in pages
        if isinstance(page.generic, Article)
    ]
    try:
        return learn(examples, now=NOW)
    except NotLearned as reason:
        return str(reason)


def _read(page: _Page, template: Template) -> Article | Misfit:
    return read_by_template(HtmlPage.parse(page.html), template, PageContext(page.url, now=NOW))


def _quality(
    dataset: str, groups: dict[str, list[_Page]], number: int, score: ModuleType, *, fit: bool
) -> tuple[dict[str, float], dict[str, float], dict[str, int]]:
    """The figures of the generic path and of templates learned from ``number`` pages, on the same
    pages, and how many of the readings were by template.
    """
    by_generic: list[Any] = []
    by_template: list[Any] = []
    fields: dict[str, list[bool]] = defaultdict(list)
    applied = read = 0
    for publisher, pages in groups.items():
        outcomes: Counter[str] = Counter()
        for chosen in list(combinations(range(len(pages)), number))[:MOST_SPLITS]:
            template = _learned([pages[n] for n in chosen])
            for page in (page for n, page in enumerate(pages) if n not in chosen):
                read += 1
                found: Article | Misfit | Refusal = page.generic
                if isinstance(template, Template):
                    found = _read(page, template)
                    if isinstance(found, Misfit):
                        outcomes[f"{found.reason}: {found.detail}"[:70]] += 1
                        found = page.generic
                    else:
                        applied += 1
                        outcomes["fits"] += 1
                        if isinstance(page.generic, Article):
                            for name, same in agreement(found, page.generic).items():
                                fields[name].append(same)
                                if not same and fit:
                                    outcomes[f"differs in {name}"] += 1
                else:
                    outcomes[f"not learned: {template}"] += 1
                by_generic.append(score.score_page(dataset, page.truth, _prediction(page.generic)))
                by_template.append(score.score_page(dataset, page.truth, _prediction(found)))
        if fit:
            print(f"{publisher}: {dict(outcomes.most_common())}")
    generic, template_figures = score.total(dataset, by_generic), score.total(dataset, by_template)
    print(
        f"learned from {number}: {applied} of {read} readings by template; as the generic path: "
        + ", ".join(f"{name} {_mean(fields[name]):.3f}" for name in FIELDS)
    )
    made = {"all": read, "by_template": applied}
    return _picked(generic), _picked(template_figures), made


def _mean(values: Sequence[bool]) -> float:
    return sum(values) / len(values) if values else 1.0


def _picked(figures: dict[str, Any]) -> dict[str, float]:
    return {
        name: round(figures[name], 4)
        for name in _FIGURES
        if isinstance(figures.get(name), int | float)
    }


def _prediction(found: Article | Refusal) -> dict[str, Any]:
    if isinstance(found, Refusal):
        return {"body": ""}
    return {
        "body": found.text,
        "title": found.title,
        "authors": list(found.authors),
        "date": found.published_at,
    }


def _speed(groups: dict[str, list[_Page]], repeat: int) -> dict[str, float]:
    """Milliseconds of CPU a page: the bare parse, the template path, the generic path, trafilatura."""
    import trafilatura
    from selectolax.lexbor import LexborHTMLParser

    timed: dict[str, list[float]] = defaultdict(list)
    every = {name: _learned(pages[:3]) for name, pages in groups.items()}
    for publisher, pages in groups.items():
        foreign = [t for n, t in every.items() if n != publisher and isinstance(t, Template)][:4]
        for number, page in enumerate(pages):
            others = [other for n, other in enumerate(pages) if n != number][:3]
            template = _learned(others)
            if len(foreign) == 4:
                timed["misfit of 4"].append(_misfit_cost(page, foreign, repeat))
            if not isinstance(template, Template):
                continue
            if isinstance(_read(page, template), Misfit):
                timed["misfit, own"].append(_misfit_cost(page, [template], repeat))
                continue
            bare = _best(lambda page=page: LexborHTMLParser(page.html), repeat)  # type: ignore[misc]
            whole = _best(lambda page=page, t=template: _read(page, t), repeat)  # type: ignore[misc]
            timed["parse"].append(bare)
            timed["template"].append(whole)
            timed["beyond_parse"].append(whole - bare)
            timed["first time"].append(
                _best(lambda page=page, t=template: _read(page, t), repeat, before=_forget)  # type: ignore[misc]
            )
            timed["generic"].append(
                _best(lambda page=page: extract_page(page.html, PageContext(page.url, now=NOW)), 1)  # type: ignore[misc]
            )
            timed["trafilatura"].append(
                _best(lambda page=page: trafilatura.extract(page.html), max(repeat // 2, 1))  # type: ignore[misc]
            )
    if not timed:
        return {}
    print(f"\nCPU ms a page, median and mean of {len(timed['parse'])} pages")
    figures: dict[str, float] = {}
    for name, values in timed.items():
        print(f"  {name:14} {statistics.median(values):7.2f} {statistics.mean(values):7.2f}")
        figures[name.replace(" ", "_").replace(",", "")] = round(statistics.median(values), 3)
    ratios = [t / w for t, w in zip(timed["trafilatura"], timed["template"], strict=True)]
    figures["times_faster_than_trafilatura"] = round(statistics.median(ratios), 2)
    print(f"  times faster than trafilatura: {figures['times_faster_than_trafilatura']}")
    return figures


def _misfit_cost(page: _Page, templates: Sequence[Template], repeat: int) -> float:
    """Milliseconds that ``templates`` take on a parsed page, one after the other."""
    best = float("inf")
    for _ in range(repeat):
        parsed = HtmlPage.parse(page.html)
        started = time.process_time_ns()
        for template in templates:
            read_by_template(parsed, template, PageContext(page.url, now=NOW))
        best = min(best, (time.process_time_ns() - started) / 1e6)
    return best


def _forget() -> None:
    """Drop what is remembered of words: each page of a site brings its own."""
    fold.cache_clear()
    letters.cache_clear()


def _best(
    call: Callable[[], object], repeat: int, before: Callable[[], None] | None = None
) -> float:
    best = float("inf")
    for _ in range(repeat):
        if before is not None:
            before()
        started = time.process_time_ns()
        call()
        best = min(best, (time.process_time_ns() - started) / 1e6)
    return best


def _print_quality(rows: Sequence[tuple[str, dict[str, float]]]) -> None:
    names = [name for name in _FIGURES if any(name in figures for _, figures in rows)]
    print("\n" + " " * 30 + "  ".join(f"{name:>16}" for name in names))
    for label, figures in rows:
        print(
            f"{label:30}" + "  ".join(f"{figures.get(name, float('nan')):16.4f}" for name in names)
        )


if __name__ == "__main__":
    main()

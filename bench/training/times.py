"""The trees that weigh the days that a page speaks of: which one is that of publication."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from types import ModuleType
from typing import Any

from bench.training.body_labels import score_of
from bench.training.sites import CorpusPage, corpus_pages
from bench.training.trees import grown
from ingest.extract.body.selected import without_sign_up_boxes
from ingest.extract.metadata.fields import canonical_address
from ingest.extract.metadata.times.days import AGAINST, COLUMNS, FOR, MODIFIED, Day, days_of
from ingest.extract.page.html_page import HtmlPage
from sources.client.answer.charset import decode_page

__all__ = ["FOLDERS", "DatedPage", "dated_page", "grow", "samples"]

#: Corpus folders that it is grown from.
FOLDERS = ("fundus-pages", "wcxb", "evaldata", "htmldate", "wix")
TREES = 90
#: What a page of each dataset weighs: a model drafted the labels of one, which often mean the last change;
#: hand-written parsers read those of another.
WEIGHTS = {"wcxb": 0.5, "wix": 0.5, "fundus-pages": 2.0}
_SURE = ("own_published", "meta", "prop")


@dataclass(frozen=True, slots=True)
class DatedPage:
    """One page's days as rows."""

    dataset: str
    id: str
    site: str
    part: int
    days: list[str]
    rows: list[list[float]]
    #: 1 the day of publication, 0 another.
    labels: list[int]
    #: Whether the label is that of a change on a page that says when it was published.
    is_of_change: bool


def samples(corpus: Path, models: Path, processes: int) -> list[DatedPage]:
    """The dated pages of ``corpus``; nothing grown before is asked."""
    pages = [page for name in FOLDERS for page in corpus_pages(corpus / name)]
    pages = [page for page in pages if isinstance(page.truth.get("date"), str)]
    with ProcessPoolExecutor(processes, get_context("forkserver")) as pool:
        return list(pool.map(dated_page, pages, chunksize=20))


def dated_page(page: CorpusPage) -> DatedPage:
    """The rows of one page."""
    scoring = score_of(page.folder)
    text, _ = decode_page(page.raw(), None)
    html = HtmlPage.parse(text)
    without_sign_up_boxes(html.tree)
    address = canonical_address(html, page.url)
    days = days_of(html, datetime.now(UTC), html.language, address)
    truth = scoring.parse_date(page.truth["date"])
    labels = [_is_right(day, truth, scoring) for day in days]
    return DatedPage(
        dataset=page.dataset,
        id=page.id,
        site=page.site,
        part=page.part,
        days=[day.day for day in days],
        rows=[day.row for day in days],
        labels=[int(label) for label in labels],
        is_of_change=_is_of_change(days, labels),
    )


def _is_right(day: Day, truth: datetime, scoring: ModuleType) -> bool:
    """Whether ``day`` is the true one: as written, and where the truth has a zone, as it was there."""
    if truth.tzinfo is None:
        return day.day == truth.date().isoformat()
    return any(
        scoring.same_day(truth, scoring.parse_date(each.stated))
        for each in (*day.statements, *day.shown, *day.reachable)
    )


def _is_of_change(days: list[Day], labels: list[bool]) -> bool:
    published = any(_has(day, _SURE) for day in days)
    chosen = [day for day, label in zip(days, labels, strict=True) if label]
    return published and all(
        (_has(day, MODIFIED) or any(s.label == "updated" for s in day.shown))
        and not _has(day, _SURE)
        and not day.reachable
        for day in chosen
    )


def _has(day: Day, origins: tuple[str, ...]) -> bool:
    return any(each.origin in origins for each in (*day.statements, *day.shown))


def grow(pages: list[DatedPage]) -> dict[str, Any]:
    """The ensemble as ``times_model.json`` holds it."""
    rows: list[list[float]] = []
    labels: list[int] = []
    weights: list[float] = []
    for page in pages:
        if page.is_of_change:
            continue
        rows += page.rows
        labels += page.labels
        weights += [WEIGHTS.get(page.dataset, 1.0)] * len(page.rows)
    return {
        "day": grown(
            rows,
            labels,
            weights,
            COLUMNS,
            trees=TREES,
            num_leaves=8,
            max_depth=5,
            min_data_in_leaf=12,
            monotone_constraints=[(name in FOR) - (name in AGAINST) for name in COLUMNS],
        )
    }

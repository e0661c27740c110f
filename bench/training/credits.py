"""The trees that decide which candidates are credits: from labelled pages, candidate by candidate.

Made pages (``bench.credits.made``) stand beside them with little weight: labelled ones show a dozen
forms in two languages, and a form that no labelled page has must not be turned down for that.
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from bench.credits.made import languages, made_pages
from bench.training.credit_labels import CreditPage, credit_pages
from bench.training.scaling import calibrated, logistic
from bench.training.trees import grown
from ingest.extract.credits.gazetteer import house_key
from ingest.extract.credits.page_credits import candidates_on
from ingest.extract.credits.weighing import NAMES, key_of
from ingest.extract.extraction import credits_input, text_of_body
from ingest.extract.page.html_page import HtmlPage
from ingest.extract.page_context import PageContext
from ingest.extract.refusal import Refusal
from ingest.extract.trees import ensemble_of, reading_from

__all__ = ["WeighedPage", "grow", "samples"]

TREES = 120
SHAPE: dict[str, Any] = {
    "num_leaves": 4,
    "max_depth": 2,
    "min_data_in_leaf": 4,
    "learning_rate": 0.1,
    "feature_fraction": 0.25,
    "lambda_l2": 2,
    "num_threads": 1,
}
#: What a candidate of a made page counts, and pages a form in each language.
MADE_WEIGHT, MADE_PAGES = 0.1, 1
#: Other than the pages that are measured.
MADE_SEED = 7
#: Parts of the sites that the trees are calibrated with, each on what the others have grown.
_FOLDS = 5


@dataclass(frozen=True, slots=True)
class WeighedPage:
    """One labelled page's candidates."""

    dataset: str
    id: str
    site: str
    part: int
    #: Columns of ``NAMES`` of each candidate.
    rows: list[list[float]]
    #: 1 where it is a credit, 0 where it is none.
    labels: list[float]
    #: Which candidates are one credit: that one is right is enough.
    keys: list[str]
    weight: float = 1.0


def samples(corpus: Path, models: Path, processes: int) -> list[WeighedPage]:
    """The labelled pages of ``corpus``, read with what ``models`` make of sites that they do not know."""
    pages = credit_pages(corpus)
    with ProcessPoolExecutor(processes, get_context("forkserver")) as pool:
        found = list(pool.map(partial(_one, models), pages, chunksize=8))
        made = [page for some in pool.map(_made, languages()) for page in some]
    return [*(page for page in found if page is not None), *made]


def _made(language: str) -> list[WeighedPage]:
    """The made pages of ``language``; they belong to no part, since no site is theirs."""
    pages = []
    for page in made_pages(language, seed=MADE_SEED, per_form=MADE_PAGES):
        reading = credits_input(HtmlPage.parse(page.html), PageContext(url=page.url))
        if reading is None:
            continue
        rows, labels = [], []
        found = candidates_on(reading)
        for placed, row in zip(found.placed, found.rows, strict=True):
            candidate = placed.candidate
            rows.append(row)
            labels.append(
                float(
                    any(
                        candidate.role in expected.roles
                        and house_key(candidate.name) == house_key(expected.name)
                        for expected in page.expected
                    )
                )
            )
        site = f"made-{language}"
        keys = [str(number) for number in range(len(rows))]
        pages.append(WeighedPage("made", site, site, -1, rows, labels, keys, MADE_WEIGHT))
    return pages


def _one(models: Path, labelled: CreditPage) -> WeighedPage | None:
    page = labelled.page
    text = text_of_body(page.raw(), url=page.url)
    if isinstance(text, Refusal) or not text.is_html:
        return None
    with reading_from(models / f"part-{page.part}"):
        reading = credits_input(HtmlPage.parse(text.text), PageContext(url=page.url))
    if reading is None:
        return None
    found = candidates_on(reading)
    rows, labels, keys = [], [], []
    for placed, row in zip(found.placed, found.rows, strict=True):
        candidate = placed.candidate
        label = labelled.label(candidate.role, candidate.name)
        if label is not None:
            rows.append(row)
            labels.append(label)
            keys.append(f"{candidate.role} {key_of(candidate.name, candidate.house)}")
    return WeighedPage(page.dataset, page.id, page.site, page.part, rows, labels, keys)


def grow(pages: list[WeighedPage]) -> dict[str, Any]:
    """The ensemble as ``credits_model.json`` holds it, its log-odds such as hold on unseen sites."""
    return {"credit": calibrated(_credits(pages), *_scale(pages))}


def _credits(pages: list[WeighedPage]) -> dict[str, Any]:
    return grown(
        [row for page in pages for row in page.rows],
        [label for page in pages for label in page.labels],
        [page.weight for page in pages for _ in page.labels],
        NAMES,
        trees=TREES,
        **SHAPE,
    )


def _scale(pages: list[WeighedPage]) -> tuple[float, float]:
    """(slope, offset) that make of log-odds on unseen sites how often a credit is right (Platt)."""
    odds: list[float] = []
    truth: list[float] = []
    sites = sorted({page.site for page in pages if page.part >= 0})
    fold = {site: number % _FOLDS for number, site in enumerate(sites)}
    for number in range(_FOLDS):
        stored = _credits([page for page in pages if fold.get(page.site) != number])
        asked = ensemble_of(stored, NAMES)
        for page in pages:
            if fold.get(page.site) != number or not page.rows:
                continue
            # Of candidates for one credit the likeliest is what the article carries.
            best: dict[str, tuple[float, float]] = {}
            for key, each, label in zip(page.keys, asked.odds(page.rows), page.labels, strict=True):
                best[key] = max(best.get(key, (each, label)), (each, label))
            odds += [each for each, _ in best.values()]
            truth += [label for _, label in best.values()]
    return logistic(odds, truth)

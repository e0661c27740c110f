"""The statements of labelled pages about their authors as rows, and how right each is."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from bench.training.body_labels import score_of
from bench.training.sites import CorpusPage, corpus_pages
from ingest.extract.metadata.authors import own_of, stated_authors, weighed_authors
from ingest.extract.metadata.field_source import FieldSource
from ingest.extract.page.html_page import HtmlPage
from ingest.extract.page_context import PageContext
from sources.source import ExtractRules

__all__ = ["LabelledAuthors", "labelled_authors"]


@dataclass(frozen=True, slots=True)
class LabelledAuthors:
    """One page's statements as rows."""

    dataset: str
    id: str
    site: str
    part: int
    rows: list[list[float]]
    #: F1 of each statement's names against the truth; 0 where the page has no author.
    labels: list[float]
    #: Whether the label names somebody.
    has_truth: bool


def labelled_authors(folders: list[Path], processes: int) -> list[LabelledAuthors]:
    """All pages of ``folders``, in the order of their ``truth.jsonl``."""
    pages = [page for folder in folders for page in corpus_pages(folder)]
    with ProcessPoolExecutor(processes, get_context("forkserver")) as pool:
        return list(pool.map(_one, pages, chunksize=8))


def _one(labelled: CorpusPage) -> LabelledAuthors:
    score = score_of(labelled.folder)
    page = HtmlPage.parse(labelled.raw().decode("utf-8", "replace"))
    names = FieldSource(page, ExtractRules(), PageContext(labelled.url)).site_names
    candidates, rows = weighed_authors(page, (), (), names)
    truth = labelled.truth.get("authors") or []
    labels = [0.0] * len(candidates)
    if truth:
        labels = [
            score.authors_f1(truth, [a.name for a in stated_authors(page, each, own_of(names))])
            for each in candidates
        ]
    return LabelledAuthors(
        labelled.dataset, labelled.id, labelled.site, labelled.part, rows, labels, bool(truth)
    )

"""The wordings of labelled pages' titles as rows, and which of them is right."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from bench.training.body_labels import score_of
from bench.training.sites import CorpusPage, corpus_pages
from ingest.extract.metadata.field_source import FieldSource
from ingest.extract.metadata.title import weighed
from ingest.extract.page.html_page import HtmlPage
from ingest.extract.page_context import PageContext
from sources.source import ExtractRules

__all__ = ["LabelledTitle", "labelled_titles"]


@dataclass(frozen=True, slots=True)
class LabelledTitle:
    """One page's wordings as rows."""

    dataset: str
    id: str
    site: str
    part: int
    rows: list[list[float]]
    #: 1 the title, 0 not.
    labels: list[int]
    #: Of each wording, whether it is the title to the letter, case and all.
    exact: list[bool]


def labelled_titles(folders: list[Path], processes: int) -> list[LabelledTitle]:
    """All pages of ``folders`` that have a title, in the order of their ``truth.jsonl``."""
    pages = [page for folder in folders for page in corpus_pages(folder) if page.truth.get("title")]
    with ProcessPoolExecutor(processes, get_context("forkserver")) as pool:
        return list(pool.map(_one, pages, chunksize=8))


def _one(labelled: CorpusPage) -> LabelledTitle:
    score = score_of(labelled.folder)
    page = HtmlPage.parse(labelled.raw().decode("utf-8", "replace"))
    fields = FieldSource(page, ExtractRules(), PageContext(labelled.url))
    wordings, rows = weighed(page, None, fields.site_names, fields.address)
    truth = str(labelled.truth["title"])
    exact = [score.normalise(w.text) == score.normalise(truth) for w in wordings]
    labels = [int(is_it) for is_it in exact]
    if not any(labels):
        # The label has other capitals or signs than the page.
        labels = [int(score.key(w.text) == score.key(truth)) for w in wordings]
    return LabelledTitle(
        labelled.dataset, labelled.id, labelled.site, labelled.part, rows, labels, exact
    )

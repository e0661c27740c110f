"""The trees that decide what a page is: from articles, and from pages that are none, by kind.

A page that a corpus labels as an article and that is a thread, a shop's product or a front page is
learned from as what it is (``LABELLED_OTHERWISE``, ``NOT_LEARNED``); what is measured stays as labelled.
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from bench.training.held_out import unseen_models
from bench.training.scaling import calibrated, logistic
from bench.training.sites import CorpusPage, corpus_pages
from bench.training.trees import grown
from ingest.extract.extraction import text_of_body, weigh_parsed
from ingest.extract.page.html_page import HtmlPage
from ingest.extract.page_context import PageContext
from ingest.extract.refusal import Refusal
from ingest.extract.trees import ensemble_of
from ingest.extract.verdict.columns import NAMES
from ingest.extract.verdict.model import KINDS
from ingest.extract.verdict.place import address_says

__all__ = ["FOLDERS", "JudgedPage", "grow", "samples"]

#: Corpus folders of articles, and the one of pages that are none.
FOLDERS = (
    "aeb",
    "fundus-eval",
    "fundus-pages",
    "wcxb",
    "wix",
    "evaldata",
    "htmldate",
    "attribution",
)
OTHERS = "not-articles"
#: What each kind of page counts: an article that is refused is worse than a list that is filed, and
#: a company's page of services may be told in an article's make.
WEIGHTS = {"article": 3.0, "service": 0.15}
#: Shares with which each page is shown with its address and without one: a saved page has none.
WITH_ADDRESS, WITHOUT = 0.7, 0.3
#: Kinds of ``KINDS`` by the labels of the corpus.
_KIND = {"listing": "listing", "collection": "listing", "product": "product", "forum": "forum"}
#: Parts of the sites that the trees are calibrated with, each on what the others have grown.
_FOLDS = 5
_TREES: dict[str, Any] = {
    "num_leaves": 6,
    "max_depth": 3,
    "learning_rate": 0.08,
    "min_data_in_leaf": 4,
    "feature_fraction": 0.12,
    "lambda_l2": 2,
    "num_threads": 1,
}
_ARTICLE_TREES, _KIND_TREES = 250, 40
#: Labelled as articles by corpora that mean any page with a main text or a date, by what they are.
LABELLED_OTHERWISE = {
    "traf-katzen-forum.net-Pepe.html": "forum",
    "traf-german.stackexchange.com.ausgeraubt.html": "forum",
    "traf-villagersandheroes.com.forums.patchnotes.html": "forum",
    "traf-reddit.com.init.html": "forum",
    "traf-foren.myoos.de.html": "forum",
    "hd-1660114516.html": "forum",
    "hd-1552005464.html": "forum",
    "hd-1580240354.html": "forum",
    "traf-de.happycoffee.org.sidamo.html": "product",
    "traf-zooroyal.de.trixie.html": "product",
    "hd-bayern.de.html": "listing",
    "hd-blog.wordpress.com.html": "listing",
    "hd-austria.info.html": "listing",
    "hd-unexpecteduser.2011.html": "listing",
    "hd-die-partei.net.sh.html": "listing",
    "traf-echte-demokratie-jetzt.de.blog.html": "listing",
    "dev-0316": "listing",
    "dev-4271": "listing",
}
#: The same, where what they are is no kind of ours: a profile, a register, a login, a holiday flat.
NOT_LEARNED = frozenset(
    [
        "traf-travanto.de.ferienhaus-feinen.html",
        "traf-pix-bavaria.de.html",
        "traf-anwaltniemeyer.de.index.html",
        "traf-jodel.com.advertising.html",
        "dev-4531",
        "hd-facebook.com.visitaustria.html",
        "hd-1687351353.html",
        "hd-1587353145.html",
        "hd-500px.com.spring.html",
        "hd-wevolver.com.vehicle.html",
        "hd-1641303898.html",
    ]
)


@dataclass(frozen=True, slots=True)
class JudgedPage:
    """One labelled page's evidence."""

    dataset: str
    id: str
    site: str
    part: int
    #: ``article``, or the kind as ``not-articles`` labels it.
    kind: str
    #: Columns of ``NAMES``; and the same as they are where no address is known.
    row: list[float]
    without_address: list[float]


def samples(corpus: Path, models: Path, processes: int) -> list[JudgedPage]:
    """The labelled pages of ``corpus``, read with what ``models`` make of sites that they do not know."""
    pages: dict[str, CorpusPage] = {}
    for name in (*FOLDERS, OTHERS):
        for page in corpus_pages(corpus / name):
            # Some pages are in two folders.
            pages.setdefault((page.url or page.id).partition("://")[2] or page.id, page)
    wanted = [page for page in pages.values() if page.id not in NOT_LEARNED]
    with ProcessPoolExecutor(processes, get_context("forkserver")) as pool:
        found = list(pool.map(partial(_one, models), wanted, chunksize=8))
    return [page for page in found if page is not None]


def _one(models: Path, page: CorpusPage) -> JudgedPage | None:
    text = text_of_body(page.raw(), url=page.url)
    if isinstance(text, Refusal) or not text.is_html:
        return None
    with unseen_models(models, page):
        evidence = weigh_parsed(HtmlPage.parse(text.text), PageContext(url=page.url))
    kind = page.truth["type"] if page.dataset == OTHERS else LABELLED_OTHERWISE.get(page.id)
    if evidence is None or (kind is None and not evidence["text_size"]):
        # Where the body model found no text on an article, that is what it has to learn.
        return None
    unknown = {**evidence, **address_says(None, None)}
    return JudgedPage(
        page.dataset,
        page.id,
        page.site,
        page.part,
        kind or "article",
        [evidence[name] for name in NAMES],
        [unknown[name] for name in NAMES],
    )


def grow(pages: list[JudgedPage]) -> dict[str, Any]:
    """The ensembles as ``verdict_model.json`` holds them."""
    others = [page for page in pages if page.kind in _KIND]
    return {
        "article": calibrated(_articles(pages), *_scale(pages)),
        **{
            kind: grown(
                [row for page in others for row in (page.row, page.without_address)],
                [float(_KIND[page.kind] == kind) for page in others for _ in range(2)],
                [share for _ in others for share in (WITH_ADDRESS, WITHOUT)],
                NAMES,
                trees=_KIND_TREES,
                **{**_TREES, "learning_rate": 0.2},
            )
            for kind in KINDS
        },
    }


def _articles(pages: list[JudgedPage]) -> dict[str, Any]:
    weights = [WEIGHTS.get(page.kind, 1.0) for page in pages]
    return grown(
        [row for page in pages for row in (page.row, page.without_address)],
        [float(page.kind == "article") for page in pages for _ in range(2)],
        [weight * share for weight in weights for share in (WITH_ADDRESS, WITHOUT)],
        NAMES,
        trees=_ARTICLE_TREES,
        **_TREES,
    )


def _scale(pages: list[JudgedPage]) -> tuple[float, float]:
    """(slope, offset) that make of log-odds on unseen sites how often a page is an article (Platt)."""
    odds: list[float] = []
    truth: list[float] = []
    sites = sorted({page.site for page in pages})
    fold = {site: number % _FOLDS for number, site in enumerate(sites)}
    for number in range(_FOLDS):
        stored = _articles([page for page in pages if fold[page.site] != number])
        unseen = [p for p in pages if fold[p.site] == number and p.kind != "service"]
        odds += ensemble_of(stored, NAMES).odds([page.row for page in unseen])
        truth += [float(page.kind == "article") for page in unseen]
    return logistic(odds, truth)

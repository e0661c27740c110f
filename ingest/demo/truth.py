"""What is true of the demo's sites: their articles, word by word, and the pages that are none.

Each site's folder holds a ``truth.json``: ``articles`` (objects with the fields of ``TrueArticle``)
and ``refused`` (those of ``ExpectedRefusal``).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.demo.sites import sites_folder

__all__ = ["ExpectedRefusal", "SiteTruth", "TrueArticle", "TrueCredit", "load_truth"]


@dataclass(frozen=True, slots=True)
class TrueCredit:
    """A credit that the page shows; ``name`` as the agencies and outlets are called in credits."""

    role: str
    name: str


@dataclass(frozen=True, slots=True)
class TrueArticle:
    """An article that a site announces."""

    url: str
    title: str
    #: Text blocks of the body in reading order (headings, list items and quotes among them),
    #: without lines that are nothing but a credit.
    paragraphs: tuple[str, ...]
    authors: tuple[str, ...] = ()
    #: As precise as the page is.
    published: str | None = None
    #: ISO 639-1.
    language: str | None = None
    standfirst: str | None = None
    credits: tuple[TrueCredit, ...] = ()
    #: ``live_blog``, ``opinion``; else ``article``.
    kind: str = "article"
    #: Announced addresses that lead to the same article of the same site.
    other_addresses: tuple[str, ...] = ()
    #: Articles of other sites with the same body.
    same_text: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExpectedRefusal:
    """An announced address that is no article, and the reason that its link must get."""

    url: str
    reason: str


@dataclass(frozen=True, slots=True)
class SiteTruth:
    """What is true of one site."""

    host: str
    articles: tuple[TrueArticle, ...]
    refused: tuple[ExpectedRefusal, ...]


def load_truth(folder: Path | None = None) -> list[SiteTruth]:
    """The truth of every site in ``folder`` (the demo's own where it is left out), by host."""
    root = folder or sites_folder()
    return [_site(path) for path in sorted(root.glob("*/truth.json"))]


def _site(path: Path) -> SiteTruth:
    values = json.loads(path.read_text("utf-8"))
    return SiteTruth(
        path.parent.name,
        tuple(_article(value) for value in values["articles"]),
        tuple(ExpectedRefusal(**value) for value in values["refused"]),
    )


def _article(value: dict[str, Any]) -> TrueArticle:
    credits = tuple(TrueCredit(**credit) for credit in value.pop("credits", ()))
    lists = {key: tuple(item) for key, item in value.items() if isinstance(item, list)}
    return TrueArticle(**{**value, **lists, "credits": credits})

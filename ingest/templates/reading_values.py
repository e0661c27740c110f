"""What passes between the templates of a source and the workers that read its pages.

Values alone, so that the process that hands out pages needs nothing of the extractor.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import zstandard

if TYPE_CHECKING:
    from ingest.extract.refusal import Refusal
    from ingest.templates.template import Template
    from sources.link import Link
    from sources.page import Page
    from storage.article import Article

__all__ = [
    "FEWEST",
    "Candidate",
    "Example",
    "Grown",
    "Learned",
    "Misfit",
    "PackedExample",
    "PageReading",
    "pack",
    "unpack",
]

#: Pages that a template is learned from, at least.
FEWEST = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """A template that a page may be of."""

    #: Its name and version, ``article@2``.
    label: str
    #: As ``Template.as_json`` wrote it.
    rules: str
    #: Whether its article is compared with the generic path's.
    check: bool = False
    #: Whether its article is not taken yet, whatever comes of the comparison.
    trial: bool = False
    #: Whether it may learn from this page what stands at places that it does not know.
    grows: bool = False


@dataclass(frozen=True, slots=True)
class Grown:
    """A template that a page has taught more."""

    #: The one that it takes the place of.
    label: str
    rules: str
    support: int


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why a template was not applied to a page."""

    #: ``no_place``, ``kind``, ``claims``, ``unknown_blocks``, ``too_small``, ``too_large``,
    #: ``text_outside``, ``described_longer``, ``missing_field``, ``refused``, ``format``.
    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class PageReading:
    """What became of a page, and what its templates had to do with it."""

    found: Article | Refusal
    #: The template that fits the page; ``None`` where none does.
    template: str | None = None
    #: Why each of the others does not fit, in the order in which they were tried.
    misfits: tuple[tuple[str, Misfit], ...] = ()
    #: Whether the generic path was asked as well; then ``found`` is the template's article only
    #: where the two agree and it was not on trial.
    checked: bool = False
    #: Fields in which the two differ.
    differs: tuple[str, ...] = ()
    #: What tells the page's kind from others, where the generic path read it.
    signature: str | None = None
    #: What the generic path made of it, where it was asked.
    generic: Article | None = None
    #: Addresses of the pages that the article goes on at, the second part first.
    parts: tuple[str, ...] = ()
    #: What the page, which fitted none, taught one of its templates.
    grown: Grown | None = None


@dataclass(frozen=True, slots=True)
class Learned:
    """What some pages taught."""

    #: ``None`` where they teach nothing; ``why`` says the reason.
    template: Template | None
    why: str = ""
    #: How many of the pages fit, and how many of these agree with the generic path.
    fit: int = 0
    agreed: int = 0


@dataclass(frozen=True, slots=True)
class Example:
    """One page and the article that the generic path made of it."""

    html: str
    url: str | None
    article: Article
    #: What the endpoint said of it.
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class PackedExample:
    """One page as it is kept to be learned from: compressed, until a worker reads it."""

    #: By ``pack``.
    body: bytes
    content_type: str | None
    url: str
    article: Article
    link: Link | None


def pack(page: Page, article: Article, link: Link | None) -> PackedExample:
    """``page``, of which the generic path made ``article``, to be learned from later."""
    return PackedExample(
        zstandard.ZstdCompressor(level=1).compress(page.body),
        page.headers.get("content-type"),
        page.url,
        article,
        link,
    )


def unpack(packed: PackedExample) -> bytes:
    """The body of a page as it came."""
    return zstandard.ZstdDecompressor().decompress(packed.body)

"""All that a page says of its article beside the text, read before anything is taken out of its tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.extract.metadata.authors import Author, credited_authors, raw_bylines
from ingest.extract.metadata.dates import modified_time, published_time
from ingest.extract.metadata.fields import (
    canonical_address,
    kind_of,
    publisher_of,
    section_of,
    site_names_of,
    tags_of,
)
from ingest.extract.metadata.labels import is_paid
from ingest.extract.metadata.lead_image import LeadImage, lead_image_of
from ingest.extract.metadata.reuse import reuse_of
from ingest.extract.metadata.title import title_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from ingest.extract.page.html_page import HtmlPage
    from sources.link import Link
    from sources.source import ExtractRules, Source
    from storage.article import ArticleKind

__all__ = ["PageMetadata", "read_metadata"]


@dataclass(frozen=True, slots=True)
class PageMetadata:
    """What was read; the fields mean what those of ``Article`` mean."""

    #: The page's own address, ``url`` where it names none.
    address: str | None
    #: What the site calls itself, the surest first.
    site_names: tuple[str, ...]
    title: str | None
    authors: tuple[Author, ...]
    #: Bylines as they stand on the page.
    bylines: tuple[str, ...]
    published: str | None
    modified: str | None
    declared_language: str | None
    section: str | None
    tags: tuple[str, ...]
    image: LeadImage | None
    publisher: str | None
    kind: ArticleKind
    paid: bool
    reuse: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The authors' names."""
        return tuple(author.name for author in self.authors)

    @property
    def organisations(self) -> tuple[str, ...]:
        """The names of those authors that are organisations."""
        return tuple(author.name for author in self.authors if author.organisation)

    @property
    def site_name(self) -> str | None:
        """What the site calls itself."""
        return next(iter(self.site_names), None)


def read_metadata(
    page: HtmlPage,
    rules: ExtractRules,
    *,
    url: str | None,
    source: Source | None,
    link: Link | None,
    headers: Mapping[str, str] | None,
    now: datetime,
) -> PageMetadata:
    """What ``page``, its headers and the endpoint that announced it say.

    Args:
        page: whose tree is whole still.
        rules: selectors of the source and its platform.
        url: where the page came from.
        source: whose page it is.
        link: what the endpoint said of it.
        headers: of the answer, names in lower case.
        now: the latest that a date may be.
    """
    address = canonical_address(page, url)
    site_names = site_names_of(page, source, address)
    section = section_of(page, rules.section)
    return PageMetadata(
        address=address,
        site_names=site_names,
        title=title_of(page, rules.title, link.title if link else None, site_names),
        authors=credited_authors(page, rules.authors, link.authors if link else (), site_names),
        bylines=raw_bylines(page),
        published=published_time(
            page, link.published if link else None, rules.published, now, page.language, address
        ),
        modified=modified_time(page, now),
        declared_language=page.language,
        section=section,
        tags=tags_of(page, rules.tags),
        image=lead_image_of(page, address),
        publisher=publisher_of(page),
        kind=kind_of(page, address),
        paid=is_paid(page, address, section),
        reuse=reuse_of(page, headers, url),
    )

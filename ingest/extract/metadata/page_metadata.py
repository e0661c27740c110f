"""All that a page says of its article beside the text, read before anything is taken out of its tree.

One more field of an article is a field of ``Article``, the same here, and a line of ``read_metadata``
that says who reads it. What has the name of a field of ``Article`` goes there by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from ingest.extract.metadata.fields import publisher_of, tags_of
from ingest.extract.metadata.labels import is_paid
from ingest.extract.metadata.lead_image import lead_image_of
from ingest.extract.metadata.reuse import reuse_of
from storage.article import Article

if TYPE_CHECKING:
    from ingest.extract.metadata.field_source import FieldSource
    from storage.article import ArticleKind

__all__ = ["PageMetadata", "read_metadata"]


@dataclass(frozen=True, slots=True)
class PageMetadata:
    """What was read; what is called as a field of ``Article`` means what that one means."""

    #: The page's own address; where it came from where it names none.
    url: str | None
    title: str | None
    authors: tuple[str, ...]
    organisations: tuple[str, ...]
    published_at: str | None
    modified_at: str | None
    declared_language: str | None
    section: str | None
    tags: tuple[str, ...]
    image: str | None
    image_caption: str | None
    image_credit: str | None
    publisher: str | None
    kind: ArticleKind
    paid: bool
    reuse: tuple[str, ...]
    #: Bylines as they stand on the page.
    bylines: tuple[str, ...]
    #: What the site calls itself.
    site_name: str | None

    def of_article(self) -> dict[str, Any]:
        """The fields that ``Article`` has too."""
        return {name: getattr(self, name) for name in _OF_ARTICLE}


_OF_ARTICLE = tuple(
    each.name
    for each in fields(PageMetadata)
    if each.name in {of_article.name for of_article in fields(Article)}
)


def read_metadata(source: FieldSource) -> PageMetadata:
    """What the page of ``source``, its headers and the endpoint that announced it say.

    The page's tree has to be whole still.
    """
    page, rules, about, address = source.page, source.rules, source.about, source.address
    section = source.section()
    title = source.title()
    authors, bylines = source.authors()
    image = lead_image_of(page, address)
    published = source.published()
    return PageMetadata(
        url=address,
        title=title,
        authors=tuple(author.name for author in authors),
        organisations=tuple(author.name for author in authors if author.organisation),
        published_at=published,
        modified_at=source.modified(published),
        declared_language=page.language,
        section=section,
        tags=tags_of(page, rules.tags),
        image=image.url if image else None,
        image_caption=image.caption if image else None,
        image_credit=image.credit if image else None,
        publisher=publisher_of(page),
        kind=source.kind(),
        paid=is_paid(page, address, section),
        reuse=reuse_of(page, about.headers, about.url),
        bylines=bylines,
        site_name=next(iter(source.site_names), None),
    )

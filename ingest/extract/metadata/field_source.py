"""Who reads which field of an article on one page: the generic readers, unless somebody knows better.

A template is somebody who does (``ingest.templates.template_fields``): it answers the fields that it
has rules for, and leaves the others to what stands here.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from ingest.extract.metadata.authors import Author, credited_authors, raw_bylines
from ingest.extract.metadata.fields import (
    canonical_address,
    kind_of,
    section_of,
    site_names_of,
    standfirst_of,
)
from ingest.extract.metadata.language import language_of
from ingest.extract.metadata.times.choice import modified_time, published_time
from ingest.extract.metadata.title import title_of

if TYPE_CHECKING:
    from ingest.extract.page.html_page import HtmlPage
    from ingest.extract.page_context import PageContext
    from sources.source import ExtractRules
    from storage.article import ArticleKind, Block

__all__ = ["FieldSource"]


class FieldSource:
    """One page whose fields are asked for, each at most once."""

    def __init__(self, page: HtmlPage, rules: ExtractRules, about: PageContext) -> None:
        """A source of fields.

        Args:
            page: whose metadata is read.
            rules: selectors of the page's source and its platform.
            about: what is known of it beside.
        """
        self.page = page
        self.rules = rules
        self.about = about

    @cached_property
    def address(self) -> str | None:
        """The page's own address; where it came from where it names none."""
        return canonical_address(self.page, self.about.url)

    @cached_property
    def site_names(self) -> tuple[str, ...]:
        """What the site calls itself, the surest first."""
        return site_names_of(self.page, self.about.source, self.address)

    # Read before the tree loses anything

    def section(self) -> str | None:
        """The section that the article stands in."""
        return section_of(self.page, self.rules.section)

    def title(self) -> str | None:
        """The title, as the page or else its endpoint says."""
        link = self.about.link
        announced = link.title if link else None
        return title_of(self.page, self.rules.title, announced, self.site_names, self.address)

    def authors(self) -> tuple[tuple[Author, ...], tuple[str, ...]]:
        """(authors, bylines as they stand on the page)."""
        link = self.about.link
        announced = link.authors if link else ()
        return (
            credited_authors(self.page, self.rules.authors, announced, self.site_names),
            raw_bylines(self.page),
        )

    def published(self) -> str | None:
        """When the article was first published."""
        return published_time(
            self.page,
            self.about.link.published if self.about.link else None,
            self.rules.published,
            self.about.now,
            self.page.language,
            self.address,
        )

    def modified(self, published: str | None) -> str | None:
        """When it was changed last; ``published``: when it was published."""
        return modified_time(self.page, self.about.now, published)

    def kind(self) -> ArticleKind:
        """What kind of article the page says it is."""
        return kind_of(self.page, self.address)

    # Read with the text at hand

    def language(self, plain: str) -> str | None:
        """The language of the text ``plain``."""
        source = self.about.source
        return language_of(plain, self.page.language or (source.language if source else None))

    def standfirst(self, blocks: tuple[Block, ...], title: str | None) -> str | None:
        """The standfirst that the page shows apart from the text ``blocks``."""
        return standfirst_of(self.page, self.rules.standfirst, blocks, title)

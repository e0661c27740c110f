"""The fields of an article by one template: its own rules answer first, the generic readers the rest."""

from __future__ import annotations

import re
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from ingest.extract.metadata.field_source import FieldSource
from ingest.extract.metadata.fields import (
    is_live_blog,
    kind_of,
    section_of,
    standfirst_of,
    stands_apart,
)
from ingest.extract.page.folding import letters
from ingest.extract.page.nearby_lines import NearbyLines
from ingest.templates.field_rules import (
    own_names,
    read_authors,
    read_standfirst,
    read_time,
    read_title,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selectolax.lexbor import LexborNode

    from ingest.extract.metadata.authors import Author
    from ingest.extract.page.html_page import HtmlPage
    from ingest.extract.page_context import PageContext
    from ingest.templates.template import FieldRule, Template
    from sources.source import ExtractRules
    from storage.article import ArticleKind, Block

__all__ = ["TemplateFields"]

#: Share of the words of a text that are its language's commonest.
_COMMON_WORDS = 0.06
_WORD = re.compile(r"[^\W\d_]+")


class TemplateFields(FieldSource):
    """The fields of a page that a template fits, on the lines around its text.

    Selectors of the source file go before the template's rules: they are the operator's word.
    """

    def __init__(
        self, page: HtmlPage, rules: ExtractRules, about: PageContext, template: Template
    ) -> None:
        """A source of fields.

        Args:
            page: as it was parsed.
            rules: selectors of the page's source.
            about: what is known of it beside.
            template: that may fit it.
        """
        super().__init__(page, rules, about)
        self._template = template
        self._around: NearbyLines | None = None

    @cached_property
    def is_live(self) -> bool:
        """Whether the page is a live blog."""
        return is_live_blog(self.page, self.address)

    @contextmanager
    def beside(self, first: LexborNode, last: LexborNode) -> Iterator[NearbyLines]:
        """Have lines read around the text alone, from its ``first`` element to its ``last``."""
        self._around = NearbyLines(self.page.h1, first, last, self._template.below)
        self.page.narrow(self._around)
        try:
            yield self._around
        finally:
            self.page.widen()
            self._around = None

    def section(self) -> str | None:
        """The section, without looking for breadcrumbs where the source has none."""
        crumbs = "breadcrumbs" not in self._template.lacks
        return section_of(self.page, self.rules.section, crumbs=crumbs)

    def title(self) -> str | None:
        """The title where the template's rule finds it, and the headline says the same."""
        rule = self._rule("title", self.rules.title)
        found = read_title(self.page, rule) if rule is not None else None
        if rule is None or found is None or not _is_shown(self.page, rule, found):
            return super().title()
        return found

    def authors(self) -> tuple[tuple[Author, ...], tuple[str, ...]]:
        """Authors and bylines where the template's rule finds them."""
        rule = self._rule("authors", self.rules.authors)
        if rule is not None:
            found = read_authors(self.page, rule, own_names(self.site_names))
            if found[0]:
                return found
        # Bylines may stand further from the text than the lines around it.
        self.page.widen()
        found = super().authors()
        if self._around is not None:
            self.page.narrow(self._around)
        return found

    def published(self) -> str | None:
        """When it was first published, by the template's rule."""
        return self._time("published", self.rules.published) or super().published()

    def modified(self, published: str | None) -> str | None:
        """When it was changed last, by the template's rule."""
        return self._time("modified", ()) or super().modified(published)

    def kind(self) -> ArticleKind:
        """The kind; whether it is a live blog was asked before."""
        return kind_of(self.page, self.address, live=self.is_live)

    def language(self, plain: str) -> str | None:
        """As declared, where the commonest words of the template's texts bear it out; else as detected."""
        declared, template = self.page.language, self._template
        if declared and declared == template.language and template.words:
            common = frozenset(template.words)
            for sample in (plain[:240], plain[:800]):
                found = _WORD.findall(sample.lower())
                if sum(word in common for word in found) >= _COMMON_WORDS * len(found) > 1:
                    return declared
        return super().language(plain)

    def standfirst(self, blocks: tuple[Block, ...], title: str | None) -> str | None:
        """The standfirst by the template's rule; none where no page learned from had one."""
        if self.rules.standfirst:
            return super().standfirst(blocks, title)
        rule = self._template.fields.get("standfirst")
        text = read_standfirst(self.page, rule) if rule is not None else None
        if text is not None and stands_apart(text, blocks, title):
            return text
        if not self._template.standfirsts:
            return None
        marked = "marked_standfirst" not in self._template.lacks
        return standfirst_of(self.page, (), blocks, title, marked=marked)

    def _rule(self, field: str, by_hand: tuple[str, ...]) -> FieldRule | None:
        return None if by_hand else self._template.fields.get(field)

    def _time(self, field: str, by_hand: tuple[str, ...]) -> str | None:
        rule = self._rule(field, by_hand)
        return read_time(self.page, rule, self.about.now) if rule is not None else None


def _is_shown(page: HtmlPage, rule: FieldRule, title: str) -> bool:
    """Whether the headline, where there is one, says the title that the page states elsewhere.

    Where it does not, which of them is meant takes more than a rule.
    """
    if rule.origin == "select" or not page.headings:
        return True
    key = letters(title)
    return any(letters(text) == key for text in page.headings)

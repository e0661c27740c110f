"""The title without the site's name: the place that the others agree with."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ingest.extract.folding import collapse, fold, letters
from ingest.extract.json_ld import text_of

if TYPE_CHECKING:
    from ingest.extract.html_page import HtmlPage

__all__ = ["title_of", "titles_of", "without_site"]

_SEPARATOR = re.compile(r"\s+[|–—·•»«:›\-]+\s+|\s*[|｜│]\s*")
LONGEST = 400


def title_of(
    page: HtmlPage, selectors: tuple[str, ...], announced: str | None, site_names: Iterable[str]
) -> str | None:
    """The article's title as the page shows it."""
    names = {fold(name) for name in site_names if name}
    for selector in selectors:
        node = page.tree.css_first(selector)
        text = collapse(node.text(deep=True, separator=" ")) if node is not None else ""
        if text:
            return text[:LONGEST]
    candidates = [(origin, without_site(text, names)) for origin, text in _stated(page)]
    candidates = [(origin, text) for origin, text in candidates if text]
    if not candidates:
        return announced
    heading = _heading(page, [text for _, text in candidates], names)
    if heading:
        return heading
    # Without a heading that agrees, the statement that most others share.
    votes = {text: sum(_agree(text, other) for _, other in candidates) for _, text in candidates}
    return max((text for _, text in candidates), key=lambda text: votes[text])[:LONGEST]


def titles_of(page: HtmlPage, title: str | None) -> tuple[str, ...]:
    """Every wording of the title on the page: any of them inside the text is a repetition."""
    found = [title, *(text for _, text in _stated(page)), *page.headings[:2]]
    return tuple(dict.fromkeys(text for text in found if text))


def without_site(title: str, site_names: set[str]) -> str:
    """``title`` without the site's name before or behind a separator."""
    title = collapse(title)
    pieces = _SEPARATOR.split(title)
    if len(pieces) < 2:
        return title
    for piece, rest_from_end in ((pieces[-1], True), (pieces[0], False)):
        folded = fold(piece)
        if (folded and folded in site_names) or folded.removeprefix("the ") in site_names:
            cut = title.rfind(piece) if rest_from_end else len(piece)
            rest = title[:cut] if rest_from_end else title[title.find(piece) + len(piece) :]
            rest = rest.strip(" |–—·•»«:›-｜│")
            return without_site(rest, site_names) if rest else title
    return title


def _stated(page: HtmlPage) -> list[tuple[str, str]]:
    node = page.article_node or {}
    found = [
        ("headline", text_of(node.get("headline"))),
        ("og", page.first_meta("og:title")),
        ("twitter", page.first_meta("twitter:title")),
        ("name", text_of(node.get("name"))),
        ("title", page.head_title),
    ]
    return [(origin, collapse(text)) for origin, text in found if text]


def _heading(page: HtmlPage, stated: list[str], names: set[str]) -> str | None:
    """The ``h1`` that agrees with a statement; a lone one may also speak for itself."""
    headings = [text for text in page.headings if fold(text) not in names]
    for text in headings:
        if any(_agree(text, other) for other in stated):
            return text[:LONGEST]
    if len(headings) == 1 and len(headings[0]) > 15:
        words = set(fold(headings[0]).split())
        for other in stated:
            shared = words & set(fold(other).split())
            if len(shared) >= 0.5 * len(words):
                return headings[0][:LONGEST]
    return None


def _agree(one: str, other: str) -> bool:
    a, b = letters(one), letters(other)
    if not a or not b:
        return False
    shorter, longer = sorted((a, b), key=len)
    return a == b or (
        len(shorter) >= 12 and longer.startswith(shorter) and len(shorter) > 0.6 * len(longer)
    )

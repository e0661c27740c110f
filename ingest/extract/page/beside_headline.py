"""The lines beside a page's headline, where bylines, dates and labels stand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ingest.extract.page.folding import fold, letters
from ingest.extract.page.json_ld import text_of

if TYPE_CHECKING:
    from ingest.extract.page.html_page import HtmlPage
    from ingest.extract.page.lines import Line

__all__ = ["labels_of", "lines_beside_headline", "parts_of_title"]

_LEAST = 6
_TITLE_LABEL = re.compile(r"\s?[:|]\s|\s[–—]\s")
_BETWEEN = re.compile(r"\s(?:[-|–—:·•»/]|::)\s")
_LEAST_PART = 20
_NO_LABEL = frozenset(["nav", "footer", "aside", "button", "caption"])
_LONGEST_LABEL, _LONGEST_OPENING = 45, 25


def lines_beside_headline(page: HtmlPage, *, above: int, below: int) -> list[Line]:
    """The lines under the headline, then those over it, both in the page's order.

    The headline is the first line that is an ``h1``; on pages without one, the first that is what
    their head calls the title.
    """
    nearby = page.nearby.beside_headline(above, below) if page.nearby is not None else None
    if nearby is not None:
        return nearby
    lines = page.lines
    named = {letters(text) for text in page.headings if len(text) > _LEAST}
    stated = (
        text_of((page.article_node or {}).get("headline")),
        page.first_meta("og:title"),
        page.head_title,
    )
    titles = {letters(text) for text in stated if text and len(text) > _LEAST}
    wanted = (named & titles) or titles | named
    at = _position(lines, wanted)
    if at is None and wanted != named:
        at = _position(lines, named)
    if at is None and page.head_title:
        at = _position(lines, parts_of_title(page.head_title))
    if at is None:
        return []
    return [*lines[at + 1 : at + 1 + below], *lines[max(0, at - above) : at]]


def parts_of_title(title: str) -> set[str]:
    """Letters of the parts of a ``<title>``: without an ``h1`` one is the headline, beside the site's name."""
    parts = _BETWEEN.split(title[:400])
    return {letters(part) for part in parts if len(part) >= _LEAST_PART}


def labels_of(page: HtmlPage) -> tuple[str, ...]:
    """Folded: short lines directly over and under the headline, and a word before a colon in it."""
    return page.once("labels", lambda: _labels(page))


def _labels(page: HtmlPage) -> tuple[str, ...]:
    found = [
        fold(line.text)
        for line in lines_beside_headline(page, above=3, below=2)
        if len(line.text) <= _LONGEST_LABEL and line.area not in _NO_LABEL
    ]
    for title in (*page.headings[:2], page.first_meta("og:title") or ""):
        mark = _TITLE_LABEL.search(title[:200], 0, _LONGEST_OPENING + 3)
        if mark is not None and mark.start() <= _LONGEST_OPENING:
            found.append(fold(title[: mark.start()]))
    return tuple(found)


def _position(lines: tuple[Line, ...], wanted: set[str]) -> int | None:
    for number, line in enumerate(lines):
        if len(line.text) > _LEAST and line.area != "nav" and letters(line.text) in wanted:
            return number
    return None

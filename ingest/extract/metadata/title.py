"""The title: of all its wordings on a page the one that most speaks for.

A title stands in ``h1``, ``og:title`` (https://ogp.me), ``twitter:title``, JSON-LD ``headline`` and
``<title>``, with and without the site's name, a kicker, a date. Newsrooms fill ``og:title`` and
``headline`` with the headline; blogs' plug-ins fill them with a title for search engines, and the
``h1`` is what readers see, unless it is the site's name. Which of them is meant is weighed by trees
over what can be said of each wording (``titles.evidence``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ingest.extract.metadata.title_affix import Affixes
from ingest.extract.metadata.titles.evidence import NAMES, evidence_of
from ingest.extract.metadata.titles.places import places_of, plain_title
from ingest.extract.metadata.titles.wordings import Wording, wordings_of
from ingest.extract.page.heading_text import heading_text
from ingest.extract.page.json_ld import text_of
from ingest.extract.trees import ensemble

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ingest.extract.page.html_page import HtmlPage

__all__ = ["chosen", "title_of", "titles_of", "weighed"]

LONGEST = 400
_NEWS_OG, _NEWS_HEADLINE, _H1, _OG, _CHARS, _GOES_ON, _IS_SITE = (
    NAMES.index(name)
    for name in ("news_og", "news_headline", "h1", "og", "chars", "goes_on", "is_site")
)
_SAME, _CONTAINED, _TITLE_PIECE = (
    NAMES.index(name) for name in ("same_letters", "contained", "title_piece")
)
_LONGEST_LABEL = 15
_EXACTLY, _INSIDE, _LEAST_TAIL = 6, 3, 12


def title_of(
    page: HtmlPage,
    selectors: tuple[str, ...],
    announced: str | None,
    site_names: Iterable[str],
    address: str | None = None,
) -> str | None:
    """The article's title as the page shows it.

    Args:
        page: the parsed page.
        selectors: of the source file or the platform; the first that finds text decides.
        announced: the title that the endpoint gave.
        site_names: what the site is called, its hosts among them; no part of a title.
        address: of the page, where known.
    """
    for selector in selectors:
        node = page.tree.css_first(selector)
        text = heading_text(node) if node is not None else ""
        if text:
            return text[:LONGEST]
    wordings, rows = weighed(page, announced, site_names, address)
    if not wordings:
        return announced
    return _without_leading_name(wordings[chosen(rows)].text[:LONGEST], site_names)


def _without_leading_name(title: str, site_names: Iterable[str]) -> str:
    """``title`` without a name of the site and a separator before it ("The River Post: Lock keeper ...")."""
    for name in site_names:
        begins = title[: len(name)].casefold() == name.casefold()
        behind = (
            _BEHIND_NAME.match(title, len(name)) if begins and len(name) >= _LEAST_NAME else None
        )
        if behind is not None and len(title) - behind.end() >= _LEAST_TAIL:
            return title[behind.end() :]
    return title


#: Characters of a site's name that a title may begin with, and what parts the two.
_LEAST_NAME = 5
_BEHIND_NAME = re.compile(r"\s{0,2}(?:[:|｜：•]|\s[–—-])\s{1,2}")


def chosen(rows: list[list[float]]) -> int:
    """The number of the wording that most speaks for.

    What is the site's name or breaks off within a word is none, where there is another.
    """
    odds = ensemble("title", "title", NAMES).odds(rows)
    possible = [
        number
        for number, row in enumerate(rows)
        if not row[_GOES_ON] and not row[_IS_SITE] and not _is_label(row)
    ]
    best = max(possible or range(len(odds)), key=odds.__getitem__)
    for convention in _CONVENTIONS:
        meant = [number for number, row in enumerate(rows) if convention(row, rows[best])]
        if meant:
            return max(meant, key=odds.__getitem__)
    return best


def _is_label(row: list[float]) -> bool:
    """Whether a wording is a word or two that nothing else on the page says: a section, a greeting."""
    return (
        row[_CHARS] <= _LONGEST_LABEL
        and row[_SAME] + row[_CONTAINED] <= 1
        and not row[_TITLE_PIECE]
    )


def _is_newsrooms_word(row: list[float], best: list[float]) -> bool:
    """Newsrooms fill ``og:title`` and ``headline`` with the headline; elsewhere plug-ins do, for searches."""
    return row[_NEWS_OG] == 1 and row[_NEWS_HEADLINE] == 1


def _is_without_kicker(row: list[float], best: list[float]) -> bool:
    """A kicker or a date stands in the same ``h1``, and ``og:title`` leaves it out."""
    return (
        best[_H1] == _EXACTLY
        and best[_OG] < _EXACTLY - 1
        and row[_OG] == _EXACTLY
        and _INSIDE <= row[_H1] < _EXACTLY - 1
        and row[_CHARS] >= _LEAST_TAIL
    )


#: What a wording has to be, beside the one that the trees chose, to be taken in its place.
_CONVENTIONS = (_is_newsrooms_word, _is_without_kicker)


def weighed(
    page: HtmlPage, announced: str | None, site_names: Iterable[str], address: str | None
) -> tuple[list[Wording], list[list[float]]]:
    """The wordings of the title of ``page``, and what speaks for each as a row of ``NAMES``."""
    places = places_of(page, announced)
    beside = Affixes.of(site_names, _sections(page, address))
    wordings = wordings_of(places, beside)
    return wordings, evidence_of(page, places, wordings, beside, address)


def titles_of(page: HtmlPage, title: str | None) -> tuple[str, ...]:
    """Every wording of the title on the page: any of them inside the text is a repetition."""
    node = page.article_node or {}
    stated = (
        text_of(node.get("headline")),
        page.first_meta("og:title"),
        page.first_meta("twitter:title"),
        page.first_meta("title", "dc.title", "citation_title", "headline"),
        text_of(node.get("name")),
        page.head_title,
    )
    found = [title, *map(plain_title, stated), *page.headings[:2]]
    return tuple(dict.fromkeys(text for text in found if text))


def _sections(page: HtmlPage, address: str | None) -> list[str | None]:
    node = page.article_node or {}
    try:
        path = urlsplit(page.canonical or page.first_meta("og:url") or address or "").path
    except ValueError:
        path = ""
    folders = [part.replace("-", " ") for part in path.rstrip("/").split("/")[:-1] if part]
    return [text_of(node.get("articleSection")), page.first_meta("article:section"), *folders]

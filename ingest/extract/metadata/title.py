"""The title without the site's name: chosen among the places that state it, by their agreement.

A title stands in ``h1``, ``og:title`` (https://ogp.me), ``twitter:title``, JSON-LD ``headline`` and
``<title>``. Newsrooms fill ``og:title`` and ``headline`` with the headline; blogs' plug-ins fill
them with a title for search engines, and the ``h1`` is what readers see.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ingest.extract.metadata.title_affix import Affixes, pieces_of, position_of
from ingest.extract.page.folding import collapse, fold, letters
from ingest.extract.page.heading_text import heading_text
from ingest.extract.page.json_ld import text_of, types_of

if TYPE_CHECKING:
    from ingest.extract.page.html_page import HtmlPage

__all__ = ["title_of", "titles_of"]

LONGEST = 400
_LONGEST_STATED = 1000
_MOST_HEADINGS = 12
#: JSON-LD types that newsrooms use.
_NEWS = ("newsarticle", "liveblogposting", "reportagenewsarticle")
#: A statement at least this long that is the start of another one was cut.
_CUT_AT = 50
_SEPARATORS = frozenset("/|–—-•·")
_MARKS = {
    **dict.fromkeys("‘’‚`´", "'"),
    **dict.fromkeys("“”„«»", '"'),
    **dict.fromkeys("‐‑–—", "-"),
}


@dataclass(frozen=True, slots=True)
class _Statement:
    origin: str
    text: str


def title_of(
    page: HtmlPage, selectors: tuple[str, ...], announced: str | None, site_names: Iterable[str]
) -> str | None:
    """The article's title as the page shows it.

    Args:
        page: the parsed page.
        selectors: of the source file or the platform; the first that finds text decides.
        announced: the title that the endpoint gave, where the page has none.
        site_names: what the site is called, its hosts among them; no part of a title.
    """
    for selector in selectors:
        node = page.tree.css_first(selector)
        text = heading_text(node) if node is not None else ""
        if text:
            return text[:LONGEST]
    beside = Affixes.of(site_names, _sections(page))
    stated = [
        _Statement(origin, text)
        for origin, raw in _stated(page)
        if (text := beside.strip(raw)) and not beside.is_site(text)
    ]
    headings = [text for text in _headings(page) if not beside.is_site(text)]
    stated = _without_remainders(stated, headings)
    title = _chosen(page, stated, headings)
    return title[:LONGEST] if title else announced


def titles_of(page: HtmlPage, title: str | None) -> tuple[str, ...]:
    """Every wording of the title on the page: any of them inside the text is a repetition."""
    found = [title, *(text for _, text in _stated(page)), *page.headings[:2]]
    return tuple(dict.fromkeys(text for text in found if text))


def _stated(page: HtmlPage) -> list[tuple[str, str]]:
    node = page.article_node or {}
    found = [
        ("headline", text_of(node.get("headline"))),
        ("og", page.first_meta("og:title")),
        ("twitter", page.first_meta("twitter:title")),
        ("meta", page.first_meta("title", "dc.title", "citation_title", "headline")),
        ("name", text_of(node.get("name"))),
        ("title", page.head_title),
    ]
    return [
        (origin, text) for origin, raw in found if raw and (text := text_of(raw[:_LONGEST_STATED]))
    ]


def _headings(page: HtmlPage) -> list[str]:
    found = (heading_text(node)[:_LONGEST_STATED] for node in page.h1[:_MOST_HEADINGS])
    return list(dict.fromkeys(text for text in found if text))


def _sections(page: HtmlPage) -> list[str | None]:
    node = page.article_node or {}
    address = page.canonical or page.first_meta("og:url") or ""
    try:
        path = urlsplit(address).path
    except ValueError:
        path = ""
    folders = [part.replace("-", " ") for part in path.split("/")[:-1] if part]
    return [text_of(node.get("articleSection")), page.first_meta("article:section"), *folders]


def _without_remainders(stated: list[_Statement], headings: list[str]) -> list[_Statement]:
    """Statements cut to the part that other places agree is the title."""
    found: list[_Statement] = []
    others = [*headings, *(s.text for s in stated if s.origin in ("headline", "og", "twitter"))]
    for statement in stated:
        text = statement.text
        for other in others:
            if 12 <= len(other) < len(text) and (around := pieces_of(text, other)):
                before, behind = around
                # The <title> is where sites add most; elsewhere a kicker may be meant.
                if statement.origin == "title" or (behind and not before and len(behind) < 40):
                    text = text[position_of(text, other) :][: len(other)]
        found.append(_Statement(statement.origin, text))
    return found


def _chosen(page: HtmlPage, stated: list[_Statement], headings: list[str]) -> str | None:
    """The headline: the ``h1`` that statements bear out, in the wording that most places share."""
    whole = [s for s in stated if not _is_cut(s.text, stated)]
    heading = _heading_of(page, headings, whole)
    if heading is None:
        return _by_votes(whole)
    by_origin = {s.origin: s.text for s in reversed(whole)}
    og, headline = by_origin.get("og"), by_origin.get("headline")
    same = [s.text for s in whole if letters(s.text) == letters(heading)]
    if same:
        heading = _spelling(heading, same)
    if og and _is_tail(og, heading):
        # A kicker or a date stands in the same h1.
        return _spelling(og, [s.text for s in whole if letters(s.text) == letters(og)])
    if og and headline and letters(og) == letters(headline) and _is_news(page):
        # Newsrooms fill both with the headline; elsewhere plug-ins do, with one for searches.
        return og
    if heading.isupper() and og and not og.isupper() and _alike(og, heading):
        return og
    return heading


def _heading_of(page: HtmlPage, headings: list[str], stated: list[_Statement]) -> str | None:
    """The ``h1`` that is the article's: one that a statement agrees with, else a lone one."""
    for text in headings:
        if any(_agree(text, other.text) for other in stated):
            return text
    for text in headings:
        if any(_is_tail(other.text, text) for other in stated):
            return text
    lower = {letters(heading_text(node)) for node in page.tree.css("h2")[:_MOST_HEADINGS]}
    if len(headings) > 2 or any(letters(other.text) in lower for other in stated):
        return None
    for text in headings:
        if len(text) <= 8 or (text.isascii() and (len(text) <= 15 or len(text.split()) < 3)):
            continue
        if not stated or any(_alike(other.text, text) for other in stated):
            return text
    return None


def _is_news(page: HtmlPage) -> bool:
    return bool(types_of(page.article_node or {}) & set(_NEWS))


def _by_votes(stated: list[_Statement]) -> str | None:
    """The statement that most others share; of equals the earlier."""
    if not stated:
        return None
    votes = Counter(letters(s.text) for s in stated)
    best = max(stated, key=lambda s: votes[letters(s.text)])
    return _spelling(best.text, [s.text for s in stated if letters(s.text) == letters(best.text)])


def _spelling(text: str, others: list[str]) -> str:
    """Of wordings with the same letters the one that most places write."""
    counts = Counter(_unified(other) for other in others)
    top, most = counts.most_common(1)[0] if counts else ("", 0)
    parted = next((other for other in others if _is_parted(other, text)), None)
    if parted:
        return parted
    if _unified(text) in counts and counts[_unified(text)] >= most:
        return text
    if (
        text.isupper()
        or text.islower()
        or (most >= 2 and fold(top) != fold(text))
        or _glued(text, others)
    ):
        return next(other for other in others if _unified(other) == top)
    return text


def _unified(text: str) -> str:
    """``text`` with its quotes and dashes unified, its case kept."""
    return "".join(_MARKS.get(char, char) for char in collapse(text))


def _is_parted(other: str, text: str) -> bool:
    """Whether ``other`` is ``text`` with a separator between its kicker and the rest."""
    words = other.split()
    return (
        not _SEPARATORS & set(text.split())
        and text.split() == [word for word in words if word not in _SEPARATORS] != words
    )


def _glued(text: str, others: list[str]) -> bool:
    """Whether others have the words of ``text`` with more, or fewer, blanks between them."""
    return any(len(other.split()) != len(text.split()) for other in others)


def _is_cut(text: str, stated: list[_Statement]) -> bool:
    """Whether ``text`` is the start of a longer statement, cut for want of room."""
    if text.endswith(("…", "...")):
        start = letters(text.rstrip("….").rpartition(" ")[0])
        return bool(start) and any(
            s.text != text and letters(s.text).startswith(start) and len(s.text) >= len(text) - 3
            for s in stated
        )
    mine = letters(text)
    return len(text) >= _CUT_AT and any(
        len(letters(s.text)) > len(mine)
        and letters(s.text).startswith(mine)
        and s.text[len(text) : len(text) + 1].isalnum()
        for s in stated
    )


def _is_tail(tail: str, whole: str) -> bool:
    a, b = letters(tail), letters(whole)
    return len(a) >= 12 and b.endswith(a) and 4 <= len(b) - len(a) < 60


def _alike(one: str, other: str) -> bool:
    """Whether two titles are wordings of one story: they share words that are no particles."""
    a = {word for word in fold(one).split() if len(word) > 3}
    b = {word for word in fold(other).split() if len(word) > 3}
    shared = len(a & b)
    return shared >= 2 or (shared >= 1 and 3 * shared >= min(len(a), len(b)))


def _agree(one: str, other: str) -> bool:
    a, b = letters(one), letters(other)
    if not a or not b:
        return False
    shorter, longer = sorted((a, b), key=len)
    return a == b or (
        len(shorter) >= 12 and longer.startswith(shorter) and len(shorter) > 0.6 * len(longer)
    )

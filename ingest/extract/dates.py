"""When an article was published and changed: the page's own statement before any guess.

Times come out as ISO 8601 exactly as precise as they were stated: a day stays a day, a time without
a zone stays without one. Nothing from the future counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ingest.extract.json_ld import text_of
from ingest.extract.times import stated_time, visible_time

if TYPE_CHECKING:
    from ingest.extract.html_page import HtmlPage

__all__ = ["modified_time", "published_time"]

_PUBLISHED_META = (
    "article:published_time", "og:article:published_time", "article:published", "og:published_time", "datepublished",
    "parsely-pub-date", "sailthru.date", "pubdate", "publishdate", "publish-date", "publish_date", "publication_date",
    "dc.date.issued", "dcterms.created", "dcterms.issued", "dc.date", "dcterms.date", "dc.date.created", "article.published",
    "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "bt:pubdate", "article_date_original", "originalpublicationdate",
    "citation_publication_date", "date", "lastmod_date", "rnews:datepublished", "article:post_date", "article:date", "created",
)  # fmt: skip
_MODIFIED_META = (
    "article:modified_time", "og:updated_time", "og:article:modified_time", "article:modified", "datemodified",
    "dcterms.modified", "dc.date.modified", "last-modified", "lastmod", "cxenseparse:recs:modifiedtime", "revised",
)  # fmt: skip


def published_time(
    page: HtmlPage,
    announced: str | None,
    selectors: tuple[str, ...],
    now: datetime,
    language: str | None,
) -> str | None:
    """When the article was first published, as the page says; else as its endpoint said."""
    for selector in selectors:
        for node in page.tree.css(selector)[:3]:
            text = (
                node.attributes.get("datetime")
                or node.attributes.get("content")
                or node.text(deep=True, separator=" ")
            )
            found = _sane(stated_time(text) or visible_time(text, language, now), now)
            if found:
                return found
    stated = list(_sane_ones(_published_statements(page), now))
    best = _most_precise_of_a_day(stated)
    if best:
        return best
    if announced and _sane(announced, now):
        return announced
    marked = list(_sane_ones(_marked_times(page), now))
    return marked[0] if marked else _visible_near_title(page, now, language) or _guessed(page, now)


def modified_time(page: HtmlPage, now: datetime) -> str | None:
    """When the article was last changed, as the page says."""
    node = page.article_node or {}
    statements: list[str | None] = [text_of(node.get("dateModified"))]
    statements += [page.first_meta(name) for name in _MODIFIED_META]
    statements += [
        n.attributes.get("content") or n.attributes.get("datetime")
        for n in page.tree.css('[itemprop="dateModified"]')[:2]
    ]
    return next(iter(_sane_ones((stated_time(s) for s in statements), now)), None)


def _published_statements(page: HtmlPage) -> Iterator[str | None]:
    node = page.article_node or {}
    yield stated_time(text_of(node.get("datePublished")))
    for name in _PUBLISHED_META:
        yield stated_time(page.first_meta(name))
    for element in page.tree.css('[itemprop="datePublished"]')[:3]:
        yield stated_time(
            element.attributes.get("datetime")
            or element.attributes.get("content")
            or element.text(deep=True)
        )
    yield stated_time(text_of(node.get("dateCreated")) or text_of(node.get("uploadDate")))
    for other in page.json_ld:
        if other is not node and "datePublished" in other:
            yield stated_time(text_of(other.get("datePublished")))


def _marked_times(page: HtmlPage) -> Iterator[str | None]:
    for selector in (
        "time[pubdate]",
        "article header time[datetime]",
        "h1 ~ * time[datetime]",
        "article time[datetime]",
        "main time[datetime]",
        "time[datetime]",
        "abbr.published[title]",
    ):
        for node in page.tree.css(selector)[:1]:
            yield stated_time(node.attributes.get("datetime") or node.attributes.get("title"))


def _most_precise_of_a_day(stated: list[str]) -> str | None:
    """The first statement; where it lacks time or zone, a later one that has them for that day."""
    if not stated:
        return None
    first = stated[0]
    for other in stated[1:]:
        more = len(other) > 10 >= len(first) or (_zoned(other) and not _zoned(first))
        if more and other[:10] == first[:10] and (len(first) <= 10 or other[:16] == first[:16]):
            return other
    return first


def _zoned(text: str) -> bool:
    return len(text) > 19 and (text.endswith("Z") or text[-6] in "+-")


def _sane_ones(times: Iterable[str | None], now: datetime) -> Iterator[str]:
    for text in times:
        found = _sane(text, now)
        if found:
            yield found


def _sane(text: str | None, now: datetime) -> str | None:
    """``text``, unless it is from before the printing of web pages or from the future."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC) - timedelta(hours=14)
    return text if moment.year >= 1900 and moment <= now + timedelta(hours=1) else None


def _visible_near_title(page: HtmlPage, now: datetime, language: str | None) -> str | None:
    """A date that the page shows above its text, in the page's language."""
    titles = set(page.headings)
    start = next((i for i, line in enumerate(page.lines) if line.text in titles), None)
    if start is None:
        return None
    for line in (
        *page.lines[start + 1 : start + 12],
        *reversed(page.lines[max(0, start - 5) : start]),
    ):
        if (
            6 <= len(line.text) <= 80
            and any(char.isdigit() for char in line.text)
            and not line.linked
        ):
            found = _sane(visible_time(line.text, language, now), now)
            if found:
                return found
    return None


def _guessed(page: HtmlPage, now: datetime) -> str | None:
    """Htmldate's guess, as a day: addresses, copyright lines, patterns in the text."""
    from htmldate import find_date

    try:
        found = find_date(
            page.text[:400_000],
            extensive_search=False,
            original_date=True,
            max_date=now.strftime("%Y-%m-%d"),
        )
    except Exception:
        return None
    return _sane(found, now)

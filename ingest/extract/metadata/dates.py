"""When an article was published and changed: the page's own statement before any guess.

Times come out as ISO 8601 exactly as precise as they were stated: a day stays a day, a time without
a zone stays without one. Nothing from the future counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from ingest.extract.data import load_data
from ingest.extract.metadata.stated_times import stated_time
from ingest.extract.metadata.visible_dates import (
    VisibleDate,
    dates_in,
    month_number,
    unglued,
    visible_time,
)
from ingest.extract.page.beside_headline import lines_beside_headline
from ingest.extract.page.json_ld import text_of

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

    from ingest.extract.page.html_page import HtmlPage

__all__ = ["date_of_address", "modified_time", "possible_time", "published_time"]

_PUBLISHED_META = (
    "article:published_time", "og:article:published_time", "article:published", "og:published_time", "datepublished",
    "parsely-pub-date", "sailthru.date", "pubdate", "publishdate", "publish-date", "publish_date", "publication_date",
    "dc.date.issued", "dcterms.created", "dcterms.issued", "dc.date", "dcterms.date", "dc.date.created", "article.published",
    "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "bt:pubdate", "article_date_original", "originalpublicationdate",
    "citation_publication_date", "citation_online_date", "date", "lastmod_date", "rnews:datepublished", "article:post_date",
    "article:date", "created", "og:pubdate", "publish_time", "published-date", "published_time", "published", "article:create_at", "shareaholic:article_published_time",
)  # fmt: skip
_MODIFIED_META = (
    "article:modified_time", "og:updated_time", "og:article:modified_time", "article:modified", "datemodified",
    "dcterms.modified", "dc.date.modified", "last-modified", "lastmod", "cxenseparse:recs:modifiedtime", "revised",
)  # fmt: skip
_MARKED_TIMES = (
    "time[pubdate]",
    "time.published[datetime], time.entry-date[datetime], time.dt-published[datetime]",
    "article header time[datetime]",
    "h1 ~ * time[datetime], h1 ~ time[datetime]",
    "article time[datetime]",
    "main time[datetime]",
    "time[datetime]",
    "abbr.published[title]",
)
_LINKED_HEADINGS = "h2 a[href], h3 a[href], h4 a[href], a[href] h2, a[href] h3, a[href] h4"
#: Elements between a time and the teaser that it stands in, at most.
_TEASER_DEPTH = 6
_MOST_TIMES = 60
_CHANGED = re.compile(r"updat|modif|change", re.IGNORECASE)
_DAY_IN_ADDRESS = re.compile(
    r"(?:^|[/_.=-])((?:19|20)\d\d)([/_.-]?)(\d{2}|\d(?=\2\d)|[a-z]{3,9})\2(\d{1,2})(?![\d])",
    re.IGNORECASE,
)
#: Top-level domains of countries that write English and the day first.
_DAY_FIRST_HOSTS = (
    ".uk",
    ".ie",
    ".au",
    ".nz",
    ".za",
    ".in",
    ".ng",
    ".ke",
    ".gh",
    ".sg",
    ".my",
    ".pk",
    ".lk",
    ".bd",
    ".mt",
    ".eu",
)
_DAY_FIRST_LOCALES = (
    "en-gb",
    "en_gb",
    "en-ie",
    "en-au",
    "en-nz",
    "en-za",
    "en-in",
    "en_au",
    "en_ie",
    "en_nz",
    "en_za",
    "en_in",
)
_AREAS = frozenset(["nav", "footer", "aside", "caption", "button"])
_LABEL_REACH = 28


def published_time(
    page: HtmlPage,
    announced: str | None,
    selectors: tuple[str, ...],
    now: datetime,
    language: str | None,
    address: str | None = None,
) -> str | None:
    """When the article was first published, as the page says; else as its endpoint said.

    Args:
        page: the parsed page.
        announced: what the endpoint said.
        selectors: of the source file or the platform.
        now: the latest that a date may be.
        language: of the page, for the names of months and the order of numbers.
        address: of the page; many carry the day.
    """
    for selector in selectors:
        for node in page.tree.css(selector)[:3]:
            text = (
                node.attributes.get("datetime")
                or node.attributes.get("content")
                or node.text(deep=True, separator=" ")
            )
            found = possible_time(stated_time(text) or visible_time(text, language), now)
            if found:
                return found
    stated = list(_sane_ones(_published_statements(page, language), now))
    if stated:
        return _most_precise_of_a_day(stated)
    if announced and possible_time(announced, now):
        return announced
    marked = next(iter(_sane_ones(_marked_times(page), now)), None)
    return marked or _shown(page, now, language, address)


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


def _published_statements(page: HtmlPage, language: str | None) -> Iterator[str | None]:
    node = page.article_node or {}
    own = stated_time(text_of(node.get("datePublished")))
    meta = stated_time(page.first_meta("article:published_time"))
    others = [
        stated_time(text_of(other.get("datePublished")))
        for other in page.json_ld
        if other is not node and "datePublished" in other
    ]
    # Of several articles' objects the one is meant that the page's head agrees with.
    if own and meta and own[:10] != meta[:10] and meta in others:
        own = meta
    yield own
    for name in _PUBLISHED_META:
        text = page.first_meta(name)
        yield stated_time(text) or (visible_time(text, language) if text else None)
    for element in page.tree.css('[itemprop="datePublished"]')[:3]:
        text = (
            element.attributes.get("datetime")
            or element.attributes.get("content")
            or element.text(deep=True)
        )
        yield stated_time(text) or visible_time(text, language)
    yield stated_time(text_of(node.get("dateCreated")) or text_of(node.get("uploadDate")))
    yield from others


def _marked_times(page: HtmlPage) -> Iterator[str | None]:
    # A single one may be the article's own, which links to itself.
    times = page.tree.css("time[datetime]")[:_MOST_TIMES]
    teasers = {node.mem_id for node in times if _is_of_teaser(node)} if len(times) > 1 else set()
    for selector in _MARKED_TIMES:
        for node in page.tree.css(selector)[:4]:
            marks = (node.attributes.get("class") or "") + (node.attributes.get("itemprop") or "")
            if not _CHANGED.search(marks) and node.mem_id not in teasers:
                yield stated_time(node.attributes.get("datetime") or node.attributes.get("title"))
                break


def _is_of_teaser(node: LexborNode) -> bool:
    """Whether the nearest heading around a time is the linked one of another article."""
    current = node.parent
    for _ in range(_TEASER_DEPTH):
        if current is None or current.tag in ("body", "main") or current.css_first("h1"):
            return False
        if current.css_first("h2, h3, h4"):
            return current.css_first(_LINKED_HEADINGS) is not None
        current = current.parent
    return False


def _most_precise_of_a_day(stated: list[str]) -> str | None:
    """The first statement; where it lacks time or zone, a later one that has them for that day."""
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
        found = possible_time(text, now)
        if found:
            yield found


def possible_time(text: str | None, now: datetime) -> str | None:
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


def _shown(page: HtmlPage, now: datetime, language: str | None, address: str | None) -> str | None:
    """What the page shows its readers, or its address says.

    First a date beside the headline, then one that a word anywhere calls the day of publication,
    then the address, and where nothing else is said, the day of the last change.
    """
    in_address = possible_time(date_of_address(address), now)
    month_first = _writes_month_first(page, language, address)
    changed: str | None = None
    beside = lines_beside_headline(page, above=8, below=14)
    for line in beside:
        if not 6 <= len(line.text) <= 160 or line.area in _AREAS - {"caption"}:
            continue
        if line.linked and len(line.text) > 30:
            continue
        for found, label in _labelled(line.text, language, month_first):
            stated = possible_time(_resolved(found, in_address), now)
            # A long line is a sentence: what it dates may be something else.
            if stated and (label == "published" or (label is None and len(line.text) <= 80)):
                return stated
            if label == "updated":
                changed = changed or stated
    for line in page.lines:
        if not 8 <= len(line.text) <= 80 or line.linked or line.area in _AREAS:
            continue
        if not any(char.isdigit() for char in line.text):
            continue
        for found, label in _labelled(line.text, language, month_first):
            stated = possible_time(_resolved(found, in_address), now)
            alone = not beside and line.area != "header" and len(line.text) <= 30
            if stated and (label == "published" or (alone and label is None)):
                return stated
            if label == "updated":
                changed = changed or stated
    return in_address or changed


def _labelled(
    text: str, language: str | None, month_first: bool
) -> Iterator[tuple[VisibleDate, str | None]]:
    """The dates in ``text``, with the word before each: ``"published"``, ``"updated"`` or none."""
    before = 0
    text = unglued(text)
    for found in dates_in(text, language, month_first=month_first):
        lead = text[max(before, found.start - _LABEL_REACH) : found.start].casefold()
        before = found.end
        label = None
        for name, pattern in _labels():
            if pattern.search(lead):
                label = name
                break
        yield found, label


@cache
def _labels() -> tuple[tuple[str, re.Pattern[str]], ...]:
    data = load_data("date_words")

    def pattern(words: list[str]) -> re.Pattern[str]:
        either = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
        return re.compile(rf"(?<![^\W\d_])(?:{either})(?![^\W\d_])|(?:{_without_blanks(words)})")

    return ("updated", pattern(data["updated"])), ("published", pattern(data["published"]))


def _without_blanks(words: list[str]) -> str:
    """Words of scripts that do not part words, which may stand against others."""
    return "|".join(word for word in words if word[0] > "\u3000") or "(?!)"


def _resolved(found: VisibleDate, in_address: str | None) -> str:
    """The date as it stands, its day and month changed where the address has them so."""
    if found.ambiguous and in_address and found.stated[:10] != in_address:
        year, month, day = found.stated[:10].split("-")
        if in_address == f"{year}-{day}-{month}":
            return in_address + found.stated[10:]
    return found.stated


def _writes_month_first(page: HtmlPage, language: str | None, address: str | None) -> bool:
    if language != "en":
        return False
    html = page.tree.css_first("html")
    declared = (html.attributes.get("lang") or "").lower() if html is not None else ""
    locale = (page.first_meta("og:locale") or "").lower()
    try:
        host = urlsplit(address or "").hostname or ""
    except ValueError:
        host = ""
    return not (
        declared.startswith(_DAY_FIRST_LOCALES)
        or locale.startswith(_DAY_FIRST_LOCALES)
        or host.endswith(_DAY_FIRST_HOSTS)
    )


def date_of_address(address: str | None) -> str | None:
    """The day that an address carries, such as ``/2024/03/12/`` or ``/2024-03-12-storm``."""
    try:
        path = unquote(urlsplit(address or "").path)[:300]
    except ValueError:
        return None
    for match in _DAY_IN_ADDRESS.finditer(path):
        year, _, month, day = match.groups()
        number = int(month) if month.isdigit() else month_number(month, "en")
        found = stated_time(f"{year}-{number:02}-{int(day):02}") if number else None
        if found:
            return found
    return None

"""When an article was published and changed: of the days that its page speaks of, the likeliest.

Times come out as ISO 8601 exactly as precise as they were stated: a day stays a day, a time without a
zone stays without one. Nothing from the future counts, nothing that a comment or a clock's zero says.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from ingest.extract.metadata.times.address import date_of_address, writes_month_first
from ingest.extract.metadata.times.days import COLUMNS, MODIFIED, PUBLISHED, Day, days_of
from ingest.extract.metadata.times.plausible import (
    day_of,
    is_zoned,
    moment_of,
    offset_between,
    possible_time,
)
from ingest.extract.metadata.times.shown import Shown
from ingest.extract.metadata.times.statements import Statement, in_head, read_time
from ingest.extract.metadata.times.visible_dates import dates_in
from ingest.extract.page.beside_headline import lines_beside_headline
from ingest.extract.trees import ensemble

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ingest.extract.page.html_page import HtmlPage

__all__ = ["Chosen", "choose", "modified_time", "published_time"]

#: A day that is less likely is none: better no day than a wrong one.
LEAST = 0.12
#: A day at least as likely as this is preferred to one of a change.
_RIVAL = 0.3
#: Characters of a line beside the headline that may say another day than the head does.
_LONGEST_NEAR = 120
#: A day less likely than this yields to what the endpoint announced.
_SURE = 0.6


_MARKUP = ("own_published", "meta", "prop", "page_published", "own_created", "weak_meta")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A time of publication, and why this one."""

    #: ISO 8601, as exact as it was stated.
    stated: str
    #: Where it stands: ``JSON-LD datePublished``, ``meta date``, ``shown: By Ada, 12 March 2024``, ``address``.
    where: str
    #: How likely its day is, 0 to 1.
    likely: float
    #: What moved the model most, with by how much in log-odds.
    because: tuple[tuple[str, float], ...] = ()


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
            found = possible_time(read_time(text, language), now)
            if found:
                return found
    announced = possible_time(announced, now)
    chosen = choose(page, now, language, address, announced)
    return chosen.stated if chosen is not None else None


def choose(
    page: HtmlPage,
    now: datetime,
    language: str | None,
    address: str | None = None,
    announced: str | None = None,
    *,
    reasons: bool = False,
) -> Chosen | None:
    """The likeliest time of publication; arguments as of ``published_time``.

    ``reasons``: whether to say what spoke for it.
    """
    if not reasons and (said := _said_surely(page, now, language, address)) is not None:
        return said
    days = days_of(page, now, language, address)
    if not days:
        return Chosen(announced, "announced", 1.0) if announced else None
    trees = ensemble("times", "day", COLUMNS)
    likely = trees.probabilities([day.row for day in days])
    # A change is not the publication while anything else is likely to be it.
    first = [
        n
        for n, day in enumerate(days)
        if not _is_change(day) and likely[n] >= (LEAST if day.is_beside_headline else _RIVAL)
    ]
    best = max(first or range(len(days)), key=likely.__getitem__)
    own = _own_day(days)
    if own is not None:
        best, likely[own] = own, max(likely[own], _SURE)
    if announced and not (own is not None or (likely[best] >= _SURE and _is_marked_up(days[best]))):
        return _announced(announced, days, likely)
    if likely[best] < LEAST:
        return None
    found = _statement_of(days[best], days)
    if found is None:
        return None
    because = tuple(trees.reasons(days[best].row)) if reasons else ()
    return Chosen(found[0], found[1], likely[best], because)


def _said_surely(
    page: HtmlPage, now: datetime, language: str | None, address: str | None
) -> Chosen | None:
    """What the page's head says so clearly that nothing else on the page would be chosen.

    All its statements of publication are of one day, one of them to the minute and with a zone, and neither
    the address nor a line beside the headline has another day. Most news pages are so, and cost no more.
    """
    head = [each for each in in_head(page, language) if possible_time(each.stated, now)]
    said = [each for each in head if each.origin in _MARKUP]
    if len({day_of(each.stated) for each in said}) != 1:
        return None
    exact = [e for e in said if is_zoned(e.stated) and e.stated[11:19] != "00:00:00"]
    if all(each.origin not in ("own_published", "meta") for each in exact):
        return None
    day = day_of(said[0].stated)
    in_address = date_of_address(address)
    if in_address not in (None, day):
        return None
    month_first = writes_month_first(page, language, address)
    for line in lines_beside_headline(page, above=6, below=12):
        if len(line.text) > _LONGEST_NEAR or not any(map(str.isdigit, line.text)):
            continue
        for date in dates_in(line.text, language, month_first=month_first):
            if day not in (day_of(date.stated), date.turned):
                return None
    said.sort(key=lambda each: _rank(each.origin))
    found = _most_precise([(each.stated, each.name) for each in said])
    return Chosen(*found, 1.0)


def _announced(announced: str, days: list[Day], likely: list[float]) -> Chosen:
    """What the endpoint announced; of the page what it says of that day more exactly."""
    for number, day in enumerate(days):
        if day.day == day_of(announced):
            found = _statement_of(day, days)
            if found and len(found[0]) > len(announced) and _is_marked_up(day):
                return Chosen(found[0], found[1], max(likely[number], _SURE))
    return Chosen(announced, "announced", 1.0)


def _is_marked_up(day: Day) -> bool:
    """Whether markup that is made for it calls the day that of publication."""
    return any(each.origin in _MARKUP for each in day.said)


def _is_change(day: Day) -> bool:
    """Whether all that is said of the day is that something was changed on it."""
    return all(each.origin in MODIFIED for each in (*day.statements, *day.reachable)) and all(
        one.label == "updated" or one.origin in MODIFIED for one in day.shown
    )


def _own_day(days: list[Day]) -> int | None:
    """The day on which the article's own JSON-LD says, to the minute, that it was published.

    Such a statement is the publisher's own; only one in ``meta`` that is not the last change contradicts it.
    """
    timed = COLUMNS.index("own_timed")
    own = [number for number, day in enumerate(days) if day.row[timed]]
    if len(own) != 1:
        return None
    said = [each for day in days for each in (*day.statements, *day.reachable)]
    changes = {each.stated for each in said if each.origin == "meta_modified"}
    others = {
        day.day
        for number, day in enumerate(days)
        for each in (*day.statements, *day.reachable)
        if number != own[0] and each.origin == "meta" and each.stated not in changes
    }
    return None if others else own[0]


def _statement_of(day: Day, days: list[Day]) -> tuple[str, str] | None:
    """The surest statement of ``day``, or a more exact one of the same time; with where it stands."""
    said: list[tuple[int, int, Statement | Shown]] = []
    for each in (*day.statements, *day.reachable):
        said.append((_rank(each.origin), 0, each))
    for number, one in enumerate(day.shown):
        # Of lines and elements those near the headline say it first, those that call it a change last.
        later = 4 * (one.label == "updated") + 2 * (one.place is None) + (one.label is None)
        said.append((_rank(one.origin) + 20 * (one.label == "updated"), 10 * later + number, one))
    said.sort(key=lambda entry: entry[:2])
    stated = [
        (_local(each.stated, day, days), _where(each))
        for _, _, each in said
        if each.origin not in MODIFIED or all(s.origin in MODIFIED for _, _, s in said)
    ]
    stated = [entry for entry in stated if day_of(entry[0]) == day.day]
    return _most_precise(stated) if stated else None


def _rank(origin: str) -> int:
    return PUBLISHED.index(origin) if origin in PUBLISHED else len(PUBLISHED)


def _where(each: Statement | Shown) -> str:
    if isinstance(each, Statement):
        return each.name
    return f"{'shown' if each.origin == 'shown' else 'element'}: {each.name}"


def _most_precise(stated: list[tuple[str, str]]) -> tuple[str, str]:
    """The first statement; where it lacks time or zone, a later one that has them for that day."""
    first = stated[0]
    vague = len(first[0]) <= 10 or first[0][11:19] == "00:00:00"
    for other in stated[1:]:
        text = other[0]
        timed = len(text) > 10 and text[11:19] != "00:00:00"
        if vague and timed:
            return _zoned_like(other, stated)
        if is_zoned(text) and not is_zoned(first[0]) and text[:16] == first[0][:16]:
            return other
    return first


def _zoned_like(chosen: tuple[str, str], stated: list[tuple[str, str]]) -> tuple[str, str]:
    """``chosen``, or the same minute with its zone."""
    if is_zoned(chosen[0]):
        return chosen
    return next(
        (other for other in stated if is_zoned(other[0]) and other[0][:16] == chosen[0][:16]),
        chosen,
    )


def _local(stated: str, day: Day, days: list[Day]) -> str:
    """A time in UTC of the day beside ``day`` as the same moment on ``day``.

    The offset is that in which a clock on the page shows it, or that of another time on the page; where
    the page names none, the whole hours nearest to UTC that agree with the day it shows.
    """
    moment = moment_of(stated) if is_zoned(stated) else None
    if moment is None or day_of(stated) == day.day:
        return stated
    for one in day.shown:
        clock = moment_of(one.stated)
        if clock is not None and clock.tzinfo is None:
            between = offset_between(clock, moment)
            if between is not None:
                return moment.astimezone(timezone(between)).isoformat()
    for offset in _offsets(days):
        local = moment.astimezone(timezone(offset))
        if local.date().isoformat() == day.day:
            return local.isoformat()
    return stated


def _offsets(days: Iterable[Day]) -> list[timedelta]:
    """Those that times on the page have, then whole hours from the nearest to UTC on."""
    found = []
    for day in days:
        for each in day.own:
            moment = moment_of(each.stated) if is_zoned(each.stated) else None
            offset = moment.utcoffset() if moment is not None else None
            if offset:
                found.append(offset)
    for hours in range(1, 15):
        found += [timedelta(hours=hours), timedelta(hours=-min(hours, 12))]
    return found


def modified_time(page: HtmlPage, now: datetime, published: str | None = None) -> str | None:
    """When the article was last changed, as the page says.

    Args:
        page: the parsed page.
        now: the latest that it may be.
        published: when it was published. A change that was days earlier is somebody else's (that of the
            template, or of an import), unless the article's own JSON-LD says it.
    """
    said = [each for each in in_head(page, page.language) if each.origin in MODIFIED]
    said += [
        Statement(stated, "prop_modified", "itemprop dateModified")
        for node in page.tree.css('[itemprop="dateModified"]')[:2]
        if (
            stated := read_time(
                node.attributes.get("content") or node.attributes.get("datetime"), None
            )
        )
    ]
    order = ("own_modified", "meta_modified", "prop_modified")
    ranked = sorted((s for s in said if s.origin in order), key=lambda s: order.index(s.origin))
    for each in ranked:
        found = possible_time(each.stated, now)
        if found and (each.origin == "own_modified" or not _is_days_before(found, published)):
            return found
    return None


def _is_days_before(stated: str, published: str | None) -> bool:
    changed, first = moment_of(stated[:10]), moment_of((published or "")[:10])
    return changed is not None and first is not None and changed < first - timedelta(days=1)

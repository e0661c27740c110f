"""The days that a page speaks of, each with all that speaks for it: what the model weighs.

A day, not a statement, is what is chosen among: agreement of JSON-LD, ``meta``, a line under the
headline and the address is then one row's evidence. Every column names something that a reader of the
page could point at.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from ingest.extract.metadata.times.address import (
    date_of_address,
    month_of_address,
    writes_month_first,
)
from ingest.extract.metadata.times.plausible import (
    day_of,
    is_zoned,
    moment_of,
    offset_between,
    possible_time,
)
from ingest.extract.metadata.times.shown import Place, Shown, shown_on
from ingest.extract.metadata.times.statements import Statement, in_head, in_scripts
from ingest.extract.page.class_words import bits_named

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from ingest.extract.page.html_page import HtmlPage

__all__ = ["AGAINST", "COLUMNS", "FOR", "MODIFIED", "PUBLISHED", "Day", "days_of"]

#: Origins that say when the article was published, the surest first: the order in which a day's
#: statements are taken.
PUBLISHED = ("own_published", "meta", "prop", "page_published", "time", "own_created", "weak_meta",
             "other_published", "shown", "script", "script_created", "address")  # fmt: skip
MODIFIED = (
    "own_modified",
    "meta_modified",
    "prop_modified",
    "page_modified",
    "other_modified",
    "script_modified",
)
_ORIGINS = (*PUBLISHED, *MODIFIED)
_MARKUP = ("own_published", "meta", "prop", "page_published", "own_created", "weak_meta")
_FAR = 99.0
#: Statements of one kind that are counted: the same table may be dated on every line.
_MOST = 4.0
_META_BITS, _AUTHOR_BITS = bits_named("meta"), bits_named("author")
_BESIDE_BITS = bits_named("related", "sidebar", "navigation", "newsletter", "ad")
_EARLY_WEB = 1995


@dataclass(slots=True)
class Day:
    """One day and what speaks for it."""

    #: ``YYYY-MM-DD``
    day: str
    statements: list[Statement] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)
    #: Statements in UTC of the day before or after that were of this day where the page was written.
    reachable: list[Statement] = field(default_factory=list)
    row: list[float] = field(default_factory=list)

    @property
    def own(self) -> tuple[Statement | Shown, ...]:
        """The statements that have this day as it stands."""
        return (*self.statements, *self.shown)

    @property
    def said(self) -> tuple[Statement | Shown, ...]:
        """All statements of the day, those of the markup first."""
        return (*self.statements, *self.reachable, *self.shown)

    @property
    def is_beside_headline(self) -> bool:
        """Whether a line beside the headline shows it, as no change and without a sentence around it."""
        return any(
            one.place is not None
            and -6 <= one.place.below_headline <= 12
            and one.place.beside <= 80
            and not one.place.of_teaser
            and one.label != "updated"
            and not (one.origin in ("time", "prop") and is_zoned(one.stated))
            for one in self.shown
        )


def _columns() -> tuple[str, ...]:
    return (
        *_ORIGINS,
        "published_machine", "modified_machine", "utc_of_neighbour", "address_month", "picture_month",
        "shown_lines", "label_published", "label_updated", "no_label", "below_headline", "above_headline",
        "first_below", "before_text", "behind_text", "in_text", "line_size", "alone", "linked", "in_meta", "in_author",
        "in_beside", "in_footer", "in_aside", "in_nav", "in_header", "in_article", "in_li", "in_p", "in_heading", "in_caption",
        "alike", "of_teaser", "with_clock", "ambiguous", "marked", "time_order", "unplaced",
        "own_timed", "own_is_change", "other_own", "other_own_timed", "other_meta", "other_address", "other_labelled", "other_near", "days", "earlier_days",
        "later_days", "after_modified", "before_published", "early_web", "has_headline", "has_time", "new_year",
    )  # fmt: skip


#: Names of the columns of ``Day.row``.
COLUMNS: tuple[str, ...] = _columns()


#: Evidence that can only speak for a day, and evidence that can only speak against it.
FOR = ("own_published", "own_timed", "meta", "prop", "page_published", "address", "label_published", "published_machine",
       "address_month", "marked", "first_below", "utc_of_neighbour")  # fmt: skip
AGAINST = ("of_teaser", "own_is_change", "other_own_timed", "in_caption", "alike", "other_own", "other_meta", "other_address", "other_labelled",
           "linked", "in_beside", "in_nav", "early_web", "line_size")  # fmt: skip


def days_of(page: HtmlPage, now: datetime, language: str | None, address: str | None) -> list[Day]:
    """The days that ``page`` speaks of, earliest first, with their rows.

    Args:
        page: the parsed page.
        now: the latest that a time may be.
        language: of the page, for the names of months and the order of numbers.
        address: of the page.
    """
    by_day: dict[str, Day] = {}

    def day(stated: str) -> Day:
        return by_day.setdefault(day_of(stated), Day(day_of(stated)))

    said = [each for each in in_head(page, language) if possible_time(each.stated, now)]
    in_address = possible_time(date_of_address(address), now)
    if in_address:
        said.append(Statement(in_address, "address", "address"))
    month_first = writes_month_first(page, language, address)
    shown = [
        each
        for each in shown_on(page, language, month_first=month_first)
        if not (each.place and each.place.of_comment)
    ]
    known = {day_of(each.stated) for each in said}
    shown = [_turned(each, known) for each in shown]
    shown = [each for each in shown if possible_time(each.stated, now)]
    for one in shown:
        day(one.stated).shown.append(one)
    # Scripts are long, and say many times: they are read where nothing else says one.
    origins = {each.origin for each in said} | {one.origin for one in shown}
    if origins.isdisjoint(_MARKUP) and not any(each.is_beside_headline for each in by_day.values()):
        said += [each for each in in_scripts(page) if possible_time(each.stated, now)]
    for each in said:
        day(each.stated).statements.append(each)
    _to_local_days(by_day)
    days = [by_day[key] for key in sorted(by_day)]
    _fill(days, page, address)
    return days


def _turned(each: Shown, known: set[str]) -> Shown:
    """A date whose day and month may change places, as another statement has them."""
    if not each.ambiguous or day_of(each.stated) in known:
        return each
    year, month, day = day_of(each.stated).split("-")
    turned = f"{year}-{day}-{month}"
    if turned not in known:
        return each
    return Shown(turned + each.stated[10:], each.origin, each.label, each.place, each.name)


def _to_local_days(by_day: dict[str, Day]) -> None:
    """Move statements in UTC to the day beside theirs, where the page shows that one and not theirs.

    What is written late in the evening is of the next day in UTC, or of the one before.
    """
    local = {key for key, day in by_day.items() if _is_local(day)}
    for key in sorted(by_day.keys() - local):
        day = by_day[key]
        for each in day.own:
            if each.origin not in PUBLISHED:
                continue
            home = next(
                (
                    other
                    for other in _neighbours(each.stated)
                    if other in local or _shows_moment(by_day.get(other), each.stated)
                ),
                None,
            )
            if home is None:
                continue
            by_day[home].reachable.append(Statement(each.stated, each.origin, each.name))
            if isinstance(each, Shown):
                day.shown.remove(each)
            else:
                day.statements.remove(each)
        if not day.statements and not day.shown:
            del by_day[key]


def _shows_moment(day: Day | None, stated: str) -> bool:
    """Whether ``day`` shows a clock that the moment ``stated`` is in some zone, to the minute."""
    moment = moment_of(stated)
    clocks = [moment_of(s.stated) for s in day.shown if s.label != "updated"] if day else []
    return moment is not None and any(
        clock is not None and clock.tzinfo is None and offset_between(clock, moment) is not None
        for clock in clocks
    )


def _neighbours(stated: str) -> tuple[str, ...]:
    """The days beside that of a time in UTC on which it was, too, in some zone."""
    moment = moment_of(stated) if is_zoned(stated) else None
    if moment is None or moment.utcoffset() != timedelta(0) or stated[11:19] == "00:00:00":
        return ()
    days = []
    for hours in (-12, 14):
        try:
            other = (moment + timedelta(hours=hours)).date()
        except OverflowError:
            continue
        if other != moment.date():
            days.append(other.isoformat())
    return tuple(days)


def _fill(days: list[Day], page: HtmlPage, address: str | None) -> None:
    """Fill in the rows: each day's own evidence, then what the others have."""
    month = month_of_address(address)
    picture = month_of_address(page.first_meta("og:image"))
    published = _days_with(days, ("own_published", "meta", "prop"))
    modified = _days_with(days, MODIFIED)
    placed = sum(1 for day in days if day.is_beside_headline)
    labelled = {day.day for day in days if any(s.label == "published" for s in day.shown)}
    own, meta = _days_with(days, ("own_published",)), _days_with(days, ("meta",))
    in_address = _days_with(days, ("address",))
    timed, unchanged = _timed_days(days)
    nearest = _nearest_below(days)
    order = {id(s): n for n, s in enumerate(s for d in days for s in d.shown if s.origin == "time")}
    for number, day in enumerate(days):
        row: dict[str, float] = dict.fromkeys(COLUMNS, 0.0)
        for each in day.said:
            row[each.origin] = min(row[each.origin] + 1.0, _MOST)
        row["published_machine"] = sum(
            row[name] > 0
            for name in ("own_published", "meta", "prop", "page_published", "weak_meta")
        )
        row["modified_machine"] = sum(row[name] > 0 for name in MODIFIED)
        row["utc_of_neighbour"] = float(len(day.reachable))
        row["address_month"] = _agrees(month, day.day)
        row["picture_month"] = _agrees(picture, day.day)
        _places(row, day.shown, nearest, order)
        others = [d.day for d in days if d is not day]
        row["own_timed"] = float(day.day in timed)
        row["own_is_change"] = float(day.day in unchanged)
        row["other_own_timed"] = float(bool(timed - {day.day}))
        row["other_own"] = float(bool(own - {day.day}))
        row["other_meta"] = float(bool(meta - {day.day}))
        row["other_address"] = float(bool(in_address - {day.day}))
        row["other_labelled"] = float(bool(labelled - {day.day}))
        row["other_near"] = float(placed - day.is_beside_headline)
        row["days"] = float(len(days))
        row["earlier_days"], row["later_days"] = float(number), float(len(others) - number)
        row["after_modified"] = float(bool(modified) and day.day > max(modified))
        row["before_published"] = float(bool(published) and day.day < min(published))
        row["early_web"] = float(int(day.day[:4]) < _EARLY_WEB)
        row["has_time"] = float(any(len(s.stated) > 10 for s in day.own))
        row["new_year"] = float(day.day.endswith("-01-01"))
        row["has_headline"] = float(bool(page.h1))
        day.row = [row[name] for name in COLUMNS]


def _places(
    row: dict[str, float], shown: list[Shown], nearest: float, order: dict[int, int]
) -> None:
    places = [s.place for s in shown if s.place is not None]
    row["shown_lines"] = min(float(len(shown)), _MOST)
    row["label_published"] = min(float(sum(s.label == "published" for s in shown)), _MOST)
    row["label_updated"] = float(sum(s.label == "updated" for s in shown))
    row["no_label"] = min(float(sum(s.label is None for s in shown)), _MOST)
    row["marked"] = float(any(s.marked for s in shown))
    row["unplaced"] = float(sum(s.place is None for s in shown))
    row["time_order"] = min((order[id(s)] for s in shown if id(s) in order), default=_FAR)
    row["ambiguous"] = float(bool(shown) and all(s.ambiguous for s in shown))
    row["with_clock"] = float(any(len(s.stated) > 10 and s.origin == "shown" for s in shown))
    below = [p.below_headline for p in places if p.below_headline >= 0]
    above = [-p.below_headline for p in places if p.below_headline < 0]
    row["below_headline"] = min(float(min(below, default=_FAR)), _FAR)
    row["above_headline"] = min(float(min(above, default=_FAR)), _FAR)
    row["first_below"] = float(row["below_headline"] == nearest and nearest < _FAR)
    best = min(places, key=_strangeness, default=None)
    if best is None:
        row["before_text"] = row["behind_text"] = -_FAR
        row["line_size"] = _FAR
        row["alike"] = 0.0
        return
    row["before_text"] = max(-_FAR, min(float(best.before_text), _FAR))
    row["behind_text"] = max(-_FAR, min(float(best.behind_text), _FAR))
    row["in_text"] = float(best.before_text <= 0 and best.behind_text <= 0)
    row["line_size"] = float(best.beside)
    row["alone"] = float(best.beside <= 3)
    row["linked"] = float(best.linked)
    row["in_meta"] = float(bool(best.bits & _META_BITS))
    row["in_author"] = float(bool(best.bits & _AUTHOR_BITS))
    row["in_beside"] = float(bool(best.bits & _BESIDE_BITS))
    for name in ("footer", "aside", "nav", "header", "article", "li", "p"):
        row[f"in_{name}"] = float(name in best.tags)
    row["in_heading"] = float(bool(best.tags & {"h1", "h2", "h3", "h4"}))
    row["in_caption"] = float(bool(best.tags & {"figure", "figcaption"}))
    row["alike"] = min(float(best.alike), 20.0)
    row["of_teaser"] = float(best.of_teaser)


def _strangeness(place: Place) -> float:
    """How far a place is from where articles show their day."""
    below = place.below_headline
    far = float(below) if below >= 0 else 2.0 - 1.5 * below
    far += 5.0 * bool(place.tags & {"nav", "footer", "aside"}) + 4.0 * place.of_teaser
    return (
        far + 3.0 * bool(place.bits & _BESIDE_BITS) + min(place.beside, 300) / 30 + place.alike / 4
    )


def _is_local(day: Day) -> bool:
    """Whether the page shows this day, or its address has it."""
    return day.is_beside_headline or any(each.origin == "address" for each in day.statements)


def _nearest_below(days: list[Day]) -> float:
    return min(
        (float(s.place.below_headline) for d in days for s in d.shown
         if s.place is not None and s.place.below_headline >= 0),
        default=_FAR,
    )  # fmt: skip


def _days_with(days: Iterable[Day], origins: tuple[str, ...]) -> set[str]:
    return {
        day.day for day in days
        if any(each.origin in origins for each in day.said)
    }  # fmt: skip


def _timed_days(days: Iterable[Day]) -> tuple[set[str], set[str]]:
    """Days of the article's own JSON-LD: (those with a time of day, those that it calls the last change too)."""
    timed: set[str] = set()
    unchanged: set[str] = set()
    all_said = [(day.day, each) for day in days for each in (*day.statements, *day.reachable)]
    changes = {each.stated for _, each in all_said if each.origin == "own_modified"}
    for day, each in all_said:
        if each.origin == "own_published":
            if is_zoned(each.stated) and each.stated[11:19] != "00:00:00":
                timed.add(day)
            if each.stated in changes:
                unchanged.add(day)
    return timed, unchanged


def _agrees(month: str | None, day: str) -> float:
    """1 the same month, -1 another, 0 nothing to compare with."""
    if month is None:
        return 0.0
    return 1.0 if day.startswith(month) else -1.0

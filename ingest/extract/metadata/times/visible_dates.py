"""Dates as readers see them: "12. März 2024, 10:15 Uhr", "March 12, 2024", "2024年3月12日", "12/03/2024".

What is found is exactly as precise as it stands there. Relative dates ("2 days ago") and dates
without a year are no statement. Months' names are in ``data/months.toml``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from ingest.extract.data import load_data

__all__ = ["VisibleDate", "clock_alone", "dates_in", "month_number", "unglued", "visible_time"]

LONGEST = 200
_YEAR = r"((?:19|20|25)\d\d)"
_WORD = r"([^\s\d.,;:/()|·•<>\[\]-]{2,14})"
_DAY = r"(?<![\d.:/])(\d{1,2})"
_ISO = re.compile(rf"(?<!\d){_YEAR}([-/.])(\d{{1,2}})\2(\d{{1,2}})(?!\d)")
_EAST = re.compile(rf"{_YEAR}\s?[年년.]\s?(\d{{1,2}})\s?[月월.]\s?(\d{{1,2}})\s?[日일]?")
_DAY_FIRST = re.compile(
    rf"{_DAY}(?:st|nd|rd|th|er|º|ª|°|\.|-|ος|η)?[\s-]{{0,2}}(?:de\s|of\s|d[’'])?(?:tháng\s)?{_WORD}\.?,?[\s-]{{0,2}}"
    rf"(?:de\s|del\s|של\s)?{_YEAR}(?!\d)"
)
_MONTH_FIRST = re.compile(
    rf"(?<![^\W\d]){_WORD}\.?\s(\d{{1,2}})(?:st|nd|rd|th)?[.,]?\s{{0,2}}(?:de\s)?{_YEAR}(?!\d)"
)
_YEAR_FIRST = re.compile(
    rf"(?<!\d){_YEAR}[.,]?\s(?:m\.\s|gada\s|оны\s|ж\.\s)?{_WORD}\.?\s(\d{{1,2}})(?!\d)"
)
_YEAR_DAY = re.compile(rf"(?<!\d){_YEAR}\.?\sgada\s(\d{{1,2}})\.\s{_WORD}")
_NUMBERS = re.compile(
    r"(?<![\d.,:/-])(\d{1,2})\s?([./-])\s?(\d{1,2})\s?\2\s?((?:19|20|25)\d\d|\d\d)(?![\d/]|[.,]\d)"
)
_TIME = re.compile(
    r"(?<![\d.:])(\d{1,2})\s?(?:[:.h]|時|시|Uhr\s)\s?(\d{2})(?!\d)(?::(\d{2}))?\s{0,2}([ap]\.?\s?m(?:\.|\b))?",
    re.IGNORECASE,
)
_GLUED = re.compile(
    r"(?<=[a-zà-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])|(?<=\d\d\d\d)(?=[A-Z][a-z])|(?<=[a-z])(?=\d)|(?<=[ ,./]20\d\d)(?=\d{1,2}\s?min)"
)
_ZONE = re.compile(
    r"\s{0,2}(?:uhr\s)?\(?(?:(?:GMT|UTC)\s?(?=[+-]\d))?(GMT|UTC|CET|CEST|MEZ|MESZ|BST|EST|EDT|CST|CDT|MST|MDT|PST|PDT|JST|KST|MSK|TSİ|[+-]\d{1,2}(?::?\d\d)?)\b"
)
_OFFSETS = {
    "GMT": "+00:00", "UTC": "+00:00", "CET": "+01:00", "MEZ": "+01:00", "CEST": "+02:00", "MESZ": "+02:00", "BST": "+01:00",
    "EST": "-05:00", "EDT": "-04:00", "CST": "-06:00", "CDT": "-05:00", "MST": "-07:00", "MDT": "-06:00", "PST": "-08:00",
    "PDT": "-07:00", "JST": "+09:00", "KST": "+09:00", "MSK": "+03:00", "TSİ": "+03:00",
}  # fmt: skip
#: What may stand around a time of day that is a line of its own.
_CLOCK_WORDS = re.compile(
    r"[\s(|•·,–-]{0,3}(?:at|um|kl\.?|à|alle|a las|às|ore|ora|o|saat)?[\s,–-]{0,3}(?:Uhr|h|hrs?|Uhr)?\s{0,2}\(?(?:[A-ZİĞ]{2,4}|[+-]\d{1,2}:?\d{0,2})?[)\s|]{0,3}"
)
#: Where numbers are month, day, year.
_MONTH_FIRST_LANGUAGES = frozenset(["en"])
#: How far behind a date its time of day may stand, and how far before.
_BEHIND, _BEFORE = 24, 16


@dataclass(frozen=True, slots=True)
class VisibleDate:
    """A date in a line of text."""

    #: ISO 8601, a day or a time of it.
    stated: str
    start: int
    end: int
    #: Whether day and month might be the other way round.
    ambiguous: bool = False


def visible_time(text: str, language: str | None) -> str | None:
    """The first date that ``text``, a short visible line in ``language``, states."""
    found = dates_in(text, language)
    return found[0].stated if found else None


def unglued(text: str) -> str:
    """``text`` with blanks where styles, not blanks, part its words ("7 min readDec 30, 2013")."""
    return _GLUED.sub(" ", text[:LONGEST])


def dates_in(
    text: str, language: str | None, *, month_first: bool | None = None
) -> list[VisibleDate]:
    """Every date in a short visible text, in its order.

    Args:
        text: the line; what lies behind its first 200 characters is not read.
        language: its ISO 639-1 code, for the months' names and the order of numbers.
        month_first: whether 03/12 is in March; by the language where left out.
    """
    line = "".join(map(_ascii_digit, text[:LONGEST]))
    if not any(char.isdigit() for char in line):
        return []
    if month_first is None:
        month_first = language in _MONTH_FIRST_LANGUAGES
    found: list[VisibleDate] = []
    for day, start, end, ambiguous in sorted(
        _days(line, language, month_first), key=lambda entry: (entry[1], -entry[2])
    ):
        if found and start < found[-1].end:
            continue
        clock = _clock(line, start, end)
        stated = day.isoformat() + (f"T{clock}" if clock else "")
        found.append(VisibleDate(stated, start, end, ambiguous))
    return found


def _days(
    line: str, language: str | None, month_first: bool
) -> Iterator[tuple[date, int, int, bool]]:
    for match in _ISO.finditer(line):
        yield from _day(match, match[1], match[3], match[4])
    for match in _EAST.finditer(line):
        yield from _day(match, match[1], match[2], match[3])
    for match in _NUMBERS.finditer(line):
        first, sign, second, year = match.groups()
        if len(year) == 2:
            if sign != ".":
                continue
            year = "20" + year
        swapped = int(second) > 12 or (month_first and sign == "/" and int(first) <= 12)
        day, month = (second, first) if swapped else (first, second)
        ambiguous = sign == "/" and int(day) <= 12
        yield from _day(match, year, month, day, ambiguous)
    for pattern, (year_at, month_at, day_at) in (
        (_DAY_FIRST, (3, 2, 1)),
        (_MONTH_FIRST, (3, 1, 2)),
        (_YEAR_FIRST, (1, 2, 3)),
        (_YEAR_DAY, (1, 3, 2)),
    ):
        for match in pattern.finditer(line):
            word = month_number(match[month_at], language)
            if word:
                yield from _day(match, match[year_at], str(word), match[day_at])


def _day(
    match: re.Match[str], year: str, month: str, day: str, ambiguous: bool = False
) -> Iterator[tuple[date, int, int, bool]]:
    number = int(year)
    if number > 2400:
        number -= 543  # the Buddhist era of Thai dates
    try:
        yield date(number, int(month), int(day)), match.start(), match.end(), ambiguous
    except ValueError:
        return


def _clock(line: str, start: int, end: int) -> str | None:
    """The time of day beside a date at ``start`` to ``end``, with its zone where one stands there."""
    match = _TIME.search(line, end, end + _BEHIND)
    if match is None or re.search(r"[|•·]|(?:19|20)\d\d", line[end : match.start()]):
        before = list(_TIME.finditer(line, max(0, start - _BEFORE), start))
        match = before[-1] if before and ":" in before[-1][0] else None
    if match is None:
        return None
    return _read_clock(match, line)


def _read_clock(match: re.Match[str], line: str) -> str | None:
    hour, minute = int(match[1]), int(match[2])
    half = (match[4] or "").lower()[:1]
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 23 or minute > 59:
        return None
    zone = _ZONE.match(line, match.end())
    offset = _offset(zone[1]) if zone else ""
    return f"{hour:02}:{minute:02}:{match[3] or '00'}{offset}"


def clock_alone(text: str) -> str | None:
    """The time of day that ``text``, a whole line, is: ``12:44``, ``10.15 Uhr``, ``3:05 p.m. EST``."""
    if not 4 <= len(text) <= 20 or not any(char.isdigit() for char in text):
        return None
    line = "".join(map(_ascii_digit, text))
    match = _TIME.search(line)
    if match is None:
        return None
    left = line[: match.start()] + line[match.end() :]
    if _CLOCK_WORDS.fullmatch(left) is None:
        return None
    return _read_clock(match, line)


def _offset(zone: str) -> str:
    if zone[0] not in "+-":
        return _OFFSETS.get(zone, "")
    hours, _, minutes = zone[1:].partition(":")
    if len(hours) > 2:
        hours, minutes = hours[:-2], hours[-2:]
    return f"{zone[0]}{int(hours):02}:{int(minutes or 0):02}" if int(hours) <= 14 else ""


def _ascii_digit(char: str) -> str:
    if char < "\u0600" or not char.isdigit():
        return "" if char in "\u200e\u200f" else char
    return str(unicodedata.digit(char, 0))


@cache
def _months() -> tuple[dict[str, dict[str, int]], dict[str, int]]:
    """By language, and those that mean the same month in every language."""
    by_language: dict[str, dict[str, int]] = {}
    everywhere: dict[str, int] = {}
    for language, months in load_data("months").items():
        names = {word: number for number, words in enumerate(months, 1) for word in words.split()}
        by_language[language] = names
        for word, number in names.items():
            everywhere[word] = number if everywhere.get(word, number) == number else 0
    return by_language, everywhere


def month_number(word: str, language: str | None) -> int:
    """The month called ``word``, 0 where it is none."""
    folded = unicodedata.normalize("NFKC", word).casefold().strip(".'’")
    by_language, everywhere = _months()
    own = by_language.get(language or "")
    if own and folded in own:
        return own[folded]
    return everywhere.get(folded, 0)

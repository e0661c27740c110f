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
from ingest.extract.metadata.times.calendars import dates_in_other_calendars
from ingest.extract.metadata.times.clocks import clock_beside

__all__ = ["VisibleDate", "dates_in", "month_number", "unglued", "visible_time"]

LONGEST = 200
_YEAR = r"((?:19|20|25)\d\d)"
#: A month's name; those of Thai are shortened with dots inside.
_WORD = r"([\u0e00-\u0e7f]{1,4}\.[\u0e00-\u0e7f]{1,3}\.?|[^\s\d.,;:/()|·•<>\[\]،፣၊-]{2,16})"
#: A second name of the same month behind it: "12 آذار/مارس 2024", "6 (sept.)".
_SECOND = r"(?:\s?[/(]\s?[^\s\d()/]{2,14}\)?)?"
_DAY = r"(?<![\d.:/])(\d{1,2})"
_ISO = re.compile(rf"(?<!\d){_YEAR}([-/.])\s?(\d{{1,2}})\2\s?(\d{{1,2}})(?!\d)")
_EAST = re.compile(rf"{_YEAR}\s?[年년.]\s?(\d{{1,2}})\s?[月월.]\s?(\d{{1,2}})\s?[日일]?")
_DAY_FIRST = re.compile(
    rf"{_DAY}(?:st|nd|rd|th|er|º|ª|°|\.|-a|-|ος|η)?[\s-]{{0,2}}(?:de\s|of\s|da\s|ng\s|ta[’'\s]\s?|d[’'])?(?:tháng\s|ខែ|เดือน|ເດືອນ)?"
    rf"{_WORD}{_SECOND}[.,،]?[\s-]{{0,2}}(?:de\s|del\s|d[’']|של\s|ឆ្នាំ\s?|พ\.?ศ\.?\s?|ค\.?ศ\.?\s?|ປີ\s?|سنة\s|عام\s|г\.\s)?{_YEAR}(?!\d)"
)
_MONTH_FIRST = re.compile(
    rf"(?<![^\W\d]){_WORD}{_SECOND}\.?\s(\d{{1,2}})(?:st|nd|rd|th|a)?[.,،၊]?\s{{0,2}}(?:de\s)?{_YEAR}(?!\d)"
)
_YEAR_FIRST = re.compile(
    rf"(?<!\d){_YEAR}(?:ko|eko|an|na)?[.,]?\s(?:m\.\s|gada\s|оны\s|ж\.\s|ခုနှစ်[\u1000-\u109f]?\s)?{_WORD}\.?\s(\d{{1,2}})(?!\d)"
)
#: "2024. gada 12. marts", "2024-yil 12-mart", "2024 жылғы 12 наурыз", "2024-жылдын 12-марты"
_YEAR_DAY = re.compile(
    rf"(?<!\d){_YEAR}[.-]?\s?(?:gada|yil\w{{0,4}}|йил\w{{0,4}}|йыл\w{{0,4}}|жыл\w{{0,5}}|ýyl\w{{0,4}})[,\s]{{1,2}}(\d{{1,2}})[.-]?\s?{_WORD}"
)
#: "ngày 12 tháng 3 năm 2024", "2024 оны 3 сарын 12"
_VIETNAMESE = re.compile(
    rf"(?<!\d)(\d{{1,2}})\s?tháng\s(\d{{1,2}})[,\s]{{1,2}}(?:năm\s)?{_YEAR}(?!\d)", re.IGNORECASE
)
_MONGOLIAN = re.compile(
    rf"(?<!\d){_YEAR}\s?оны?\s(\d{{1,2}})(?:-?р)?\s?сар(?:ын)?\s(\d{{1,2}})(?!\d)"
)
#: A year of two digits behind a month's name, with a mark that says so: "12-Mar-24", "12. März '24".
_SHORT_YEAR = re.compile(
    rf"{_DAY}(?:\.|st|nd|rd|th)?(?:-{_WORD}-|\s{_WORD}\.?,?\s[’'‘])(\d\d)(?![\d:])"
)
_NUMBERS = re.compile(
    r"(?<![RH\d.,:/-])(\d{1,2})\s?([./-])\s?(\d{1,2})\s?\2\s?((?:19|20|25)\d\d|\d\d)(?![\d/]|[.,-]\d)"
)
_GLUED = re.compile(
    r"(?<=[a-zà-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])|(?<=\d\d\d\d)(?=[A-Z][a-z])|(?<=[a-z])(?=\d)|(?<=[ ,./]20\d\d)(?=\d{1,2}\s?min)"
    r"|(?<=[./-](?:19|20)\d\d)(?=\d{1,2}[./-]\d{1,2}[./-]\d)|(?<=[a-z.,] (?:19|20)\d\d)(?=\d{1,2}\.? [A-Za-z])"
)
#: Where numbers are month, day, year, and where a year of two digits stands first.
_MONTH_FIRST_LANGUAGES = frozenset(["en"])
_YEAR_FIRST_LANGUAGES = frozenset(["zh", "ja", "ko", "hu", "lt", "sv", "mn", "fa"])
#: Names of two words are held together before months are looked for.
_TWO_WORDS = re.compile(r"(كانون|تشرين)\s(?=(?:ال)?(?:ثاني|أول|اول|الأول))")


@dataclass(frozen=True, slots=True)
class VisibleDate:
    """A date in a line of text."""

    #: ISO 8601, a day or a time of it.
    stated: str
    start: int
    end: int
    #: Whether day and month might be the other way round.
    ambiguous: bool = False

    @property
    def turned(self) -> str | None:
        """The day with day and month the other way round, where that may be."""
        year, month, day = self.stated[:10].split("-")
        return f"{year}-{day}-{month}" if self.ambiguous else None


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
    line = text[:LONGEST]
    if not line.isascii():
        line = _TWO_WORDS.sub(r"\1_", "".join(map(_ascii_digit, line)))
    if not any(char.isdigit() or char == "年" for char in line) and "תש" not in line:
        return []
    if month_first is None:
        month_first = language in _MONTH_FIRST_LANGUAGES
    days = list(_days(line, language, month_first))
    if not days and (language == "ja" or not text.isascii()):
        days = [(*each, False) for each in dates_in_other_calendars(line, language)]
    found: list[VisibleDate] = []
    for day, start, end, ambiguous in sorted(days, key=lambda entry: (entry[1], -entry[2])):
        if found and start < found[-1].end:
            continue
        clock = clock_beside(line, start, end, day)
        stated = day.isoformat() + (f"T{clock}" if clock else "")
        found.append(VisibleDate(stated, start, end, ambiguous))
    return found


_Day = tuple[date, int, int, bool]


def _days(line: str, language: str | None, month_first: bool) -> Iterator[_Day]:
    if not _HAS_YEAR.search(line):
        yield from _short(line, language, month_first)
        return
    for match in _ISO.finditer(line):
        yield from _day(match, match[1], match[3], match[4])
    for match in _EAST.finditer(line):
        yield from _day(match, match[1], match[2], match[3])
    yield from _numbers(line, language, month_first)
    if line.isascii() and not _LETTERS.search(line):
        return
    for pattern, (year_at, month_at, day_at) in (
        (_DAY_FIRST, (3, 2, 1)),
        (_MONTH_FIRST, (3, 1, 2)),
        (_YEAR_FIRST, (1, 2, 3)),
        (_YEAR_DAY, (1, 3, 2)),
    ):
        for match in pattern.finditer(line):
            number = month_number(match[month_at], language)
            if number:
                yield from _day(match, match[year_at], str(number), match[day_at])
    if not line.isascii():
        for match in _VIETNAMESE.finditer(line):
            yield from _day(match, match[3], match[2], match[1])
        for match in _MONGOLIAN.finditer(line):
            yield from _day(match, match[1], match[2], match[3])


def _short(line: str, language: str | None, month_first: bool) -> Iterator[_Day]:
    """Dates whose year has two digits."""
    yield from _numbers(line, language, month_first)
    for match in _SHORT_YEAR.finditer(line):
        number = month_number(match[2] or match[3], language)
        if number:
            yield from _day(match, _century(match[4]), str(number), match[1])


_HAS_YEAR = re.compile(r"(?:19|20|25)\d\d")
_LETTERS = re.compile(r"[A-Za-z]{2}")


def _numbers(line: str, language: str | None, month_first: bool) -> Iterator[_Day]:
    for match in _NUMBERS.finditer(line):
        first, sign, second, year = match.groups()
        short = len(year) == 2
        if short and len(first) == 2 and language in _YEAR_FIRST_LANGUAGES and int(second) <= 12:
            yield from _day(match, _century(first), second, year)
            continue
        if short and sign == "-" and int(first) <= 12 and int(second) <= 12:
            continue  # a score, a range, an issue's number: nothing says which is the year
        year = _century(year)
        swapped = int(second) > 12 or (month_first and sign == "/" and int(first) <= 12)
        day, month = (second, first) if swapped else (first, second)
        ambiguous = sign != "." and int(day) <= 12
        yield from _day(match, year, month, day, ambiguous)


def _century(year: str) -> str:
    """A year of two digits as one of four: from 1969 to 2068, as POSIX has it."""
    if len(year) != 2:
        return year
    return ("20" if int(year) < 69 else "19") + year


def _day(
    match: re.Match[str], year: str, month: str, day: str, ambiguous: bool = False
) -> Iterator[_Day]:
    number = int(year)
    if number > 2400:
        number -= 543  # the Buddhist era of Thai dates
    try:
        yield date(number, int(month), int(day)), match.start(), match.end(), ambiguous
    except ValueError:
        return


def _ascii_digit(char: str) -> str:
    if char < "\u0600" or not char.isdigit():
        return "" if char in "\u200e\u200f" else char
    return str(unicodedata.digit(char, 0))


#: Endings of cases that dates put months in, of languages with one for all: Basque, Burmese, Georgian,
#: Kyrgyz, Turkish, Uzbek.
_ENDINGS = ("aren", "ren", "လ", "ს", "ы", "ı", "ning", "dan")


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
    folded = unicodedata.normalize("NFKC", word).casefold().strip(".'’").replace(".", "")
    by_language, everywhere = _months()
    own = by_language.get(language or "") or {}
    for form in (folded, *(folded.removesuffix(end) for end in _ENDINGS if folded.endswith(end))):
        if form in own:
            return own[form]
        if everywhere.get(form):
            return everywhere[form]
    return 0

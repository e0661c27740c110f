"""Days in other calendars than the Gregorian one, to Gregorian days, by arithmetic.

Sources: N. Dershowitz and E. M. Reingold, "Calendrical Calculations" (4th edition, 2018), for the tabular
Islamic, Ethiopian and Hebrew calendars; for the Solar Hijri calendar the rule of 33 years, which gives the
astronomical calendar of Iran from 1178 to 1633 (1800 to 2256; see the notes in ICU's ``PersianCalendar``).
All work on the number of days since 1 January of year 1, as ``date.toordinal`` counts them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache

from ingest.extract.data import load_data

__all__ = [
    "dates_in_other_calendars",
    "ethiopian_day",
    "hebrew_day",
    "islamic_day",
    "minguo_year",
    "solar_hijri_day",
]

#: 1 Farvardin 1400, 21 March 2021.
_SOLAR_HIJRI_1400 = date(2021, 3, 21).toordinal()
_ISLAMIC_EPOCH, _ETHIOPIAN_EPOCH, _HEBREW_EPOCH = 227015, 2796, -1373427


def solar_hijri_day(year: int, month: int, day: int) -> date:
    """The Gregorian day of a Solar Hijri one (Iran, Afghanistan).

    Raises:
        ValueError: there is no such day, or the year is not between 1178 and 1633.
    """
    leap = (25 * year + 11) % 33 < 8
    length = 31 if month <= 6 else 30 if month <= 11 or leap else 29
    if not (1178 <= year <= 1633 and 1 <= month <= 12 and 1 <= day <= length):
        raise ValueError(f"no day of the Solar Hijri calendar: {year}-{month}-{day}")
    before = 365 * (year - 1400) + (8 * year + 21) // 33 - (8 * 1400 + 21) // 33
    in_year = 31 * (month - 1) - max(0, month - 7) + day - 1
    return date.fromordinal(_SOLAR_HIJRI_1400 + before + in_year)


def islamic_day(year: int, month: int, day: int) -> date:
    """The Gregorian day of one of the tabular Islamic calendar; the month that is seen may begin a day off.

    Raises:
        ValueError: there is no such day.
    """
    if not (1200 <= year <= 1600 and 1 <= month <= 12 and 1 <= day <= 30):
        raise ValueError(f"no day of the Islamic calendar: {year}-{month}-{day}")
    months = 29 * (month - 1) + month // 2
    years = 354 * (year - 1) + (3 + 11 * year) // 30
    return date.fromordinal(_ISLAMIC_EPOCH - 1 + years + months + day)


def ethiopian_day(year: int, month: int, day: int) -> date:
    """The Gregorian day of an Ethiopian one.

    Raises:
        ValueError: there is no such day.
    """
    longest = 30 if month <= 12 else 6 if year % 4 == 3 else 5
    if not (1800 <= year <= 2200 and 1 <= month <= 13 and 1 <= day <= longest):
        raise ValueError(f"no day of the Ethiopian calendar: {year}-{month}-{day}")
    years = 365 * (year - 1) + year // 4
    return date.fromordinal(_ETHIOPIAN_EPOCH - 1 + years + 30 * (month - 1) + day)


def hebrew_day(year: int, month: int, day: int) -> date:
    """The Gregorian day of a Hebrew one.

    Args:
        year: since the creation of the world, such as 5787.
        month: 1 is Tishri, 6 Adar (in leap years the first), 13 Adar II, 7 Nisan, 12 Elul.
        day: of the month.

    Raises:
        ValueError: there is no such day.
    """
    leap = (7 * year + 1) % 19 < 7
    start = _hebrew_new_year(year)
    length = _hebrew_new_year(year + 1) - start
    lengths = [30, 29 + (length % 10 == 5), 30 - (length % 10 == 3), 29, 30]
    lengths += [30, 29] if leap else [29]
    lengths += [30, 29, 30, 29, 30, 29]
    if month == 13 and not leap:
        month = 6
    # In a leap year Adar II stands behind the sixth month, and those from Nisan on behind it.
    place = 6 if month == 13 else month - 1 + (leap and month >= 7)
    if not (5500 <= year <= 6000 and 0 <= place < len(lengths) and 1 <= day <= lengths[place]):
        raise ValueError(f"no day of the Hebrew calendar: {year}-{month}-{day}")
    return date.fromordinal(start + sum(lengths[:place]) + day - 1)


def _hebrew_new_year(year: int) -> int:
    before, this, after = (_hebrew_elapsed(year + step) for step in (-1, 0, 1))
    delay = 2 if after - this == 356 else 1 if this - before == 382 else 0
    return _HEBREW_EPOCH + this + delay


def _hebrew_elapsed(year: int) -> int:
    months = (235 * year - 234) // 19
    parts = 12084 + 13753 * months
    days = 29 * months + parts // 25920
    return days + 1 if 3 * (days + 1) % 7 < 3 else days


def minguo_year(year: int) -> int:
    """The Gregorian year of one of the Republic of China."""
    return year + 1911


_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911, "R": 2018, "H": 1988, "S": 1925}
_JAPANESE = re.compile(
    r"(令和|平成|昭和|大正)\s?(\d{1,2}|元)\s?年\s?(\d{1,2})\s?月\s?(\d{1,2})\s?日?"
    r"|(?<![A-Za-z])([RH])\s?(\d{1,2})[./](\d{1,2})[./](\d{1,2})(?!\d)"
)
_MINGUO = re.compile(
    r"(?:民國|民国)\s?(\d{2,3})\s?[年./-]\s?(\d{1,2})\s?[月./-]\s?(\d{1,2})\s?日?"
    r"|(?<!\d)(1[0-4]\d)\s?年\s?(\d{1,2})\s?月\s?(\d{1,2})\s?日"
)
_HAN = re.compile(
    r"([〇零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日"
)
_HAN_DIGITS = {sign: number for number, sign in enumerate("〇一二三四五六七八九")} | {"零": 0}
_ARABIC = re.compile("[\u0600-\u06ff]")
_ARABIC_WORD = r"([\u0600-\u06ff\u200c‌]{2,14}(?:\s?[\u0600-\u06ff]{2,8})?)"
_HIJRI = re.compile(
    rf"(?<!\d)(\d{{1,2}})\s{{0,2}}[-/]?\s?{_ARABIC_WORD}\s{{0,2}}[-/،,]?\s?(1[34]\d\d)(?!\d)"
)
_HIJRI_NUMBERS = re.compile(
    r"(?<![\d/])(1[34]\d\d)\s?([/.-])\s?(\d{1,2})\s?\2\s?(\d{1,2})(?![\d/])"
)
_ETHIOPIC = re.compile(
    r"([\u1200-\u137f]{2,8})\s(?:ቀን\s)?(\d{1,2})\s?(?:ቀን)?[,፣]?\s?(20[01]\d)(?!\d)"
    r"|(?<!\d)(\d{1,2})\s([\u1200-\u137f]{2,8})[,፣]?\s(20[01]\d)(?!\d)"
)
_LETTER = "[\u05d0-\u05ea]"
_QUOTE = "[\"'״׳”’]"
_HEBREW = re.compile(
    rf"(?<!{_LETTER})({_LETTER}{{1,2}}{_QUOTE}{_LETTER}?)\s(?:ב{_QUOTE}?)?({_LETTER}{{2,6}}(?:\s{_LETTER}{_QUOTE})?)"
    rf"\s(?:ה{_QUOTE})?(תש{_LETTER}?{_QUOTE}{_LETTER})(?!{_LETTER})"
)
_GEMATRIA = dict(zip("אבגדהוזחט", range(1, 10), strict=True)) | dict(
    zip("יכלמנסעפצקרשת", (10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 200, 300, 400), strict=True)
)
#: Where numbers with a year around 1400 are Solar Hijri.
_SOLAR_LANGUAGES = frozenset(["fa", "ps", "ku", "ckb"])

_Found = tuple[date, int, int]


def dates_in_other_calendars(line: str, language: str | None) -> Iterator[_Found]:
    """(Gregorian day, start, end) of each day in ``line`` (digits 0 to 9) that another calendar states."""
    if "年" in line or "R" in line or "H" in line:
        yield from _eras(line)
    if _ARABIC.search(line) or language in _SOLAR_LANGUAGES:
        yield from _hijri(line, language)
    if any("\u1200" <= char <= "\u137f" for char in line):
        yield from _ethiopian(line)
    if any("\u05d0" <= char <= "\u05ea" for char in line):
        yield from _hebrew(line)


def _eras(line: str) -> Iterator[_Found]:
    for match in _JAPANESE.finditer(line):
        era, year, month, day = match.groups()[:4] if match[1] else match.groups()[4:]
        number = _ERAS[era] + (1 if year == "元" else int(year))
        yield from _found(match, date, number, int(month), int(day))
    for match in _MINGUO.finditer(line):
        year, month, day = match.groups()[:3] if match[1] else match.groups()[3:]
        yield from _found(match, date, minguo_year(int(year)), int(month), int(day))
    for match in _HAN.finditer(line):
        year = int("".join(str(_HAN_DIGITS[sign]) for sign in match[1]))
        yield from _found(match, date, year, _han(match[2]), _han(match[3]))


def _han(text: str) -> int:
    """A number up to 99 in Han signs."""
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return int("".join(str(_HAN_DIGITS[sign]) for sign in text))
    return 10 * (_HAN_DIGITS[tens] if tens else 1) + (_HAN_DIGITS[ones] if ones else 0)


def _hijri(line: str, language: str | None) -> Iterator[_Found]:
    months = _months()
    for match in _HIJRI.finditer(line):
        words = match[2].replace("\u200c", " ").split()
        for name in (" ".join(words), words[0]):
            calendar, month = months.get(name.removesuffix(" ماه"), ("", 0))
            if not calendar:
                continue
            convert = islamic_day if calendar == "islamic" else solar_hijri_day
            yield from _found(match, convert, int(match[3]), month, int(match[1]))
            break
    if language in _SOLAR_LANGUAGES:
        for match in _HIJRI_NUMBERS.finditer(line):
            yield from _found(match, solar_hijri_day, int(match[1]), int(match[3]), int(match[4]))


def _ethiopian(line: str) -> Iterator[_Found]:
    months = _months()
    for match in _ETHIOPIC.finditer(line):
        word, day, year = (
            (match[1], match[2], match[3]) if match[1] else (match[5], match[4], match[6])
        )
        calendar, month = months.get(word, ("", 0))
        if calendar == "ethiopian":
            yield from _found(match, ethiopian_day, int(year), month, int(day))


def _hebrew(line: str) -> Iterator[_Found]:
    months = _months()
    for match in _HEBREW.finditer(line):
        word = re.sub(_QUOTE, "", match[2])
        calendar, month = months.get(word, months.get(word.removeprefix("ב"), ("", 0)))
        if calendar == "hebrew":
            year, day = 5000 + _gematria(match[3]), _gematria(match[1])
            yield from _found(match, hebrew_day, year, month, day)


def _gematria(text: str) -> int:
    return sum(_GEMATRIA.get(sign, 0) for sign in text)


def _found(
    match: re.Match[str], convert: Callable[[int, int, int], date], year: int, month: int, day: int
) -> Iterator[_Found]:
    try:
        yield convert(year, month, day), match.start(), match.end()
    except (ValueError, OverflowError):
        return


@cache
def _months() -> dict[str, tuple[str, int]]:
    """Names of months to (calendar, number)."""
    found: dict[str, tuple[str, int]] = {}
    for calendar, months in load_data("calendars").items():
        for number, names in enumerate(months, 1):
            for name in names.split("|"):
                found.setdefault(name, (calendar, number))
    return found

"""Zones as pages write them behind a time of day: names, ``GMT+3``, offsets with and without a colon."""

from __future__ import annotations

import re
from datetime import date, timedelta

__all__ = ["NAMES", "offset_of"]

#: What means one offset wherever it is written; IST and the like mean several and are left out.
_OFFSETS = {
    "Z": "+00:00", "GMT": "+00:00", "UTC": "+00:00", "WET": "+00:00", "WEST": "+01:00", "BST": "+01:00",
    "CET": "+01:00", "MEZ": "+01:00", "CEST": "+02:00", "MESZ": "+02:00", "EET": "+02:00", "EEST": "+03:00",
    "MSK": "+03:00", "МСК": "+03:00", "TRT": "+03:00", "TSİ": "+03:00", "WAT": "+01:00", "CAT": "+02:00",
    "SAST": "+02:00", "EAT": "+03:00", "PKT": "+05:00", "NPT": "+05:45", "WIB": "+07:00", "ICT": "+07:00",
    "WITA": "+08:00", "WIT": "+09:00", "SGT": "+08:00", "MYT": "+08:00", "HKT": "+08:00", "PHT": "+08:00",
    "AWST": "+08:00", "JST": "+09:00", "KST": "+09:00", "ACST": "+09:30", "ACDT": "+10:30", "AEST": "+10:00",
    "AEDT": "+11:00", "NZST": "+12:00", "NZDT": "+13:00", "EST": "-05:00", "EDT": "-04:00", "CST": "-06:00",
    "CDT": "-05:00", "MST": "-07:00", "MDT": "-06:00", "PST": "-08:00", "PDT": "-07:00", "AKST": "-09:00",
    "AKDT": "-08:00", "HST": "-10:00", "BRT": "-03:00", "ART": "-03:00",
}  # fmt: skip
#: What newsrooms of the United States write all year round: hours behind UTC in winter.
_AMERICAN = {"ET": 5, "CT": 6, "MT": 7, "PT": 8}
#: All names, the longest first, for a regular expression.
NAMES = "|".join(sorted({*_OFFSETS, *_AMERICAN}, key=lambda name: (-len(name), name)))
_NUMBERS = re.compile(r"(?:GMT|UTC)?\s?([+-])\s?(\d{1,2})(?::?(\d{2}))?")
_LARGEST = 14 * 60


def offset_of(zone: str, day: date) -> str | None:
    """``+hh:mm`` of a zone as it is written, on ``day``; ``None`` where it says none."""
    name = zone.strip().upper()
    if name in _OFFSETS:
        return _OFFSETS[name]
    if name in _AMERICAN:
        return f"-{_AMERICAN[name] - _is_american_summer(day):02}:00"
    match = _NUMBERS.fullmatch(name.replace("−", "-"))
    if match is None:
        return None
    hours, minutes = int(match[2]), int(match[3] or 0)
    if minutes > 59 or hours * 60 + minutes > _LARGEST:
        return None
    return f"{match[1]}{hours:02}:{minutes:02}"


def _is_american_summer(day: date) -> bool:
    """Whether summer time holds in the United States: from 2007 on the second Sunday of March to the first
    of November (Energy Policy Act of 2005, section 110); before it April to October is near enough for news.
    """
    if day.year < 2007:
        return 4 <= day.month <= 10
    return _sunday(day.year, 3, 2) <= day < _sunday(day.year, 11, 1)


def _sunday(year: int, month: int, which: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(6 - first.weekday()) % 7 + 7 * (which - 1))

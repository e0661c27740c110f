"""Dates in lines that name houses: what a credit ends before, and no house is called."""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["date_in", "without_leading_day"]

_DAY_NAMES = (
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b"
    r"|\b(?:published|updated|posted|veröffentlicht|aktualisiert|stand)\b"
)
#: A date or time, or what announces one.
_DATE = re.compile(
    r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d\d-\d\d|\d{1,2}:\d\d|\b\d{1,2}\.?\s(?:de\s)?[^\W\d_]{3,10}\.?,?\s(?:de\s)?\d{4}|"
    rf"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{{0,6}}\.?\s\d{{1,2}}\b|{_DAY_NAMES}",
    re.IGNORECASE,
)
#: The same of a text without digits.
_DATE_IN_WORDS = re.compile(_DAY_NAMES, re.IGNORECASE)
_DIGIT = re.compile(r"\d")


#: One of these stands in every text with one of the words, however their letters are set.
_IN_WORDS = ("day", "publ", "posted", "updat", "stand", "aktual", "ffent")


@lru_cache(maxsize=1024)
def date_in(text: str) -> re.Match[str] | None:
    """The first date or time in ``text``, or what announces one."""
    if _DIGIT.search(text):
        return _DATE.search(text)
    folded = text.casefold()
    for part in _IN_WORDS:
        if part in folded:
            return _DATE_IN_WORDS.search(text)
    return None


#: A day and a time before the words: "2026-11-20 20:29:58 来源： ...", "20.11.2026 | dpa".
_LEADING_DAY = re.compile(
    r"^\d{1,4}[\d\s:./年月日時时分T-]{4,26}(?:Uhr|h|GMT|UTC)?[\s,|·•–—-]{0,4}(?=\D)"
)


def without_leading_day(text: str) -> str:
    """``text`` without the day and time that it begins with."""
    return _LEADING_DAY.sub("", text, count=1) if text[:1].isdigit() else text

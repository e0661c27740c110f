"""A byline without the date, the section and the counts that stand in the same line."""

from __future__ import annotations

import re

__all__ = ["has_time", "pieces_of", "without_date", "without_times"]

#: Signs between the pieces of a line above a text.
_PIECES = re.compile(r"\s?[|•·⋅●]\s?")
_LONGEST = 300
_MONTH = r"\d{1,2}\.?\s\w{3,12}\.?,?\s(?:19|20)\d\d"
_DATE_TAIL = re.compile(
    r"(?:\s|^|,\s?)(?:(?:on|am|le|el|il|em|den|vom|dne|op|at|um|à|om|kl\.?|@)\s)?(?:\w{3,7}day\b|\w{3,12}\.?\s\d{1,2}(?:st|nd|rd|th)?,?\s(?:19|20)\d\d"
    rf"|\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}|{_MONTH}|(?:19|20)\d\d[./-]\d"
    r"|\d{1,2}[:.]\d\d(?:\s?[ap]\.?m\.?|\sUhr|\sh)?(?!\d)|(?:updated|published|last|posted|modified|aktualisiert|gespeichert|veröffentlicht)\b)",
    re.IGNORECASE,
)
#: What introduces a date, with the day's name, where the date was cut.
_LEFT_OVER = re.compile(
    r"\s(?:on|am|le|el|il|em|den|vom|dne|op|at|um|à|om|@)(?:\s\w{2,12}\.?,?)?$", re.IGNORECASE
)
#: Where it was filed.
_FILED = re.compile(
    r"\s(?:in|under|unter|dans|en|em)\s(?=[A-ZÀ-Þ])|\s(?:filed|posted|abgelegt|gespeichert|veröffentlicht|hinterlasse|kommentare?|comments?|min|minutes|\d{1,3}\s?[–-]\s?\d)\b.*",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"(?:19|20)\d\d|\bmin(?:ute)?s?\.?\s(?:read|lesezeit)|\d{1,2}:\d\d|\d{1,2}\.\d{1,2}\.\d\d",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_WHOLE_DATE = re.compile(
    rf"(?:\w{{2,12}}\.?,\s)?(?:\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}|(?:19|20)\d\d[./-]\d{{1,2}}[./-]\d{{1,2}}|{_MONTH}|\d{{1,2}}\.?\s\w{{3,12}},?\s(?:19|20)\d\d"
    r"|\w{3,12}\.?\s\d{1,2}(?:st|nd|rd|th)?,?\s(?:19|20)\d\d)|\d{1,2}[:.]\d\d(?:\s?[ap]\.?m\.?)?(?:\s?Uhr|\sh\b)?",
    re.IGNORECASE,
)


def pieces_of(line: str) -> list[str]:
    """The pieces of a line above a text: most lines are one."""
    return _PIECES.split(line) if "|" in line or not line.isascii() else [line]


def without_date(text: str) -> str:
    """``text`` up to the date in it, or to where it says what it was filed under."""
    text = text[:_LONGEST]
    tail = _DATE_TAIL.search(text)
    if tail:
        text = _LEFT_OVER.sub("", text[: tail.start()].rstrip(" ,|-–—@"))
    filed = _FILED.search(text)
    if filed and filed.start() > 1 and text[: filed.start()].count(" ") <= 3:
        text = text[: filed.start()]
    return text.rstrip(" ,|-–—@")


def has_time(text: str) -> bool:
    """Whether ``text`` says when something was written, or how long it takes to read."""
    # That search is slow, and few lines have a digit or "min".
    if text.isascii() and _DIGIT.search(text) is None and "min" not in text.lower():
        return False
    return _TIME.search(text) is not None


def without_times(text: str) -> list[str]:
    """The pieces of a line that says when, without what says it: "Anna Berg | 3 May 2024, 10:15"."""
    pieces = re.split(r"\s?[|•·⋅●/]\s?|\s[–—-]\s|,\s", _WHOLE_DATE.sub(" | ", text[:_LONGEST]))
    return [piece for raw in pieces if (piece := _FILED.sub("", raw).strip(" ,|-–—@:"))]

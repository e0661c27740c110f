"""Times of day as readers see them: "10:15 Uhr", "3 p.m. ET", "klo 10.15", "下午3:05", "오후 3시 5분"."""

from __future__ import annotations

import re
from datetime import date

from ingest.extract.metadata.times.zones import NAMES, offset_of

__all__ = ["clock_alone", "clock_beside"]

_TIME = re.compile(
    r"(?<![\d.:/-])(\d{1,2})\s?(?:[:.h]|時|时|點|点|시|Uhr\s)\s?(\d{2}|(?<=[時时點点시 ])\d)(?![\d/])(?:(?::|[分분]\s?)(\d{2})(?!\d))?"
    r"(?![./-]\d)\s{0,2}([ap]\.?\s?m(?:\.|\b))?",
    re.IGNORECASE,
)
#: A full hour without minutes needs a word that says so.
_HOUR = re.compile(
    r"(?<![\d.:/-])(\d{1,2})\s?(?:(?P<half>[ap]\.?m\b\.?)|(?:Uhr|h|[時时點点](?!\d)|시)(?![\w]))",
    re.IGNORECASE,
)
_ZONE = re.compile(
    rf"\s{{0,2}}(?:uhr\s|hrs\.?\s)?[(\[]?((?:GMT|UTC)\s?[+-]\s?\d{{1,2}}(?::?\d\d)?|(?:{NAMES})|[+-]\d\d?:?\d\d)(?![\w])"
)
_AFTERNOON = re.compile(r"(?:下午|晚上|午後|오후|PM|pm|p\.m\.|CH)\s?$")
_MORNING = re.compile(r"(?:上午|凌晨|午前|오전|AM|am|a\.m\.|SA)\s?$")
#: What may stand around a time of day that is a line of its own.
_ALONE = re.compile(
    r"[\s(|•·,–-]{0,3}(?:at|um|kl\.?|klo|à|alle|a las|às|ore|ora|o|saat|в|о|у|pukul|jam|lúc|下午|上午|午前|午後|오전|오후)?"
    rf"[\s,–-]{{0,3}}(?:Uhr|h|hrs?|น\.?)?\s{{0,2}}\(?(?:{NAMES}|[+-]\d{{1,2}}:?\d{{0,2}})?[)\s|]{{0,3}}"
)
#: How far behind a date its time of day may stand, and how far before.
_BEHIND, _BEFORE = 26, 18
#: Between a date and its time of day nothing else stands: another date, another field of a byline.
_APART = re.compile(r"[|•·]|(?:19|20)\d\d")


def clock_beside(line: str, start: int, end: int, day: date) -> str | None:
    """The time of day beside the date ``day`` that stands at ``start`` to ``end``, with its zone where it has one."""
    for pattern in (_TIME, _HOUR):
        match = pattern.search(line, end, end + _BEHIND)
        if match is not None and not _APART.search(line[end : match.start()]):
            clock = _read(match, line, day)
            if clock is not None:
                return clock
    before = list(_TIME.finditer(line, max(0, start - _BEFORE), start))
    if before and ":" in before[-1][0] and not re.search(r"\d", line[before[-1].end() : start]):
        return _read(before[-1], line, day)
    return None


def clock_alone(text: str, day: date) -> str | None:
    """The time of day that ``text``, a whole line, is: ``12:44``, ``10.15 Uhr``, ``3:05 p.m. EST``."""
    if not 4 <= len(text) <= 24:
        return None
    match = _TIME.search(text)
    if match is None or _ALONE.fullmatch(text[: match.start()] + text[match.end() :]) is None:
        return None
    return _read(match, text, day)


def _read(match: re.Match[str], line: str, day: date) -> str | None:
    groups = match.groups()
    hour, minute = int(groups[0]), int(groups[1]) if match.re is _TIME else 0
    second = groups[2] if match.re is _TIME else None
    half = ((groups[3] if match.re is _TIME else match["half"]) or "").lower()[:1]
    lead = line[max(0, match.start() - 5) : match.start()]
    if not half and _AFTERNOON.search(lead):
        half = "p"
    elif not half and _MORNING.search(lead):
        half = "a"
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 23 or minute > 59 or int(second or 0) > 59:
        return None
    zone = _ZONE.match(line, match.end())
    offset = (offset_of(zone[1], day) or "") if zone else ""
    return f"{hour:02}:{minute:02}:{second or '00'}{offset}"

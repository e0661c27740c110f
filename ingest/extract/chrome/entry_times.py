"""The times of a live blog's entries: lines that say when, above each entry, and nothing else.

    14:32                          2.32pm GMT                    há 5 minutos
    The council has voted.         The council has voted.        ...

One such line in a text may be the text's. Several, spread over it, are a clock; where they run
backwards, or the page says that it is a live blog, they are its entries'. A programme of a day runs
forwards, and its hours stay.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from storage.article import Block, Struck

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["strike_entry_times"]

#: Lines that make a clock, and characters of one.
_FEWEST, _LONGEST = 3, 60
#: Lines that make one where the page itself says that it is a live blog.
_FEWEST_LIVE = 2
_MONTH = r"[^\W\d_]{3,12}\.?"
_DAY = (
    rf"(?:[^\W\d_]{{2,12}}\.?,?\s)?(?:\d{{1,2}}(?:st|nd|rd|th|\.|º)?\s(?:de\s)?{_MONTH}|{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?"
    rf"|\d{{1,2}}[./-]\d{{1,2}}[./-]?|\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}月\d{{1,2}}日)(?:,?\s(?:de\s)?\d{{4}}|\d{{2,4}})?"
)
_ONLY_DAY = re.compile(_DAY)
_CLOCK = re.compile(
    r"(?<![\d.,:])(?P<hour>\d{1,2})\s?(?:[:.h]|時|点)\s?(?P<minute>\d{2})(?::\d{2})?(?!\d)\s?分?(?:\s?(?P<half>[ap])\.?\s?m\b\.?)?",
    re.IGNORECASE,
)
#: What may stand beside a time, with or without a day.
_BESIDE = frozenset(
    "updated posted published update aktualisiert heute gestern today yesterday aujourd'hui hier hoy ayer oggi ieri"
    " hoje ontem vandaag gisteren i dag idag igår сегодня вчера dzisiaj wczoraj bugün dün stand um kl klo at à alle"
    " às a las om в o uhr uur h hrs utc gmt bst cet cest est edt pst pdt ist aest aedt et pt mez mesz jst kst msk".split()
)
_AGO = re.compile(
    r"(?:(?:vor|il y a|hace|há|ha|для|for)\s)?\d{1,3}\s?(?:s|m|h|d|min(?:ut[eoa]?[sn]?|uti)?|mins?\.?|hours?|hrs?|stunden?|heures?|horas?"
    r"|or[ae]|minutos?|minuto|uren|uur|timer?|минут[ыу]?|час(?:а|ов)?|godzin[y]?|dakika|saat|分|分钟|小时|時間)\.?"
    r"(?:\s(?:ago|fa|atrás|geleden|siden|sedan|назад|temu|önce)|前)?",
    re.IGNORECASE,
)
#: Minutes by which a time is later than the one above where it is of the day before.
_HALF_A_DAY = 12 * 60
_AROUND = " \t\u00a0•·|–—-()[]+#.,:"


def strike_entry_times(
    blocks: Sequence[Block], *, live: bool
) -> tuple[tuple[Block, ...], tuple[Struck, ...]]:
    """Divide ``blocks`` into the article's and the times of its entries.

    Args:
        blocks: of the text.
        live: whether the page says that it is a live blog.
    """
    clocks: dict[int, tuple[int, str]] = {}
    ago: list[int] = []
    for number, block in enumerate(blocks):
        text = block.text
        if (
            len(text) > _LONGEST
            or block.type not in ("paragraph", "heading")
            or not _has_digit(text)
        ):
            continue
        found = _CLOCK.search(text)
        if found is not None and _is_time(text, found):
            clocks[number] = (_minutes(found), text[: found.start()] + text[found.end() :])
        elif _AGO.fullmatch(text.strip(_AROUND)):
            ago.append(number)
    least = _FEWEST_LIVE if live else _FEWEST
    gone: set[int] = set()
    if len(clocks) >= least and (live or _runs_backwards(list(clocks.values()))):
        gone.update(clocks)
    if len(ago) >= least and live:
        gone.update(ago)
    if not gone or len(gone) * 3 > len(blocks) * 2:
        return tuple(blocks), ()
    return (
        tuple(block for number, block in enumerate(blocks) if number not in gone),
        tuple(
            Struck(blocks[number].text, "timestamp", "the time of an entry")
            for number in sorted(gone)
        ),
    )


def _is_time(line: str, clock: re.Match[str]) -> bool:
    """Whether a line says nothing but when."""
    if int(clock["hour"]) > 24 or int(clock["minute"]) > 59:
        return False
    for rest in (line[: clock.start()], line[clock.end() :]):
        words = rest.strip(_AROUND).split()
        words = [word for word in words if word.strip(_AROUND).lower() not in _BESIDE]
        day = " ".join(words).strip(_AROUND)
        if day and _ONLY_DAY.fullmatch(day) is None:
            return False
    return True


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


def _minutes(found: re.Match[str]) -> int:
    hour = int(found["hour"])
    half = (found["half"] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return hour * 60 + int(found["minute"])


def _runs_backwards(times: list[tuple[int, str]]) -> bool:
    """Whether most times are earlier than the one above; where a day begins they may not be."""
    down = 0
    for (before, day), (after, next_day) in zip(times, times[1:], strict=False):
        down += after <= before or after - before > _HALF_A_DAY or day != next_day
    return down >= 0.7 * (len(times) - 1) and len({time for time, _ in times}) > 1

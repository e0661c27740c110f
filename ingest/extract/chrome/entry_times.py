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
_CLOCK = (
    r"(?P<hour>\d{1,2})\s?(?:[:.h]|時|点|Uhr\s)\s?(?P<minute>\d{2})(?::\d{2})?\s?分?(?:\s?(?P<half>[ap])\.?\s?m\.?)?"
    r"(?:\s?(?:Uhr|uur|h|hrs|klo|[A-Z]{2,5}(?:[+-]\d{1,2})?|\([A-Z]{2,5}\)))?"
)
_AT = r"(?:,|\s|·|\||–|-|at|um|à|a las|alle|às|kl\.?|klo|om|в|o){0,3}\s?"
_LEAD = (
    r"(?:(?:updated|posted|published|aktualisiert|heute|gestern|today|yesterday|aujourd'hui|hier|hoy|ayer|oggi|ieri|hoje"
    r"|ontem|vandaag|gisteren|i dag|idag|сегодня|вчера|dzisiaj|wczoraj|bugün|dün|stand|um|kl\.?|klo|at|à|alle|às|às|a las)"
    r"[:,]?\s?){0,3}"
)
_TIME = re.compile(rf"{_LEAD}(?:{_DAY}\s?{_AT})?{_CLOCK}(?:\s?{_AT}{_DAY})?", re.IGNORECASE)
_AGO = re.compile(
    r"(?:(?:vor|il y a|hace|há|ha|для|for)\s)?\d{1,3}\s?(?:s|m|h|d|min(?:ut[eoa]?[sn]?|uti)?|mins?\.?|hours?|hrs?|stunden?|heures?|horas?"
    r"|or[ae]|minutos?|minuto|uren|uur|timer?|минут[ыу]?|час(?:а|ов)?|godzin[y]?|dakika|saat|分|分钟|小时|時間)\.?"
    r"(?:\s(?:ago|fa|atrás|geleden|siden|sedan|назад|temu|önce)|前)?",
    re.IGNORECASE,
)
_AROUND = " \t\u00a0•·|–—-()[]+#.,"


def strike_entry_times(
    blocks: Sequence[Block], *, live: bool
) -> tuple[tuple[Block, ...], tuple[Struck, ...]]:
    """Divide ``blocks`` into the article's and the times of its entries.

    Args:
        blocks: of the text.
        live: whether the page says that it is a live blog.
    """
    clocks: dict[int, int] = {}
    ago: list[int] = []
    for number, block in enumerate(blocks):
        text = block.text
        if (
            len(text) > _LONGEST
            or block.type not in ("paragraph", "heading")
            or not _has_digit(text)
        ):
            continue
        line = text.strip(_AROUND)
        found = _TIME.fullmatch(line)
        if found is not None and int(found["hour"]) < 25 and int(found["minute"]) < 60:
            clocks[number] = _minutes(found)
        elif _AGO.fullmatch(line):
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


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


def _minutes(found: re.Match[str]) -> int:
    hour = int(found["hour"])
    half = (found["half"] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return hour * 60 + int(found["minute"])


def _runs_backwards(times: list[int]) -> bool:
    """Whether most times are earlier than the one above; midnight may lie between two."""
    steps = list(zip(times, times[1:], strict=False))
    return (
        sum(after <= before for before, after in steps) >= 0.7 * len(steps) and len(set(times)) > 1
    )

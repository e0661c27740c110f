"""From a time as a page or endpoint states it to an instant that can be sorted.

The database keeps both: the ISO 8601 text exactly as precise as it was stated, and the instant
with how precise it is. Only the text is a fact; the instant of a bare day is an inference.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

__all__ = ["Moment", "Precision", "is_later", "moment", "utc_text"]

#: ``instant``: zone was stated. ``local``: no zone, taken as UTC. ``day``: midnight UTC of the day.
Precision = Literal["instant", "local", "day"]

_DAY = re.compile(r"\d{4}-?\d{2}-?\d{2}|\d{4}-?W\d{2}-?\d")


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant for sorting, in UTC, and how much of it was stated."""

    at: datetime
    precision: Precision


def moment(stated: str | None) -> Moment | None:
    """The instant that ISO 8601 text states; ``None`` for no text, or none that can be read."""
    if stated is None:
        return None
    stated = stated.strip()
    if not 8 <= len(stated) <= 64:
        return None
    try:
        at = datetime.fromisoformat(stated)
        if _DAY.fullmatch(stated):
            return Moment(at.replace(tzinfo=UTC), "day")
        if at.tzinfo is None:
            return Moment(at.replace(tzinfo=UTC), "local")
        return Moment(at.astimezone(UTC), "instant")
    except (ValueError, OverflowError):
        # OverflowError: year 1 or 9999, pushed over the edge by its zone.
        return None


def is_later(stated: str, than: str) -> bool:
    """Whether ``stated`` is later than ``than``, compared no finer than the coarser of the two.

    Two endpoints may announce one change as a day and as an instant; that is not two changes.
    """
    new, old = moment(stated), moment(than)
    if new is None or old is None:
        return False
    if "day" in (new.precision, old.precision):
        return new.at.date() > old.at.date()
    return new.at > old.at


def utc_text(at: datetime) -> str:
    """An instant as it leaves Copydesk: in UTC, of one width, ``2026-11-20T06:00:00.000000Z``.

    SQLite holds the same text, so what leaves can be compared with what is stored; it sorts as time
    does.
    """
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"

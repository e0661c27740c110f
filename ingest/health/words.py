"""Numbers and times as sentences have them."""

from __future__ import annotations

from datetime import datetime

from ingest.periods import duration

__all__ = ["age", "moment", "percent", "times"]


def percent(some: int, of: int) -> str:
    """``97 %``; of nothing ``0 %``."""
    return f"{100 * some / of:.0f} %" if of else "0 %"


def times(number: int, what: str) -> str:
    """``1 poll``, ``3 polls``."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def moment(at: datetime | None) -> str:
    """``2026-11-20 06:00``, UTC."""
    return "an unknown time" if at is None else f"{at:%Y-%m-%d %H:%M}"


def age(since: datetime | None, now: datetime) -> str:
    """``3.0 h``."""
    return "" if since is None else duration(max(0.0, (now - since).total_seconds()))

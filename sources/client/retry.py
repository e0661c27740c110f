"""When to ask again: back-off with jitter, and what a server's Retry-After says."""

from __future__ import annotations

import email.utils
from datetime import UTC, datetime

__all__ = ["LONGEST_PAUSE", "PASSING", "back_off", "parse_retry_after"]

#: Statuses that another attempt may better.
PASSING = frozenset([429, 500, 502, 503, 504])
#: A host that asks for more than a day gets a day.
LONGEST_PAUSE = 86_400.0


def back_off(attempt: int, base: float, chance: float) -> float:
    """Seconds to wait after the ``attempt``-th attempt (from 1); ``chance`` in [0, 1) is the jitter."""
    return base * float(2 ** (attempt - 1)) * (0.5 + chance)


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds until a ``Retry-After`` (RFC 9110, section 10.2.3): a number of them, or a date."""
    value = (value or "").strip()[:100]
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        when = email.utils.parsedate_to_datetime(value)
        when = when if when.tzinfo else when.replace(tzinfo=UTC)
        return max(0.0, (when - now).total_seconds())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None

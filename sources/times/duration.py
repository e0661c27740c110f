"""Durations as people write them in source files and settings: ``90s``, ``15m``, ``6h``, ``14d``."""

from __future__ import annotations

from datetime import timedelta

__all__ = ["format_duration", "parse_duration"]

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
EXPECTED = 'a number with a unit, such as "90s", "15m", "6h" or "14d"'


def parse_duration(text: str) -> timedelta:
    """The duration that ``text`` says.

    Raises:
        ValueError: it says none; the message tells what was expected.
    """
    folded = text.strip().lower()
    number, unit = folded[:-1], folded[-1:]
    # isascii: isdigit alone takes digits of every script, int() takes signs and underscores
    if unit not in _UNITS or not (number.isascii() and number.isdigit()) or len(number) > 9:
        raise ValueError(f"expected {EXPECTED}, found {text!r}")
    return timedelta(seconds=int(number) * _UNITS[unit])


def format_duration(duration: timedelta) -> str:
    """``duration`` in the largest unit that gives a whole number; fractions of a second are cut."""
    seconds = int(duration.total_seconds())
    for unit in ("d", "h", "m"):
        if seconds and seconds % _UNITS[unit] == 0:
            return f"{seconds // _UNITS[unit]}{unit}"
    return f"{seconds}s"

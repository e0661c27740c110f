"""The clock and the public holidays of a country, as far as libraries keep them.

A newsroom works by its own clock: in spring its morning comes an hour earlier by UTC. Which zone of a
large country it is hardly matters, since they all change their clocks on the same days.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

__all__ = ["holidays_of", "zone_named", "zone_of"]

#: Countries whose first zone in the table keeps a clock that hardly anybody else there keeps.
_USUAL = {"AU": "Australia/Sydney", "CL": "America/Santiago", "PT": "Europe/Lisbon"}


def zone_of(country: str | None) -> str | None:
    """A time zone (IANA) of ``country`` (ISO 3166-1 alpha-2), by the table of the zone database."""
    return _zones().get(country.upper()) if country else None


@lru_cache(maxsize=256)
def zone_named(name: str | None) -> ZoneInfo | None:
    """The zone; ``None`` for none, and for one that this system does not know."""
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


@cache
def _zones() -> dict[str, str]:
    from importlib.resources import files

    found: dict[str, str] = {}
    try:
        table = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    except (OSError, ModuleNotFoundError):
        return dict(_USUAL)
    for line in table.splitlines():
        columns = line.split("\t")
        if len(columns) >= 3 and not line.startswith("#"):
            found.setdefault(columns[0], columns[2])
    return found | _USUAL


def holidays_of(country: str | None, begin: date, end: date) -> frozenset[int]:
    """Public holidays of the whole ``country`` from ``begin`` to ``end``, as ordinals of days.

    None where no country is given, or one that the library does not know.
    """
    if not country:
        return frozenset()
    years = range(begin.year, end.year + 1)
    first, last = begin.toordinal(), end.toordinal()
    return frozenset(
        day for year in years for day in _of(country.upper(), year) if first <= day <= last
    )


@lru_cache(maxsize=512)
def _of(country: str, year: int) -> frozenset[int]:
    # Takes a tenth of a second to load, and only learning asks for it.
    import holidays

    try:
        days: Iterable[date] = holidays.country_holidays(country, years=year)
        # A holiday that is moved to the next working day stands there on both days.
        return frozenset(day.toordinal() for day in days)
    except (NotImplementedError, ValueError, OverflowError):
        return frozenset()

"""How the sources do, at a glance: asked of indices alone, however many articles and links there are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storage.engine.statements import on_server, run, run_listed, stored_time, time_value

__all__ = ["DAYS", "MOST_COUNTED", "Amounts", "SourceOverview", "overview_of"]

#: Days that are told one by one, the present one among them.
DAYS = 14
#: Links of one state that are counted at most: a backfill plans a million.
MOST_COUNTED = 10_000
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Amounts:
    """Articles that polls of a source filed, by the hour of their filing; backfills do not count."""

    #: In the last 24 hours, and in the last 7 days.
    day: int = 0
    week: int = 0
    #: What is usual in such a time, by the days before; ``None`` where those are too few to tell.
    usual_day: float | None = None
    usual_week: float | None = None
    #: Of each of the last :data:`DAYS` days, UTC, the present one last.
    days: tuple[int, ...] = (0,) * DAYS


@dataclass(frozen=True, slots=True)
class SourceOverview:
    """One source at a glance."""

    name: str
    first_seen_at: datetime
    last_run_at: datetime | None
    last_success_at: datetime | None
    last_error: str | None
    last_cause: str | None
    failures: int
    next_due_at: datetime | None
    paused_at: datetime | None
    #: When its newest article was filed.
    newest_at: datetime | None
    #: Links that wait: for the next poll, for a backfill, for another attempt; counted up to
    #: :data:`MOST_COUNTED`.
    pending: int
    planned: int
    failed: int
    amounts: Amounts


_WAITING = ("pending", "planned", "failed")
_COUNTS = ", ".join(
    f"(SELECT count(*) FROM (SELECT 1 FROM links WHERE links.source = sources.name"  # noqa: S608
    f" AND links.state = '{state}' LIMIT {MOST_COUNTED}) AS {state}_ones)"
    for state in _WAITING
)
_SOURCES = (
    "SELECT name, first_seen_at, last_run_at, last_success_at, last_error, last_cause, failures,"  # noqa: S608
    " next_due_at, paused_at,"
    " (SELECT max(filed_at) FROM articles WHERE articles.source = sources.name),"
    f" {_COUNTS} FROM sources"
)
_NAMED = f"{_SOURCES} WHERE name IN (??)"
_TIMES = frozenset({1, 2, 3, 7, 8, 9})
#: By source and day: all, those of the last 24 hours, of the last 7 days.
_HOURS = (
    "SELECT h.source, {day}, sum(h.filed),"
    " sum(CASE WHEN h.hour >= ? THEN h.filed ELSE 0 END),"
    " sum(CASE WHEN h.hour >= ? THEN h.filed ELSE 0 END)"
    # CROSS: SQLite would read years of hours in their order, not the last days of each source.
    " FROM sources AS s CROSS JOIN source_hours AS h"
    " WHERE h.source = s.name AND h.hour >= ? AND h.filed > 0 GROUP BY 1, 2"
)
_DAY_OF_HOUR = {
    True: "to_char(h.hour AT TIME ZONE 'UTC', 'YYYY-MM-DD')",
    False: "substr(h.hour, 1, 10)",
}


def overview_of(
    connection: sa.Connection, now: datetime, names: Collection[str] | None = None
) -> dict[str, SourceOverview]:
    """How the sources do, by name, sorted; of all that the database knows, or of ``names``."""
    amounts = _amounts(connection, now)
    some = names is not None
    rows = run_listed(connection, _NAMED, names or ()) if some else run(connection, _SOURCES, ())
    found = {}
    for row in sorted(rows, key=lambda row: str(row[0])):
        values: list[Any] = [
            _time(value) if place in _TIMES else value for place, value in enumerate(row)
        ]
        name, first_seen = values[:2]
        values.append(_usual(amounts.get(name, {}), first_seen, now))
        found[name] = SourceOverview(*values)
    return found


def _amounts(
    connection: sa.Connection, now: datetime
) -> dict[str, dict[date, tuple[int, int, int]]]:
    first = _days(now)[0]
    begin = datetime(first.year, first.month, first.day, tzinfo=UTC)
    bounds = [time_value(connection, at) for at in (now - _DAY, now - 7 * _DAY, begin)]
    statement = _HOURS.replace("{day}", _DAY_OF_HOUR[on_server(connection)])
    found: dict[str, dict[date, tuple[int, int, int]]] = {}
    for source, day, *counts in run(connection, statement, tuple(bounds)):
        found.setdefault(source, {})[date.fromisoformat(day)] = (
            int(counts[0]),
            int(counts[1]),
            int(counts[2]),
        )
    return found


def _usual(
    by_day: dict[date, tuple[int, int, int]], first_seen: datetime, now: datetime
) -> Amounts:
    days = _days(now)
    whole = sum(counts[0] for counts in by_day.values())
    day, week = (sum(counts[place] for counts in by_day.values()) for place in (1, 2))
    begin = datetime(days[0].year, days[0].month, days[0].day, tzinfo=UTC)
    known = (now - max(first_seen, begin)) / _DAY
    return Amounts(
        day,
        week,
        (whole - day) / (known - 1) if known >= 3 else None,
        7 * (whole - week) / (known - 7) if known >= 10 else None,
        tuple(by_day.get(each, (0, 0, 0))[0] for each in days),
    )


def _days(now: datetime) -> Sequence[date]:
    today = now.astimezone(UTC).date()
    return [today - timedelta(days=ago) for ago in range(DAYS - 1, -1, -1)]


def _time(value: Any) -> datetime | None:
    return None if value is None else stored_time(value)

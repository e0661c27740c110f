"""The table ``sources``: one row a publisher, made when it is first heard of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage.engine.upsert import insert_ignoring, insert_or_update
from storage.schema import passes, sources

__all__ = [
    "PollState",
    "ensure_source",
    "houseless_sources",
    "last_failures",
    "poll_state",
    "record_source",
    "set_house",
    "set_next_due",
]

_KNOWN = sa.text("SELECT 1 FROM sources WHERE name = :name")


def record_source(
    connection: sa.Connection,
    name: str,
    *,
    title: str | None,
    home: str | None,
    language: str | None,
    country: str | None,
    platform: str | None,
    house_of: Callable[[str | None], str | None] = lambda home: None,
    now: datetime,
) -> None:
    """Keep what the source file says of ``name`` (ISO 639-1 language, ISO 3166-1 country).

    ``house_of``: which house of the gazetteer has a home address; asked where that is another than
    it was, for the gazetteer is large.
    """
    said = {
        "title": title,
        "home": home,
        "language": language,
        "country": country,
        "platform": platform,
    }
    row = connection.execute(
        sa.select(sources.c.house, *(sources.c[column] for column in said)).where(
            sources.c.name == name
        )
    ).first()
    known = row._asdict() if row is not None else {}
    house = known.pop("house", None)
    if known == said:
        return
    said["house"] = house if row is not None and known["home"] == home else house_of(home)
    connection.execute(
        insert_or_update(connection, sources, ["name"], said),
        {"name": name, "first_seen_at": now, **said},
    )


def ensure_source(connection: sa.Connection, name: str, now: datetime) -> None:
    """Make the row that other tables refer to, where there is none yet."""
    known = connection.execute(_KNOWN, {"name": name}).first()
    if known is None:
        connection.execute(
            insert_ignoring(connection, sources), {"name": name, "first_seen_at": now}
        )


def houseless_sources(connection: sa.Connection) -> dict[str, str]:
    """The home addresses of sources of which nobody has said which house they are, by name."""
    rows = connection.execute(
        sa.select(sources.c.name, sources.c.home).where(
            sources.c.house.is_(None), sources.c.home.is_not(None)
        )
    )
    return {row.name: row.home for row in rows}


def set_house(connection: sa.Connection, source: str, house: str) -> None:
    """Keep which house ``source`` is."""
    connection.execute(sa.update(sources).where(sources.c.name == source).values(house=house))


def set_next_due(connection: sa.Connection, source: str, at: datetime | None) -> None:
    """Keep when the daemon means to collect ``source`` next."""
    connection.execute(sa.update(sources).where(sources.c.name == source).values(next_due_at=at))


@dataclass(frozen=True, slots=True)
class PollState:
    """What is known of the polls of a source."""

    #: When it was to be polled next.
    due: datetime | None = None
    #: Begin and end of its last poll, the daemon's or a command's, that came to an end.
    polled: tuple[datetime, datetime] | None = None


def poll_state(connection: sa.Connection, source: str) -> PollState:
    """What is known of the polls of ``source``, one that was never heard of included."""
    row = connection.execute(
        sa.select(sources.c.next_due_at).where(sources.c.name == source)
    ).first()
    if row is None:
        return PollState()
    last = connection.execute(
        sa.select(passes.c.started_at, passes.c.finished_at)
        .where(
            passes.c.source == source,
            passes.c.started_by != "backfill",
            passes.c.outcome.in_(["ok", "failed"]),
        )
        .order_by(passes.c.started_at.desc())
        .limit(1)
    ).first()
    polled = (last.started_at, last.finished_at) if last is not None else None
    return PollState(row.next_due_at, polled)


def last_failures(connection: sa.Connection, source: str) -> tuple[int, str | None]:
    """(passes of ``source`` that failed in a row, the kind of the last failure in a word)."""
    row = connection.execute(
        sa.select(sources.c.failures, sources.c.last_cause).where(sources.c.name == source)
    ).first()
    return (int(row.failures), row.last_cause) if row is not None else (0, None)

"""The disk: may be written to, has room, and for how many days at the pace at which the database grows."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from ingest.doctor.finding import Finding, note, ok, wrong
from ingest.doctor.machine import can_be_written
from storage.care.maintenance import size_of
from storage.schema import articles, raw_pages, source_hours

if TYPE_CHECKING:
    from ingest.settings import Settings
    from storage.database import Database

__all__ = ["check_folder", "check_growth"]

_LEAST_FREE, _LITTLE_FREE = 200e6, 1e9
_SOON, _IN_SIGHT = 3, 30
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class _Growth:
    """How large the database is, and what a day adds: articles, and raw pages up to their limit."""

    size: int
    pages: int
    articles_a_day: float
    bytes_a_day: float


def check_folder(path: Path) -> Iterator[Finding]:
    """The folder of a SQLite file: SQLite makes files beside it."""
    if not path.parent.is_dir():
        yield wrong("disk", f"the folder {path.parent} does not exist", f"mkdir -p {path.parent}")
        return
    why = can_be_written(path.parent)
    if why is not None:
        yield wrong(
            "permissions",
            f"no file can be made in {path.parent}: {why}",
            "give the folder to the user that the daemon runs as",
        )
    elif path.exists() and not _may_write(path):
        yield wrong(
            "permissions", f"{path} cannot be written to", "give it to the user of the daemon"
        )
    else:
        yield ok("permissions", f"{path.parent} can be written to")


def _may_write(path: Path) -> bool:
    import os

    return os.access(path, os.W_OK)


def check_growth(
    database: Database, settings: Settings, path: Path | None, now: datetime
) -> Iterator[Finding]:
    """Size, growth, and days until the disk is full; a server's disk is not ours to see."""
    with database.reading() as connection:
        growth = _growth(connection, settings, now)
    limit = settings.raw.most_bytes
    of = f" of {limit / 1e9:,.1f}" if limit else ""
    said = (
        f"the database has {growth.size / 1e9:,.2f} GB, {growth.pages / 1e9:,.2f}{of} GB of it raw"
        f" pages, and grows by {growth.bytes_a_day / 1e6:,.1f} MB a day"
        f" ({growth.articles_a_day:,.0f} articles)"
    )
    if path is None:
        yield ok("disk", said)
        return
    free = shutil.disk_usage(path.parent).free
    days = free / growth.bytes_a_day if growth.bytes_a_day > 0 else None
    room = f"{free / 1e9:,.1f} GB are free"
    lasts = f", for {days:,.0f} days" if days is not None and days < 3650 else ""
    remedy = (
        "make room, lower raw.gigabytes or raw.age, or move the database (`copydesk db backup`)"
    )
    if free < _LEAST_FREE or (days is not None and days < _SOON):
        yield wrong("disk", f"{said}; {room}{lasts}", remedy)
    elif free < _LITTLE_FREE or (days is not None and days < _IN_SIGHT):
        yield note("disk", f"{said}; {room}{lasts}", remedy)
    else:
        yield ok("disk", f"{said}; {room}{lasts}")
    yet = limit - growth.pages if limit is not None and settings.raw.keep else 0
    if yet > free:
        yield note(
            "disk",
            f"raw pages may take {yet / 1e9:,.1f} GB more (raw.gigabytes), and {room}",
            "lower raw.gigabytes",
        )


def _growth(connection: sa.Connection, settings: Settings, now: datetime) -> _Growth:
    size = size_of(connection)
    pages = int(connection.execute(sa.select(sa.func.sum(raw_pages.c.stored_bytes))).scalar() or 0)
    filed, days = _filed(connection, now)
    number = int(connection.execute(sa.select(sa.func.count()).select_from(articles)).scalar() or 0)
    each = max(0, size - pages) / number if number else 0.0
    lately = int(
        connection.execute(
            sa.select(sa.func.sum(raw_pages.c.stored_bytes)).where(
                raw_pages.c.fetched_at >= now - timedelta(days=days)
            )
        ).scalar()
        or 0
    )
    limit = settings.raw.most_bytes
    full = not settings.raw.keep or (limit is not None and pages >= 0.98 * limit)
    a_day = filed / days
    return _Growth(size, pages, a_day, a_day * each + (0.0 if full else lately / days))


def _filed(connection: sa.Connection, now: datetime) -> tuple[int, float]:
    """Articles filed of late, and over how many days: of a week, or of the database's whole life."""
    first = connection.execute(
        sa.select(articles.c.filed_at).order_by(articles.c.id).limit(1)
    ).scalar()
    if first is None:
        return 0, 1.0
    life = max((now - first) / timedelta(days=1), 1.0)
    lately = connection.execute(
        sa.select(sa.func.sum(source_hours.c.filed)).where(source_hours.c.hour >= now - _WEEK)
    ).scalar()
    if lately is not None:
        return int(lately), min(life, 7.0)
    everything = connection.execute(sa.select(sa.func.count()).select_from(articles)).scalar()
    return int(everything or 0), life

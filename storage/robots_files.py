"""robots.txt files as they were downloaded, for all processes that work on this database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage.engine.upsert import insert_or_update
from storage.schema import robots_files

__all__ = ["RobotsFile", "keep_robots_file", "robots_file"]


@dataclass(frozen=True, slots=True)
class RobotsFile:
    """One answer to a request for a robots.txt."""

    #: Address that answered, redirects followed.
    url: str
    status: int
    body: bytes
    fetched_at: datetime


def robots_file(connection: sa.Connection, origin: str) -> RobotsFile | None:
    """The last answer of ``origin`` (``https://host``)."""
    row = connection.execute(sa.select(robots_files).where(robots_files.c.origin == origin)).first()
    return None if row is None else RobotsFile(row.url, row.status, row.body, row.fetched_at)


def keep_robots_file(connection: sa.Connection, origin: str, answer: RobotsFile) -> None:
    """Keep the answer of ``origin`` in place of an earlier one."""
    values = {
        "url": answer.url,
        "status": answer.status,
        "body": answer.body,
        "fetched_at": answer.fetched_at,
    }
    connection.execute(
        insert_or_update(connection, robots_files, ["origin"], values),
        {"origin": origin, **values},
    )

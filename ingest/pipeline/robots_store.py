"""robots.txt files in the database: every process that works on it asks each host once a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sources.client.robots import RobotsAnswer, StoredRobots
from storage.robots_files import RobotsFile, keep_robots_file, robots_file

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from storage.async_store import AsyncStore

__all__ = ["DatabaseRobots"]


class DatabaseRobots:
    """Keeps robots.txt files in a database (``sources.client.robots.RobotsStore``)."""

    def __init__(self, store: AsyncStore) -> None:
        self._store = store

    async def get(self, origin: str) -> StoredRobots | None:
        """The last answer of ``origin``."""

        def read(connection: Connection) -> RobotsFile | None:
            return robots_file(connection, origin)

        row = await self._store.read(read)
        if row is None:
            return None
        return StoredRobots(RobotsAnswer(row.url, row.status, row.body), row.fetched_at)

    async def put(self, origin: str, stored: StoredRobots) -> None:
        """Keep an answer."""
        answer = stored.answer
        row = RobotsFile(answer.url, answer.status, answer.body, stored.fetched_at)
        await self._store.write(lambda c: keep_robots_file(c, origin, row))

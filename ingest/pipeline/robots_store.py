"""robots.txt files in the database: every process that works on it asks each host once a day."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from sources.client.robots import RobotsAnswer, StoredRobots
from storage.robots_files import RobotsFile, keep_robots_file, robots_file

if TYPE_CHECKING:
    from storage.database import Database

__all__ = ["DatabaseRobots"]


class DatabaseRobots:
    """Keeps robots.txt files in a database (``sources.client.robots.RobotsStore``)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, origin: str) -> StoredRobots | None:
        """The last answer of ``origin``."""

        def read() -> RobotsFile | None:
            with self._database.reading() as connection:
                return robots_file(connection, origin)

        row = await asyncio.to_thread(read)
        if row is None:
            return None
        return StoredRobots(RobotsAnswer(row.url, row.status, row.body), row.fetched_at)

    async def put(self, origin: str, stored: StoredRobots) -> None:
        """Keep an answer."""
        answer = stored.answer
        row = RobotsFile(answer.url, answer.status, answer.body, stored.fetched_at)
        submit = self._database.writer.submit
        await asyncio.wrap_future(submit(lambda c: keep_robots_file(c, origin, row)))

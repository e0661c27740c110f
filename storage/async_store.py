"""A database for what runs on an event loop: the loop never waits for a disk or a lock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

from storage.database import Database
from storage.transaction import Transaction

__all__ = ["AsyncStore"]

T = TypeVar("T")


class AsyncStore:
    """Reads on threads, writes through the database's one writer; opened and closed by others."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def write(self, operation: Callable[[Transaction], T]) -> T:
        """Have the writer do ``operation``; returns after its commit.

        Raises:
            StorageError: the database failed; nothing of the operation is stored.
        """
        future = self.database.writer.offer(operation)
        if future is None:
            # The queue is full: whoever writes waits for a place, the others go on.
            future = await asyncio.to_thread(self.database.writer.submit, operation)
        return await asyncio.wrap_future(future)

    async def read(self, query: Callable[[Connection], T]) -> T:
        """The answer to ``query``, asked on a thread.

        Raises:
            StorageError: the database failed.
        """

        def run() -> T:
            with self.database.reading() as connection:
                return query(connection)

        return await asyncio.to_thread(run)

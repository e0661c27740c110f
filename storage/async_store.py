"""A database for what runs on an event loop: the loop never waits for a disk, a lock or a server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from sqlalchemy import Connection

from storage.ahead import Ahead
from storage.database import Database
from storage.errors import DatabaseAway
from storage.transaction import Transaction

__all__ = ["AsyncStore"]

T = TypeVar("T")

#: How often something is asked whose connection breaks while the server itself is there.
_MOST_TRIES = 5


class AsyncStore:
    """Reads on threads, writes through the database's one writer; opened and closed by others.

    Both wait for a server that is away, as long as the database has patience, and go on.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        # Of its own: what waits for the database must not keep names from being resolved.
        self._threads = ThreadPoolExecutor(thread_name_prefix="copydesk-store")

    def close(self) -> None:
        """Let go of the threads; nothing may be under way."""
        self._threads.shutdown(wait=False)

    async def write(
        self, operation: Callable[[Transaction], T], ahead: Ahead[Any] | None = None
    ) -> T:
        """Have the writer do ``operation``, and before it ``ahead``; returns after its commit.

        Raises:
            StorageError: the database failed; nothing of the operation is stored.
        """
        future = self.database.writer.offer(operation, ahead)
        if future is None:
            # The queue is full: whoever writes waits for a place, the others go on.
            loop = asyncio.get_running_loop()
            submit = self.database.writer.submit
            future = await loop.run_in_executor(self._threads, submit, operation, ahead)
        return await asyncio.wrap_future(future)

    def expecting(self) -> AbstractContextManager[None]:
        """See :meth:`storage.writer.Writer.expecting`."""
        return self.database.writer.expecting()

    async def read(self, query: Callable[[Connection], T]) -> T:
        """The answer to ``query``, asked on a thread; asked again where the server went away.

        Raises:
            StorageError: the database failed.
        """

        def run() -> T:
            with self.database.reading() as connection:
                return query(connection)

        return await self.call(run)

    async def call(self, work: Callable[[], T]) -> T:
        """What ``work`` gives on a thread; it is done again where the server went away meanwhile.

        Raises:
            StorageError: the database failed.
        """
        loop = asyncio.get_running_loop()
        tries = 1
        while True:
            try:
                return await loop.run_in_executor(self._threads, work)
            except DatabaseAway as error:
                if tries == _MOST_TRIES or not await self.database.back(error):
                    raise
                tries += 1

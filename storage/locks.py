"""Locks that admit one process: the daemon's, and one a source.

Both kinds fall with the process that holds them, however it dies: a file lock is the kernel's, an
advisory lock the PostgreSQL session's.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa

from storage.engine.failures import is_lost_connection, translated
from storage.errors import AlreadyRunning, DatabaseReadOnly

__all__ = ["FileLocks", "Locks", "ServerLocks", "advisory_key"]


class Locks(Protocol):
    """Named locks of one database."""

    def hold(self, name: str) -> AbstractContextManager[None]:
        """Hold ``name`` while the block runs; ``AlreadyRunning`` where another holds it."""

    def close(self) -> None:
        """Let go of everything."""


class FileLocks:
    """Lock files in a folder beside a SQLite file (``FILE-locks/``); they stay there, empty."""

    def __init__(self, database: Path) -> None:
        self._folder = database.with_name(database.name + "-locks")

    @contextmanager
    def hold(self, name: str) -> Iterator[None]:
        """Hold ``name`` while the block runs."""
        import filelock

        path = self._folder / f"{_file_name(name)}.lock"
        try:
            self._folder.mkdir(exist_ok=True)
            lock = filelock.FileLock(path, timeout=0, thread_local=False)
            lock.acquire()
        except filelock.Timeout as error:
            raise AlreadyRunning(
                f"another process holds the lock {name!r} ({path}); stop it or wait for its end"
            ) from error
        except OSError as error:
            raise DatabaseReadOnly(
                f"{path}: cannot be created ({error.strerror}); check the folder's permissions"
            ) from error
        try:
            yield
        finally:
            lock.release()

    def close(self) -> None:
        """Do nothing: each lock is let go by its block."""


class ServerLocks:
    """PostgreSQL advisory locks, all of them on one connection of their own.

    One connection, since a thousand sources would otherwise need a thousand. Where it breaks, its
    locks are gone: the work they guarded stays correct (every save is idempotent), only done twice.
    """

    def __init__(self, engine: sa.Engine, database: str) -> None:
        self._engine = engine
        self._database = database
        self._mutex = threading.Lock()
        self._connection: sa.Connection | None = None
        # A session may take a lock twice; so we remember what this process holds.
        self._held: set[str] = set()

    @contextmanager
    def hold(self, name: str) -> Iterator[None]:
        """Hold ``name`` while the block runs."""
        with self._mutex:
            if name in self._held or not self._take(name):
                raise AlreadyRunning(
                    f"another process holds the lock {name!r} ({self._database});"
                    " stop it or wait for its end"
                )
            self._held.add(name)
        try:
            yield
        finally:
            with self._mutex:
                self._held.discard(name)
                self._give_back(name)

    def close(self) -> None:
        """Close the connection, and with it every lock."""
        with self._mutex:
            if self._connection is not None:
                self._connection.invalidate()
                self._connection.close()
                self._connection = None

    def _take(self, name: str) -> bool:
        taken = sa.select(sa.func.pg_try_advisory_lock(advisory_key(name)))
        with translated(self._database):
            if self._connection is not None:
                try:
                    return bool(self._connection.execute(taken).scalar())
                except sa.exc.DBAPIError as error:
                    if not is_lost_connection(error):
                        raise
                    self._connection.close()
            self._connection = self._engine.connect().execution_options(
                isolation_level="AUTOCOMMIT"
            )
            return bool(self._connection.execute(taken).scalar())

    def _give_back(self, name: str) -> None:
        # On a broken connection the server has let go already.
        with suppress(sa.exc.SQLAlchemyError):
            if self._connection is not None and not self._connection.invalidated:
                self._connection.execute(sa.select(sa.func.pg_advisory_unlock(advisory_key(name))))


def advisory_key(name: str) -> int:
    """The 64-bit number that PostgreSQL knows the lock ``name`` by."""
    digest = hashlib.sha256(f"copydesk:{name}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def _file_name(name: str) -> str:
    if re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,99}", name):
        return name
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()

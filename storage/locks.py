"""Locks that admit one process: the daemon's, and one a source.

Both kinds fall with the process that holds them, however it dies: a file lock is the kernel's, an
advisory lock the PostgreSQL session's. A session may also end by itself, when the server is restarted
or fails over; then its locks are taken again, and where another process was quicker that is said.
"""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa

from storage.engine.failures import is_lost_connection, translated
from storage.errors import AlreadyRunning, DatabaseReadOnly

__all__ = ["FileLocks", "Locks", "ServerLocks", "advisory_key", "lock_folder"]


class Locks(Protocol):
    """Named locks of one database."""

    def hold(self, name: str) -> AbstractContextManager[None]:
        """Hold ``name`` while the block runs; ``AlreadyRunning`` where another holds it."""

    def lost(self) -> frozenset[str]:
        """Names that are held no longer, though their blocks still run; another process has them."""

    def close(self) -> None:
        """Let go of everything."""


def lock_folder(database: Path) -> Path:
    """The folder of the lock files of a SQLite file."""
    return database.with_name(database.name + "-locks")


class FileLocks:
    """Lock files in a folder beside a SQLite file (``FILE-locks/``); they stay there, empty."""

    def __init__(self, database: Path) -> None:
        self._folder = lock_folder(database)

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

    def lost(self) -> frozenset[str]:
        """None: a file lock is the kernel's, and stays."""
        return frozenset()

    def close(self) -> None:
        """Do nothing: each lock is let go by its block."""


class ServerLocks:
    """PostgreSQL advisory locks, all of them on one connection of their own.

    One connection, since a thousand sources would otherwise need a thousand. Where it breaks, its
    locks are gone until the next call here, which connects anew and takes them again. Meanwhile the
    work that they guard stays correct (every save is idempotent), only done twice.
    """

    def __init__(self, engine: sa.Engine, database: str) -> None:
        self._engine = engine
        self._database = database
        self._mutex = threading.Lock()
        self._connection: sa.Connection | None = None
        #: What the server calls the session of the connection: number and start of its process.
        self._session: str | None = None
        # A session may take a lock twice; so we remember what this process holds, in the order in
        # which it was taken.
        self._held: dict[str, None] = {}
        self._lost: set[str] = set()

    @contextmanager
    def hold(self, name: str) -> Iterator[None]:
        """Hold ``name`` while the block runs."""
        with self._mutex:
            if name in self._held or not self._ask(_try(name)):
                raise AlreadyRunning(
                    f"another process holds the lock {name!r} ({self._database});"
                    " stop it or wait for its end"
                )
            self._held[name] = None
        try:
            yield
        finally:
            with self._mutex:
                del self._held[name]
                self._give_back(name)

    def lost(self) -> frozenset[str]:
        """Names that another process took while the server was away.

        Raises:
            DatabaseAway: the server is.
        """
        with self._mutex:
            if self._held:
                self._ask(sa.select(sa.literal(1)))
            return frozenset(self._lost)

    def close(self) -> None:
        """Close the connection, and with it every lock."""
        with self._mutex:
            self._drop()

    def _ask(self, statement: sa.Select[Any]) -> bool:
        """What ``statement`` gives, on a new connection where the one that there was is broken."""
        with translated(self._database):
            if self._connection is not None:
                try:
                    return bool(self._connection.execute(statement).scalar())
                except sa.exc.SQLAlchemyError as error:
                    self._drop()
                    # A connection that broke earlier is refused by SQLAlchemy itself.
                    if not is_lost_connection(error) and not isinstance(
                        error, sa.exc.InvalidRequestError
                    ):
                        raise
            try:
                return bool(self._connect().execute(statement).scalar())
            except sa.exc.SQLAlchemyError:
                self._drop()
                raise

    def _connect(self) -> sa.Connection:
        """A new connection that holds what is held."""
        connection = self._connection = self._engine.connect().execution_options(
            isolation_level="AUTOCOMMIT"
        )
        # A connection that broke on its way may live on at the server, with our locks.
        ghost = self._session is not None and connection.execute(_end_of(self._session)).scalar()
        self._session = connection.execute(_THIS_SESSION).scalar()
        for name in self._held:
            attempts = _ATTEMPTS if ghost else 1
            while not (taken := connection.execute(_try(name)).scalar()) and attempts > 1:
                attempts -= 1
                time.sleep(_BETWEEN_ATTEMPTS)
            if taken:
                self._lost.discard(name)
            else:
                self._lost.add(name)
        return connection

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sa.exc.SQLAlchemyError):
                connection.invalidate()
            with suppress(sa.exc.SQLAlchemyError):
                connection.close()

    def _give_back(self, name: str) -> None:
        if name in self._lost:
            self._lost.discard(name)  # it is another's
            return
        if self._connection is None:
            return  # the server has let go already
        try:
            self._connection.execute(sa.select(sa.func.pg_advisory_unlock(advisory_key(name))))
        except sa.exc.SQLAlchemyError:
            self._drop()


#: A session that is ended lets go a moment later: how often we look, and seconds between.
_ATTEMPTS, _BETWEEN_ATTEMPTS = 100, 0.05
#: The number alone would do until the server is restarted, which begins to count anew.
_THIS_SESSION = sa.text(
    "SELECT pid || ' ' || backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()"
)


def _end_of(session: str) -> sa.TextClause:
    return sa.text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE pid || ' ' || backend_start = :session"
    ).bindparams(session=session)


def _try(name: str) -> sa.Select[Any]:
    return sa.select(sa.func.pg_try_advisory_lock(advisory_key(name)))


def advisory_key(name: str) -> int:
    """The 64-bit number that PostgreSQL knows the lock ``name`` by."""
    digest = hashlib.sha256(f"copydesk:{name}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def _file_name(name: str) -> str:
    if re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,99}", name):
        return name
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()

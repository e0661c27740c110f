"""One database: opened, migrated, read from, written to through one thread, locked, closed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import sqlalchemy as sa

from storage import migrations
from storage.engine.engines import (
    BEGIN,
    check_answers,
    check_file,
    check_writable,
    open_engine,
    use_wal,
)
from storage.engine.failures import translated
from storage.engine.location import Location, locate
from storage.engine.presence import Patience, Presence
from storage.engine.turns import Turns
from storage.errors import DatabaseAway, DatabaseReadOnly, StorageError
from storage.locks import FileLocks, Locks, ServerLocks, lock_folder
from storage.transaction import Transaction
from storage.writer import Writer

__all__ = ["Database", "Patience", "Reopening"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reopening:
    """How another process opens a database that is open here."""

    #: With its log-in, so it is shown nowhere.
    url: str = field(repr=False)
    #: Seconds, as :meth:`Database.open` takes them.
    lock_timeout: float
    #: Seconds for which a server that is away is waited for.
    patience: float

    def open(self) -> Database:
        """Open it; whoever opened it first tells of its absences.

        Raises:
            StorageError: it cannot be opened.
        """
        return Database.open(
            self.url,
            create=False,
            lock_timeout=self.lock_timeout,
            patience=Patience(self.patience),
        )


class Database:
    """An open database; :meth:`open` makes one, ``with`` or :meth:`close` ends it. Thread-safe."""

    def __init__(
        self,
        engine: sa.Engine,
        location: Location,
        *,
        read_only: bool,
        lock_timeout: float,
        patience: Patience | None = None,
    ) -> None:
        self._engine = engine
        self._location = location
        self._read_only = read_only
        self._lock_timeout = lock_timeout
        self._patience = patience or Patience(lock_timeout)
        self._mutex = threading.Lock()
        self._writer: Writer | None = None
        self._closed = False
        self._locks: Locks
        #: Of the server; a file is there or is not.
        self._presence: Presence | None = None
        if location.path is not None:
            self._locks = FileLocks(location.path)
        else:
            self._locks = ServerLocks(engine, location.shown)
            self._presence = Presence(
                partial(check_answers, engine, location, read_only=read_only),
                location.shown,
                self._patience,
                again=self._take_locks_again,
            )

    @classmethod
    def open(
        cls,
        url: str | Path,
        *,
        create: bool = True,
        read_only: bool = False,
        lock_timeout: float = 30.0,
        patience: Patience | None = None,
    ) -> Database:
        """Open ``url``, a SQLite path or a SQLAlchemy address, with its schema brought up to date.

        ``create`` false: a missing file is an error. ``read_only``: a missing or older schema is an
        error too, and nothing is ever written. ``lock_timeout``: seconds to wait for other writers.
        ``patience``: with a server that goes away after it was opened; ``lock_timeout`` where left
        out. One that is away now is an error.
        Raises ``DatabaseUnavailable``, ``DatabaseReadOnly``, ``DatabaseLocked``, ``SchemaError``.
        """
        location = locate(url)
        check_file(location, create=create and not read_only)
        engine = open_engine(location, read_only=read_only, lock_timeout=lock_timeout)
        try:
            with translated(location.shown):
                if read_only:
                    migrations.check(engine, location.shown)
                else:
                    pending = migrations.is_pending(engine, location.shown)
                    check_writable(engine, location)
                    if location.path is not None:
                        use_wal(engine, patience=lock_timeout)
                    if pending:
                        migrations.upgrade(engine, location.shown)
        except BaseException:
            engine.dispose()
            raise
        return cls(
            engine, location, read_only=read_only, lock_timeout=lock_timeout, patience=patience
        )

    @property
    def address(self) -> str:
        """Where it is, for messages: the file, or the server's address without its password."""
        return self._location.shown

    @property
    def reopening(self) -> Reopening:
        """How another process opens it."""
        path, url = self._location.path, self._location.url
        shown = str(path) if path is not None else url.render_as_string(hide_password=False)
        return Reopening(shown, self._lock_timeout, self._patience.seconds)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection for reading: on SQLite one snapshot, however long the block runs."""
        with translated(self.address), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def outside_transactions(self) -> Iterator[sa.Connection]:
        """A connection each of whose statements stands by itself, for ``VACUUM`` and the like."""
        with translated(self.address), self._engine.connect() as connection:
            if self._location.path is None:
                connection.execution_options(isolation_level="AUTOCOMMIT")
            else:
                connection.execution_options(**{BEGIN: None})
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[sa.Connection]:
        """A connection for reading that sees the database as it was at the first statement."""
        with translated(self.address), self._engine.connect() as connection:
            if self._location.path is None:
                connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    @property
    def writer(self) -> Writer:
        """The one way to change anything."""
        with self._mutex:
            if self._closed:
                raise StorageError(f"{self.address}: is closed")
            if self._read_only:
                raise DatabaseReadOnly(f"{self.address}: was opened for reading only")
            if self._writer is None:
                self._writer = Writer(
                    self._engine,
                    self.address,
                    patience=self._lock_timeout,
                    presence=self._presence,
                    turns=self._turns(),
                )
            return self._writer

    def _turns(self) -> Turns | None:
        path = self._location.path
        return None if path is None else Turns(lock_folder(path))

    def write(self, op: Callable[[Transaction], T]) -> T:
        """Submit ``op`` to the writer and wait for its commit."""
        return self.writer.submit(op).result()

    def lock(self, name: str) -> AbstractContextManager[None]:
        """Hold the lock ``name``, such as ``"daemon"``, while the block runs.

        ``AlreadyRunning`` where another process, or another block of this one, holds it. Locks fall
        with the process, however it ends.
        """
        return self._locks.hold(name)

    def lost_locks(self) -> frozenset[str]:
        """Locks that this process holds no longer, though their blocks still run.

        Only a server's can be lost: with its connection, to a process that was quicker to take them
        afterwards. Asks the server whether the connection still stands, and takes them again where
        it does not.

        Raises:
            DatabaseAway: nobody can say.
        """
        return self._locks.lost()

    def _take_locks_again(self) -> None:
        self._locks.lost()

    async def back(self, error: DatabaseAway) -> bool:
        """Wait for a server that ``error`` said is away; false where that is not to be waited for."""
        return self._presence is not None and await self._presence.back(error)

    @property
    def is_away(self) -> bool:
        """Whether its server is being waited for."""
        return self._presence is not None and self._presence.is_absent

    def wait_no_longer(self) -> None:
        """Have all that waits for a server that is away fail at once, now and from now on.

        For a program that has been told to stop.
        """
        if self._presence is not None:
            self._presence.wait_no_longer()

    def close(self) -> None:
        """Write what is queued, stop the writer's thread, close every connection."""
        with self._mutex:
            self._closed = True
            writer = self._writer
        if writer is not None:
            writer.close()
        self._locks.close()
        self._engine.dispose()

    def __enter__(self) -> Database:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

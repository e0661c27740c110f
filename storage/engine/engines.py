"""Connections: how SQLite and PostgreSQL are opened, and what is set on every connection.

Transactions on SQLite are begun by us: the driver would begin one only before it thinks a statement
writes, which breaks savepoints and gives two reads of one report two snapshots
(https://docs.sqlalchemy.org/en/21/dialects/sqlite.html#sqlite-transactions).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from storage.engine.failures import is_contention
from storage.engine.location import Location
from storage.engine.stored_text import json_text
from storage.errors import DatabaseAway, DatabaseReadOnly, DatabaseUnavailable

__all__ = ["check_answers", "check_file", "check_writable", "open_engine", "use_wal"]

#: Execution option of a connection: how SQLite begins its transactions; ``None`` begins none.
BEGIN = "storage_begin"


#: How a server is connected to, where the address does not say otherwise. One whose machine is gone
#: sends no end of the connection: it is noticed after a minute of silence, or half a minute
#: (milliseconds) in which what we sent is not acknowledged, instead of hours.
_CONNECTION: tuple[tuple[str, int | str], ...] = (
    ("connect_timeout", 10),
    ("application_name", "copydesk"),
    ("keepalives_idle", 30),
    ("keepalives_interval", 10),
    ("keepalives_count", 3),
    ("tcp_user_timeout", 30_000),
)


def open_engine(location: Location, *, read_only: bool, lock_timeout: float) -> sa.Engine:
    """An engine with our settings; it connects when first used.

    ``lock_timeout`` in seconds is how long a statement waits for another's lock.
    """
    if location.path is not None:
        return _sqlite_engine(location, read_only=read_only, lock_timeout=lock_timeout)
    return _postgres_engine(location, read_only=read_only, lock_timeout=lock_timeout)


def check_file(location: Location, *, create: bool) -> None:
    """Say in words what SQLite would only call "unable to open database file"."""
    path = location.path
    if path is None:
        return
    if not path.parent.is_dir():
        raise DatabaseUnavailable(
            f"{path}: the folder {path.parent} does not exist; create it or name another file"
        )
    if path.is_dir():
        raise DatabaseUnavailable(f"{path}: is a folder; name a file in it")
    if not path.exists():
        if not create:
            raise DatabaseUnavailable(f"no database at {path}; run `copydesk run` first")
        return
    # SQLite takes a file shorter than its smallest page for an empty database and writes over it.
    # By size, not by reading: closing a second descriptor drops this process's locks on the file.
    if 0 < path.stat().st_size < 512:
        raise DatabaseUnavailable(f"{path}: is not a SQLite database; name another file")


def check_writable(engine: sa.Engine, location: Location) -> None:
    """Raise ``DatabaseReadOnly`` now rather than at the first article."""
    with engine.connect() as connection:
        if location.path is None:
            read_only = connection.execute(sa.text("SHOW transaction_read_only")).scalar() == "on"
            if read_only:
                raise DatabaseReadOnly(
                    f"{location.shown}: the server is read-only (a standby?); name the primary"
                )
            return
        connection.execution_options(**{BEGIN: None})
        waits = connection.exec_driver_sql("PRAGMA busy_timeout").scalar()
        connection.exec_driver_sql("PRAGMA busy_timeout = 0")
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            # On a read-only file that was a mere read; only a write says so. It is rolled back.
            version = connection.exec_driver_sql("PRAGMA user_version").scalar()
            connection.exec_driver_sql(f"PRAGMA user_version = {version}")
        except sa.exc.OperationalError as error:
            if not is_contention(error):  # held by another writer: then it can be written
                raise
        else:
            connection.exec_driver_sql("ROLLBACK")
        finally:
            with suppress(sa.exc.SQLAlchemyError):
                connection.exec_driver_sql(f"PRAGMA busy_timeout = {waits}")


def check_answers(engine: sa.Engine, location: Location, *, read_only: bool) -> None:
    """Ask a server for a sign of life, and whether it takes writes where it is to (``read_only``).

    Raises:
        DatabaseAway: it is a standby, for now.
        SQLAlchemyError: it does not answer.
    """
    # Connections from before may lead to what was the primary.
    engine.dispose()
    with engine.connect() as connection:
        only_reads = connection.execute(sa.text("SHOW transaction_read_only")).scalar() == "on"
        if only_reads and not read_only:
            raise DatabaseAway(f"{location.shown}: the server takes no writes (a standby?)")


def use_wal(
    engine: sa.Engine,
    *,
    patience: float,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Put a SQLite file into WAL mode, which lets readers read while we write.

    The mode stays with the file. Where several processes open a new file at once SQLite refuses the
    change at once, without waiting ``busy_timeout``; so we wait up to ``patience`` seconds.
    """
    deadline = clock() + patience
    while True:
        try:
            with engine.connect() as connection:
                connection.execution_options(**{BEGIN: None})
                if connection.exec_driver_sql("PRAGMA journal_mode").scalar() != "wal":
                    connection.exec_driver_sql("PRAGMA journal_mode = WAL")
            return
        except sa.exc.OperationalError as error:
            if not is_contention(error) or clock() >= deadline:
                raise
            sleep(0.02)


def _sqlite_engine(location: Location, *, read_only: bool, lock_timeout: float) -> sa.Engine:
    engine = sa.create_engine(
        location.for_reading() if read_only else location.url,
        connect_args={"timeout": lock_timeout},
        json_serializer=json_text,
        # An error is logged with its statement, and not with what was to be stored.
        hide_parameters=True,
        poolclass=sa.QueuePool,
        # The one used last is used next, so that few fill a cache.
        pool_use_lifo=True,
        max_overflow=20,
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # see the module's docstring
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys = ON")
        # FULL, not NORMAL: a reader downstream may have acted on a row, so a power cut must not
        # take it back. The writer commits many operations at once, which pays for the fsync.
        cursor.execute("PRAGMA synchronous = FULL")
        # KiB, of each connection; the system caches the file as well.
        cursor.execute("PRAGMA cache_size = -8000")
        # Pages of the log (16 MB) before they are written to the file: what many transactions change,
        # as the inner pages of indices, is written there once for all of them.
        cursor.execute("PRAGMA wal_autocheckpoint = 4000")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        how = connection.get_execution_options().get(BEGIN, "DEFERRED")
        if how is not None:
            connection.exec_driver_sql(f"BEGIN {how}")

    return engine


def _postgres_engine(location: Location, *, read_only: bool, lock_timeout: float) -> sa.Engine:
    # The session is in UTC so that a time of year 1 does not fall out of Python's calendar.
    options = f"-c timezone=UTC -c lock_timeout={round(lock_timeout * 1000)}"
    given = location.url.query.get("options")
    if isinstance(given, str):  # the operator's own, such as a search_path, come last and win
        options = f"{options} {given}"
    connect_args: dict[str, Any] = {"options": options}
    for name, value in _CONNECTION:
        if name not in location.url.query:
            connect_args[name] = value
    try:
        return sa.create_engine(
            location.url.difference_update_query(["options"]),
            connect_args=connect_args,
            json_serializer=json_text,
            hide_parameters=True,
            pool_pre_ping=True,  # a server restarted since is no error
            max_overflow=20,
            execution_options={"postgresql_readonly": True} if read_only else {},
        )
    except ImportError as error:
        raise DatabaseUnavailable(
            f"{location.shown}: needs the PostgreSQL driver; install copydesk[postgres]"
        ) from error

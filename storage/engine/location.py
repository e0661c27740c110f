"""Where a database is: from what an operator wrote to a SQLAlchemy address.

A path, ``sqlite:///file.sqlite3`` or ``postgresql://user:password@host/name``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from storage.errors import DatabaseUnavailable

__all__ = ["Location", "locate"]


@dataclass(frozen=True, slots=True)
class Location:
    """One database's address."""

    url: URL
    #: The file, for SQLite.
    path: Path | None
    #: What messages show: the path, or the server and the database without user, password and options.
    shown: str

    @property
    def with_user(self) -> str:
        """As :attr:`shown`, with whom we log in as: for whoever asks what was understood."""
        if self.path is not None:
            return self.shown
        return self.url.set(query={}).render_as_string(hide_password=True)

    def for_reading(self) -> URL:
        """The address under which SQLite itself refuses every write."""
        if self.path is None or self.url.query.get("uri"):
            return self.url
        name = f"file:{quote(str(self.path))}"
        return URL.create("sqlite", database=name, query={"mode": "ro", "uri": "true"})


def locate(url: str | Path) -> Location:
    """Read an address; ``DatabaseUnavailable`` says what is wrong with one that cannot be used."""
    if isinstance(url, Path) or "://" not in url:
        path = Path(url).expanduser().absolute()
        return Location(URL.create("sqlite", database=str(path)), path, str(path))
    if url.startswith("postgres://"):  # what many hosting consoles hand out
        url = "postgresql://" + url.removeprefix("postgres://")
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        # The address itself is not shown: there may be a password in it.
        raise DatabaseUnavailable(
            "the database address cannot be read; expected a path, sqlite:///FILE"
            " or postgresql://USER:PASSWORD@HOST/NAME"
        ) from error
    shown = _without_log_in(parsed)
    if parsed.get_backend_name() == "postgresql":
        return Location(parsed.set(drivername="postgresql+psycopg"), None, shown)
    if parsed.get_backend_name() != "sqlite":
        raise DatabaseUnavailable(f"{shown}: expected SQLite or PostgreSQL")
    return _sqlite_location(parsed, parsed.render_as_string(hide_password=True))


def _without_log_in(url: URL) -> str:
    """Driver, host, port and database of ``url``; its options may hold a log-in too."""
    where = URL.create(url.drivername, host=url.host, port=url.port, database=url.database)
    return where.render_as_string()


def _sqlite_location(url: URL, shown: str) -> Location:
    name = url.database or ""
    if name.startswith("file:"):
        path = Path(unquote(name.removeprefix("file:").split("?")[0]))
    else:
        path = Path(name)
    if name in ("", ":memory:") or "mode=memory" in shown:
        raise DatabaseUnavailable(f"{shown}: a database in memory keeps nothing; name a file")
    path = path.expanduser().absolute()
    if not name.startswith("file:"):
        url, shown = url.set(database=str(path)), str(path)
    return Location(url, path, shown)

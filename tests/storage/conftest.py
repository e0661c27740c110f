"""Real databases for every test: a SQLite file, and a PostgreSQL server that the tests start.

``COPYDESK_TEST_POSTGRES`` names a server to use instead (an address whose user may create
databases, such as ``postgresql://postgres@localhost/postgres``).
"""

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage.article import Article, Block
from storage.database import Database
from storage.schema import metadata
from tests.own_server import own_server

NOW = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    given = os.environ.get("COPYDESK_TEST_POSTGRES")
    if given:
        yield given
        return
    pytest.importorskip("psycopg", reason="the PostgreSQL driver is not installed")
    with own_server() as server:
        yield server.address


_numbers = itertools.count()


@pytest.fixture
def postgres_address(postgres_server: str) -> Iterator[str]:
    """An empty PostgreSQL database of its own."""
    with _new_postgres(postgres_server) as url:
        yield url


def _psycopg(url: str) -> sa.URL:
    return sa.make_url(url).set(drivername="postgresql+psycopg")


@contextmanager
def _new_postgres(server: str) -> Iterator[str]:
    url = _psycopg(server)
    name = f"copydesk_{os.getpid()}_{next(_numbers)}"
    admin = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    yield url.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database, once on each kind of server."""
    if request.param == "sqlite":
        return str(tmp_path / "news.sqlite3")
    return request.getfixturevalue("postgres_address")


@pytest.fixture(scope="session")
def filled_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with every table in it, to copy: quicker than migrating one for each test."""
    path = tmp_path_factory.mktemp("template") / "news.sqlite3"
    Database.open(path).close()
    return path


@pytest.fixture(scope="session")
def filled_postgres(postgres_server: str) -> Iterator[str]:
    """A PostgreSQL database with every table in it, emptied after each test."""
    with _new_postgres(postgres_server) as url:
        Database.open(url).close()
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def ready_address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated database without rows, once on each kind of server."""
    if request.param == "sqlite":
        path = tmp_path / "news.sqlite3"
        shutil.copy(request.getfixturevalue("filled_sqlite"), path)
        yield str(path)
        return
    url = request.getfixturevalue("filled_postgres")
    yield url
    names = ", ".join([*metadata.tables, "article_search"])
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("SET lock_timeout = '10s'")
        connection.exec_driver_sql(f"TRUNCATE {names} RESTART IDENTITY")


@pytest.fixture
def database(ready_address: str) -> Iterator[Database]:
    with Database.open(ready_address) as opened:
        yield opened


@pytest.fixture
def sqlite_path(tmp_path: Path) -> Path:
    return tmp_path / "news.sqlite3"


@pytest.fixture
def sqlite(sqlite_path: Path, filled_sqlite: Path) -> Iterator[Database]:
    shutil.copy(filled_sqlite, sqlite_path)
    with Database.open(sqlite_path) as opened:
        yield opened


@pytest.fixture
def make_article() -> Callable[..., Article]:
    def make(text: str = "The bridge over the Debed opens on Monday.", **changes) -> Article:
        article = Article(
            url="https://gazette.example/bridge",
            title="Bridge opens",
            blocks=tuple(Block("paragraph", part) for part in text.split("\n\n")),
            source="gazette",
            published_at="2026-11-20T10:00:00+04:00",
        )
        return replace(article, **changes)

    return make

"""A PostgreSQL server that goes away and comes back is used again, and nothing is done twice."""

from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from storage import runs
from storage.async_store import AsyncStore
from storage.database import Database, Patience
from storage.errors import AlreadyRunning, DatabaseAway
from storage.links import NewLink, due_links
from storage.links.documents import record_document
from storage.links.marks import mark_fetched_failure, mark_looked
from storage.publishers import ensure_source
from storage.schema import links, metadata, passes, sources
from tests.own_server import OwnServer, own_server

pytestmark = pytest.mark.long

NOW = datetime(2026, 11, 20, 6, tzinfo=UTC)


@pytest.fixture(scope="module")
def server() -> Iterator[OwnServer]:
    with own_server() as started:
        yield started


class Away:
    """Time that passes only while somebody waits for the server, which comes back after a while."""

    def __init__(self, server: OwnServer, seconds: float, most: float = math.inf) -> None:
        self.now = 0.0
        self.gone: list[str] = []
        self.back: list[float] = []
        self._server = server
        self._seconds = seconds
        self._down = False
        self.patience = Patience(
            most,
            lambda e: self.gone.append(str(e)),
            self.back.append,
            lambda: self.now,
            self._sleep,
        )

    def begin(self, how: str = "fast") -> None:
        self._server.stop(how)
        self._down = True

    def end(self) -> None:
        if self._down:
            self._server.start()
            self._down = False

    def _sleep(self, seconds: float) -> None:
        self.now += seconds
        if self.now >= self._seconds:
            self.end()


def names(connection: sa.Connection) -> set[str]:
    return set(connection.execute(sa.select(sources.c.name)).scalars())


@pytest.mark.parametrize("how", ["fast", "immediate"])
@pytest.mark.parametrize("seconds", [5, 300, 3600])
def test_what_is_written_and_read_while_the_server_is_away_is_done_when_it_is_back(
    server: OwnServer, seconds: int, how: str
) -> None:
    away = Away(server, seconds)
    with Database.open(server.new_database(), patience=away.patience) as database:
        store = AsyncStore(database)
        database.write(lambda c: ensure_source(c, "before", NOW))

        async def work() -> Any:
            away.begin(how)
            writing = [
                store.write(lambda c, n=n: ensure_source(c, f"while-{n}", NOW)) for n in range(40)
            ]
            reading = [store.read(names) for _ in range(20)]
            return await asyncio.gather(*writing, *reading)

        found = asyncio.run(work())
        with database.reading() as connection:
            assert names(connection) == {"before", *(f"while-{n}" for n in range(40))}
        assert all("before" in each for each in found[40:])
        store.close()
    # Whatever waited, it is told once, and how long it took.
    assert len(away.gone) == len(away.back) == 1
    assert "postgres" in away.gone[0]
    assert seconds <= away.back[0] <= seconds + 6


def test_a_server_that_is_back_at_once_is_not_worth_a_word(server: OwnServer) -> None:
    away = Away(server, 0)
    with Database.open(server.new_database(), patience=away.patience) as database:
        database.write(lambda c: ensure_source(c, "before", NOW))
        server.stop("immediate")
        server.start()
        database.write(lambda c: ensure_source(c, "after", NOW))
        with database.reading() as connection:
            assert names(connection) == {"before", "after"}
    assert (away.gone, away.back) == ([], [])


def test_patience_ends_when_it_was_said_to_and_then_nothing_waits_again(server: OwnServer) -> None:
    away = Away(server, math.inf, most=600)
    with Database.open(server.new_database(), patience=away.patience) as database:
        away.begin()
        try:
            for _ in range(3):
                with pytest.raises(DatabaseAway):
                    database.write(lambda c: ensure_source(c, "while", NOW))
            assert away.now <= 600
            assert len(away.gone) == 1
            assert away.back == []
        finally:
            away.end()
        # Whoever goes on all the same finds it when it is there.
        database.write(lambda c: ensure_source(c, "after", NOW))
        with database.reading() as connection:
            assert names(connection) == {"after"}


def test_who_is_told_to_stop_waits_no_longer(server: OwnServer) -> None:
    told = threading.Event()
    patience = Patience(math.inf, lambda _: told.set())
    with Database.open(server.new_database(), patience=patience) as database:
        store = AsyncStore(database)
        server.stop()
        try:

            async def work() -> list[Any]:
                waiting = asyncio.gather(
                    store.write(lambda c: ensure_source(c, "while", NOW)),
                    store.read(names),
                    return_exceptions=True,
                )
                await asyncio.to_thread(told.wait)
                database.wait_no_longer()
                return await waiting

            found = asyncio.run(work())
            assert [type(each) for each in found] == [DatabaseAway, DatabaseAway]
            with pytest.raises(DatabaseAway):
                database.write(lambda c: ensure_source(c, "while", NOW))
        finally:
            server.start()
        store.close()


def test_a_server_that_only_reads_is_waited_for_as_a_standby_is(server: OwnServer) -> None:
    address = server.new_database()
    name = sa.make_url(address).database
    gone: list[str] = []

    def promote(seconds: float) -> None:
        server.run(f"ALTER DATABASE {name} SET default_transaction_read_only = off")

    patience = Patience(math.inf, lambda e: gone.append(str(e)), sleep=promote)
    with Database.open(address, patience=patience) as database:
        server.run(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        database._engine.dispose()
        database.write(lambda c: ensure_source(c, "gazette", NOW))
        with database.reading() as connection:
            assert names(connection) == {"gazette"}
    assert len(gone) == 1
    assert "standby" in gone[0]


# A commit whose answer was lost


@pytest.fixture
def lose_the_answer(server: OwnServer, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A database that does the next commit and answers by breaking the connection."""
    import psycopg

    with Database.open(server.new_database()) as database:
        dialect = database._engine.dialect
        real = dialect.do_commit
        lost: list[int] = []
        armed = False

        def commit(connection: Any) -> None:
            nonlocal armed
            real(connection)
            if armed and not lost:
                lost.append(1)
                connection.dbapi_connection.close()
                raise psycopg.OperationalError("server closed the connection unexpectedly")

        def write(op: Any) -> Any:
            nonlocal armed
            lost.clear()
            armed = True
            try:
                return database.write(op)
            finally:
                armed = False
                assert lost, "no commit was sent"

        monkeypatch.setattr(dialect, "do_commit", commit)
        yield database, write


def test_a_pass_that_was_booked_by_a_commit_without_an_answer_is_booked_once(
    lose_the_answer: Any,
) -> None:
    database, write = lose_the_answer
    run = write(lambda c: runs.start_run(c, "daemon", NOW))
    number = write(lambda c: runs.start_source(c, run, "gazette", NOW))
    counts = runs.RunCounts(failed=3)
    write(lambda c: runs.finish_source(c, run, "gazette", counts, "broke", NOW, pass_id=number))
    with database.reading() as connection:
        assert connection.execute(sa.select(metadata.tables["runs"].c.id)).scalars().all() == [run]
        rows = connection.execute(sa.select(passes.c.id, passes.c.failed)).all()
        assert rows == [(number, 3)]
        assert connection.execute(sa.select(sources.c.failures)).scalar() == 1


def test_an_attempt_that_was_counted_by_a_commit_without_an_answer_is_counted_once(
    lose_the_answer: Any,
) -> None:
    database, write = lose_the_answer
    new = [NewLink(key="g/1", url="https://g.example/1")]
    write(
        lambda c: record_document(
            c, "g", "https://g.example/feed", kind="feed", etag="1", last_modified=None,
            status=200, error=None, links=new, now=NOW,
        )
    )  # fmt: skip
    with database.reading() as connection:
        (due,) = due_links(connection, "g", NOW, 10)
    for attempts in (1, 2):
        at = NOW.replace(hour=NOW.hour + attempts)
        write(
            lambda c, at=at: mark_fetched_failure(
                c, due.id, state="failed", reason="unreachable", detail=None, retry_at=at,
                status=None, now=at,
            )
        )  # fmt: skip
        with database.reading() as connection:
            assert connection.execute(sa.select(links.c.attempts)).scalar() == attempts
    write(lambda c: mark_looked(c, due.id, status=200, look_again_at=None, now=NOW))
    with database.reading() as connection:
        assert connection.execute(sa.select(links.c.looks_in_vain)).scalar() == 1


def test_an_article_whose_commit_had_no_answer_is_filed_once(
    lose_the_answer: Any, make_article: Any
) -> None:
    from storage.articles.saving import save_article
    from storage.care.checks import check_database

    database, write = lose_the_answer
    article = make_article()
    saved = write(lambda c: save_article(c, None, article, key="k", fetched_key=None, now=NOW))
    tables = metadata.tables
    with database.snapshot() as connection:
        for name in ("articles", "changes"):
            count = sa.select(sa.func.count()).select_from(tables[name])
            assert connection.execute(count).scalar() == 1
        assert connection.execute(sa.select(tables["articles"].c.id)).scalar() == saved.article_id
        assert [found.name for found in check_database(connection) if found.problems] == []


# Locks


def test_a_lock_is_held_again_when_the_server_is_back(server: OwnServer) -> None:
    address = server.new_database()
    with (
        Database.open(address) as database,
        Database.open(address) as other,
        database.lock("daemon"),
        database.lock("source-gazette"),
    ):
        server.stop("immediate")
        with pytest.raises(DatabaseAway):
            database.lost_locks()
        server.start()
        assert database.lost_locks() == frozenset()
        for name in ("daemon", "source-gazette"):
            with pytest.raises(AlreadyRunning), other.lock(name):
                pytest.fail("both hold it")


def test_a_lock_is_held_again_as_soon_as_anything_else_has_waited_for_the_server(
    server: OwnServer,
) -> None:
    address = server.new_database()
    away = Away(server, 30)
    with Database.open(address, patience=away.patience) as database, database.lock("daemon"):
        away.begin()
        database.write(lambda c: ensure_source(c, "gazette", NOW))
        with (
            Database.open(address) as other,
            pytest.raises(AlreadyRunning),
            other.lock("daemon"),
        ):
            pytest.fail("both hold it")


def test_a_lock_that_another_took_meanwhile_is_said_to_be_lost_and_left_to_it(
    server: OwnServer,
) -> None:
    address = server.new_database()
    with Database.open(address) as database, Database.open(address) as other:
        with database.lock("daemon"), database.lock("source-gazette"):
            server.stop()
            server.start()
            with other.lock("daemon"):
                assert database.lost_locks() == {"daemon"}
                assert database.lost_locks() == {"daemon"}
                with Database.open(address) as third:
                    for name in ("daemon", "source-gazette"):
                        with pytest.raises(AlreadyRunning), third.lock(name):
                            pytest.fail("both hold it")
        with database.lock("daemon"):
            assert database.lost_locks() == frozenset()


def test_a_lock_is_not_kept_from_us_by_our_own_session_that_the_server_still_believes_in(
    server: OwnServer,
) -> None:
    with Database.open(server.new_database()) as database, database.lock("daemon"):
        # What a router that forgets connections leaves behind.
        locks: Any = database._locks
        ghost, locks._connection = locks._connection, None
        assert database.lost_locks() == frozenset()
        with pytest.raises(sa.exc.SQLAlchemyError):
            ghost.exec_driver_sql("SELECT 1")
        ghost.invalidate()
        ghost.close()

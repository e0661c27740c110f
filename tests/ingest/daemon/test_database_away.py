"""The daemon and a backfill while their PostgreSQL server goes away and comes back."""

from __future__ import annotations

import asyncio
import json
import math
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from ingest.assembly import open_newsroom
from ingest.backfill.backfiller import BackfillRequest
from ingest.backfill.turns import Turns, backfill_lock
from ingest.cli.collecting.absence import RUN_WAITS
from ingest.daemon.daemon import Daemon
from ingest.run import run_backfills, run_sources
from ingest.settings import load_settings
from sources.source import Endpoint, FetchRules, Source
from storage.care.checks import check_database
from storage.database import Database, Patience
from storage.errors import AlreadyRunning, DatabaseAway
from storage.schema import articles, links, passes, sources
from tests.conftest import Answer
from tests.ingest.conftest import HOST, article_page, feed
from tests.own_server import OwnServer, own_server

pytestmark = pytest.mark.long

#: Within which a loaded machine gets everything done; only a hang takes longer.
PATIENCE = 60.0
NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


@pytest.fixture(scope="module")
def server() -> Iterator[OwnServer]:
    with own_server() as started:
        yield started


@pytest.fixture
def address(server: OwnServer) -> str:
    return server.new_database()


@pytest.fixture
def paper(site: Any) -> Any:
    """A newspaper with one article in its feed, and ten in its sitemap."""
    site.put(f"{HOST}/robots.txt", "User-agent: *\n", content_type="text/plain")
    urls = ""
    for number in range(1, 11):
        site.put(f"{HOST}/story/{number}", article_page(f"The bridge, part {number}", number))
        urls += f"<url><loc>{HOST}/story/{number}</loc></url>"
    site.put(f"{HOST}/feed", feed("/story/1"))
    site.put(f"{HOST}/sitemap.xml", f"<urlset {NS}>{urls}</urlset>", content_type="text/xml")
    return site


@pytest.fixture
def config(paper: Any, tmp_path: Path, address: str) -> Path:
    publishers = tmp_path / "publishers"
    publishers.mkdir()
    (publishers / "mill-lane.toml").write_text(
        f'name = "mill-lane"\nhome = "{HOST}"\n[[endpoint]]\nkind = "feed"\nurl = "{HOST}/feed"\n'
        f'[[endpoint]]\nkind = "sitemap"\nurl = "{HOST}/sitemap.xml"\narchive = true\n'
        '[fetch]\ndelay = 0\n[links]\ninclude = ["/story/*"]\n'
    )
    targets = "\n".join(f"{json.dumps(h)} = {json.dumps(t)}" for h, t in paper.connect_to.items())
    path = tmp_path / "copydesk.toml"
    path.write_text(
        f'database = {json.dumps(address)}\n[select]\nnames = ["mill-lane"]\n'
        '[daemon]\nfastest = "1s"\nslowest = "1s"\njitter = "0s"\n'
        f"[collect]\nworkers = 0\n[client]\nretries = 0\n[client.connect_to]\n{targets}\n"
    )
    return path


class Command:
    """A command that runs, and what it has said on stderr so far."""

    def __init__(self, log: Path, config: Path, *words: str) -> None:
        self._log = log
        self._stream = log.open("w")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ingest", "--config", str(config), *words],
            stdout=self._stream,
            stderr=self._stream,
        )

    @property
    def said(self) -> str:
        return self._log.read_text()

    def ends(self) -> int:
        return self.process.wait(PATIENCE)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._stream.close()


@pytest.fixture
def start(config: Path, tmp_path: Path) -> Iterator[Callable[..., Command]]:
    running: list[Command] = []

    def run(*words: str) -> Command:
        running.append(Command(tmp_path / f"log-{len(running)}", config, *words))
        return running[-1]

    yield run
    for command in running:
        command.stop()


def wait_for(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def filed(address: str) -> list[str]:
    engine = sa.create_engine(address, poolclass=sa.NullPool)
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table("articles"):
            return []
        return sorted(connection.execute(sa.select(articles.c.url)).scalars())


def held_against_nobody(address: str) -> None:
    """Nothing of the database's absence stands in what is known of sources, links and documents."""
    with Database.open(address) as database, database.snapshot() as connection:
        assert connection.execute(sa.select(sources.c.failures, sources.c.last_error)).all() == [
            (0, None)
        ]
        assert set(connection.execute(sa.select(links.c.attempts)).scalars()) == {0}
        assert set(connection.execute(sa.select(links.c.state)).scalars()) == {"done"}
        outcomes = set(connection.execute(sa.select(passes.c.outcome)).scalars())
        assert outcomes <= {"ok", "running", "interrupted"}
        assert [found.name for found in check_database(connection) if found.problems] == []


@pytest.fixture
def held_page(paper: Any) -> Any:
    """``/story/2`` is in the feed, and is not answered until the test says so."""
    import threading

    may_answer = threading.Event()

    def answer() -> Answer:
        may_answer.wait(PATIENCE)
        body = article_page("The bridge, part 2", 2).encode()
        return Answer(body, headers={"content-type": "text/html"})

    paper.answer(f"{HOST}/story/2", answer)
    yield may_answer
    may_answer.set()


@pytest.mark.parametrize("how", ["fast", "immediate"])
def test_the_daemon_files_what_it_was_reading_when_its_database_is_back(
    server: OwnServer,
    paper: Any,
    held_page: Any,
    address: str,
    start: Callable[..., Command],
    how: str,
) -> None:
    daemon = start("daemon")
    wait_for(lambda: len(filed(address)) == 1)
    paper.put(f"{HOST}/feed", feed("/story/1", "/story/2"))
    wait_for(lambda: bool(paper.asked("/story/2")))
    server.stop(how)
    try:
        held_page.set()
        wait_for(lambda: "database away" in daemon.said)
        time.sleep(5)
    finally:
        server.start()
    wait_for(lambda: len(filed(address)) == 2)
    paper.put(f"{HOST}/feed", feed("/story/1", "/story/2", "/story/3"))
    wait_for(lambda: len(filed(address)) == 3)
    daemon.process.send_signal(signal.SIGTERM)
    assert daemon.ends() == 0, daemon.said
    # The page that had come is filed, not asked for again.
    assert len(paper.asked("/story/2")) == 1
    assert daemon.said.count("database away") == daemon.said.count("database back") == 1
    for never in ("Traceback", "database failed", "collecting failed", "not noted"):
        assert never not in daemon.said, daemon.said
    held_against_nobody(address)


def test_a_daemon_whose_database_is_away_stops_when_it_is_told_to(
    server: OwnServer, address: str, start: Callable[..., Command]
) -> None:
    daemon = start("daemon")
    wait_for(lambda: len(filed(address)) == 1)
    server.stop()
    try:
        wait_for(lambda: "database away" in daemon.said)
        daemon.process.send_signal(signal.SIGTERM)
        assert daemon.ends() == 0, daemon.said
    finally:
        server.start()
    assert "Traceback" not in daemon.said, daemon.said
    held_against_nobody(address)


def test_a_daemon_that_another_has_replaced_while_the_database_was_away_says_so_and_ends(
    server: OwnServer, address: str, start: Callable[..., Command]
) -> None:
    daemon = start("daemon")
    wait_for(lambda: len(filed(address)) == 1)
    os.kill(daemon.process.pid, signal.SIGSTOP)
    server.stop()
    server.start()
    with Database.open(address) as other, other.lock("daemon"):
        os.kill(daemon.process.pid, signal.SIGCONT)
        assert daemon.ends() == 5, daemon.said
    assert "another daemon" in daemon.said
    assert "Traceback" not in daemon.said


def test_a_backfill_goes_on_when_its_database_is_back(
    server: OwnServer, paper: Any, held_page: Any, address: str, start: Callable[..., Command]
) -> None:
    backfill = start("backfill", "mill-lane", "--via", "sitemap")
    wait_for(lambda: bool(paper.asked("/story/2")))
    server.stop()
    try:
        held_page.set()
        wait_for(lambda: "the database is away" in backfill.said)
    finally:
        server.start()
    assert backfill.ends() == 0, backfill.said
    assert len(filed(address)) == 10
    assert {len(paper.asked(f"/story/{number}")) for number in range(1, 11)} == {1}
    assert len(re.findall("the database is (away|back)", backfill.said)) == 2
    assert "Traceback" not in backfill.said
    held_against_nobody(address)


def test_a_backfill_that_is_stopped_while_its_database_is_away_ends_and_goes_on_later(
    server: OwnServer, paper: Any, held_page: Any, address: str, start: Callable[..., Command]
) -> None:
    backfill = start("backfill", "mill-lane", "--via", "sitemap")
    wait_for(lambda: bool(paper.asked("/story/2")))
    server.stop()
    try:
        held_page.set()
        wait_for(lambda: "the database is away" in backfill.said)
        backfill.process.send_signal(signal.SIGINT)
        assert backfill.ends() == 130, backfill.said
    finally:
        server.start()
    assert "goes on from here" in backfill.said
    assert "Traceback" not in backfill.said
    again = start("backfill", "mill-lane", "--via", "sitemap")
    assert again.ends() == 0, again.said
    assert len(filed(address)) == 10


def test_a_backfill_whose_source_another_has_taken_over_takes_no_further_turn(
    server: OwnServer, paper: Any, address: str, config: Path
) -> None:
    settings = load_settings(config)
    source = Source(name="mill-lane", title="Courier", home=HOST)

    async def work(database: Database) -> None:
        async with open_newsroom(database, settings) as room:
            turns = Turns(room.desk, source)
            async with turns.hold():
                pass
            server.stop()
            server.start()
            with (
                other.lock(backfill_lock("mill-lane")),
                pytest.raises(AlreadyRunning, match="another backfill"),
            ):
                async with turns.hold():
                    pytest.fail("two backfills at one source")

    with (
        Database.open(address) as database,
        Database.open(address) as other,
        database.lock(backfill_lock("mill-lane")),
    ):
        asyncio.run(work(database))


def test_a_run_waits_for_the_time_that_is_documented_and_then_says_why_it_ends(
    server: OwnServer, paper: Any, address: str, config: Path
) -> None:
    settings = load_settings(config)
    source = Source(
        name="mill-lane",
        title="Courier",
        home=HOST,
        endpoints=(Endpoint("feed", f"{HOST}/feed"),),
        fetch=FetchRules(delay=0.0),
    )
    away = Away(server, math.inf, most=RUN_WAITS)
    paper.answer(f"{HOST}/story/1", away.answer(1))
    try:
        with Database.open(address, patience=away.patience) as database:
            with pytest.raises(DatabaseAway):
                asyncio.run(run_sources([source], database, settings))
            assert RUN_WAITS - 10 <= away.now <= RUN_WAITS
    finally:
        server.start()
    assert (len(away.gone), away.back) == (1, [])
    # Nothing is lost: what was not filed is asked for again.
    with Database.open(address) as database:
        report = asyncio.run(run_sources([source], database, settings))
    assert report.sources[0].counts.filed == 1
    held_against_nobody(address)


# By a clock of their own: an hour passes in a moment


class Away:
    """Stops the server when a page is asked for; it is back after so many seconds of a made-up clock."""

    def __init__(self, server: OwnServer, seconds: float, most: float = math.inf) -> None:
        self.now = 0.0
        self.gone: list[str] = []
        self.back: list[float] = []
        self._server = server
        self._seconds = seconds
        self._began = self._ended = False
        self._stopped = threading.Event()
        self.patience = Patience(
            most,
            lambda error: self.gone.append(str(error)),
            self.back.append,
            lambda: self.now,
            self._sleep,
        )

    def answer(self, number: int) -> Callable[[], Answer]:
        def answer() -> Answer:
            if not self._began:
                self._began = True
                self._server.stop()
                self._stopped.set()
            body = article_page(f"The bridge, part {number}", number).encode()
            return Answer(body, headers={"content-type": "text/html"})

        return answer

    def _sleep(self, seconds: float) -> None:
        self.now += seconds
        time.sleep(0.001)
        if self.now >= self._seconds and not self._ended:
            self._ended = True
            # This clock is so much faster than the server that it may be stopping still.
            assert self._stopped.wait(60)
            self._server.start()


@pytest.mark.parametrize("seconds", [300, 3600])
def test_a_daemon_and_a_backfill_outlast_the_absence_of_their_database(
    server: OwnServer, paper: Any, address: str, config: Path, seconds: int
) -> None:
    settings = load_settings(config)
    polled = Source(
        name="mill-lane",
        title="Mill Lane Courier",
        home=HOST,
        endpoints=(Endpoint("feed", f"{HOST}/feed"),),
        fetch=FetchRules(delay=0.0),
    )
    archived = replace(
        polled,
        name="mill-lane-archive",
        endpoints=(Endpoint("sitemap", f"{HOST}/sitemap.xml", archive=True),),
        links=replace(polled.links, include=("/story/*",)),
    )
    away = Away(server, seconds)
    paper.put(f"{HOST}/feed", feed("/story/1", "/story/2", "/story/3"))
    paper.answer(f"{HOST}/story/3", away.answer(3))

    async def both(database: Database) -> Any:
        daemon = Daemon(lambda: (settings, [polled]), database)
        running = asyncio.create_task(daemon.run())
        request = BackfillRequest(via="sitemap")
        report = await run_backfills([archived], database, settings, request)
        await asyncio.to_thread(wait_for, lambda: len(filed(address)) == 10)
        # Not by SIGTERM: of two in one process the last to listen hears it.
        daemon._stop.set()
        await running
        return report

    with Database.open(address, patience=away.patience) as database:
        report = asyncio.run(asyncio.wait_for(both(database), PATIENCE))
    assert not report.failed
    assert len(away.gone) == len(away.back) == 1
    assert seconds <= away.back[0] <= seconds + 10
    assert len(filed(address)) == 10
    with Database.open(address) as database, database.snapshot() as connection:
        assert set(connection.execute(sa.select(sources.c.failures)).scalars()) == {0}
        assert "failed" not in connection.execute(sa.select(passes.c.outcome)).scalars().all()
        assert [found.name for found in check_database(connection) if found.problems] == []

"""Hostile sources beside good ones: the good lose nothing, and a stop is obeyed whatever is read."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bench.hostile_inputs import HOME, hostile_inputs
from ingest.run import run_sources
from ingest.settings import Settings
from sources.source import Endpoint, FetchRules, Source
from storage.database import Database
from tests.ingest.conftest import article_page

pytestmark = pytest.mark.long

PATIENCE = 40.0
KINDS = {hostile.name: hostile for hostile in hostile_inputs()}
#: Documents, each of a source of its own, that take more than they may or are refused at once.
DOCUMENTS = ("author in pieces", "addresses on addresses", "attributes of an entry", "JSON nested")
#: Pages, some of each of which a source announces.
PAGES = (
    "attributes",
    "div nested",
    "bold of its own, then paragraphs",
    "options unclosed",
    "JSON-LD body of elements",
    "text of short lines",
)


def rss(host: str, count: int) -> str:
    items = "".join(
        f"<item><title>Report {n}</title><link>{host}/2026/11/report-{n}</link></item>"
        for n in range(count)
    )
    return f'<rss version="2.0"><channel><title>Paper</title>{items}</channel></rss>'


def source_at(host: str, kind: str = "feed") -> Source:
    name = host.removeprefix("http://").partition(".")[0]
    return Source(
        name,
        host,
        title=name,
        endpoints=(Endpoint(kind, f"{host}/announced"),),  # type: ignore[arg-type]
        fetch=FetchRules(delay=0.0, concurrency=4),
    )


@pytest.fixture
def sources(site: Any) -> list[Source]:
    """Ten hostile sources, and behind them nine good ones of three articles each."""
    made = []
    for number, name in enumerate(DOCUMENTS):
        host, hostile = f"http://hostile-{number}.example", KINDS[name]
        body = hostile.make(400_000)
        made.append(source_at(host, hostile.kind))
        if hostile.kind == "wordpress":
            site.elsewhere = _wordpress(host, body, site.elsewhere)
            site.put(f"{host}/", "")
        else:
            site.put(f"{host}/announced", body, content_type="application/xml")
    for number, name in enumerate(PAGES, len(DOCUMENTS)):
        host = f"http://hostile-{number}.example"
        made.append(source_at(host))
        site.put(f"{host}/announced", rss(host, 4))
        for page in range(4):
            kind = "text/plain" if name.startswith("text") else "text/html"
            site.put(f"{host}/2026/11/report-{page}", KINDS[name].make(300_000), content_type=kind)
    for number in range(9):
        host = f"http://good-{number}.example"
        made.append(source_at(host))
        site.put(f"{host}/announced", rss(host, 3))
        for page in range(3):
            title = f"Report {page} of paper {number}"
            site.put(f"{host}/2026/11/report-{page}", article_page(title, 10 * number + page))
    return made


def _wordpress(host: str, body: bytes, before: Callable[..., Any]) -> Callable[..., Any]:
    from tests.conftest import Answer

    def answer(asked: str, path: str) -> Any:
        if asked == host.removeprefix("http://") and path.startswith("/announced"):
            return Answer(body, headers={"content-type": "application/json"})
        return before(asked, path)

    return answer


def test_nine_good_sources_lose_nothing_beside_ten_hostile_ones(
    sources: list[Source], database: Database, settings: Callable[..., Settings]
) -> None:
    usual = settings()
    little = replace(usual, collect=replace(usual.collect, workers=2, most_cpu=1.0))
    report = asyncio.run(run_sources(sources, database, little))
    with database.reading() as connection:
        links = connection.execute(text("select source, state, reason from links")).all()
        told = connection.execute(text("select source, error from documents")).all()
    assert sorted((s, state) for s, state, _ in links if s.startswith("good")) == sorted(
        (f"good-{number}", "done") for number in range(9) for _ in range(3)
    )
    assert {result.source for result in report.sources if not result.error} >= {
        f"good-{number}" for number in range(9)
    }
    # What was too much is refused for good, with its reason: no link waits for another attempt.
    hostile = [(state, reason) for s, state, reason in links if s.startswith("hostile")]
    assert "failed" not in {state for state, _ in hostile}
    assert [state for state, reason in hostile if reason == "too_costly"].count("refused") >= 16
    errors = {name: error for name, error in told if error}
    assert "took more than 1 s of CPU to read" in errors["hostile-0"]
    assert "took more than 1 s of CPU to read" in errors["hostile-1"]
    assert "very many attributes" in errors["hostile-2"]
    assert "nested too deeply" in errors["hostile-3"]


@pytest.mark.parametrize(("command", "what"), [("daemon", "page"), ("run", "document")])
def test_a_stop_is_obeyed_whatever_is_being_read(
    site: Any, tmp_path: Path, command: str, what: str
) -> None:
    feed = KINDS["author in pieces"].make(10_000_000) if what == "document" else rss(HOME, 8)
    site.put(f"{HOME}/announced", feed, content_type="application/xml")
    for page in range(8):
        tags = KINDS["end tags"].make(20_000_000)
        site.put(f"{HOME}/2026/11/report-{page}", tags, content_type="text/html")
    (tmp_path / "publishers").mkdir()
    (tmp_path / "publishers" / "hostile.toml").write_text(
        f'name = "hostile"\nhome = "{HOME}"\n[[endpoint]]\nkind = "feed"\n'
        f'url = "{HOME}/announced"\n[fetch]\ndelay = 0\n'
    )
    targets = "\n".join(f"{json.dumps(h)} = {json.dumps(t)}" for h, t in site.connect_to.items())
    config = tmp_path / "copydesk.toml"
    # Longer than this test waits: only the stop can end it.
    config.write_text(
        '[select]\nnames = ["hostile"]\n[collect]\nworkers = 2\nmost_cpu = 60\n'
        f"most_memory = 4000\n[client]\nretries = 0\n[client.connect_to]\n{targets}\n"
    )
    wanted = "/announced" if what == "document" else "/2026/11/report-0"
    process = subprocess.Popen(
        [sys.executable, "-m", "ingest", "--config", str(config), command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        deadline = time.monotonic() + PATIENCE
        while not site.asked(wanted) and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(2)
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == (0 if command == "daemon" else 143), log
    with Database.open(tmp_path / "copydesk.sqlite3") as database, database.reading() as connection:
        states = connection.execute(text("select distinct state from links")).scalars().all()
    # Nothing was decided about what could not be read to its end.
    assert set(states) <= {"pending"}

"""``copydesk status``: what an operator sees of every source, on terminals of any width."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from ingest.catalogue.selection import names_switched_on, selected_sources
from ingest.cli.app import run
from ingest.cli.reading.status_table import sparkline
from ingest.health.judge import judge_source
from ingest.settings import load_settings
from storage.database import Database
from storage.leases import DAEMON, take_lease
from storage.publishers import ensure_source, set_next_due
from storage.runs import RunCounts, finish_source, start_run, start_source
from storage.schema import links, source_hours, sources

NOW = datetime.now(UTC)
LONG = "a-newspaper-with-a-name-that-goes-on-and-on-until-nobody-reads-it"
WHY = (
    "feed http://www.nordmetro.example/feed.xml: expected a feed, found an HTML page titled"
    " 'The page that you are looking for has been moved to another place'"
)

Status = Callable[..., tuple[int, list[str]]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database with two sources, one of them broken and off, and settings with one on."""
    monkeypatch.chdir(tmp_path)
    publishers = tmp_path / "publishers"
    publishers.mkdir()
    for name in ("harbour-times", "new-paper"):
        (publishers / f"{name}.toml").write_text(
            f'name = "{name}"\ntitle = "{name}"\nhome = "http://www.{name}.example"\n'
        )
    (tmp_path / "copydesk.toml").write_text('[select]\nnames = ["harbour-times", "new-paper"]\n')
    with Database.open(tmp_path / "copydesk.sqlite3") as database:
        collect(database, "harbour-times", NOW, error=None)
        for days in (3, 2, 1):
            collect(database, "nordmetro", NOW - timedelta(days=days), error=WHY)
        due = NOW.replace(month=6, day=7, hour=8, minute=9)
        filed = [(timedelta(hours=1), 10)] + [(timedelta(days=d, hours=2), 3) for d in range(1, 14)]
        for ago, number in filed:
            database.write(lambda c, a=ago, n=number: count(c, "harbour-times", NOW - a, n))
        for number, state in enumerate(["pending", "planned", "planned", "done", "given_up"]):
            database.write(lambda c, n=number, s=state: add_link(c, "harbour-times", n, s))
        database.write(
            lambda c: c.execute(
                sa.update(sources).where(sources.c.name == "harbour-times").values(next_due_at=due)
            )
        )
    return tmp_path


def collect(database: Database, name: str, when: datetime, error: str | None) -> None:
    number = database.write(lambda c: start_run(c, "run", when))
    database.write(lambda c: start_source(c, number, name, when))
    database.write(lambda c: finish_source(c, number, name, RunCounts(), error, when))
    database.write(lambda c: judge_source(c, name, when))


def count(connection: sa.Connection, source: str, when: datetime, filed: int) -> None:
    """An hour in which so many articles were filed, of a source that is known for long."""
    zeros = dict.fromkeys(
        "passes passes_failed requests links_new revised duplicate refused gone robots failed".split(),
        0,
    )
    hour = when.replace(minute=0, second=0, microsecond=0)
    connection.execute(
        sa.insert(source_hours).values(source=source, hour=hour, **zeros | {"filed": filed})
    )
    long_ago = NOW - timedelta(days=100)
    connection.execute(
        sa.update(sources).where(sources.c.name == source).values(first_seen_at=long_ago)
    )


def add_link(connection: sa.Connection, source: str, number: int, state: str) -> None:
    url = f"http://www.{source}.example/2026/11/{'a-very-long-address-' * 4}{number}"
    connection.execute(
        sa.insert(links).values(
            source=source,
            url=url,
            key=url,
            state=state,
            reason="timeout",
            detail="no byte for 20 s",
            authors=[],
            attempts=6,
            discovered_at=NOW,
        )
    )


@pytest.fixture
def status(folder: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> Status:
    """The exit code and the lines of ``copydesk status`` at a width."""

    def at(width: int | None, *arguments: str) -> tuple[int, list[str]]:
        if width is None:
            monkeypatch.delenv("COLUMNS", raising=False)
        else:
            monkeypatch.setenv("COLUMNS", str(width))
        code = run(["status", *arguments])
        return code, capsys.readouterr().out.splitlines()

    return at


def broken_words(lines: list[str], width: int) -> list[str]:
    """Lines that are too long and could have been broken."""
    return [line for line in lines if len(line) > width and not line.strip().startswith("<http")]


@pytest.mark.parametrize("width", [50, 60, 80, 120, 200])
def test_it_fits_and_says_what_is_wrong_and_what_to_do(status: Status, width: int) -> None:
    code, lines = status(width)
    assert code == 0  # nordmetro is broken, and off
    assert broken_words(lines, width) == []
    text = " ".join(" ".join(lines).split())
    assert f"its last 3 polls failed: {WHY}" in text
    assert "nordmetro: to do: `copydesk sources check nordmetro`" in text
    assert "no daemon runs" in text


def test_it_ends_with_1_only_where_something_that_is_on_is_broken(
    status: Status, folder: Path
) -> None:
    assert status(80)[0] == 0
    (folder / "publishers/nordmetro.toml").write_text(
        'name = "nordmetro"\nhome = "http://www.nordmetro.example"\n'
    )
    (folder / "copydesk.toml").write_text('[select]\nnames = ["harbour-times", "nordmetro"]\n')
    assert status(80)[0] == 1
    assert status(80, "harbour-times")[0] == 0
    assert run(["pause", "nordmetro"]) == 0
    code, lines = status(80)
    assert code == 0
    assert any(line.split()[:2] == ["nordmetro", "paused"] for line in lines)
    assert run(["resume", "nordmetro"]) == 0
    assert status(80)[0] == 1


def test_the_table_has_what_comes_beside_what_is_usual(status: Status) -> None:
    _, lines = status(200)
    head = next(line for line in lines if line.startswith("source"))
    assert head.split() == ["source", "state", "reason", "since", "newest", "24", "h", "usual", "7", "d", "usual", "7", "d", "pending", "planned", "next", "poll", "14", "days"]  # fmt: skip
    rows = {line.split()[0].rstrip(":"): line.split() for line in reversed(lines)}
    # Three articles a day, and ten within the last 24 hours.
    assert rows["harbour-times"][1:4] == ["healthy", "none", "10"]
    assert float(rows["harbour-times"][4]) == pytest.approx(3, abs=0.3)
    assert rows["harbour-times"][7:9] == ["1", "2"]
    assert rows["new-paper"][1:3] == ["never", "collected"]
    assert rows["nordmetro"][1:4] == ["off,", "broken", "other"]


def test_where_the_table_has_no_room_each_source_is_some_lines(status: Status) -> None:
    _, lines = status(40)
    assert "harbour-times: healthy" in lines
    assert "  planned    2" in lines
    assert "new-paper: never collected" in lines


def test_a_daemon_that_runs_is_named_and_a_poll_that_is_late_is_overdue(
    status: Status, folder: Path
) -> None:
    with Database.open(folder / "copydesk.sqlite3") as database:
        database.write(lambda c: take_lease(c, DAEMON, datetime.now(UTC)))
        late = NOW - timedelta(hours=1)
        database.write(lambda c: set_next_due(c, "harbour-times", late))
    _, lines = status(200)
    assert lines[0].startswith("the daemon runs on ")
    assert any(line.startswith("harbour-times") and "overdue" in line for line in lines)
    _, told = status(None, "--json")
    found = json.loads(told[0])
    assert found["daemon"]["pid"] == os.getpid()
    assert found["overdue_seconds"] >= 3600


def test_of_a_source_that_is_named_all_links_and_the_last_problems_are_told(
    status: Status,
) -> None:
    _, lines = status(None, "harbour-times", "nordmetro")
    said = "harbour-times: 0 articles; links: 1 done, 1 given up, 1 pending, 2 planned"
    assert said in lines
    [problem] = [line for line in lines if line.startswith("harbour-times: given_up")]
    assert problem.startswith("harbour-times: given_up: timeout: no byte for 20 s <http://www.")


def test_an_address_is_never_broken(status: Status) -> None:
    _, lines = status(60, "harbour-times")
    [address] = [line for line in lines if "<http" in line]
    assert address.strip().endswith("-4>")


def test_json_keeps_its_keys_whatever_the_width(status: Status) -> None:
    _, lines = status(60, "--json")
    found = {value["name"]: value for value in map(json.loads, lines)}
    assert set(found) == {"harbour-times", "nordmetro"}
    assert found["harbour-times"]["links"] == {"pending": 1, "planned": 2, "done": 1, "given_up": 1}
    assert list(found["nordmetro"])[:14] == ["name", "title", "articles", "links", "last_run_at", "last_success_at", "last_error", "failures", "next_due_at", "on", "health", "wrong_claims", "templates", "problems"]  # fmt: skip
    assert list(found["nordmetro"]["health"])[:4] == ["state", "since", "why", "passes"]
    assert found["nordmetro"]["failures"] == found["nordmetro"]["health"]["passes"] == 3
    assert (found["nordmetro"]["on"], found["harbour-times"]["on"]) == (False, True)
    assert found["harbour-times"]["filed_24h"] == 10
    assert len(found["harbour-times"]["filed_by_day"]) == 14
    assert found["harbour-times"]["usual_24h"] == pytest.approx(3, abs=0.3)


def test_a_source_that_was_never_judged_says_so(status: Status, folder: Path) -> None:
    with Database.open(folder / "copydesk.sqlite3") as database:
        database.write(lambda c: ensure_source(c, "old-paper", NOW))
    _, lines = status(120, "old-paper")
    assert any(line.split()[:3] == ["old-paper", "off", "none"] for line in lines)
    assert "old-paper: never judged; the next pass does it" in lines
    assert json.loads(status(120, "old-paper", "--json")[1][0])["health"]["state"] is None


def test_a_source_that_is_on_and_was_never_collected_can_be_named(status: Status) -> None:
    code, lines = status(80, "new-paper")
    assert code == 0
    assert lines[2].split()[:3] == ["new-paper", "never", "collected"]


def test_days_are_bars_also_where_a_terminal_has_ascii_alone() -> None:
    days = (0, 1, 2, 4, 8, 8, 0)
    assert sparkline(days, "utf-8") == " ▁▂▄██ "
    assert sparkline(days, "ascii").isascii()
    assert len(sparkline(days, "ascii")) == len(days)
    assert sparkline(days, None)[0] == " "
    assert sparkline((0,) * 14, "utf-8") == " " * 14


@pytest.mark.parametrize("by", ["names", "countries", "languages"])
def test_what_is_on_is_told_as_it_is_selected(
    folder: Path, by: str, capsys: pytest.CaptureFixture[str]
) -> None:
    selected = {"names": "harbour-times", "countries": "AM", "languages": "de"}[by]
    (folder / "copydesk.toml").write_text(f'[select]\n{by} = ["{selected}"]\n')
    made = load_settings(folder / "copydesk.toml")
    catalogue, on = names_switched_on(made)
    assert on == {source.name for source in selected_sources(made, catalogue)}
    assert on


def test_an_empty_database_with_nothing_on_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["db", "upgrade"]) == 0
    capsys.readouterr()
    assert run(["status"]) == 0
    assert capsys.readouterr().out == "no source was collected yet, and none is switched on\n"

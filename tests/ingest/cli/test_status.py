"""``copydesk status``: what an operator sees of every source, on terminals of any width."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from ingest.cli.app import run
from ingest.health.judge import judge_source
from storage.database import Database
from storage.runs import RunCounts, finish_source, start_run, start_source
from storage.schema import links, sources

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


@pytest.mark.parametrize("width", [60, 80, 120])
def test_it_fits_and_says_what_is_on_what_waits_and_what_is_due(status: Status, width: int) -> None:
    code, lines = status(width)
    assert code == 1  # nordmetro failed
    assert broken_words(lines, width) == []
    text = " ".join(" ".join(lines).split())
    assert "failed 3 times in a row" in text
    assert WHY in text
    assert "06-07 08:09" in text


def test_in_80_columns_a_source_is_a_line_of_the_columns_that_have_something_to_say(
    status: Status,
) -> None:
    _, lines = status(80)
    assert lines[0].split() == ["source", "on", "articles", "pending", "planned", "failed", "success", "next", "due"]  # fmt: skip
    rows = {line.split()[0]: line.split()[1:] for line in lines[1:4]}
    assert rows["harbour-times"][:5] == ["on", "0", "1", "2", "1"]
    assert rows["new-paper"] == ["on", "0", "0", "0", "0", "never", "-"]
    assert rows["nordmetro"] == ["off", "0", "0", "0", "0", "never", "-"]


def test_where_the_table_has_no_room_each_source_is_some_lines(status: Status) -> None:
    _, lines = status(50)
    assert lines[: lines.index("new-paper: on")] == [
        "harbour-times: on",
        "  articles  0",
        "  links     1 pending, 2 planned, 1 done, 1 given",
        "            up",
        f"  success   {NOW:%Y-%m-%d %H:%M}",
        f"  next due  {NOW.year}-06-07 08:09",
    ]
    assert lines[lines.index("new-paper: on") + 1] == "  never collected"
    assert "nordmetro: off" in lines


def test_a_name_that_is_too_long_for_a_table_stacks_the_lines(status: Status, folder: Path) -> None:
    with Database.open(folder / "copydesk.sqlite3") as database:
        collect(database, LONG, NOW, error=None)
    _, lines = status(80)
    assert f"{LONG}: off" in lines
    assert broken_words(lines, 80) == []


def test_a_file_or_a_pipe_gets_every_column_and_unbroken_lines(status: Status) -> None:
    _, lines = status(None, "harbour-times", "nordmetro")
    assert lines[0].split("  ")[0] == "source"
    for column in ("pending", "planned", "done", "duplicate", "refused", "failed", "given up"):
        assert f" {column} " in lines[0]
    assert f"nordmetro: failed 3 times in a row: {WHY}" in lines
    [problem] = [line for line in lines if line.startswith("harbour-times: given_up")]
    assert problem.startswith("harbour-times: given_up: timeout: no byte for 20 s <http://www.")


def test_an_address_is_never_broken(status: Status) -> None:
    _, lines = status(60, "harbour-times")
    [address] = [line for line in lines if "<http" in line]
    assert address.strip().endswith("-4>")


def test_json_has_what_was_collected_whatever_the_width(status: Status) -> None:
    _, lines = status(60, "--json")
    found = {value["name"]: value for value in map(json.loads, lines)}
    assert set(found) == {"harbour-times", "nordmetro"}
    assert found["harbour-times"]["links"] == {"pending": 1, "planned": 2, "done": 1, "given_up": 1}
    assert list(found["nordmetro"]) == ["name", "title", "articles", "links", "last_run_at", "last_success_at", "last_error", "failures", "next_due_at", "on", "health", "wrong_claims", "templates", "problems"]  # fmt: skip
    assert found["nordmetro"]["failures"] == 3
    assert (found["nordmetro"]["on"], found["harbour-times"]["on"]) == (False, True)


def test_a_source_that_is_on_and_was_never_collected_can_be_named(status: Status) -> None:
    code, lines = status(80, "new-paper")
    assert code == 0
    assert lines[1].split() == ["new-paper", "on", "0", "never", "-"]


def test_an_empty_database_with_nothing_on_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["db", "upgrade"]) == 0
    capsys.readouterr()
    assert run(["status"]) == 0
    assert capsys.readouterr().out == "no source was collected yet, and none is switched on\n"

"""Every command that lists articles takes the same filters, times and names."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from ingest.cli.app import run
from ingest.cli.invocation import own_command
from ingest.unknown_names import unknown_name


@pytest.fixture
def ask(filled: Path, capsys: Any, tmp_path: Path, monkeypatch: Any) -> Any:
    monkeypatch.chdir(tmp_path)

    def said(*arguments: str) -> list[Any]:
        assert run(["--database", str(filled), *arguments]) == 0
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return said


COMMANDS = (
    ("articles", "--json"),
    ("search", "lundale", "--json"),
    ("export", "-", "--format", "jsonl"),
)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda each: each[0])
@pytest.mark.parametrize(
    ("options", "found"),
    [
        ((), {1, 2, 3}),
        (("--since", "2026"), {1, 2}),
        (("--until", "2025"), {3}),
        (("--until", "2026"), {1, 2, 3}),
        (("--until", "2024"), set()),
        (("--since", "2025-03-01", "--until", "20250301"), {3}),
        (("--since", "2026-11-21T11:05Z", "--until", "2026-11-21"), {1}),
        (("--until", "2026-11-21T12:05+01:00"), {3}),
        (("--source", "herald"), {2, 3}),
        (("--language", "de"), {3}),
        (("--kind", "opinion"), {3}),
        (("--kind", "gallery"), set()),
        (("--credited", "nord"), {1, 2}),
        (("--credit", "nord", "--source", "herald"), {2}),
        (("--author", "anna", "--language", "de"), {3}),
    ],
)
def test_the_same_filter_finds_the_same_articles(
    ask: Any, command: tuple[str, ...], options: tuple[str, ...], found: set[int]
) -> None:
    assert {each["id"] for each in ask(*command, *options)} == found


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ((), 1),
        (("--source", "herald"), 1),
        (("--language", "de"), 0),
        (("--kind", "opinion"), 0),
        (("--credited", "nordpress"), 1),
        (("--author", "anna"), 1),
        (("--text", "ferry crosses"), 1),
        (("--text", "bread"), 0),
        (("--since", "2026-11-22"), 1),
        (("--since", "2040"), 0),
        (("--until", "2026-11-21"), 0),
        (("--until", "2026"), 1),
    ],
)
def test_a_story_is_found_by_its_articles_and_its_own_times(
    ask: Any, options: tuple[str, ...], found: int
) -> None:
    assert len(ask("stories", "--json", *options)) == found


@pytest.mark.parametrize("command", ["articles", "export"])
def test_text_is_found_letter_by_letter(ask: Any, command: str) -> None:
    arguments = {"articles": ("--json",), "export": ("-", "--format", "jsonl")}[command]
    assert [each["id"] for each in ask(command, *arguments, "--text", "hafen wird")] == [3]


@pytest.mark.parametrize(
    "command",
    [*COMMANDS, ("stories",), ("pages", "export", "x.warc"), ("reextract",)],
    ids=lambda each: each[0],
)
def test_a_time_that_is_none_is_refused(
    filled: Path, command: tuple[str, ...], capsys: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["--database", str(filled), *command, "--since", "1763637900"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("copydesk: --since 1763637900: expected a year, month, day")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("articles", "--source", "mil-lane"),
            "no source 'mil-lane'; did you mean mill-lane? see `copydesk sources list --all`",
        ),
        (("search", "ferry", "--source", "heralt"), "did you mean herald?"),
        (("stories", "--source", "heralt"), "did you mean herald?"),
        (("changes", "--source", "heralt"), "did you mean herald?"),
        (("pages", "export", "x.warc", "heralt"), "did you mean herald?"),
        (("reextract", "heralt"), "did you mean herald?"),
        (("export", "x.jsonl", "--source", "heralt"), "did you mean herald?"),
        (("articles", "--language", "DE"), "no language 'DE'; did you mean de?"),
        (("export", "x.jsonl", "--language", "french"), "no language 'french'; known: de, en"),
        (("search", "ferry", "--kind", "vidoe"), "no kind 'vidoe'; did you mean video?"),
        (("changes", "--kind", "revise"), "no kind of change 'revise'; did you mean revised?"),
    ],
)
def test_an_unknown_name_is_an_error_that_says_what_is_near(
    filled: Path,
    arguments: tuple[str, ...],
    said: str,
    capsys: Any,
    tmp_path: Path,
    monkeypatch: Any,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["--database", str(filled), *arguments]) == 3
    printed = capsys.readouterr()
    assert printed.out == ""
    assert said in printed.err.replace(own_command(), "copydesk")
    assert not list(tmp_path.iterdir())


def test_a_source_of_the_catalogue_without_articles_is_no_error(ask: Any) -> None:
    assert ask("articles", "--json", "--source", "armenian-report") == []


def test_a_name_without_anything_near_is_said_plainly() -> None:
    many = [f"name{number}" for number in range(30)]
    assert str(unknown_name("source", "zzzz", many)) == (
        "no source 'zzzz'; there is none like it; see `copydesk sources list --all`"
    )
    assert str(unknown_name("language", "zz", ())) == "no language 'zz'; there is none like it"


def test_a_spreadsheet_has_every_key_of_an_article(filled: Path, ask: Any, capsys: Any) -> None:
    (shown,) = ask("show", "1", "--json")
    assert run(["--database", str(filled), "export", "-", "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out, newline="")))
    assert list(rows[0]) == list(shown)
    for key, value in rows[0].items():
        expected = shown[key]
        if isinstance(expected, list | dict | bool):
            assert json.loads(value) == expected, key
        else:
            assert value == ("" if expected is None else str(expected)), key

"""``copydesk templates``: shown, exported, forgotten, learned anew, learned from a folder."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ingest.cli.app import run
from ingest.extract import extract_page
from ingest.extract.page_context import PageContext
from ingest.run import RunReport
from sources.source import Source
from sources.source_file import parse_source
from storage.article import Article
from storage.database import Database
from storage.templates import templates_of
from tests.ingest.conftest import HOST, feed
from tests.ingest.templates.test_templates import page_of, paragraphs

PAGES = 20


@pytest.fixture
def herald(
    site: Any,
    source: Source,
    collect: Callable[..., RunReport],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., int]:
    """A paper of twenty articles, collected in three runs; runs a command on its database."""
    monkeypatch.chdir(tmp_path)
    # Three teach, six are its trial, the rest is read by what was learned.
    for numbers in (range(1, 4), range(4, 10), range(10, PAGES + 1)):
        site.put(f"{HOST}/feed", feed(*(f"/{number}" for number in numbers)))
        for number in numbers:
            site.put(f"{HOST}/{number}", page_of(number))
        assert collect(source).sources[0].counts.filed == len(numbers)

    def command(*arguments: str) -> int:
        return run(["--database", str(tmp_path / "test.sqlite3"), *arguments])

    return command


def objects(capsys: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def rows(tmp_path: Path) -> dict[str, Any]:
    with Database.open(tmp_path / "test.sqlite3") as database, database.reading() as connection:
        return {row.label: row for row in templates_of(connection, "mill-lane")}


def spoil(tmp_path: Path, statement: str) -> None:
    with Database.open(tmp_path / "test.sqlite3") as database:
        database.write(lambda c: c.exec_driver_sql(statement))


def test_a_template_is_shown_as_a_source_file_is_read(herald: Any, capsys: Any) -> None:
    capsys.readouterr()
    assert herald("templates", "mill-lane") == 0
    out = capsys.readouterr().out
    assert out.startswith("mill-lane\n  article@1: active, learned ")
    assert "how sure: 0.9" in out
    assert "text: div.story-body" in out
    assert "left out: div.promo" in out
    assert "title: JSON-LD headline" in out
    assert "the last pages that it read:" in out
    assert "6 blocks, " in out
    assert herald("templates", "--json") == 0
    (shown,) = objects(capsys)
    assert (shown["source"], shown["name"], shown["status"]) == ("mill-lane", "article", "active")
    assert shown["left_out"] == ["div.promo"]
    assert shown["fields"]["title"]["origin"] == "json_ld"
    assert all(each["misfit"] is None and each["blocks"] == 6 for each in shown["yield"])
    assert len({each["url"] for each in shown["yield"]}) == 3


def test_a_page_that_does_not_fit_says_why(herald: Any, capsys: Any, tmp_path: Path) -> None:
    spoil(
        tmp_path,
        "UPDATE templates SET rules = json_set(rules, '$.body[0].selectors', json('[\"p.none\"]'))",
    )
    assert herald("templates", "mill-lane") == 0
    assert "does not fit: no_place: p.none" in capsys.readouterr().out
    spoil(tmp_path, "UPDATE templates SET rules = replace(rules, '\"format\":1', '\"format\":0')")
    assert herald("templates", "mill-lane") == 0
    assert "written by another release" in capsys.readouterr().out


@pytest.mark.parametrize("command", [[], ["export"], ["forget"], ["relearn"]])
def test_an_unknown_source_is_one_line(herald: Any, capsys: Any, command: list[str]) -> None:
    capsys.readouterr()
    assert herald("templates", *command, "nobody") == 3
    said = capsys.readouterr().err
    assert said.startswith("copydesk: no source 'nobody'; ")
    assert said.count("\n") == 1


def test_what_is_exported_gives_the_same_text_on_the_sources_other_pages(
    herald: Any, capsys: Any
) -> None:
    assert herald("templates", "export", "mill-lane", "table.toml") == 0
    table = Path("table.toml").read_text(encoding="utf-8")
    assert "the same text on " in table
    assert "# found without a rule: " in table
    by_hand = parse_source(f'name = "mill-lane"\nhome = "{HOST}"\n{table}')
    assert by_hand.extract.body[0] == "div.story-body"
    assert "div.promo" in by_hand.extract.remove
    for number in range(30, 50):
        html = page_of(number)
        found = extract_page(html, PageContext(f"{HOST}/{number}", source=by_hand))
        assert isinstance(found, Article)
        assert found.extractor == "source"
        assert [block.text for block in found.blocks] == paragraphs(number)
        generic = extract_page(html, PageContext(f"{HOST}/{number}"))
        assert isinstance(generic, Article)
        assert found.text == generic.text
        assert (found.title, found.authors) == (generic.title, generic.authors)
    capsys.readouterr()
    assert herald("templates", "export", "mill-lane", "table.toml") == 2
    assert capsys.readouterr().err == "copydesk: table.toml: there is such a file already\n"
    assert herald("templates", "export", "mill-lane", "--name", "article@7") == 2
    assert herald("templates", "export", "mill-lane", "--name", "article") == 0


def test_what_is_forgotten_is_learned_anew_under_another_version(
    herald: Any, capsys: Any, tmp_path: Path
) -> None:
    assert herald("templates", "forget", "mill-lane", "--name", "article@2") == 2
    capsys.readouterr()
    assert herald("templates", "forget", "mill-lane") == 0
    assert "mill-lane: forgotten: article@1" in capsys.readouterr().out
    assert herald("templates", "mill-lane") == 0
    assert capsys.readouterr().out == "mill-lane: no template yet\n"
    assert herald("templates", "forget", "mill-lane") == 2
    assert herald("templates", "relearn", "mill-lane") == 0
    found = rows(tmp_path)
    assert (found["article@1"].status, found["article@1"].rules) == ("forgotten", "")
    assert found["article@2"].status == "active"


def test_learning_anew_makes_no_request_and_takes_the_place_of_the_old(
    herald: Any, capsys: Any, tmp_path: Path, site: Any
) -> None:
    # As if the site had moved its headline: what is in use reads another line.
    wrong = '{"origin":"select","key":"footer p","before":"","behind":""}'
    spoil(
        tmp_path,
        "UPDATE templates SET rules = json_set(rules, '$.fields.title', json('" + wrong + "'))",
    )
    asked = len(site.log)
    capsys.readouterr()
    assert herald("templates", "relearn", "mill-lane") == 0
    out = capsys.readouterr().out
    assert f"mill-lane: {PAGES} kept pages read\n" in out
    assert "article@2 learned from 8, tried on 8 pages more: fits 8" in out
    assert "the same as the generic path on 8; believed" in out
    assert "article@1 is doubted: it differs from the generic path in title" in out
    assert len(site.log) == asked
    found = rows(tmp_path)
    assert (found["article@1"].status, found["article@2"].status) == ("doubted", "active")
    assert found["article@2"].replaces == "article@1"
    assert (found["article@2"].checked, found["article@2"].agreed) == (8, 8)
    # An operator who asks hears of it.
    assert herald("status", "mill-lane") == 0
    said = f"took its place {datetime.now(UTC):%Y-%m-%d}"
    out = capsys.readouterr().out
    assert "mill-lane: its pages changed: template article@1 differs from the generic path" in out
    assert said in out
    assert herald("status", "--json") == 0
    (status,) = objects(capsys)
    assert status["templates"][0]["replaced_by"] == "article@2"
    # And a second time there is nothing new.
    assert herald("templates", "relearn", "mill-lane", "--json") == 0
    (again,) = objects(capsys)
    assert [lesson["outcome"] for lesson in again["lessons"]] == ["same"]


def test_a_new_template_that_is_worse_in_a_field_is_not_put_in_place(
    herald: Any, capsys: Any, tmp_path: Path, site: Any, source: Source, collect: Any
) -> None:
    # What is in use has no rule for the title, and reads it as the generic path does ...
    spoil(tmp_path, "UPDATE templates SET rules = json_remove(rules, '$.fields.title')")
    # ... which is right on a page whose JSON-LD is of the story in its footer.
    number = PAGES + 1
    html = page_of(number).replace('"headline": "Report', '"headline": "Everything live: report')
    other = re.search('"headline": "(.*?)"', html)[1]
    html = html.replace("<footer>", f"<footer><h1>{other}</h1>")
    site.put(f"{HOST}/feed", feed(f"/{number}"))
    site.put(f"{HOST}/{number}", html)
    assert collect(source).sources[0].counts.filed == 1
    capsys.readouterr()
    assert herald("templates", "relearn", "mill-lane") == 0
    out = capsys.readouterr().out
    assert (
        "fits 8, the same as the generic path on 7; dropped: worse than article@1 in title" in out
    )
    found = rows(tmp_path)
    assert (found["article@1"].status, found["article@2"].status) == ("active", "dropped")
    assert herald("templates", "mill-lane") == 0
    assert "gave way to others: article@2" in capsys.readouterr().out


def test_without_kept_pages_there_is_nothing_to_learn_from(
    herald: Any, capsys: Any, tmp_path: Path
) -> None:
    spoil(tmp_path, "DELETE FROM raw_pages")
    capsys.readouterr()
    assert herald("templates", "relearn", "mill-lane") == 1
    out = capsys.readouterr().out
    assert out == "mill-lane: no page is kept, so there is nothing to learn from (raw.keep)\n"
    assert herald("templates", "mill-lane") == 0
    assert "no page of it is kept" in capsys.readouterr().out
    assert herald("templates", "export", "mill-lane") == 0
    assert "no page of it is kept to try this on" in capsys.readouterr().out


def saved_pages(folder: Path, numbers: range) -> None:
    """As browsers and mirrors leave them: plain, gzipped, MHTML."""
    for number in numbers:
        html = page_of(number)
        marked = f"<!-- saved from url=(0030)https://herald.example/{number} -->{html}"
        if number % 3 == 0:
            (folder / f"{number}.html").write_text(marked, encoding="utf-8")
        elif number % 3 == 1:
            (folder / f"{number}.html.gz").write_bytes(gzip.compress(marked.encode()))
        else:
            (folder / f"{number}.mhtml").write_text(
                "From: <Saved by Blink>\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n"
                f"Snapshot-Content-Location: https://herald.example/{number}\n"
                f"Content-Location: https://herald.example/{number}\n\n{html}",
                encoding="utf-8",
            )


def test_a_folder_teaches_without_a_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "saved"
    folder.mkdir()
    saved_pages(folder, range(1, 10))
    (folder / "login.html").write_text("<html><title>Log in</title><form>Name</form></html>")
    (folder / "one.html").write_text(page_of(77, design="new"), encoding="utf-8")
    (folder / "picture.png").write_bytes(b"\x89PNG")
    assert run(["templates", "learn", str(folder), "--export", "table.toml"]) == 0
    out = capsys.readouterr().out
    assert "herald.example: 9 pages\n  article@1: active, learned " in out
    assert "fits 9 of the 9 latest of its 9 pages:" in out
    assert "pages that do not say where they come from): 2 pages, of these 1 no articles" in out
    assert "1 page of kinds with fewer than 3: nothing learned" in out
    assert "table.toml: written" in out
    table = Path("table.toml").read_text(encoding="utf-8")
    source = parse_source(f'name = "herald"\nhome = "https://herald.example"\n{table}')
    html = page_of(99)
    found = extract_page(html, PageContext("https://herald.example/99", source=source))
    assert isinstance(found, Article)
    assert [block.text for block in found.blocks] == paragraphs(99)
    assert not list(tmp_path.glob("*.sqlite3"))
    assert run(["templates", "learn", str(folder), "--json"]) == 0
    learned, other = objects(capsys)
    assert (learned["source"], learned["pages"], len(learned["yield"])) == ("herald.example", 9, 9)
    assert (other["name"], other["outcome"], "a template takes 3" in other["why"]) == (
        None, "nothing", True,
    )  # fmt: skip


def test_a_folder_that_teaches_nothing_says_so(tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "one.html").write_text(page_of(1), encoding="utf-8")
    assert run(["templates", "learn", str(tmp_path)]) == 1
    assert "nothing learned" in capsys.readouterr().out
    assert run(["templates", "learn", str(tmp_path / "missing")]) == 2
    assert "no such folder" in capsys.readouterr().err

"""The command line as people and programs meet it: output, messages, exit codes."""

from __future__ import annotations

import gzip
import io
import json
import sqlite3
import stat
from pathlib import Path
from typing import Any

import pytest

from ingest.cli.app import run
from tests.ingest.conftest import HOST, article_page, feed


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    # The output goes to a file, which has no width.
    monkeypatch.delenv("COLUMNS", raising=False)
    return tmp_path


@pytest.fixture
def paper(site: Any, folder: Path) -> Any:
    """A newspaper with one article, and the settings that select it."""
    site.put(f"{HOST}/feed", feed("/1", "/missing"))
    site.put(f"{HOST}/1", article_page("The bridge", 1))
    (folder / "publishers").mkdir()
    (folder / "publishers" / "mill-lane.toml").write_text(
        f'name = "mill-lane"\ntitle = "Mill Lane Courier"\nhome = "{HOST}"\n'
        f'[[endpoint]]\nkind = "feed"\nurl = "{HOST}/feed"\n[fetch]\ndelay = 0\n'
    )
    targets = "\n".join(f"{json.dumps(h)} = {json.dumps(t)}" for h, t in site.connect_to.items())
    (folder / "copydesk.toml").write_text(
        f'[select]\nnames = ["mill-lane"]\n[collect]\nworkers = 0\n[client]\nretries = 0\n[client.connect_to]\n{targets}\n'
    )
    return site


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


# run, articles, show, status


def test_run_says_what_it_did_and_articles_and_show_find_it(paper: Any, capsys: Any) -> None:
    assert run(["run"]) == 0
    out = capsys.readouterr().out
    assert f"mill-lane: filed: The bridge <{HOST}/1>" in out
    assert "mill-lane: gone: http_404" in out
    assert "2 new links, 1 filed, 1 gone" in out
    assert run(["articles"]) == 0
    assert "The bridge" in capsys.readouterr().out
    assert run(["show", "1", "--struck"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("The bridge\n")
    assert "by: Anna Berg" in shown
    assert run(["status", "mill-lane"]) == 0
    assert (
        f"mill-lane: gone: http_404: the server answered 404 <{HOST}/missing>"
        in capsys.readouterr().out
    )


def test_everything_has_json_for_programs(paper: Any, capsys: Any) -> None:
    assert run(["run", "--json"]) == 0
    events = lines(capsys.readouterr().out)
    assert [event["event"] for event in events][-1] == "run"
    assert events[-1]["filed"] == 1
    pages = {event["url"]: event for event in events if event["event"] == "page"}
    assert pages[f"{HOST}/1"]["outcome"] == "filed"
    assert run(["articles", "--json"]) == 0
    [summary] = lines(capsys.readouterr().out)
    assert (summary["title"], summary["published_at"]) == (
        "The bridge",
        "2026-11-20T10:00:00+01:00",
    )
    assert run(["show", str(summary["id"]), "--json"]) == 0
    [shown] = lines(capsys.readouterr().out)
    assert shown["authors"] == ["Anna Berg"]
    assert run(["status", "--json"]) == 0
    [status] = lines(capsys.readouterr().out)
    assert (status["articles"], status["failures"]) == (1, 0)


def test_articles_are_filtered(paper: Any, capsys: Any) -> None:
    run(["run"])
    capsys.readouterr()
    for options, count in (
        (["--source", "mill-lane"], 1),
        (["--source", "armenian-report"], 0),
        (["--since", "2026-11-20", "--until", "2026-11-21"], 1),
        (["--since", "2026-11-21"], 0),
        (["--text", "ferry"], 1),
        (["--author", "berg"], 1),
        (["--kind", "gallery"], 0),
    ):
        assert run(["articles", "--json", *options]) == 0
        assert len(capsys.readouterr().out.splitlines()) == count, options


def test_a_source_that_fails_makes_the_run_end_with_1(paper: Any, capsys: Any) -> None:
    paper.put(f"{HOST}/feed", "<html><title>Moved</title></html>")
    assert run(["run"]) == 1
    assert "HTML page titled 'Moved'" in capsys.readouterr().out
    assert run(["status"]) == 1
    out = capsys.readouterr().out
    assert "its last poll failed" in out
    assert "HTML page titled 'Moved'" in out


def test_check_shows_endpoints_and_what_extraction_makes_of_an_article(
    paper: Any, capsys: Any
) -> None:
    assert run(["sources", "check"]) == 0
    out = capsys.readouterr().out
    assert "mill-lane: works" in out
    assert f"feed {HOST}/feed: 2 links" in out
    assert "The bridge" in out
    paper.put(f"{HOST}/1", "", 500)
    assert run(["sources", "check", "--json"]) == 1
    [check] = lines(capsys.readouterr().out)
    assert not check["works"]
    assert any("answered 500" in problem for problem in check["problems"])


# sources


def test_enable_and_disable_keep_what_the_operator_wrote(folder: Path, capsys: Any) -> None:
    (folder / "copydesk.toml").write_text('# mine\ndatabase = "x.sqlite3"  # here\n')
    assert run(["sources", "enable", "die-presse", "--country", "am"]) == 0
    text = (folder / "copydesk.toml").read_text()
    assert "# mine" in text
    assert "# here" in text
    assert run(["sources", "disable", "armenian-report"]) == 0
    capsys.readouterr()
    assert run(["sources", "list", "--json"]) == 0
    assert [source["name"] for source in lines(capsys.readouterr().out)] == ["die-presse"]


def test_where_nothing_is_on_the_way_to_a_first_source_is_told(folder: Path, capsys: Any) -> None:
    assert run(["sources", "list"]) == 0
    captured = capsys.readouterr()
    assert captured.out.endswith(" sources; 0 on\n")
    assert "sources enable armenian-report`" in captured.err
    assert run(["run"]) == 3
    hint = capsys.readouterr().err
    assert not (folder / "copydesk.sqlite3").exists()
    # What it says is what one can type.
    for command in ("add URL", "sources enable armenian-report", "sources list --all"):
        assert f" {command}`" in hint
    assert run(["sources", "enable", "armenian-report"]) == 0
    assert capsys.readouterr().out == "copydesk.toml: 1 sources on: armenian-report\n"


def test_list_show_and_unknown_names(capsys: Any) -> None:
    assert run(["sources", "list", "--all", "--language", "de", "--json"]) == 0
    listed = lines(capsys.readouterr().out)
    assert len(listed) > 30
    assert {source["language"] for source in listed} == {"de"}
    assert run(["sources", "show", "armenian-report"]) == 0
    assert "platform: wix" in capsys.readouterr().out
    for arguments in (["sources", "show", "armenian-reprot"], ["run", "armenian-reprot"]):
        assert run(arguments) == 3
        assert "did you mean armenian-report?" in capsys.readouterr().err


@pytest.mark.parametrize("width", [60, 80])
def test_a_narrow_terminal_shows_the_names_of_sources_whole(
    capsys: Any, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    assert run(["sources", "list", "--all", "--country", "AT"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[1:-1]] == ["der-standard", "die-presse", "kleine-zeitung", "oesterreichischer-rundfunk", "salzburger-nachrichten"]  # fmt: skip
    assert lines[0].split()[:4] == ["name", "on", "country", "language"]
    assert max(map(len, lines)) <= width


def test_on_a_terminal_of_80_columns_a_run_shows_how_far_it_is_and_cuts_no_result(
    paper: Any, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    assert run(["run"]) == 0
    out = capsys.readouterr().out
    assert "2/2" in out
    assert "mill-lane: 2 new links, 1 filed, 1 " in out
    # The end of a line that is one of many may be left out, not its beginning.
    assert "mill-lane: filed: The bridge <http" in out


def test_a_broken_source_file_is_told_and_spoils_nothing_else(
    paper: Any, folder: Path, capsys: Any
) -> None:
    (folder / "publishers" / "broken.toml").write_text('name = "broken"\nhome = 5\n')
    assert run(["run"]) == 0
    captured = capsys.readouterr()
    assert "broken.toml: home:" in captured.err
    assert "filed: The bridge" in captured.out
    assert run(["sources", "list"]) == 1


# extract


def test_extract_reads_files_folders_addresses_and_standard_input(
    paper: Any, folder: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = folder / "pages"
    pages.mkdir()
    (pages / "a.html").write_text(article_page("The bridge", 1))
    (pages / "b.html.gz").write_bytes(gzip.compress(article_page("The ferry", 2).encode()))
    assert run(["extract", "pages", f"{HOST}/1", "--json"]) == 0
    found = lines(capsys.readouterr().out)
    assert [entry["title"] for entry in found] == ["The bridge", "The ferry", "The bridge"]
    assert [Path(entry["path"]).name for entry in found] == ["a.html", "b.html.gz", "1"]
    assert list(found[0])[1:] == ["url", "title", "standfirst", "text", "blocks", "authors", "published_at", "modified_at", "language", "section", "tags", "image", "credits", "struck", "kind", "complete", "source", "extractor", "organisations", "image_caption", "image_credit", "publisher", "paid", "reuse", "declared_language", "probability"]  # fmt: skip
    assert found[2]["source"] == "mill-lane"
    monkeypatch.setattr(
        "sys.stdin", type("In", (), {"buffer": io.BytesIO(article_page("In", 3).encode())})
    )
    assert run(["extract", "-", "--url", f"{HOST}/3"]) == 0
    assert capsys.readouterr().out.startswith("In\n")


def test_extract_of_an_address_has_the_pages_that_the_article_goes_on_at(
    paper: Any, folder: Path, capsys: Any
) -> None:
    def row(*numbers: int) -> str:
        links = (f'<a href="/1{"" if n == 1 else f"/{n}"}">{n}</a>' for n in numbers)
        return f"<div class=pages>Pages: {' '.join(links)}</div>"

    paper.put(f"{HOST}/1", article_page("Divided", 1, text=row(1, 2)))
    paper.put(f"{HOST}/1/2", article_page("Divided", 2, text=row(1, 2)))
    assert run(["extract", f"{HOST}/1", "--json"]) == 0
    (whole,) = lines(capsys.readouterr().out)
    assert whole["complete"]
    assert all(f"item {number} of" in whole["text"] for number in (1, 2))
    (folder / "first.html").write_text(article_page("Divided", 1, text=row(1, 2)))
    assert run(["extract", "first.html", "--url", f"{HOST}/1", "--json"]) == 0
    (alone,) = lines(capsys.readouterr().out)
    assert (alone["complete"], "item 2 of" in alone["text"]) == (False, False)


def test_extract_says_what_is_refused_and_ends_with_1(folder: Path, capsys: Any) -> None:
    (folder / "bad.html").write_bytes(b"%PDF-1.4")
    assert run(["extract", "bad.html"]) == 1
    assert "refused (not_html)" in capsys.readouterr().out
    assert run(["extract", "bad.html", "--json"]) == 1
    [entry] = lines(capsys.readouterr().out)
    assert (entry["path"], entry["refused"]) == ("bad.html", "not_html")


def test_a_page_cannot_write_to_the_operators_terminal(folder: Path, capsys: Any) -> None:
    (folder / "a.html").write_text(article_page("The \x1b[31mred\x07 bridge", 1))
    assert run(["extract", "a.html"]) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\x07" not in out


# mistakes


@pytest.mark.parametrize(
    ("arguments", "code", "part"),
    [
        (["extract", "missing.html"], 2, "missing.html: no such file"),
        (["extract", ".", "--url", "https://a.example/"], 2, "the folder holds no file"),
        (["articles"], 4, "copydesk run"),
        (["status"], 4, "copydesk run"),
        (["--config", "missing.toml", "run"], 3, "missing.toml: no such settings file"),
        (["--database", "no/such/folder/x.sqlite3", "db", "upgrade"], 4, "folder"),
        (["--database", "mysql://x/y", "articles"], 4, "mysql"),
        (["sources", "enable"], 2, "--country"),
        (["sources", "enable", "--country", "xx"], 3, "no country 'xx'"),
        (["sources", "disable", "--language", "xx"], 3, "no language 'xx'"),
        (["sources", "list", "--language", "dee"], 3, "no language 'dee'; did you mean de"),
        (["sources", "show", "armenian-reprot"], 3, "did you mean armenian-report?"),
        (["sources", "check", "armenian-reprot"], 3, "did you mean armenian-report?"),
        (["sources", "enable", "armenian-reprot"], 3, "did you mean armenian-report?"),
        (["sources", "disable", "armenian-reprot"], 3, "did you mean armenian-report?"),
        (["run", "armenian-reprot"], 3, "did you mean armenian-report?"),
        (["backfill", "armenian-reprot"], 3, "did you mean armenian-report?"),
        (["backfill", "armenian-reprot", "--forget"], 3, "did you mean armenian-report?"),
        (["backfill", "armenian-report", "--via", "sitmap"], 3, "did you mean sitemap?"),
        (["run"], 3, "sources enable armenian-report"),
        (["daemon"], 3, "sources enable armenian-report"),
        (["sources", "check"], 3, "sources enable armenian-report"),
    ],
)
def test_a_mistake_is_one_line_with_a_documented_code(
    arguments: list[str], code: int, part: str, capsys: Any
) -> None:
    assert run(arguments) == code
    error = capsys.readouterr().err.strip()
    assert error.startswith("copydesk: ")
    assert part in error
    assert "\n" not in error


@pytest.mark.parametrize(
    "command",
    [
        ["status"],
        ["clean"],
        ["clean", "--dry-run"],
        ["templates"],
        ["templates", "export"],
        ["templates", "forget"],
        ["templates", "relearn"],
        ["backfill", "--forget"],
    ],
)
def test_a_source_that_is_misspelt_is_3_in_every_command_that_reads_what_is_there(
    paper: Any, capsys: Any, command: list[str]
) -> None:
    assert run(["run"]) == 0
    capsys.readouterr()
    assert run([*command, "mill-lnae"]) == 3
    error = capsys.readouterr().err.strip()
    assert error.startswith("copydesk: no source 'mill-lnae'; did you mean mill-lane")
    assert "\n" not in error


@pytest.mark.parametrize("command", [["status"], ["clean"], ["templates", "export"]])
def test_a_source_that_was_never_collected_is_told_from_one_that_is_not_there(
    paper: Any, capsys: Any, command: list[str]
) -> None:
    assert run(["run"]) == 0
    capsys.readouterr()
    assert run([*command, "armenian-report"]) == 3
    error = capsys.readouterr().err
    assert "armenian-report: never collected into" in error
    assert "run armenian-report` does it" in error


def test_what_the_settings_select_has_to_be_there(folder: Path, capsys: Any) -> None:
    settings = folder / "copydesk.toml"
    for key, value, said in (
        ("names", "armenian-reprot", "did you mean armenian-report?"),
        ("languages", "xx", "copydesk.toml: select.languages: no language 'xx'; "),
        ("countries", "XX", "copydesk.toml: select.countries: no country 'XX'; "),
    ):
        settings.write_text(f'[select]\n{key} = ["{value}"]\n')
        for command in (["run"], ["daemon"], ["sources", "check"], ["sources", "list"]):
            assert run(command) == 3, (key, command)
            assert said in capsys.readouterr().err


def test_an_unknown_command_or_option_is_2(capsys: Any) -> None:
    assert run(["nonsense"]) == 2
    assert run(["run", "--nonsense"]) == 2
    assert run([]) == 2


def test_a_file_that_is_no_database_is_left_alone(folder: Path, capsys: Any) -> None:
    (folder / "notes.txt").write_text("my notes, not a database, and longer than a header is")
    assert run(["--database", "notes.txt", "db", "upgrade"]) == 4
    assert "notes.txt" in capsys.readouterr().err
    assert (folder / "notes.txt").read_text().startswith("my notes")


def test_a_database_that_is_locked_is_waited_for_then_told(
    paper: Any, folder: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import storage.database

    assert run(["db", "upgrade"]) == 0
    original = storage.database.Database.open
    monkeypatch.setattr(
        storage.database.Database,
        "open",
        classmethod(lambda cls, url, **options: original(url, **{**options, "lock_timeout": 0.3})),
    )
    holder = sqlite3.connect(folder / "copydesk.sqlite3")
    holder.execute("begin immediate")
    try:
        assert run(["run"]) == 4
        assert "locked" in capsys.readouterr().err
    finally:
        holder.rollback()
        holder.close()
    assert run(["run"]) == 0


def test_help_names_every_command(capsys: Any) -> None:
    assert run(["--help"]) == 0
    out = capsys.readouterr().out
    for command in (
        "extract",
        "run",
        "daemon",
        "articles",
        "show",
        "status",
        "demo",
        "sources",
        "db",
    ):
        assert command in out


def test_the_scripts_are_executable() -> None:
    script = Path(__file__).resolve().parents[3] / ".ci" / "run"
    assert script.stat().st_mode & stat.S_IXUSR

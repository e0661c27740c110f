"""search, stories, diff, changes, export, reextract, pages and db, on a database that a run filled."""

from __future__ import annotations

import csv
import gzip
import io
import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import feedparser
import pyarrow.parquet as pq
import pytest
from warcio.archiveiterator import ArchiveIterator

from ingest.cli.app import run
from ingest.run import RunReport
from sources.source import Source
from storage.database import Database
from tests.ingest.conftest import HOST, SENTENCES, article_page, feed


@pytest.fixture
def paper(
    site: Any,
    source: Source,
    collect: Callable[..., RunReport],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., int]:
    """Six articles, the second changed by its publisher; runs a command on their database."""
    monkeypatch.chdir(tmp_path)
    titles = ("The bridge", "The ferry", "The school", "The market", "The mill", "The weir")
    paths = [f"/{number}" for number in range(1, 7)]
    site.put(f"{HOST}/feed", feed(*paths))
    for number, title in enumerate(titles, 1):
        site.put(f"{HOST}/{number}", article_page(title, number))
    assert collect(source).sources[0].counts.filed == 6
    with Database.open(tmp_path / "test.sqlite3") as database:
        database.write(
            lambda c: c.exec_driver_sql("UPDATE links SET look_again_at = discovered_at")
        )
    changed = article_page("The ferry", 2).replace("Tuesday evening", "Wednesday morning")
    site.put(f"{HOST}/2", changed)
    assert collect(source).sources[0].counts.revised == 1

    def command(*arguments: str) -> int:
        return run(["--database", str(tmp_path / "test.sqlite3"), *arguments])

    return command


def objects(capsys: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def number_of(title: str, paper: Any, capsys: Any) -> str:
    capsys.readouterr()
    paper("articles", "--json")
    return str(next(each["id"] for each in objects(capsys) if each["title"] == title))


def test_search_prints_the_best_with_the_words_in_their_sentence(paper: Any, capsys: Any) -> None:
    assert paper("search", "title:ferry", "schoolchildren") == 0
    out = capsys.readouterr().out
    assert "The ferry" in out
    assert "ferry will carry schoolchildren" in out.replace("\n    ", " ")
    assert paper("search", "--json", '"northern pier" -title:bridge') == 0
    found = objects(capsys)
    assert len(found) == 5
    assert {"id", "source", "url", "title", "score", "snippet"} <= found[0].keys()


def test_a_query_that_cannot_be_understood_is_one_line(paper: Any, capsys: Any) -> None:
    capsys.readouterr()
    assert paper("search", "headline:ferry") == 2
    said = capsys.readouterr().err
    assert (
        said
        == "copydesk: headline: is no field to search in; there are title, text, author, credit\n"
    )


def test_diff_marks_the_words(paper: Any, capsys: Any) -> None:
    number = number_of("The ferry", paper, capsys)
    assert paper("diff", number) == 0
    out = capsys.readouterr().out
    assert "by its publisher, 2 words new, 2 gone" in out
    assert "met on [-Tuesday evening-] {+Wednesday morning+} to hear" in out
    assert "paragraphs unchanged" in out
    assert paper("diff", number, "--json") == 0
    (said,) = objects(capsys)
    assert (said["from"], said["to"], said["cause"]) == (1, 2, "publisher")
    other = number_of("The mill", paper, capsys)
    assert paper("diff", other) == 0
    assert "has not changed" in capsys.readouterr().out
    assert paper("diff", number, "--revision", "7") == 2
    assert paper("diff", "999") == 2


def test_changes_are_said_after_a_cursor(paper: Any, capsys: Any) -> None:
    capsys.readouterr()
    assert paper("changes", "--json") == 0
    every = objects(capsys)
    assert [each["kind"] for each in every].count("filed") == 6
    assert [each["kind"] for each in every].count("revised") == 1
    assert [each["id"] for each in every] == sorted(each["id"] for each in every)
    assert paper("changes", "--since", str(every[-2]["id"])) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1
    assert paper("changes", "--kind", "revised", "--json") == 0
    assert [each["title"] for each in objects(capsys)] == ["The ferry"]
    assert paper("changes", "--kind", "nonsense") == 3


def test_changes_follow_what_comes(paper: Any, capsys: Any, tmp_path: Path) -> None:
    capsys.readouterr()
    with Database.open(tmp_path / "test.sqlite3") as database:
        with database.reading() as connection:
            last = connection.exec_driver_sql("SELECT max(id) FROM changes").scalar()

        def withdraw() -> None:
            time.sleep(0.3)
            database.write(
                lambda c: c.exec_driver_sql(
                    "INSERT INTO changes (at, kind, article_id, source, revision) SELECT at,"
                    " 'withdrawn', article_id, source, revision FROM changes LIMIT 1"
                )
            )

        thread = threading.Thread(target=withdraw)
        thread.start()
        assert paper("changes", "--since", str(last), "--follow", "--limit", "1", "--json") == 0
        thread.join()
    assert [each["kind"] for each in objects(capsys)] == ["withdrawn"]


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.csv", "a.parquet", "a.atom"])
def test_export_in_every_format(paper: Any, name: str, capsys: Any) -> None:
    capsys.readouterr()
    assert paper("export", name) == 0
    assert capsys.readouterr().err.startswith("6 articles; --cursor ")
    data = Path(name).read_bytes()
    data = gzip.decompress(data) if name.endswith(".gz") else data
    if "jsonl" in name:
        rows = [json.loads(line) for line in data.splitlines()]
        assert rows[0]["authors"] == ["Anna Berg"]
    elif "csv" in name:
        rows = list(csv.DictReader(io.StringIO(data.decode(), newline="")))
        assert json.loads(rows[0]["authors"]) == ["Anna Berg"]
    elif "parquet" in name:
        rows = pq.read_table(name).to_pylist()
        assert rows[0]["published_at"] == "2026-11-20T10:00:00+01:00"
        assert rows[0]["published_instant"].isoformat() == "2026-11-20T09:00:00+00:00"
        assert rows[0]["blocks"][0]["type"] == "paragraph"
        changed = next(row for row in rows if row["title"] == "The ferry")
        assert changed["revisions"][0]["seen_at"] == changed["filed_at"]
    else:
        parsed = feedparser.parse(data)
        assert not parsed.bozo
        rows = list(parsed.entries)
        assert rows[0].author == "Anna Berg"
        assert SENTENCES[2] in rows[0].content[0].value
    assert {row["title"] for row in rows} == {
        "The bridge", "The ferry", "The school", "The market", "The mill", "The weir",
    }  # fmt: skip
    assert not list(Path().glob("*.part"))


def test_export_what_has_changed_after_a_cursor(paper: Any, capsys: Any) -> None:
    paper("changes", "--json")
    every = objects(capsys)
    before = next(each["id"] for each in every if each["kind"] == "revised") - 1
    assert paper("export", "-", "--format", "jsonl", "--cursor", str(before)) == 0
    assert [each["title"] for each in objects(capsys)] == ["The ferry"]


def test_export_says_what_it_needs(paper: Any, capsys: Any) -> None:
    capsys.readouterr()
    assert paper("export", "news.doc") == 2
    assert "give --format, one of jsonl, csv, parquet, atom" in capsys.readouterr().err
    assert paper("export", "missing/news.csv") == 2
    assert "missing/news.csv: cannot be written" in capsys.readouterr().err


def test_the_pages_are_kept_and_leave_as_warc(paper: Any, site: Any, capsys: Any) -> None:
    assert paper("pages", "export", "pages.warc.gz") == 0
    assert "7 pages" in capsys.readouterr().out
    bodies = {}
    with Path("pages.warc.gz").open("rb") as stream:
        for record in ArchiveIterator(stream, check_digests="raise"):
            if record.rec_type == "response":
                address = record.rec_headers.get_header("WARC-Target-URI")
                assert record.http_headers.get_statuscode() == "200"
                bodies[address] = record.content_stream().read()
    assert bodies[f"{HOST}/1"] == article_page("The bridge", 1).encode()
    assert len(bodies) == 6
    assert paper("pages", "show", "999") == 2


def spoil(tmp_path: Path, statement: str) -> None:
    with Database.open(tmp_path / "test.sqlite3") as database:
        database.write(lambda c: c.exec_driver_sql(statement))


def test_reading_pages_again_repairs_what_an_older_reader_left(
    paper: Any, capsys: Any, tmp_path: Path, site: Any
) -> None:
    spoil(tmp_path, "UPDATE articles SET title = 'Home | ' || title, authors = '[]' WHERE id = 1")
    asked = len(site.log)
    capsys.readouterr()
    assert paper("reextract") == 0
    assert "7 pages, 6 read again: 1 articles revised, 5 unchanged" in capsys.readouterr().out
    assert len(site.log) == asked  # not one request
    assert paper("changes", "--kind", "reextracted", "--json") == 0
    (change,) = objects(capsys)
    assert (change["article_id"], change["title"].startswith("Home")) == (1, False)
    assert paper("diff", "1") == 0
    assert "by us, reading the same page again" in capsys.readouterr().out
    assert paper("reextract", "--json") == 0
    assert objects(capsys)[0]["unchanged"] == 6
    # The publisher's newer text stands: the older page of that article is not read.
    assert paper("search", "text:Wednesday") == 0
    assert "The ferry" in capsys.readouterr().out
    assert paper("db", "check") == 0


def test_a_page_that_was_refused_may_be_filed_later(
    paper: Any, capsys: Any, tmp_path: Path
) -> None:
    number = number_of("The weir", paper, capsys)
    for statement in (
        f"DELETE FROM changes WHERE article_id = {number}",
        f"DELETE FROM credits WHERE article_id = {number}",
        f"DELETE FROM struck WHERE article_id = {number}",
        f"DELETE FROM story_articles WHERE article_id = {number}",
        f"UPDATE links SET state = 'refused', reason = 'no_text', article_id = NULL WHERE article_id = {number}",
        f"UPDATE stories SET first_article_id = NULL WHERE first_article_id = {number}",
        f"UPDATE articles SET key = 'other.example/{number}', fingerprint = 'x' WHERE id = {number}",
    ):
        spoil(tmp_path, statement)
    capsys.readouterr()
    assert paper("reextract", "mill-lane", "--since", "2020", "--json") == 0
    assert objects(capsys)[0]["filed"] == 1


def test_reextract_goes_on_where_it_stood(paper: Any, capsys: Any, tmp_path: Path) -> None:
    asked = json.dumps({"sources": [], "since": None})
    spoil(
        tmp_path,
        "INSERT INTO reextractions (asked, started_at, done_id, last_id) VALUES"
        f" ('{asked}', '2026-11-20T00:00:00.000000Z', 4, 7)",
    )
    assert paper("reextract", "--json") == 0
    assert objects(capsys)[-1]["pages"] == 3
    assert paper("reextract", "--json") == 0
    assert objects(capsys)[-1]["pages"] == 7


def test_reextract_of_an_unknown_source_is_one_line(paper: Any, capsys: Any) -> None:
    capsys.readouterr()
    assert paper("reextract", "nobody") == 3
    assert "no source 'nobody'" in capsys.readouterr().err


def test_no_page_is_kept_where_that_is_off(
    site: Any, source: Source, settings: Any, database: Database
) -> None:
    import asyncio
    from dataclasses import replace

    from ingest.run import run_sources

    site.put(f"{HOST}/feed", feed("/1"))
    site.put(f"{HOST}/1", article_page("The bridge", 1))
    off = settings()
    off = replace(off, collect=replace(off.collect, keep_pages=False))
    asyncio.run(run_sources([source], database, off))
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM raw_pages").scalar() == 0
        assert connection.exec_driver_sql("SELECT count(*) FROM articles").scalar() == 1


def test_the_database_is_checked_counted_and_made_smaller(
    paper: Any, capsys: Any, tmp_path: Path
) -> None:
    assert paper("db", "check") == 0
    assert capsys.readouterr().out.rstrip().endswith("nothing wrong")
    assert paper("db", "stats", "--json") == 0
    (found,) = objects(capsys)
    assert {each["name"]: each["rows"] for each in found["tables"]}["articles"] == 6
    assert found["stored_page_bytes"] < found["page_bytes"]
    assert paper("db", "vacuum") == 0
    assert " before, " in capsys.readouterr().out
    spoil(tmp_path, "DELETE FROM changes WHERE article_id = 3")
    assert paper("db", "check") == 1
    assert "WRONG  every article stands in the change feed: 1 times" in capsys.readouterr().out


def test_a_database_is_copied(paper: Any, capsys: Any, tmp_path: Path) -> None:
    copy = str(tmp_path / "copy.sqlite3")
    assert run(["db", "copy", str(tmp_path / "test.sqlite3"), copy]) == 0
    assert "rows are the same in" in capsys.readouterr().out
    assert run(["--database", copy, "search", "ferry"]) == 0
    assert "The ferry" in capsys.readouterr().out
    assert run(["db", "copy", str(tmp_path / "missing.sqlite3"), copy]) == 4


def test_stories_are_listed(paper: Any, capsys: Any) -> None:
    capsys.readouterr()
    assert paper("stories", "--json") == 0
    found = objects(capsys)
    assert found  # the six share four sentences of five
    assert paper("stories", str(found[0]["id"])) == 0
    out = capsys.readouterr().out
    assert "% in common" in out
    assert "(first)" in out
    assert paper("stories", "999") == 2

"""A source's own lines: the later articles are filed clean, the first ones are cleaned afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.cli.collecting.clean import clean_filed
from ingest.errors import SettingsError
from ingest.extract.chrome.site_lines import line_keys
from ingest.pipeline import clean
from ingest.pipeline.clean import clean_source, clean_what_is_new
from ingest.run import RunReport
from ingest.settings import load_settings
from sources.source import Source
from storage.article import Article, Block
from storage.articles.cleaning import bodies_since
from storage.articles.prepared import prepare_article
from storage.articles.saving import save_article
from storage.database import Database
from tests.ingest.conftest import HOST, article_page, feed

APPEAL = "The courier of this lane is carried by its neighbours, and by nobody else in the valley."


@pytest.fixture
def five(site: Any, source: Source, collect: Callable[..., RunReport]) -> RunReport:
    """Five articles that end with the same appeal, filed in one run."""
    site.put(f"{HOST}/feed", feed(*(f"/{number}" for number in range(1, 6))))
    for number in range(1, 6):
        page = article_page(f"Story number {number}", number, text=f"<p>{APPEAL}</p>")
        site.put(f"{HOST}/{number}", page)
    return collect(source)


def texts(database: Database) -> list[str]:
    with database.reading() as connection:
        return list(connection.exec_driver_sql("SELECT text FROM articles").scalars())


def test_when_the_run_ends_no_article_holds_the_lines_of_its_site(
    five: RunReport, database: Database
) -> None:
    assert five.sources[0].counts.filed == 5
    assert len(texts(database)) == 5
    assert not any(APPEAL in text for text in texts(database))
    with database.reading() as connection:
        struck = connection.exec_driver_sql(
            "SELECT count(*) FROM struck WHERE reason = 'site_line' AND rule LIKE 'in % other articles'"
        ).scalar()
        assert struck == 5
        assert connection.exec_driver_sql("SELECT count(*) FROM revisions").scalar() == 0


def test_an_article_of_the_next_run_is_filed_clean(
    site: Any,
    source: Source,
    five: RunReport,
    database: Database,
    collect: Callable[..., RunReport],
) -> None:
    site.put(f"{HOST}/feed", feed("/6"))
    site.put(f"{HOST}/6", article_page("Story number 6", 6, text=f"<p>{APPEAL}</p>"))
    assert collect(source).sources[0].counts.filed == 1
    assert not any(APPEAL in text for text in texts(database))


def test_the_command_cleans_what_was_filed_before_and_dry_run_changes_nothing(
    five: RunReport, database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def spoil(connection: Any) -> None:
        connection.exec_driver_sql("DELETE FROM struck")
        rows = connection.exec_driver_sql("SELECT id, blocks, text FROM articles").all()
        for number, blocks, text in rows:
            spoilt = [*json.loads(blocks), {"type": "paragraph", "text": APPEAL}]
            from storage.text.fingerprint import fingerprint

            whole = f"{text}\n\n{APPEAL}"
            connection.exec_driver_sql(
                "UPDATE articles SET blocks = ?, text = ?, fingerprint = ? WHERE id = ?",
                (json.dumps(spoilt), whole, fingerprint(whole), number),
            )

    database.write(spoil)
    made = load_settings(None, database=str(tmp_path / "test.sqlite3"))
    assert clean_filed(made, ["mill-lane"], dry_run=True, as_json=False) == 0
    assert "5 articles read, 5 would change, 5 lines struck" in capsys.readouterr().out
    assert all(APPEAL in text for text in texts(database))
    assert clean_filed(made, [], dry_run=False, as_json=True) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {"source": "mill-lane", "articles": 5, "changed": 5, "lines": 5}
    assert not any(APPEAL in text for text in texts(database))
    assert clean_source(database, "mill-lane").changed == 0


def filed(database: Database, number: int, lines: Sequence[str], at: datetime) -> None:
    """One article, of a text of its own, a heading and some lines, filed as it was read."""
    texts = [f"Only article {number} says this, at some length.", *lines]
    made = Article(
        url=f"https://paper.example/{number}",
        title=f"Title {number}",
        blocks=tuple(Block("paragraph", text) for text in texts),
        source="paper",
    )
    key = f"paper.example/{number}"
    prepared = prepare_article(made, line_keys(made))
    database.write(lambda c: save_article(c, None, prepared, key=key, fetched_key=None, now=at))


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(  # passes, of articles, of lines
        st.lists(st.lists(st.integers(0, 4), max_size=3, unique=True), max_size=6), max_size=5
    )
)
def test_cleaning_what_is_new_comes_to_what_cleaning_all_does(
    tmp_path_factory: pytest.TempPathFactory, passes: list[list[list[int]]]
) -> None:
    lines = [
        f"Line {number} of the house" + " that goes on" * 20 * (number == 4) for number in range(5)
    ]
    at = datetime(2026, 11, 20, tzinfo=UTC)
    found = []
    for tidy in (partial(clean_what_is_new, most=1000), clean_source):
        path = tmp_path_factory.mktemp("clean") / "news.sqlite3"
        with Database.open(path) as database:
            number = 0
            for hour, articles in enumerate(passes):
                now = at + timedelta(hours=hour)
                for numbers in articles:
                    number += 1
                    filed(database, number, [lines[each] for each in numbers], now)
                tidy(database, "paper", now=lambda now=now: now)
            found.append(texts(database))
    assert found[0] == found[1]


def test_where_nothing_became_the_sites_no_article_is_read_whole(
    five: RunReport, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[int] = []

    def look(connection: Any, source: str, since: datetime | None, limit: int) -> list[Any]:
        found = bodies_since(connection, source, since, limit)
        looked.append(len(found))
        return found

    later = datetime.now(UTC) + timedelta(days=1)
    monkeypatch.setattr(clean, "bodies_since", look)
    monkeypatch.setattr(clean, "article_of", None)
    clean_source(database, "mill-lane", now=lambda: later)
    assert clean_what_is_new(database, "mill-lane", most=200).changed == 0
    assert looked == [0]


def test_a_source_that_is_not_known_is_named(five: RunReport, tmp_path: Path) -> None:
    made = load_settings(None, database=str(tmp_path / "test.sqlite3"))
    with pytest.raises(SettingsError, match="no source 'no-such'"):
        clean_filed(made, ["no-such"], dry_run=False, as_json=False)

"""A source's own lines: the later articles are filed clean, the first ones are cleaned afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingest.cli.collecting.clean import clean_filed
from ingest.errors import SettingsError
from ingest.pipeline.clean import clean_source
from ingest.run import RunReport
from ingest.settings import load_settings
from sources.source import Source
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
    settings = load_settings(None, database=str(tmp_path / "test.sqlite3"))
    assert clean_filed(settings, ["mill-lane"], dry_run=True, as_json=False) == 0
    assert "5 articles read, 5 would change, 5 lines struck" in capsys.readouterr().out
    assert all(APPEAL in text for text in texts(database))
    assert clean_filed(settings, [], dry_run=False, as_json=True) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {"source": "mill-lane", "articles": 5, "changed": 5, "lines": 5}
    assert not any(APPEAL in text for text in texts(database))
    assert clean_source(database, "mill-lane").changed == 0


def test_a_source_that_is_not_known_is_named(five: RunReport, tmp_path: Path) -> None:
    settings = load_settings(None, database=str(tmp_path / "test.sqlite3"))
    with pytest.raises(SettingsError, match="no source 'no-such'"):
        clean_filed(settings, ["no-such"], dry_run=False, as_json=False)

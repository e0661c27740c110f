"""A database from before credits were resolved: nothing of it is lost, and reading it again fills in what is new."""

from __future__ import annotations

import asyncio
import gzip
from pathlib import Path

import pytest
import sqlalchemy as sa

from ingest.rereading.reextract import reextract
from sources.catalogue import Catalogue
from storage.changes import last_change, read_changes
from storage.database import Database
from storage.reading.queries import ArticleFilter, get_article, read_articles
from storage.schema import credits
from storage.search.search import search

RELEASED = Path(__file__).resolve().parents[3] / "fixtures" / "databases"


@pytest.fixture
def released(tmp_path: Path) -> Path:
    path = tmp_path / "released.sqlite3"
    path.write_bytes(gzip.decompress((RELEASED / "schema-0008.sqlite3.gz").read_bytes()))
    return path


def test_an_older_versions_credits_are_read_as_they_were_and_filled_in_by_reading_again(
    released: Path,
) -> None:
    new = ("stated", "house", "probability", "cue")
    with Database.open(released) as database:
        with database.reading() as connection:
            before = connection.execute(sa.select(credits)).all()
            for row in before:
                stored = get_article(connection, row.article_id)
                assert stored is not None
                credit = stored.article.credits[row.position]
                assert (credit.role, credit.name, credit.evidence, credit.where) == (
                    row.role,
                    row.name,
                    row.evidence,
                    row.place,
                )
                assert [getattr(credit, name) for name in new] == [None] * 4
            there = [each.id for each in read_articles(connection, ArticleFilter(credited="afp"))]
            assert there == []  # names alone, as they were resolved then
            revisions = connection.exec_driver_sql("SELECT count(*) FROM revisions").scalar()
            place = last_change(connection)

        first = asyncio.run(reextract(database, Catalogue.load(), 0))
        assert (first.revised, first.crashed) == (0, 0)
        with database.reading() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM revisions").scalar() == (
                revisions
            )
            assert {change.kind for change in read_changes(connection, place)} == {"updated"}
            now = connection.execute(sa.select(credits)).all()
            assert {row.article_id for row in now} >= {row.article_id for row in before}
            # A credit that today's reader does not find stays as it was.
            told = [row for row in now if row.probability is not None and row.cue is not None]
            assert len(told) > 0.7 * len(before)
            houses = {row.house for row in now if row.role == "agency"}
            assert {"afp", "dpa", "reuters"} <= houses
            assert any(row.stated == "AFP" and row.house == "afp" for row in now)
            named = {row.article_id for row in now if row.house == "afp"}
            assert {hit.id for hit in search(connection, "credit:afp")} == named
            place = last_change(connection)

        # The same reader has the same opinion, which is no news.
        asyncio.run(reextract(database, Catalogue.load(), 0))
        with database.reading() as connection:
            assert read_changes(connection, place) == []

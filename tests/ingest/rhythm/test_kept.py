"""The rhythm of a source as the database has it: when it is learned anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ingest.rhythm.kept import is_stale, keep_rhythm, last_appeared, rhythm_of
from ingest.rhythm.learning import learn
from storage.article import Article, Block
from storage.articles.saving import save_article
from storage.database import Database
from storage.runs import RunCounts, finish_source, start_run, start_source
from tests.ingest.rhythm.publishers import DAY, HOUR, MINUTE, NOW, agency, every


@pytest.fixture
def database(tmp_path: Path) -> object:
    with Database.open(tmp_path / "news.sqlite3") as opened:
        yield opened


@pytest.fixture
def collect(database: Database) -> Callable[..., None]:
    """A pass that files articles, published at these times."""
    run_id = database.write(lambda c: start_run(c, "daemon", NOW))

    def collected(at: datetime, *published: datetime | None) -> None:
        number = database.write(lambda c: start_source(c, run_id, "gazette", at))
        for which, time in enumerate(published):
            text = f"Article {which} that was found at {at.isoformat()}."
            article = Article(
                url=f"https://gazette.example/{at.isoformat()}/{which}",
                title=text,
                blocks=(Block("paragraph", text),),
                source="gazette",
                published_at=time.isoformat() if time else None,
            )
            key = f"gazette.example/{at.isoformat()}/{which}"
            database.write(
                lambda c, article=article, key=key: save_article(
                    c, None, article, key=key, fetched_key=None, now=at + MINUTE
                )
            )
        database.write(
            lambda c: finish_source(
                c, run_id, "gazette", RunCounts(), None, at + MINUTE, pass_id=number
            )
        )

    return collected


def test_a_source_that_was_never_polled_has_no_rhythm(database: Database) -> None:
    with database.reading() as connection:
        assert rhythm_of(connection, "gazette", NOW) is None
        assert last_appeared(connection, "gazette") is None


def test_the_first_poll_teaches_what_its_publication_times_say(
    database: Database, collect: Callable[..., None]
) -> None:
    collect(NOW, *(NOW - n * HOUR for n in range(30)))
    with database.reading() as connection:
        rhythm = rhythm_of(connection, "gazette", NOW + 2 * MINUTE)
        assert last_appeared(connection, "gazette") == NOW
    assert rhythm is not None
    assert rhythm.article_rate * 3600 == pytest.approx(1, rel=0.1)


def test_where_there_are_none_the_first_poll_teaches_nothing(
    database: Database, collect: Callable[..., None]
) -> None:
    collect(NOW, *[None] * 30)
    with database.reading() as connection:
        rhythm = rhythm_of(connection, "gazette", NOW + 2 * MINUTE)
    assert rhythm is not None
    assert rhythm.articles == 0
    for n in range(1, 12):
        collect(NOW + n * HOUR, None)
    with database.reading() as connection:
        rhythm = rhythm_of(connection, "gazette", NOW + 12 * HOUR)
        assert last_appeared(connection, "gazette") == NOW + 10.5 * HOUR
    assert rhythm is not None
    assert rhythm.article_rate * 3600 == pytest.approx(1, rel=0.1)


def test_what_is_kept_is_used_until_it_is_stale(
    database: Database, collect: Callable[..., None]
) -> None:
    collect(NOW, *(NOW - n * HOUR for n in range(30)))
    with database.reading() as connection:
        learned = rhythm_of(connection, "gazette", NOW + 2 * MINUTE)
    assert learned is not None
    marked = replace(learned, article_rate=0.123)
    database.write(lambda c: keep_rhythm(c, "gazette", marked))

    def asked(at: datetime) -> tuple[float, datetime]:
        with database.reading() as connection:
            found = rhythm_of(connection, "gazette", at)
        assert found is not None
        return found.article_rate, found.learned_at

    assert asked(NOW + HOUR) == (0.123, learned.learned_at)
    assert asked(NOW + 8 * DAY) == (pytest.approx(1 / 3600, rel=0.1), NOW + 8 * DAY)
    collect(NOW + HOUR, *(NOW + n * MINUTE for n in range(5, 55, 5)))
    assert asked(NOW + HOUR + 2 * MINUTE)[1] == NOW + HOUR + 2 * MINUTE


def test_a_backfill_of_thousands_beside_the_polls_hides_no_new_article(
    database: Database, collect: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.rhythm.kept.MOST", 20)
    monkeypatch.setattr("ingest.rhythm.kept._NEWEST", 10)
    for n in range(10):
        collect(NOW + n * HOUR, NOW + n * HOUR - 10 * MINUTE)
    collect(NOW + 10 * HOUR, *(NOW - (50 + n) * DAY for n in range(90)))
    with database.reading() as connection:
        assert last_appeared(connection, "gazette") == NOW + 9 * HOUR - 10 * MINUTE
        rhythm = rhythm_of(connection, "gazette", NOW + 11 * HOUR)
    assert rhythm is not None
    assert rhythm.article_rate * 3600 == pytest.approx(1, rel=0.1)


def test_a_rhythm_is_stale_by_age_by_articles_and_by_a_clock_that_was_set_back() -> None:
    rhythm = learn(agency(20), NOW)
    assert not is_stale(rhythm, NOW + 2 * DAY, 100)
    assert is_stale(rhythm, NOW + 2 * DAY, 600)
    assert is_stale(rhythm, NOW + 8 * DAY, 0)
    assert is_stale(rhythm, NOW - DAY, 0)
    small = learn(every(86400, 10), NOW)
    assert not is_stale(small, NOW + DAY, 1)
    assert is_stale(small, NOW + DAY, 2)
    # What is only a rate is soon another.
    nothing = learn([], NOW)
    assert not is_stale(nothing, NOW + timedelta(minutes=10), 0)
    assert is_stale(nothing, NOW + HOUR, 0)

"""The store's counts of a source's lines, and articles saved again without some of theirs."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from alembic import command

from storage.article import Article, Block, Struck
from storage.articles.cleaning import article_of, bodies_before, bodies_since, save_cleaned
from storage.articles.line_counts import (
    FORGET_EVERY,
    KnownLines,
    RepeatedLines,
    count_lines,
    known_lines,
    note_cleaned,
    repeated_lines,
)
from storage.articles.saving import save_article
from storage.database import Database
from storage.schema import revisions
from storage.text.fingerprint import fingerprint

NOW = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)


def article(number, *lines, source="paper"):
    texts = (f"Story {number} of the harbour, which was told once.", *lines)
    return Article(
        url=f"https://{source}.example/{number}",
        title=f"Story {number}",
        blocks=tuple(Block("paragraph", text) for text in texts),
        source=source,
    )


def filed(database, now, number, *lines, keys=frozenset(), source="paper"):
    made = article(number, *lines, source=source)
    key = f"{source}.example/{number}"
    saved = database.write(
        lambda c: save_article(c, None, made, key=key, fetched_key=key, now=now, lines=keys)
    )
    return saved, made


def newest(database):
    """The newest article of the paper, whole, with its number."""
    with database.reading() as connection:
        ((number, _),) = bodies_before(connection, "paper", None, 1)
        return number, article_of(connection, number)


def known(database, source="paper"):
    with database.reading() as connection:
        return repeated_lines(connection, source)


def test_lines_are_counted_by_source_as_articles_are_filed(database, now):
    filed(database, now, 1, keys=frozenset({"a", "b"}))
    filed(database, now, 2, keys=frozenset({"a", "c"}))
    filed(database, now, 3, keys=frozenset({"a"}), source="other")
    assert known(database) == RepeatedLines(2, {"a": 2})
    assert known(database, "other") == RepeatedLines(1, {})
    assert known(database, "unheard-of") == RepeatedLines(0, {})


def test_an_article_counts_once_however_often_it_is_saved(database, now):
    for _ in range(3):
        filed(database, now, 1, keys=frozenset({"a"}))
    filed(database, now, 1, "Its publisher added this.", keys=frozenset({"a"}))
    assert known(database) == RepeatedLines(1, {})


def test_a_filing_that_fails_counts_nothing(database, now):
    filed(database, now, 1, keys=frozenset({"a"}))

    def fail(connection):
        count_lines(connection, "paper", {"a"})
        raise RuntimeError("the page was lost")

    with pytest.raises(RuntimeError, match="lost"):
        database.write(fail)
    assert known(database) == RepeatedLines(1, {})


def test_lines_that_never_came_back_are_forgotten_in_time(database, now):
    filed(database, now, 1, keys=frozenset({"a", "once"}))

    def count(connection):
        for number in range(FORGET_EVERY - 1):
            count_lines(connection, "paper", {"a", f"line {number}"})

    database.write(count)
    assert known(database) == RepeatedLines(FORGET_EVERY, {"a": FORGET_EVERY})
    with database.reading() as connection:
        left = connection.exec_driver_sql("SELECT count(*) FROM site_lines").scalar()
    assert left == 1


def test_a_cleaned_article_has_the_line_among_the_struck_and_no_revision(database, now):
    saved, made = filed(database, now, 1, "Become a reader today")
    struck = Struck("Become a reader today", "site_line", "in 3 of 4 other articles")
    clean = replace(made, blocks=made.blocks[:1], struck=(struck,))
    later = now.replace(hour=9)
    assert database.write(lambda c: save_cleaned(c, saved.article_id, made, clean, later))
    number, stored = newest(database)
    with database.reading() as connection:
        assert connection.execute(sa.select(revisions)).all() == []
        row = connection.exec_driver_sql("SELECT text, words, revision FROM articles").one()
    assert (number, stored) == (saved.article_id, clean)
    assert tuple(row) == (made.blocks[0].text, 9, 1)
    again, _ = filed(database, now, 1)
    assert again.outcome == "unchanged"


def test_an_article_that_has_changed_meanwhile_or_would_be_anothers_is_left(database, now):
    saved, made = filed(database, now, 1, "Become a reader today")
    other = replace(made, blocks=(Block("paragraph", "Another text."),))
    clean = replace(made, blocks=made.blocks[:1])
    assert not database.write(lambda c: save_cleaned(c, saved.article_id, other, clean, now))
    twin = replace(article(2), blocks=made.blocks[:1])
    database.write(
        lambda c: save_article(c, None, twin, key="paper.example/2", fetched_key=None, now=now)
    )
    assert not database.write(lambda c: save_cleaned(c, saved.article_id, made, clean, now))
    empty = replace(made, blocks=())
    assert not database.write(lambda c: save_cleaned(c, saved.article_id, made, empty, now))


def test_articles_are_read_in_pages_newest_first(database, now):
    for number in range(1, 6):
        filed(database, now, number)
    filed(database, now, 1, source="other")
    with database.reading() as connection:
        first = bodies_before(connection, "paper", None, 3)
        rest = bodies_before(connection, "paper", first[-1][0], 3)
        assert bodies_since(connection, "paper", None, 3) == first
        assert bodies_since(connection, "paper", now, 9) == [*first, *rest]
        assert bodies_since(connection, "paper", now.replace(hour=9), 9) == []
        assert article_of(connection, 99) is None
    told = [blocks[0].text.split(" of ")[0] for _, blocks in (*first, *rest)]
    assert told == [f"Story {n}" for n in (5, 4, 3, 2, 1)]


def test_what_lines_were_held_for_is_kept_until_it_is_said_otherwise(database, now):
    for number in range(1, 4):
        filed(database, now, number, keys=frozenset({"a", "b", f"c{number}"}))
    with database.reading() as connection:
        assert known_lines(connection, "unheard-of") == KnownLines(RepeatedLines(0, {}), {}, None)
        before = known_lines(connection, "paper")
    assert before == KnownLines(RepeatedLines(3, {"a": 3, "b": 3}), {"a": 0, "b": 0}, None)
    database.write(lambda c: note_cleaned(c, "paper", {"a": 1}, now))
    with database.reading() as connection:
        # One that was held for something is told of though it returns too seldom now.
        assert known_lines(connection, "paper", lambda _: 4) == KnownLines(
            RepeatedLines(3, {}), {"a": 1}, now
        )


def test_what_a_page_says_of_its_article_comes_back(database, now):
    made = replace(
        article(1),
        authors=("Ada Lund", "Harbour Office"),
        organisations=("Harbour Office",),
        image="https://paper.example/1.jpg",
        image_caption="The quay",
        image_credit="Ada Lund",
        publisher="The Paper",
        paid=True,
        reuse=("noarchive",),
        declared_language="en",
        struck=(Struck("Ad", "ad"), Struck("Box", "related", "likely 0.1")),
    )
    database.write(
        lambda c: save_article(c, None, made, key="paper.example/1", fetched_key=None, now=now)
    )
    _, stored = newest(database)
    assert stored == made


def test_articles_of_the_first_schema_are_read_after_the_migration(address, monkeypatch):
    upgrade = command.upgrade
    with monkeypatch.context() as patch:
        patch.setattr(command, "upgrade", lambda config, _: upgrade(config, "0001"))
        with Database.open(address) as old:
            old.write(_file_by_the_first_schema)
    with Database.open(address) as database:
        number, stored = newest(database)
        assert stored.text == "Old."
        assert stored.struck == (Struck("Ad", "ad"),)
        assert (stored.organisations, stored.reuse, stored.paid) == ((), (), False)
        assert known(database) == RepeatedLines(0, {})
        new = replace(stored, blocks=(Block("paragraph", "New."),))
        assert database.write(lambda c: save_cleaned(c, number, stored, new, NOW))


def _file_by_the_first_schema(connection):
    at = "2026-11-20T06:00:00.000000Z"
    for statement in (
        f"INSERT INTO sources (name, first_seen_at) VALUES ('paper', '{at}')",
        "INSERT INTO articles (id, source, key, text, words, blocks, authors, tags, kind, complete,"
        " extractor, fingerprint, filed_at, updated_at, revision) VALUES (1, 'paper',"
        " 'paper.example/1', 'Old.', 1, '[{\"type\": \"paragraph\", \"text\": \"Old.\"}]', '[]',"
        f" '[]', 'article', TRUE, 'generic', '{fingerprint('Old.')}', '{at}', '{at}', 1)",
        "INSERT INTO struck (article_id, position, text, reason) VALUES (1, 0, 'Ad', 'ad')",
    ):
        connection.exec_driver_sql(statement)

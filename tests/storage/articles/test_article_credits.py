"""Credits of an article in the database: what is news of them, and what finds an article by them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from storage.article import Credit
from storage.articles.saving import save_article, save_reextracted
from storage.care.checks import check_database
from storage.changes import read_changes
from storage.reading.queries import (
    ArticleFilter,
    CreditedHouse,
    get_article,
    list_articles,
    read_articles,
)
from storage.schema import revisions
from storage.search.search import search

DPA = Credit(
    "agency",
    "Deutsche Presse-Agentur",
    "(dpa)",
    "tail",
    stated="dpa",
    house="dpa",
    probability=0.93,
    cue="sign_off",
)
#: The same as a reader before schema 0009 left it.
OLD = Credit("agency", "Deutsche Presse-Agentur", "(dpa)", "tail")


@pytest.fixture
def save(database: Any, make_article: Any, now: Any) -> Any:
    def put(
        *credits: Credit, key: str = "gazette.example/a", after: int = 0, **changes: Any
    ) -> Any:
        changes.setdefault("text", f"The text at {key}.")
        article = make_article(credits=credits, url=f"https://{key}", **changes)
        at = now + timedelta(hours=after)
        return database.write(
            lambda c: save_article(c, None, article, key=key, fetched_key=key, now=at)
        )

    return put


def events(database: Any) -> list[str]:
    with database.reading() as connection:
        return [change.kind for change in read_changes(connection, 0)]


def stored(database: Any, article_id: int) -> Any:
    with database.reading() as connection:
        return get_article(connection, article_id)


def reread(database: Any, article_id: int, now: Any, *credits: Credit) -> str:
    def again(connection: Any) -> Any:
        old = get_article(connection, article_id).article
        return save_reextracted(connection, article_id, replace(old, credits=credits), now)

    return str(database.write(again).outcome)


def look(save: Any, *credits: Credit) -> str:
    return str(save(*credits, after=1).outcome)


@pytest.mark.parametrize(
    "change", [{"probability": 0.71}, {"cue": "own_line"}, {"probability": 0.5, "cue": "own_line"}]
)
@pytest.mark.parametrize("again", ["publisher", "reextracted"])
def test_another_opinion_of_a_credit_is_no_news(
    database: Any, save: Any, now: Any, change: dict[str, Any], again: str
) -> None:
    first = save(DPA).article_id
    before = stored(database, first)
    other = replace(DPA, **change)
    later = now + timedelta(days=1)
    outcome = look(save, other) if again == "publisher" else reread(database, first, later, other)
    assert outcome == "unchanged"
    after = stored(database, first)
    assert after == before
    assert events(database) == ["filed"]


def test_an_opinion_of_less_is_no_news_either(database: Any, save: Any, now: Any) -> None:
    first = save(DPA).article_id
    assert reread(database, first, now, replace(DPA, probability=None, cue=None)) == "unchanged"
    assert stored(database, first).article.credits == (DPA,)


def test_what_an_older_reader_left_open_is_filled_in_without_an_event(
    database: Any, save: Any, now: Any
) -> None:
    known = replace(OLD, stated="dpa", house="dpa")
    first = save(known).article_id
    before = stored(database, first)
    assert reread(database, first, now + timedelta(days=1), DPA) == "unchanged"
    after = stored(database, first)
    assert after.article.credits == (DPA,)
    assert (after.updated_at, after.revision) == (before.updated_at, 1)
    assert events(database) == ["filed"]


@pytest.mark.parametrize(
    "new",
    [
        (replace(DPA, name="Austria Presse Agentur"),),
        (replace(DPA, role="source"),),
        (replace(DPA, house="dpa-afx"),),
        (replace(DPA, stated="DPA"),),
        (DPA, Credit("contributor", "Ada Lund", "Ada Lund in Lundale", "tail")),
    ],
)
def test_another_credit_is_an_update_and_no_revision(
    database: Any, save: Any, now: Any, new: tuple[Credit, ...]
) -> None:
    first = save(DPA).article_id
    later = now + timedelta(days=1)
    assert reread(database, first, later, *new) == "unchanged"
    after = stored(database, first)
    assert (after.article.credits, after.revision, after.updated_at) == (new, 1, later)
    assert events(database) == ["filed", "updated"]


def test_a_house_that_is_known_now_is_an_update(database: Any, save: Any, now: Any) -> None:
    first = save(OLD).article_id
    assert reread(database, first, now, DPA) == "unchanged"
    assert stored(database, first).article.credits == (DPA,)
    assert events(database) == ["filed", "updated"]


def test_with_other_news_of_the_article_the_newest_opinion_is_kept(
    database: Any, save: Any
) -> None:
    first = save(replace(OLD, stated="dpa", house="dpa")).article_id
    assert save(DPA, after=1, section="Wirtschaft").outcome == "unchanged"
    assert stored(database, first).article.credits == (DPA,)
    assert events(database) == ["filed", "updated"]


def test_a_revision_keeps_the_credits_that_its_text_had_whole(database: Any, save: Any) -> None:
    first = save(DPA).article_id
    assert save(OLD, after=1, text="Quite another text of the same day.").outcome == "revised"
    assert stored(database, first).article.credits == (OLD,)
    with database.reading() as connection:
        (kept,) = connection.execute(sa.select(revisions.c.credits)).scalars()
    assert kept == [
        {
            "role": "agency",
            "name": "Deutsche Presse-Agentur",
            "evidence": "(dpa)",
            "where": "tail",
            "stated": "dpa",
            "house": "dpa",
            "probability": 0.93,
            "cue": "sign_off",
        }
    ]


@pytest.mark.parametrize("query", ['credit:"deutsche presse agentur"', "credit:dpa", "dpa"])
def test_search_finds_a_credit_by_every_name_of_it(database: Any, save: Any, query: str) -> None:
    first = save(DPA).article_id
    save(Credit("agency", "Reuters", "(rtr)", "tail", "rtr", "reuters"), key="gazette.example/b")
    with database.reading() as connection:
        assert [hit.id for hit in search(connection, query)] == [first]


def test_search_forgets_the_names_of_a_credit_that_is_gone(
    database: Any, save: Any, now: Any
) -> None:
    first = save(DPA).article_id
    reread(database, first, now, Credit("agency", "Reuters", "(rtr)", "tail", "rtr", "reuters"))
    with database.reading() as connection:
        assert search(connection, "credit:dpa") == []
        assert [hit.id for hit in search(connection, "credit:rtr")] == [first]
    with database.snapshot() as connection:
        assert [each.name for each in check_database(connection) if each.problems] == []


@pytest.fixture
def credited(database: Any, save: Any) -> Any:
    """Which of five articles a filter finds, by the last letter of their addresses."""
    tass = Credit("agency", "TASS", "(ТАСС)", "tail", "ТАСС", "tass")
    other = Credit("source", "TASS Theatre", "Source: TASS Theatre", "tail")
    save(tass, DPA, key="gazette.example/a")
    save(Credit("agency", "Itar-TASS", "(Itar-TASS)", "tail"), key="gazette.example/b")
    save(other, key="gazette.example/c")
    save(Credit("agency", "Wire", "(tass)", "tail", "tass", "wire"), key="gazette.example/d")
    save(key="gazette.example/e")

    def ask(wanted: CreditedHouse | str, **further: Any) -> str:
        chosen = ArticleFilter(credited=wanted, **further)
        with database.reading() as connection:
            whole = [each.article.url for each in read_articles(connection, chosen)]
            listed = [each.url for each in list_articles(connection, chosen, order="filed")]
        assert sorted(listed) == whole
        return "".join(str(url)[-1] for url in whole)

    return ask


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (CreditedHouse("tass"), "a"),
        (CreditedHouse("tass", ("TASS", "ITAR-TASS")), "ab"),
        (CreditedHouse("tass", ("itar-tass",)), "ab"),
        # A credit that bears an identifier is that house's, whatever the page calls it.
        (CreditedHouse("dpa", ("TASS", "tass")), "a"),
        (CreditedHouse("afp", ("AFP",)), ""),
        ("tass", "abcd"),
        ("ТАСС", "a"),
        ("theatre", "c"),
        ("100%", ""),
    ],
)
def test_texts_are_chosen_by_house_or_by_a_part_of_a_name(
    credited: Any, wanted: CreditedHouse | str, found: str
) -> None:
    assert credited(wanted) == found
    assert credited(wanted, source="gazette", language=None) == found
    assert credited(wanted, kind="opinion") == ""

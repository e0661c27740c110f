from datetime import UTC, datetime, timedelta

import pytest

from storage.article import Block, Credit
from storage.articles.saving import save_article
from storage.links import NewLink, due_links, mark_fetched_failure, record_links
from storage.reading.queries import (
    ArticleFilter,
    get_article,
    link_problems,
    list_articles,
    read_articles,
    source_status,
)


@pytest.fixture
def filed(database, make_article, now):
    """Four articles, filed an hour apart."""
    wanted = [
        make_article(
            "Snow fell.", title="Snow", authors=('Ani "Snow" P.',), published_at="2026-11-01"
        ),
        make_article("100% of roads_are shut.", title="Roads", source="herald", published_at=None),
        make_article(
            "Քաղաքում ձյուն է։",
            title="Ձյուն",
            credits=(
                Credit("agency", "Reuters", "(Reuters)", "tail"),
                Credit("source", "AFP", "AFP", "tail"),
                Credit("source", "AFP", "via AFP", "meta"),
            ),
            published_at="2025-01-01",
        ),
        make_article("Opinion: enough.", title="Enough", kind="opinion", authors=("Անի",)),
    ]
    for hour, article in enumerate(wanted):
        database.write(
            lambda c, hour=hour, article=article: save_article(
                c, None, article, key=f"k{hour}", fetched_key=None, now=now + timedelta(hours=hour)
            )
        )
    return database


def titles(database, limit=50, offset=0, order="filed", **filters):
    with database.reading() as connection:
        found = list_articles(
            connection, ArticleFilter(**filters), limit=limit, offset=offset, order=order
        )
    return [each.title for each in found]


def test_articles_are_listed_newest_first_and_in_pages(filed):
    assert titles(filed) == ["Enough", "Ձյուն", "Roads", "Snow"]
    assert titles(filed, limit=2) == ["Enough", "Ձյուն"]
    assert titles(filed, limit=2, offset=2) == ["Roads", "Snow"]
    assert titles(filed, order="published") == ["Enough", "Snow", "Ձյուն", "Roads"]


def test_a_summary_says_what_a_list_shows(filed, now):
    with filed.reading() as connection:
        snow = list_articles(connection)[1]
    assert (snow.source, snow.url, snow.kind) == (
        "gazette",
        "https://gazette.example/bridge",
        "article",
    )
    assert [(each.role, each.name, each.where) for each in snow.credits] == [
        ("agency", "Reuters", "tail"),
        ("source", "AFP", "tail"),
        ("source", "AFP", "meta"),
    ]
    assert (snow.words, snow.revision) == (3, 1)
    assert snow.published_at == "2025-01-01"
    assert snow.published_instant == datetime(2025, 1, 1, tzinfo=UTC)
    assert snow.filed_at == now + timedelta(hours=2)
    assert snow.filed_at.tzinfo is UTC


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"source": "herald"}, ["Roads"]),
        ({"kind": "opinion"}, ["Enough"]),
        ({"text": "SNOW"}, ["Snow"]),
        ({"text": "ձյուն"}, ["Ձյուն"]),
        ({"text": "100%"}, ["Roads"]),
        ({"text": "0% of r"}, ["Roads"]),
        ({"text": "%"}, ["Roads"]),
        ({"text": "roads_are"}, ["Roads"]),
        ({"text": "ro_ds"}, []),
        ({"text": "\\"}, []),
        ({"author": "Անի"}, ["Enough"]),
        ({"author": '"Snow"'}, ["Snow"]),
        ({"author": "nobody"}, []),
        ({"credited": "reuters"}, ["Ձյուն"]),
        ({"credited": "Snow"}, []),
        ({"credited": "afp", "kind": "opinion"}, []),
        ({"changed_after": 3}, ["Enough"]),
        ({"source": "gazette", "text": "ou", "kind": "opinion"}, ["Enough"]),
    ],
)
def test_filters_narrow_a_list(filed, filters, found):
    assert titles(filed, **filters) == found


def test_articles_are_read_whole_by_the_same_filters(filed):
    with filed.reading() as connection:
        (found,) = read_articles(connection, ArticleFilter(credited="reuters"))
        assert found == get_article(connection, found.id)
    assert (found.words, found.story_id, found.withdrawn_at) == (3, None, None)
    assert found.addresses == (found.article.url,)


def test_since_is_from_and_until_is_before(filed, now):
    hour = timedelta(hours=1)
    assert titles(filed, since=now + hour, until=now + 3 * hour) == ["Ձյուն", "Roads"]
    day = datetime(2026, 11, 1, tzinfo=UTC)
    assert titles(filed, since=day, until=day + hour, order="published") == ["Snow"]


def test_many_articles_are_listed_in_one_call(sqlite, make_article, now):
    def save_all(connection):
        for n in range(600):
            article = make_article(f"Text {n}.", credits=(Credit("agency", f"A{n}", "x", "tail"),))
            save_article(connection, None, article, key=f"k{n}", fetched_key=None, now=now)

    sqlite.write(save_all)
    with sqlite.reading() as connection:
        found = list_articles(connection, limit=5000)
        whole = list(read_articles(connection))
        newest = list(read_articles(connection, newest_first=True, limit=250))
    assert [each.credits[0].name for each in found] == [f"A{n}" for n in reversed(range(600))]
    assert [each.article.credits[0].name for each in whole] == [f"A{n}" for n in range(600)]
    assert newest == whole[:349:-1]


def test_an_article_that_is_not_there_is_none(database):
    with database.reading() as connection:
        assert get_article(connection, 7) is None


def test_captions_come_back_as_blocks_and_not_as_text(database, make_article, now):
    article = make_article(blocks=(Block("paragraph", "Text."), Block("caption", "Photo.")))
    saved = database.write(
        lambda c: save_article(c, None, article, key="k", fetched_key=None, now=now)
    )
    with database.reading() as connection:
        assert get_article(connection, saved.article_id).article.blocks == article.blocks


def test_the_status_counts_articles_and_links(filed, now):
    new = [NewLink(key=f"p{n}", url=f"https://gazette.example/p{n}") for n in range(3)]
    filed.write(lambda c: record_links(c, "gazette", new, now))
    with filed.reading() as connection:
        gazette, herald = source_status(connection)
    assert (gazette.name, gazette.articles, gazette.links) == (
        "gazette",
        3,
        {"done": 3, "pending": 3},
    )
    assert (herald.name, herald.articles, herald.links) == ("herald", 1, {"done": 1})


def test_problems_are_listed_latest_first(database, now):
    new = [NewLink(key=f"p{n}", url=f"https://gazette.example/p{n}") for n in range(3)]
    database.write(lambda c: record_links(c, "gazette", new, now))
    with database.reading() as connection:
        due = due_links(connection, "gazette", now, 10)
    for hour, link in enumerate(due[:2]):
        database.write(
            lambda c, hour=hour, link=link: mark_fetched_failure(
                c,
                link.id,
                state="refused",
                reason="listing",
                detail="40 links",
                retry_at=None,
                status=200,
                now=now + timedelta(hours=hour),
            )
        )
    with database.reading() as connection:
        problems = link_problems(connection, "gazette", 10)
        assert link_problems(connection, None, 10) == problems
        assert link_problems(connection, "herald", 10) == []
        assert link_problems(connection, "gazette", 1) == problems[:1]
    assert [each.url for each in problems] == [due[1].url, due[0].url]
    assert (problems[0].reason, problems[0].detail, problems[0].status) == (
        "listing",
        "40 links",
        200,
    )

"""The further pages of an article lead to it, and to nothing else, in both databases."""

import sqlalchemy as sa

from storage.articles.saving import save_article
from storage.links import NewLink, due_links, record_links
from storage.links.parts import parts_of_article, record_parts
from storage.schema import links


def link(n):
    return NewLink(key=f"gazette.example/{n}", url=f"https://gazette.example/{n}")


def file(database, make_article, now, n):
    """Announce and file an article; its number."""
    key = f"gazette.example/{n}"
    database.write(lambda c: record_links(c, "gazette", [link(n)], now))
    with database.reading() as connection:
        number = connection.execute(sa.select(links.c.id).where(links.c.key == key)).scalar_one()
    article = make_article(
        url=f"https://gazette.example/{n}", text=f"A report of number {n}. " * 40
    )
    saved = database.write(
        lambda c: save_article(c, number, article, key=key, fetched_key=key, now=now)
    )
    return saved.article_id


def parts(*numbers):
    return {f"gazette.example/{n}": f"https://gazette.example/{n}" for n in numbers}


def states(database):
    with database.reading() as connection:
        rows = connection.execute(
            sa.select(links.c.key, links.c.state, links.c.reason, links.c.article_id)
        )
        return {row.key.partition("/")[2]: (row.state, row.reason, row.article_id) for row in rows}


def test_parts_lead_to_their_article_and_are_not_fetched_alone(database, make_article, now):
    article = file(database, make_article, now, "1")
    database.write(lambda c: record_links(c, "gazette", [link("1/2")], now))
    wanted = parts("1/2", "1/3")
    found = database.write(lambda c: record_parts(c, "gazette", article, wanted, now))
    assert set(found) == set(wanted)
    told = states(database)
    assert told["1/2"] == told["1/3"] == ("duplicate", "part", article)
    with database.reading() as connection:
        assert due_links(connection, "gazette", now, 10) == []
        addresses, kept = parts_of_article(connection, article)
    assert sorted(addresses) == sorted(wanted.values())
    assert kept == {}
    assert database.write(lambda c: record_parts(c, "gazette", article, wanted, now)) == found


def test_an_address_that_leads_to_another_article_goes_on_doing_so(database, make_article, now):
    one, other = (file(database, make_article, now, n) for n in ("1", "2"))
    found = database.write(lambda c: record_parts(c, "gazette", one, parts("2", "1/2"), now))
    assert set(found) == {"gazette.example/1/2"}
    assert states(database)["2"] == ("done", None, other)


def test_no_parts_are_nothing(database, make_article, now):
    article = file(database, make_article, now, "1")
    assert database.write(lambda c: record_parts(c, "gazette", article, {}, now)) == {}

"""Raw pages come back byte for byte, small, and go when they are too old or too many."""

import random
from datetime import timedelta

import pytest

from storage.articles.saving import save_article
from storage.links import NewLink, record_links
from storage.pages.compression import PageCompression, make_dictionary
from storage.pages.raw_pages import (
    PageArchive,
    RawPage,
    get_page,
    keep_dictionary,
    keep_page,
    newest_pages,
    page_ids,
    pages_read_by,
    prune_pages,
)
from storage.publishers import ensure_source
from storage.schema import metadata


def page(number, now, body=None):
    rng = random.Random("chrome")
    chrome = "".join(rng.choices("abcdefghijklmnopqrstuvwxyz <>/=", k=40_000))
    own = "".join(random.Random(number).choices("etaoin shrdlu", k=1500))
    return RawPage(
        url=f"https://gazette.example/{number}",
        fetched_at=now + timedelta(days=number),
        status=200,
        headers={"content-type": "text/html; charset=utf-8", "content-encoding": "gzip"},
        body=body if body is not None else f"{chrome}{own}{chrome}".encode(),
    )


@pytest.fixture
def links(database, now):
    database.write(lambda c: ensure_source(c, "gazette", now))
    new = [
        NewLink(key=f"gazette.example/{n}", url=f"https://gazette.example/{n}") for n in range(40)
    ]
    database.write(lambda c: record_links(c, "gazette", new, now))
    table = metadata.tables["links"]
    with database.reading() as connection:
        return [row.id for row in connection.execute(table.select().order_by(table.c.id))]


@pytest.fixture
def keep(database, now, links):
    archive = PageArchive()

    def put(number, body=None, link=None):
        before = len(rows(database))
        link_id = links[number if link is None else link]
        packed = archive.pack(database.reading, "gazette", link_id, page(number, now, body))
        database.write(lambda c: keep_page(c, archive, packed))
        if archive.wants_dictionary("gazette"):
            with database.reading() as connection:
                new = archive.new_dictionary(connection, "gazette")
            if new is not None:
                database.write(lambda c: keep_dictionary(c, new, now + timedelta(days=number)))
        kept = rows(database)
        return kept[-1].id if len(kept) > before else None

    return put


def rows(database, table="raw_pages"):
    with database.reading() as connection:
        return connection.execute(metadata.tables[table].select().order_by("id")).all()


def test_every_page_comes_back_as_it_was(database, keep, now):
    numbers = [keep(number) for number in range(12)]
    numbers.append(keep(12, b""))
    numbers.append(keep(13, bytes(range(256)) * 10))
    # Another process, which knows nothing yet.
    archive = PageArchive()
    with database.reading() as connection:
        for number, page_id in enumerate(numbers[:12]):
            raw = get_page(connection, archive, page_id)
            assert raw.body == page(number, now).body
            assert raw.fetched_at == page(number, now).fetched_at
            assert raw.headers["content-type"] == "text/html; charset=utf-8"
            assert "content-encoding" not in raw.headers
        assert get_page(connection, archive, numbers[12]).body == b""
        assert get_page(connection, archive, numbers[13]).body == bytes(range(256)) * 10
        assert get_page(connection, archive, 10_000) is None


def test_pages_of_one_site_are_kept_against_each_other(database, keep):
    for number in range(8):
        keep(number)
    stored = rows(database)
    assert len(rows(database, "page_dictionaries")) == 1
    plain, with_dictionary = stored[0].stored_bytes, stored[-1].stored_bytes
    assert stored[0].dictionary_id is None
    assert stored[-1].dictionary_id is not None
    assert with_dictionary * 3 < plain


def test_a_new_design_gets_a_new_dictionary(database, keep):
    for number in range(6):
        keep(number)
    new = "".join(random.Random("new").choices("0123456789 <>/=", k=40_000)).encode()
    for number in range(6, 40):
        keep(number, new + str(number).encode() * 50)
    assert len(rows(database, "page_dictionaries")) > 1
    stored = rows(database)
    assert stored[-1].dictionary_id > stored[5].dictionary_id
    assert stored[-1].stored_bytes * 3 < stored[6].stored_bytes


def test_the_same_page_again_is_not_kept_twice(keep):
    assert keep(1, b"one body") is not None
    assert keep(1, b"one body") is None
    assert keep(1, b"another body") is not None


def test_old_pages_go_by_age(database, keep, now):
    for number in range(10):
        keep(number)
    before = now + timedelta(days=4)
    assert database.write(lambda c: prune_pages(c, before=before, most_bytes=None)) == 4
    assert database.write(lambda c: prune_pages(c, before=before, most_bytes=None)) == 0
    assert [row.id for row in rows(database)] == list(range(5, 11))


def test_the_oldest_pages_go_by_size(database, keep):
    for number in range(10):
        keep(number)
    sizes = [row.stored_bytes for row in rows(database)]
    room = sum(sizes[-3:])
    while database.write(lambda c: prune_pages(c, before=None, most_bytes=room, limit=2)):
        pass
    assert [row.id for row in rows(database)] == [8, 9, 10]
    assert len(rows(database, "page_dictionaries")) == 1


def test_page_ids_are_of_sources_and_times(database, keep, now):
    for number in range(4):
        keep(number)
    with database.reading() as connection:
        ask = {"after": 0, "last": 100, "limit": 10}
        assert page_ids(connection, [], None, **ask) == [1, 2, 3, 4]
        assert page_ids(connection, ["gazette"], now + timedelta(days=2), **ask) == [3, 4]
        assert page_ids(connection, ["courier"], None, **ask) == []


@pytest.mark.parametrize("pages", [[b"x" * 10], [b"x" * 3_000_000], [b"a", b"b" * 2_000_000]])
def test_a_dictionary_of_any_size_restores(pages):
    compression = PageCompression(make_dictionary(pages))
    for body in (b"", b"y" * 100, pages[0]):
        assert compression.restore(compression.compress(body)) == body


def test_the_newest_page_of_each_link_and_those_of_an_extractor(
    database, keep, now, links, make_article
):
    first = [keep(number) for number in range(4)]
    again = keep(1, b"<p>changed</p>")
    for number, extractor in enumerate(("template:article@1", "generic", "template:article@1")):
        article = make_article(
            f"Text number {number} of them all.",
            url=f"https://gazette.example/{number}",
            extractor=extractor,
        )
        saved = database.write(
            lambda c, article=article, number=number: save_article(
                c,
                links[number],
                article,
                key=f"gazette.example/{number}",
                fetched_key=f"gazette.example/{number}",
                now=now + timedelta(minutes=number),
            )
        )
        assert saved.article_id is not None
    with database.reading() as connection:
        assert newest_pages(connection, "gazette", 3) == [again, first[3], first[2]]
        assert newest_pages(connection, "another", 3) == []
        made = pages_read_by(connection, "gazette", "template:article@1", 9)
        assert [page_id for page_id, _ in made] == [first[2], first[0]]
        assert len(pages_read_by(connection, "gazette", "generic", 9)) == 1
        assert pages_read_by(connection, "gazette", "generic", 9)[0][0] == again


def test_a_page_whose_dictionary_went_while_it_waited_is_packed_anew(database, keep, links, now):
    for number in range(6):
        keep(number)
    late = PageArchive()
    with database.reading():
        packed = late.pack(database.reading, "gazette", links[20], page(20, now))
    assert packed.dictionary is not None
    with database._engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM raw_pages")
        connection.exec_driver_sql("DELETE FROM page_dictionaries")
    database.write(lambda c: keep_page(c, late, packed))
    (row,) = rows(database)
    assert row.dictionary_id is None
    with database.reading() as connection:
        assert get_page(connection, PageArchive(), row.id).body == page(20, now).body


def test_pages_of_one_transaction_are_kept_together(database, keep, links, now):
    for number in range(6):
        keep(number)
    archive = PageArchive()
    bodies = [(10, None), (11, None), (11, None), (11, b"changed"), (1, None)]
    packed = [
        archive.pack(database.reading, "gazette", links[number], page(number, now, body))
        for number, body in bodies
    ]

    def op(connection):
        for each in packed:
            keep_page(connection, archive, each)

    database.writer.submit(op).result()
    assert [row.link_id for row in rows(database)[6:]] == [links[10], links[11], links[11]]


def test_of_two_dictionaries_made_at_once_one_is_kept(database, keep, now):
    for number in range(3):
        keep(number)
    with database.reading() as connection:
        new = PageArchive().new_dictionary(connection, "gazette")
    before = len(rows(database, "page_dictionaries"))
    for _ in range(2):
        database.write(lambda c: keep_dictionary(c, new, now))
    assert len(rows(database, "page_dictionaries")) == before + 1

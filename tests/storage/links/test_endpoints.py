from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from storage.links import NewLink
from storage.links.documents import (
    EndpointRow,
    documents_of,
    known_endpoints,
    record_document,
    record_endpoints,
)
from storage.schema import documents, links

FEED = "https://gazette.example/feed"


def fetched(database, now, *, source="gazette", url=FEED, **said):
    values = {
        "kind": "feed",
        "etag": '"1"',
        "last_modified": None,
        "status": 200,
        "error": None,
        "links": [],
        **said,
    }
    return database.write(lambda c: record_document(c, source, url, now=now, **values))


def validators(database, source="gazette", url=FEED):
    with database.reading() as connection:
        found = documents_of(connection, source).get(url)
    return (None, None) if found is None else (found.etag, found.last_modified)


def row(database):
    with database.reading() as connection:
        return connection.execute(sa.select(documents)).one()


def links_of(*names):
    return [NewLink(key=name, url=f"https://gazette.example/{name}") for name in names]


def test_endpoints_that_were_found_are_known_later(database, now):
    feed = EndpointRow("feed", FEED)
    page = EndpointRow("listing", "https://gazette.example/", selector="h2 a", archive=True)
    database.write(lambda c: record_endpoints(c, "gazette", [feed, page], now))
    changed = EndpointRow("listing", "https://gazette.example/", selector="h3 a")
    later = now + timedelta(days=1)
    database.write(lambda c: record_endpoints(c, "gazette", [changed], later))
    with database.reading() as connection:
        assert known_endpoints(connection, "gazette") == [
            replace(feed, discovered_at=now),
            replace(changed, discovered_at=later),
        ]
        assert known_endpoints(connection, "herald") == []


def test_an_address_too_long_to_be_kept_is_left_out(database, now):
    rows = [EndpointRow("feed", FEED + "?" + "x" * 9000), EndpointRow("feed", FEED)]
    database.write(lambda c: record_endpoints(c, "gazette", rows, now))
    with database.reading() as connection:
        assert known_endpoints(connection, "gazette") == [replace(rows[1], discovered_at=now)]


def test_a_document_is_asked_for_with_what_its_last_answer_said(database, now):
    assert validators(database) == (None, None)
    fetched(database, now, etag='"1"', last_modified="Fri, 20 Nov 2026 06:00:00 GMT")
    assert validators(database) == ('"1"', "Fri, 20 Nov 2026 06:00:00 GMT")
    assert validators(database, source="herald") == (None, None)
    fetched(database, now, etag=None, last_modified=None)
    assert validators(database) == (None, None)


@pytest.mark.parametrize(
    "said",
    [{"status": 304}, {"error": "no feed", "status": 200}, {"error": "timed out", "status": None}],
)
def test_an_answer_without_a_document_keeps_the_validators_of_the_last_good_one(
    database, now, said
):
    fetched(database, now, etag='"1"', links=links_of("a", "b"))
    fetched(database, now + timedelta(hours=1), etag=None, **said)
    assert validators(database) == ('"1"', None)
    after = row(database)
    assert (after.link_count, after.checked_at, after.changed_at) == (
        2,
        now + timedelta(hours=1),
        now,
    )
    assert (after.status, after.error) == (said["status"], said.get("error"))


def test_a_documents_links_are_recorded_with_it(database, now):
    first = fetched(
        database, now, links=links_of("a", "b"), endpoint_url="https://gazette.example/index"
    )
    later = now + timedelta(hours=1)
    second = fetched(database, later, etag='"2"', links=links_of("b", "c"))
    assert (first.new, first.known) == (2, 0)
    assert (second.new, second.known) == (1, 1)
    assert row(database).changed_at == later
    with database.reading() as connection:
        assert connection.execute(sa.select(links.c.document_url)).scalars().all() == [FEED] * 3


def test_links_and_validators_are_stored_together_or_not_at_all(database, now):
    broken = [*links_of("a"), None]
    with pytest.raises(AttributeError):
        fetched(database, now, links=broken)
    assert validators(database) == (None, None)
    with database.reading() as connection:
        assert connection.execute(sa.select(links)).all() == []


def test_a_sources_documents_are_read_at_once(database, now):
    fetched(database, now, etag='"1"')
    fetched(database, now, url=FEED + "2", etag=None, last_modified="yesterday")
    fetched(database, now, url=FEED + "3", etag=None)
    fetched(database, now, source="herald")
    with database.reading() as connection:
        found = documents_of(connection, "gazette")
    assert {url: (row.etag, row.last_modified) for url, row in found.items()} == {
        FEED: ('"1"', None),
        FEED + "2": (None, "yesterday"),
        FEED + "3": (None, None),
    }

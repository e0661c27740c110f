"""What an endpoint said of a link reaches the extraction of its page, by way of the database."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path

from ingest.pipeline.link_rows import endpoint_of, endpoint_row, key_of_page, link_of, row_of
from sources.link import Announced, Link
from sources.source import Endpoint
from storage.database import Database
from storage.links import due_links, get_link, record_links
from storage.links.documents import known_endpoints, record_endpoints

NOW = datetime(2026, 11, 27, tzinfo=UTC)
LINK = Link(
    url="https://mill-lane.example/ferry",
    key="mill-lane.example/ferry",
    title="The ferry is back",
    published="2026-11-20T10:00:00+04:00",
    modified="2026-11-21",
    authors=("Ana Peer", "Jon Hill"),
    language="en",
    content="<p>It crosses again.</p>",
    fetch_url="https://archive.example/20261121/https://mill-lane.example/ferry",
    origin="Valley Gazette",
    dated="2026-11-20",
)


def test_a_link_comes_back_as_it_was_announced(tmp_path: Path) -> None:
    # Whoever adds a field to what is announced has it stored, or hears of it here.
    assert all(getattr(LINK, field.name) for field in fields(Link))
    with Database.open(tmp_path / "copydesk.sqlite3") as database:
        database.write(lambda c: record_links(c, "mill-lane", [row_of(LINK)], NOW))
        with database.reading() as connection:
            (due,) = due_links(connection, "mill-lane", NOW, 10)
            assert get_link(connection, due.id) == due
    # The day that the address shows is known from the address.
    assert link_of(due) == replace(LINK, dated=None)
    assert (due.source, due.attempts, due.planned) == ("mill-lane", 0, False)


def test_an_endpoint_that_was_found_comes_back(tmp_path: Path) -> None:
    found = Endpoint("listing", "https://mill-lane.example/news", "h2 a", archive=True)
    with Database.open(tmp_path / "copydesk.sqlite3") as database:
        database.write(lambda c: record_endpoints(c, "mill-lane", [endpoint_row(found)], NOW))
        with database.reading() as connection:
            (row,) = known_endpoints(connection, "mill-lane")
    assert endpoint_of(row) == found


def test_a_link_is_what_was_announced_and_its_key() -> None:
    entry = Announced("/ferry", title="The ferry is back", authors=("Ana Peer",))
    link = Link.of(
        entry, url="https://mill-lane.example/ferry", key="mill-lane.example/ferry", dated=None
    )
    assert (link.url, link.key) == ("https://mill-lane.example/ferry", "mill-lane.example/ferry")
    assert (link.title, link.authors, link.published) == ("The ferry is back", ("Ana Peer",), None)


def test_a_link_whose_key_was_made_by_older_rules_keeps_it_for_its_own_page(tmp_path: Path) -> None:
    url = "https://mill-lane.example/noticia.php?ref=101"
    old, new = "https://mill-lane.example/noticia.php", url
    with Database.open(tmp_path / "copydesk.sqlite3") as database:
        links = [row_of(replace(LINK, url=url, key=key)) for key in (old, new)]
        database.write(lambda c: record_links(c, "mill-lane", links, NOW))
        with database.reading() as connection:
            by_key = {due.key: due for due in due_links(connection, "mill-lane", NOW, 10)}
    assert key_of_page(url.replace("https", "http"), by_key[old]) == old
    assert key_of_page(url, by_key[new]) == new
    other = "https://mill-lane.example/noticia.php?ref=102"
    assert [key_of_page(other, due) for due in by_key.values()] == [other, other]
    assert key_of_page("https://mill-lane.example/ferry/", by_key[old]).endswith("/ferry")


def test_addresses_of_a_links_article_are_folded_as_the_link_was(tmp_path: Path) -> None:
    key = "https://mill-lane.example/?cmp=7&id=10"
    link = replace(LINK, url="https://mill-lane.example/index.php?id=10&cmp=7", key=key)
    with Database.open(tmp_path / "copydesk.sqlite3") as database:
        database.write(lambda c: record_links(c, "mill-lane", [row_of(link)], NOW))
        with database.reading() as connection:
            (due,) = due_links(connection, "mill-lane", NOW, 10)
    claimed = "https://www.mill-lane.example/?cmp=7&id=10&utm_source=page"
    assert key_of_page(claimed, due) == key
    assert key_of_page(claimed.replace("cmp=7", "cmp=8"), due) != key

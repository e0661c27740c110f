"""Links that were refused or given up are asked for again, once a wall has gone or a rule was mended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from ingest.cli.app import run
from ingest.desk import utc_now
from ingest.pipeline.asking_again import ask_again
from sources.source import Endpoint, Source
from storage.database import Database
from storage.links.address_shapes import shapes_of
from storage.schema import links
from tests.ingest.conftest import HOST, article_page, feed

ALL = ("refused", "given_up", "failed")
WALL = (
    "<html><head><title>Sign in</title></head><body><main><h1>Sign in</h1><form method=post>"
    "<input name=user><input type=password name=pw><button>Log in</button></form>"
    "<p>You must log in to continue.</p></main></body></html>"
)


@pytest.fixture
def walled(site: Any, source: Source, collect: Callable[..., Any]) -> Source:
    """A source with an article, six pages behind a wall, two that are forbidden, one that is a film."""
    numbers = range(1, 11)
    site.put(f"{HOST}/feed", feed(*(f"/story/{n}" for n in numbers)))
    site.put(f"{HOST}/story/1", article_page("The bridge", 1))
    for number in range(2, 8):
        site.put(f"{HOST}/story/{number}", WALL)
    for number in (8, 9):
        site.put(f"{HOST}/story/{number}", "no", status=403)
    site.put(f"{HOST}/story/10", b"\x00", content_type="video/mp4")
    collect(source)
    for number in range(2, 10):
        site.put(f"{HOST}/story/{number}", article_page(f"Bridge {number}", number))
    return source


def state_of(database: Database) -> dict[str, int]:
    with database.reading() as connection:
        rows = connection.execute(sa.select(links.c.state, sa.func.count()).group_by("state"))
        return {row[0]: row[1] for row in rows}


def test_what_was_refused_is_fetched_by_the_next_poll_and_filed(
    walled: Source, database: Database, collect: Callable[..., Any]
) -> None:
    asked = ask_again(database, walled.name, ALL)
    assert asked.reasons == {"login_wall": 6, "http_403": 2, "not_html": 1}
    assert state_of(database) == {"done": 1, "pending": 9}
    counts = collect(walled).sources[0].counts
    assert (counts.filed, counts.refused) == (8, 1)
    assert ask_again(database, walled.name, ("failed",)).links == 0


def test_counting_changes_nothing(walled: Source, database: Database) -> None:
    before = state_of(database)
    assert ask_again(database, walled.name, ALL, dry_run=True).links == 9
    assert state_of(database) == before


def test_only_some_states_reasons_and_times(walled: Source, database: Database) -> None:
    def count(*states: Any, **how: Any) -> int:
        return ask_again(database, walled.name, states, dry_run=True, **how).links

    assert count("refused") == 7
    assert count("given_up", "failed") == 2
    assert count(*ALL, reasons=["login_wall", "http_403"]) == 8
    assert count(*ALL, since=utc_now() - timedelta(hours=1)) == 9
    assert count(*ALL, since=utc_now() + timedelta(hours=1)) == 0


def test_attempts_begin_anew(walled: Source, database: Database) -> None:
    ask_again(database, walled.name, ("failed",))
    with database.reading() as connection:
        rows = connection.execute(
            sa.select(links.c.attempts, links.c.next_attempt_at, links.c.reason).where(
                links.c.state == "pending"
            )
        ).all()
    assert [tuple(row) for row in rows] == [(0, None, None)] * 2


def test_what_lists_taught_of_addresses_is_taken_back(
    site: Any, source: Source, database: Database, collect: Callable[..., Any]
) -> None:
    def sitemap(*numbers: int) -> str:
        urls = "".join(f"<url><loc>{HOST}/text/a-bridge-of-number-{n}</loc></url>" for n in numbers)
        return f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{urls}</urlset>"

    by_sitemap = replace(source, endpoints=(Endpoint("sitemap", f"{HOST}/sitemap.xml"),))
    site.put(f"{HOST}/sitemap.xml", sitemap(*range(12)))
    for number in range(60):
        site.put(f"{HOST}/text/a-bridge-of-number-{number}", b"\x00", content_type="video/mp4")
    collect(by_sitemap)
    site.put(f"{HOST}/sitemap.xml", sitemap(*range(60)))
    collect(by_sitemap)
    with database.reading() as connection:
        (counted,) = shapes_of(connection, source.name).values()
        by_address = connection.execute(
            sa.select(sa.func.count()).where(links.c.reason == "address")
        ).scalar()
    assert counted[0] == 0
    assert counted[1] >= 12
    assert by_address
    # By themselves those that only their address refuses are left alone.
    asked = ask_again(database, source.name, ("refused",))
    assert asked.reasons == {"not_html": counted[1]}
    with database.reading() as connection:
        assert list(shapes_of(connection, source.name).values()) == [(0, 0)]
    asked = ask_again(database, source.name, ("refused",), reasons=["address"])
    assert asked.reasons == {"address": by_address}
    with database.reading() as connection:
        assert shapes_of(connection, source.name) == {}


def test_many_links_are_many_transactions(
    walled: Source, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.links.asking_again._BATCH", 2)
    assert ask_again(database, walled.name, ALL).links == 9
    assert state_of(database) == {"done": 1, "pending": 9}


def test_the_command_says_how_many_by_reason(
    walled: Source, database: Database, tmp_path: Any, monkeypatch: Any, capsys: Any
) -> None:
    monkeypatch.chdir(tmp_path)

    def said(*arguments: str) -> str:
        capsys.readouterr()
        assert run(["--database", "test.sqlite3", "retry", walled.name, *arguments]) == 0
        return str(capsys.readouterr().out)

    assert said("--dry-run") == (
        "mill-lane: 9 links would be asked for again: 6 login_wall, 2 http_403, 1 not_html\n"
    )
    assert said("--given-up", "--json") == (
        '{"source": "mill-lane", "links": 2, "reasons": {"http_403": 2}, "dry_run": false}\n'
    )
    assert "7 links will be asked for again by the next poll" in said("--refused")
    assert said() == "mill-lane: no link is to be asked for again\n"
    assert run(["--database", "test.sqlite3", "retry", "nobody"]) == 3

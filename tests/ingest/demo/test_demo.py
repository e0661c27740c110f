"""The real pipeline over the fixture sites, compared with what is true of them."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

from ingest.cli.app import run
from ingest.demo.site_server import SiteServer
from ingest.demo.sites import load_sites
from ingest.demo.sources import demo_sources
from ingest.demo.truth import SiteTruth, load_truth
from ingest.run import RunReport, run_sources
from ingest.settings import load_settings
from sources.address import address_key
from sources.endpoints.addresses.article_address import kind_of_address
from storage.database import Database
from storage.reading import queries
from storage.reading.queries import StoredArticle


@dataclass
class Collected:
    first: RunReport
    second: RunReport
    #: Statuses of the second pass by address.
    asked_again: dict[str, int]
    articles: list[StoredArticle]
    #: State and reason by address.
    links: dict[str, tuple[str, str | None]]


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collected]:
    """Two passes over all sites."""
    path = tmp_path_factory.mktemp("demo") / "demo.sqlite3"
    with SiteServer(load_sites()) as server, Database.open(path) as database:
        settings = load_settings(None, database=str(path))
        client = replace(settings.client, connect_to=server.connect_to, retries=0)
        settings = replace(settings, client=client, collect=replace(settings.collect, workers=0))
        first = asyncio.run(run_sources(demo_sources(), database, settings))
        asked = len(server.log)
        second = asyncio.run(run_sources(demo_sources(), database, settings))
        again = {f"http://{e.host}{e.path}": e.status for e in server.log[asked:]}
        with database.reading() as connection:
            ids = connection.execute(sa.text("select id from articles")).scalars().all()
            found = [queries.get_article(connection, number) for number in ids]
            rows = connection.execute(sa.text("select url, state, reason from links"))
            links = {row.url: (row.state, row.reason) for row in rows}
        yield Collected(first, second, again, [a for a in found if a is not None], links)


def sites() -> list[SiteTruth]:
    return load_truth()


def same_time(one: str | None, other: str | None) -> bool:
    """Whether two statements are of one instant and one precision."""
    if one is None or other is None:
        return one == other
    return (len(one) <= 10) == (len(other) <= 10) and datetime.fromisoformat(
        one
    ) == datetime.fromisoformat(other)


def source_name(host: str) -> str:
    return next(s.name for s in demo_sources() if urlsplit(s.home).hostname == host)


def test_there_are_at_least_six_hosts_of_several_platforms_and_languages() -> None:
    assert len(sites()) >= 6
    assert {source.language for source in demo_sources()} >= {"en", "de"}
    assert len({article.language for site in sites() for article in site.articles}) >= 3


@pytest.mark.parametrize("site", sites(), ids=lambda site: site.host)
def test_every_article_is_filed_once_word_for_word(collected: Collected, site: SiteTruth) -> None:
    name = source_name(site.host)
    filed = {a.article.title: a.article for a in collected.articles if a.article.source == name}
    titles = Counter(a.article.title for a in collected.articles if a.article.source == name)
    assert titles == Counter(article.title for article in site.articles)
    for true in site.articles:
        article = filed[true.title]
        assert [block.text for block in article.blocks if block.type != "caption"] == list(
            true.paragraphs
        ), true.url
        assert article.authors == true.authors, true.url
        assert same_time(article.published_at, true.published), true.url
        assert {(c.role, c.name) for c in article.credits} == {
            (c.role, c.name) for c in true.credits
        }, true.url
        assert article.language == true.language, true.url


@pytest.mark.parametrize("site", sites(), ids=lambda site: site.host)
def test_what_is_no_article_is_refused_with_the_right_reason(
    collected: Collected, site: SiteTruth
) -> None:
    # The front page and a section are known for what they are by their address: never recorded.
    home = f"http://{site.host}/"
    expected = {
        refusal.url: refusal.reason
        for refusal in site.refused
        if address_key(refusal.url) != address_key(home)
        and kind_of_address(refusal.url, home) != "section"
    }
    assert {url: (collected.links.get(url) or ("", None))[1] for url in expected} == expected


def test_no_source_fails_and_nothing_is_left_pending(collected: Collected) -> None:
    assert collected.first.failed == ()
    assert collected.second.failed == ()
    assert "pending" not in {state for state, _ in collected.links.values()}


def test_a_second_pass_files_nothing_and_mostly_gets_304(collected: Collected) -> None:
    assert sum(s.counts.filed + s.counts.links_new for s in collected.second.sources) == 0
    statuses = [
        status for url, status in collected.asked_again.items() if not url.endswith("/robots.txt")
    ]
    assert statuses.count(304) > len(statuses) / 2


def test_the_demo_command_shows_what_was_filed_struck_credited_and_refused(
    tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COPYDESK_COLLECT__WORKERS", "0")
    assert run(["demo"]) == 0
    out = capsys.readouterr().out
    for word in (
        "filed",
        "struck",
        "credited to",
        "Refused, and why",
        "Second pass",
        "0 filed, 0 new links",
    ):
        assert word in out
    assert (tmp_path / "copydesk-demo.sqlite3").is_file()
    assert run(["demo", "--json"]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert summary["second"]["filed"] == 0


def test_the_demo_does_not_overwrite_a_file_that_is_no_database(
    tmp_path: Path, capsys: Any
) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("mine, and longer than fifteen bytes")
    assert run(["demo", "--keep", str(notes)]) == 2
    assert "notes.txt" in capsys.readouterr().err
    assert notes.read_text().startswith("mine")

"""A run, ``sources check``, ``add`` and ``extract ADDRESS`` give one answer about one page."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from ingest.cli.collecting.extract import Shown, extract_inputs
from ingest.pipeline.page_getter import PageGetter, judge_page
from ingest.trying.article_trial import try_articles
from ingest.trying.check import check_source
from ingest.workers.pool import ExtractionPool
from sources.client import Client
from sources.endpoints import is_sure
from sources.link import Link
from sources.page import Page
from sources.source import FetchRules, LinkRules, Source
from storage.schema import links
from tests.ingest.conftest import HOST, article_page, feed

OTHER = "http://www.other-house.test"
PAGE = article_page("The bridge", 1)


def check(source: Source, settings: Any) -> Any:
    async def run() -> Any:
        async with Client(settings().client) as client, ExtractionPool(0) as pool:
            return await check_source(source, client, pool)

    return asyncio.run(run())


def try_as_add(source: Source, settings: Any, path: str = "/1") -> Any:
    async def run() -> Any:
        link = Link(url=f"{HOST}{path}", key=f"www.mill-lane.example{path}")
        async with Client(settings().client) as client, ExtractionPool(0) as pool:
            return await try_articles(source, [link], client, pool, most=1)

    (trial,) = asyncio.run(run())
    return trial


def state_of(database: Any) -> tuple[str, str | None]:
    # Where a redirect was followed, the address that answered is a link too.
    with database.reading() as connection:
        found = set(connection.execute(sa.select(links.c.state, links.c.reason)).all())
    (row,) = found
    return row.state, row.reason


def moved_away(site: Any) -> None:
    site.put(f"{HOST}/feed", feed("/1"))
    site.put(f"{HOST}/1", status=302, location=f"{OTHER}/9")
    site.put(f"{OTHER}/9", PAGE)


def put_away(site: Any) -> None:
    moved_away(site)


def put_login(site: Any) -> None:
    site.put(f"{HOST}/feed", feed("/1"))
    site.put(f"{HOST}/1", PAGE, status=401)


def put_missing(site: Any) -> None:
    site.put(f"{HOST}/feed", feed("/1"))
    site.put(f"{HOST}/1", PAGE, status=404)


def put_forbidden(site: Any) -> None:
    site.put(f"{HOST}/robots.txt", "User-agent: *\nDisallow: /1\n", content_type="text/plain")
    site.put(f"{HOST}/feed", feed("/1"))
    site.put(f"{HOST}/1", PAGE)


def put_film(site: Any) -> None:
    site.put(f"{HOST}/feed", feed("/1"))
    site.put(f"{HOST}/1", b"\x00\x00film", content_type="video/mp4")


@pytest.mark.parametrize(
    ("put", "state"),
    [
        (put_away, ("refused", "off_site")),
        (put_login, ("failed", "http_401")),
        (put_missing, ("gone", "http_404")),
        (put_forbidden, ("refused", "robots")),
        (put_film, ("refused", "not_html")),
    ],
)
def test_what_a_run_does_not_file_neither_check_nor_add_takes_for_an_article(
    site: Any, source: Source, settings: Any, collect: Any, database: Any, put: Any, state: Any
) -> None:
    put(site)
    checked = check(source, settings)
    tried = try_as_add(source, settings)
    collect(source)
    assert state_of(database) == state
    assert (checked.works, checked.article, tried.article) == (False, None, None)
    assert checked.problems == [tried.problem]
    assert tried.problem.startswith(f"{HOST}/1: ")
    if state[0] == "refused":
        assert f"refused ({state[1]}): " in tried.problem


def test_a_house_that_the_source_file_names_is_none_of_another(
    site: Any, source: Source, settings: Any, collect: Any, database: Any
) -> None:
    moved_away(site)
    named = replace(source, links=LinkRules(hosts=("www.other-house.test",)))
    assert check(named, settings).article.title == "The bridge"
    assert try_as_add(named, settings).article.title == "The bridge"
    collect(named)
    assert state_of(database) == ("done", None)


def test_without_a_browser_a_source_that_needs_one_works_nowhere_and_says_so(
    site: Any,
    source: Source,
    settings: Any,
    collect: Any,
    database: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COPYDESK_CHROMIUM", "/nonexistent/chromium")
    site.put(f"{HOST}/feed", feed("/1", "/2", "/3"))
    for number in (1, 2, 3):
        site.put(f"{HOST}/{number}", article_page(f"Bridge {number}", number))
    drawn = replace(source, fetch=FetchRules(delay=0.0, render=True))
    checked = check(drawn, settings)
    assert not checked.works
    # Said once: every page would say the same.
    (problem,) = checked.problems
    assert "render = true" in problem or "Chromium" in problem
    assert "render = true" in (said := try_as_add(drawn, settings).problem) or "Chromium" in said
    collect(drawn)
    with database.reading() as connection:
        found = set(connection.execute(sa.select(links.c.state, links.c.reason)).all())
    assert found == {("failed", "no_browser")}


def test_a_copy_in_an_archive_stands_for_the_page_and_is_no_redirect_out_of_the_house(
    site: Any, source: Source, settings: Any
) -> None:
    copy = "http://archive.example/web/2020/1"
    site.put(copy, PAGE)

    async def run() -> Page:
        async with Client(settings().client) as client:
            return await PageGetter(client).get(f"{HOST}/1", source, fetch_url=copy)

    page = asyncio.run(run())
    assert (page.url, page.requested_url, page.redirects) == (f"{HOST}/1", f"{HOST}/1", ())
    assert judge_page(page, source, f"{HOST}/1") is None
    assert len(site.asked("/web/2020/1")) == 1


def test_extract_refuses_an_address_as_a_run_of_its_source_would(
    site: Any, settings: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    moved_away(site)
    site.put(f"{HOST}/2", PAGE)
    site.put(f"{HOST}/3", "not here", status=404)
    folder = tmp_path / "publishers"
    folder.mkdir()
    (folder / "mill-lane.toml").write_text(
        f'name = "mill-lane"\nhome = "{HOST}"\n[fetch]\ndelay = 0\n'
    )
    ours = replace(settings(), sources_folder=folder)
    asked = [f"{HOST}/1", f"{HOST}/2", f"{HOST}/3", f"{OTHER}/9"]
    code = extract_inputs(asked, None, shown=Shown(as_json=True), settings=ours)
    said = {line["path"]: line for line in map(json.loads, capsys.readouterr().out.splitlines())}
    assert code == 1
    assert said[f"{HOST}/1"]["refused"] == "off_site"
    assert said[f"{HOST}/1"]["detail"] == f"redirects to {OTHER}/9, which is not mill-lane"
    assert said[f"{HOST}/2"]["title"] == "The bridge"
    assert said[f"{HOST}/3"]["detail"] == f"{HOST}/3: the server answered 404"
    # A page of no source that is known has no house to leave.
    assert said[f"{OTHER}/9"]["title"] == "The bridge"


def test_extract_draws_a_page_where_its_source_is_drawn(
    site: Any,
    settings: Any,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COPYDESK_CHROMIUM", "/nonexistent/chromium")
    site.put(f"{HOST}/1", PAGE)
    folder = tmp_path / "publishers"
    folder.mkdir()
    (folder / "mill-lane.toml").write_text(
        f'name = "mill-lane"\nhome = "{HOST}"\n[fetch]\ndelay = 0\nrender = true\n'
    )
    ours = replace(settings(), sources_folder=folder)
    assert extract_inputs([f"{HOST}/1"], None, shown=Shown(), settings=ours) == 1
    said = capsys.readouterr().err
    assert "render = true" in said or "Chromium" in said


@pytest.mark.parametrize(
    ("kind", "sure"),
    [
        ("feed", True),
        ("wordpress", True),
        ("ghost", True),
        ("sitemap", False),
        ("listing", False),
        ("cdx", False),
    ],
)
def test_one_place_says_which_endpoints_name_articles_only(kind: str, sure: bool) -> None:
    assert is_sure(kind) is sure

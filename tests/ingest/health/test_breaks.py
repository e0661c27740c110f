"""Ten ways in which a paper breaks, each over the real pipeline after some twenty polls that were well:

each is told with its reason within three polls, nothing else is, and so is that it is over.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ingest.run import run_sources
from tests.ingest.conftest import HOST
from tests.ingest.health.conftest import Paper, feed_of, texts_of, usual_page

pytestmark = pytest.mark.long

#: Polls before, during and after a break.
BEFORE, WITHIN = 14, 3

WALL = (
    "<html><head><title>Sign in</title></head><body><main><h1>Sign in</h1><form method=post>"
    "<input name=user><input type=password name=pw><button>Log in</button></form>"
    "<p>You must log in to continue.</p></main></body></html>"
)


def told_within_three(paper: Paper, *, articles: int = 4) -> tuple[str, str | None]:
    """State and reason, once it is told; nothing may have been told before."""
    told_before = paper.told
    for _ in range(WITHIN):
        health = paper.poll(articles=articles)
        if health.state in ("degraded", "broken"):
            assert paper.told[len(told_before) :] == [(health.state, health.reason)]
            return health.state, health.reason
    raise AssertionError(f"not told: {paper.health}")


def recovers(paper: Paper, *, within: int = 6) -> None:
    """That it is over is told, once."""
    told = paper.told
    for _ in range(within):
        if paper.poll().state == "healthy":
            break
    assert paper.told[len(told) :] == [("healthy", None)]


@pytest.fixture
def well(paper: Paper) -> Paper:
    """A paper that was polled for a while and of which nothing was to be told."""
    paper.site.put(f"{HOST}/robots.txt", "User-agent: *\nAllow: /\n", content_type="text/plain")
    paper.poll(BEFORE)
    assert (paper.health.state, paper.told) == ("healthy", [])
    return paper


def test_markup_changed_so_that_texts_are_cut(well: Paper) -> None:
    def relaunched(number: int) -> str:
        return (
            f"<html><head><title>Berth {number}</title></head><body><div id=app><div class=x1>"
            f"<div class=x2>Berth {number} of the harbour</div><div class=x3><div class=x4>"
            f"{texts_of(number)[0]}</div></div></div></div></body></html>"
        )

    well.page = relaunched
    _, reason = told_within_three(well)
    assert reason == "markup"
    well.page = usual_page
    recovers(well)


def test_markup_changed_and_read_all_the_same(well: Paper) -> None:
    def redesigned(number: int) -> str:
        said = "".join(f"<section class=p><p>{each}</p></section>" for each in texts_of(number))
        return (
            f"<html><head><title>Berth {number} of the harbour</title>"
            f'<meta property="article:published_time" content="2026-11-20T10:00:00Z"></head><body>'
            f"<div class=page><h2 class=head>Berth {number} of the harbour</h2>"
            f"<div class=who>By Anna Berg</div><div class=body>{said}</div></div></body></html>"
        )

    well.page = redesigned
    state, reason = told_within_three(well)
    assert (state, reason) == ("degraded", "markup")
    recovers(well, within=10)


def test_markup_changed_so_that_nothing_is_read_without_scripts(well: Paper) -> None:
    well.page = lambda number: (
        "<html><head><title>Courier</title></head><body><div id=root></div><noscript>You need to"
        f" enable JavaScript.</noscript><script>show({number})</script></body></html>"
    )
    assert told_within_three(well) == ("broken", "markup")
    assert "script_shell" in str(well.health.why)
    assert "fetch.render = true" in str(well.health.advice)
    well.page = usual_page
    recovers(well)


@pytest.mark.parametrize("status", [401, 403, 404, 410, 451])
def test_the_feed_is_refused(well: Paper, status: int) -> None:
    publish, well.publish = well.publish, lambda articles=4: None  # type: ignore[method-assign]
    well.site.put(f"{HOST}/feed", "no", status=status)
    assert told_within_three(well) == ("broken", f"http_{status}")
    assert f"the server answered {status}" in str(well.health.why)
    well.publish = publish  # type: ignore[method-assign]
    recovers(well)


def test_pages_are_refused(well: Paper) -> None:
    well.page = lambda number: b""
    publish = well.publish

    def forbidden(articles: int = 4) -> None:
        publish(articles)
        for number in well.published[-articles:]:
            well.site.put(f"{HOST}/story/{number}", "no", status=403)

    well.publish = forbidden  # type: ignore[method-assign]
    assert told_within_three(well) == ("broken", "http_403")
    well.publish, well.page = publish, usual_page  # type: ignore[method-assign]
    recovers(well)


def test_its_name_is_gone(
    well: Paper, settings: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    with monkeypatch.context() as patch:
        patch.setattr("sources.client.client.resolve.__kwdefaults__", None, raising=False)
        patch.setattr("sources.client.address_guard.AddressGuard._resolve", gone, raising=False)
        without = replace(settings().client, connect_to={})

        def collect(source: Any) -> None:
            made = replace(settings(), client=without)
            asyncio.run(run_sources([source], well.database, made))

        collected, well.collect = well.collect, collect
        assert told_within_three(well) == ("broken", "dns")
    well.collect = collected
    recovers(well)


def test_its_certificate_is_not_to_be_trusted(well: Paper, monkeypatch: pytest.MonkeyPatch) -> None:
    async def targets(*given: Any, **named: Any) -> Any:
        problem = ssl.SSLCertVerificationError(1, "certificate has expired")
        problem.verify_message = "certificate has expired"
        raise OSError from problem

    with monkeypatch.context() as patch:
        patch.setattr("sources.client.wire.dialling.Dialler.connect", targets)
        assert told_within_three(well) == ("broken", "certificate")
    assert "certificate has expired" in str(well.health.why)
    recovers(well)


def test_the_feed_stands_still(well: Paper) -> None:
    # A poll that finds nothing takes a part of the time that one takes which files articles, and time
    # is what tells a silence: on a timetable three polls do, as written histories show.
    for _ in range(60):
        if well.poll(articles=0).state != "healthy":
            break
    assert (well.health.state, well.health.reason) == ("broken", "frozen")
    recovers(well)


def test_the_feed_is_empty(well: Paper) -> None:
    announce, well.announce = well.announce, lambda: well.site.put(f"{HOST}/feed", feed_of())  # type: ignore[method-assign]
    assert told_within_three(well) == ("broken", "empty")
    well.announce = announce  # type: ignore[method-assign]
    recovers(well)


def test_robots_txt_is_closed(paper: Paper, settings: Callable[..., Any]) -> None:
    def collect(source: Any) -> None:
        asyncio.run(run_sources([source], paper.database, settings(robots_ttl=0.001)))

    paper.collect = collect
    robots = f"{HOST}/robots.txt"
    paper.site.put(robots, "User-agent: *\nAllow: /\n", content_type="text/plain")
    paper.poll(BEFORE)
    paper.site.put(robots, "User-agent: *\nDisallow: /\n", content_type="text/plain")
    assert told_within_three(paper) == ("broken", "robots")
    paper.site.put(robots, "User-agent: *\nAllow: /\n", content_type="text/plain")
    recovers(paper)
    paper.site.put(robots, "User-agent: *\nDisallow: /story/\n", content_type="text/plain")
    assert told_within_three(paper) == ("broken", "robots")


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (WALL, "login_wall"),
        (
            "<html><head><title>Page not found</title></head><body><h1>Page not found</h1>"
            "<p>Sorry, nothing here.</p></body></html>",
            "error_page",
        ),
    ],
)
def test_every_page_is_a_wall(well: Paper, page: str, reason: str) -> None:
    well.page = lambda number: page
    assert told_within_three(well) == ("broken", reason)
    assert "nothing comes through any more" in str(well.health.why)
    well.page = usual_page
    recovers(well)


def test_the_feed_itself_is_behind_a_log_in(well: Paper) -> None:
    well.announce = lambda: well.site.put(f"{HOST}/feed", WALL)  # type: ignore[method-assign]
    assert told_within_three(well) == ("broken", "login_wall")


def test_signs_stand_in_place_of_letters(paper: Paper) -> None:
    def umlauts(number: int) -> str:
        said = "".join(
            f"<p>Die Fähre {number} überquert für Gäste täglich die Mündung, hört man; {each}</p>"
            for each in texts_of(number)
        )
        return usual_page(number, text=said)

    paper.page = umlauts
    paper.poll(BEFORE)
    assert paper.told == []
    paper.page = lambda number: umlauts(number).encode().decode("ascii", "replace")
    assert told_within_three(paper) == ("degraded", "encoding")
    paper.page = umlauts
    recovers(paper)


def test_a_flood_of_links(well: Paper) -> None:
    for number in range(300):
        day = f"/extra/day-{number}"
        well.site.put(f"{HOST}{day}", usual_page(100_000 + number, title=f"Day {number}"))
    publish = well.publish

    def flooding(articles: int = 4) -> None:
        begin = 60 * (len(well.others) // 60)
        well.others = [f"/extra/day-{n}" for n in range(begin + 60)]
        publish(articles)

    well.publish = flooding  # type: ignore[method-assign]
    _, reason = told_within_three(well)
    assert reason == "flood"
    well.publish = publish  # type: ignore[method-assign]
    recovers(well)

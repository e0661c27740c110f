"""Pages drawn by scripts, in the real browser where one is installed."""

from __future__ import annotations

import asyncio
import shutil

import pytest

from sources.client import Client, ClientSettings
from sources.rendering import BROWSERS, NoBrowser, Renderer
from sources.source import FetchRules

pytest.importorskip("playwright", reason="the extra `render` is not installed")
HOST = "http://scripted.example"
SHELL = """<!doctype html><html><head><title>Shell</title></head><body><div id=app></div>
<img src="/picture.png"><script src="/app.js"></script></body></html>"""
SCRIPT = """fetch('/api/story.json').then(r => r.json()).then(story => {
  const p = document.createElement('p'); p.textContent = story.text;
  document.getElementById('app').append(p);
});
fetch('http://inside.example/secret').catch(() => {});
new WebSocket('ws://scripted.example/socket');"""

needs_browser = pytest.mark.skipif(
    not any(shutil.which(name) for name in BROWSERS), reason="no Chromium is installed"
)
RULES = FetchRules(delay=0.0, robots=True)


def draw(site, *paths, **given):
    async def run():
        settings = ClientSettings(connect_to=site.connect_to, delay=0.0, retries=0)
        async with Client(settings, **given) as client:
            renderer = Renderer(client)
            try:
                return [await renderer.fetch(f"{HOST}{path}", rules=RULES) for path in paths]
            finally:
                await renderer.aclose()

    return asyncio.run(run())


@pytest.fixture
def scripted(site):
    for number in (1, 2):
        site.put(f"{HOST}/{number}", SHELL)
    site.put(f"{HOST}/app.js", SCRIPT, content_type="text/javascript")
    site.put(f"{HOST}/api/story.json", '{"text": "Drawn by a script."}')
    site.put(f"{HOST}/picture.png", b"\x89PNG", content_type="image/png")
    return site


@needs_browser
def test_a_page_is_read_as_its_scripts_draw_it_and_scripts_are_asked_for_once(scripted):
    first, second = draw(scripted, "/1", "/2")
    for page in (first, second):
        assert b"<p>Drawn by a script.</p>" in page.body
        assert page.headers["content-type"] == "text/html; charset=utf-8"
    asked = [request.path for request in scripted.log]
    assert asked.count("/app.js") == 1
    assert asked.count("/api/story.json") == 2
    assert "/picture.png" not in asked
    assert "/socket" not in asked


@needs_browser
def test_scripts_reach_no_address_that_the_client_would_not_ask(scripted):
    resolved: list[str] = []

    async def resolve(host: str, port: int) -> list[str]:
        resolved.append(host)
        return ["10.0.0.1"]

    (page,) = draw(scripted, "/1", resolve=resolve)
    assert b"Drawn by a script." in page.body
    # The client was asked, resolved the name and refused it; the browser itself resolves nothing.
    assert resolved == ["inside.example"]


@needs_browser
def test_scripts_that_robots_txt_forbids_are_not_asked_for(scripted):
    scripted.put(f"{HOST}/robots.txt", "User-agent: *\nDisallow: /api/", content_type="text/plain")
    (page,) = draw(scripted, "/1")
    assert b"Drawn by a script." not in page.body
    assert not scripted.asked("/api/story.json")


def test_a_missing_browser_is_one_clear_line(scripted, monkeypatch):
    monkeypatch.setenv("COPYDESK_CHROMIUM", "/nonexistent/chromium")
    with pytest.raises(NoBrowser, match="install it, or name its file in COPYDESK_CHROMIUM"):
        draw(scripted, "/1")


def test_what_is_no_page_comes_as_it_is(scripted):
    scripted.put(f"{HOST}/gone", "gone", status=410)
    (page,) = draw(scripted, "/gone")
    assert (page.status, page.body) == (410, b"gone")

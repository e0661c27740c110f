"""Pages that send their readers elsewhere by themselves."""

from __future__ import annotations

import pytest

from sources.client.answer.refresh import Refresh, refresh_of
from sources.errors import FetchError, RobotsDisallowed
from sources.page import Validators

from .conftest import Asked, Site, answer

pytestmark = pytest.mark.anyio
URL = "http://news.example"
HTML = {"content-type": "text/html"}


def meta(content: str) -> bytes:
    return f'<html><head><meta http-equiv="refresh" content="{content}"></head></html>'.encode()


def stub(content: str, **headers: str) -> bytes:
    return answer(body=meta(content), Content_Type="text/html", **headers)


@pytest.mark.parametrize(
    ("stated", "found"),
    [
        ("0; url=/there", Refresh("/there", 0)),
        ("0;URL='/there'", Refresh("/there", 0)),
        (" 5 , url = /there ", Refresh("/there", 5)),
        ("0 /there", Refresh("/there", 0)),
        ("3.5;/there", Refresh("/there", 3)),
        (".5; url=/there", Refresh("/there", 0)),
        ("0; url=/a b", Refresh("/a b", 0)),
        ("11; url=/there", None),
        ("300", None),
        ("0; url=", None),
        ("url=/there", None),
        ("", None),
    ],
)
async def test_header_and_meta_say_the_same(stated: str, found: Refresh | None) -> None:
    assert refresh_of({"refresh": stated}, b"") == found
    assert refresh_of(HTML, meta(stated)) == found


@pytest.mark.parametrize(
    ("page", "found"),
    [
        (b"<META CONTENT='0;url=/there' HTTP-EQUIV=Refresh>", Refresh("/there", 0)),
        (b'<meta http-equiv=refresh content="0;url=/a?b=1&amp;c=2">', Refresh("/a?b=1&c=2", 0)),
        (
            b'<base href="http://a.example/b/"><meta http-equiv="refresh" content="0;url=c">',
            Refresh("http://a.example/b/c", 0),
        ),
        (
            b'<?xml version="1.0"?><!DOCTYPE html><html><meta http-equiv="refresh" content="0;/c"/>',
            Refresh("/c", 0),
        ),
        ("<meta http-equiv=refresh content='0;/\u0151'>".encode("utf-8"), Refresh("/\u0151", 0)),
        ("<meta http-equiv=refresh content='0;/c'>".encode("utf-16"), Refresh("/c", 0)),
        (b"<script>window.location.replace('/there');</script>", Refresh("/there", 0)),
        (
            b'<title>x</title><script>document.location = "/there"</script>Moved',
            Refresh("/there", 0),
        ),
        # For readers without scripts, in a comment, as text, in a feed's story:
        (b'<noscript><meta http-equiv="refresh" content="0;url=/there"></noscript>', None),
        (b'<!-- <meta http-equiv="refresh" content="0;url=/there"> -->', None),
        (b"<script>var a = '<meta http-equiv=refresh content=0;url=/there>'</script>", None),
        (b"<textarea><meta http-equiv=refresh content=0;url=/there></textarea>", None),
        (b"<script>if (old) location = '/there'</script>", None),
        (b"<script>location = '/there'</script><p>" + b"The ferry is back. " * 20, None),
        (b"<script>location = '/a'</script><script>more()</script>", None),
        # Read before it goes:
        (meta("5; url=/") + b"<p>" + b"The ferry is back. " * 200, None),
    ],
)
async def test_a_page_is_read_as_readers_with_scripts_see_it(
    page: bytes, found: Refresh | None
) -> None:
    assert refresh_of(HTML, page) == found


async def test_a_feed_whose_story_holds_such_markup_is_a_feed() -> None:
    feed = b"<rss><item><description><![CDATA[" + meta("0; url=/there") + b"]]></description>"
    assert refresh_of(HTML, feed) is None
    assert refresh_of({"content-type": "application/rss+xml"}, feed) is None
    assert refresh_of({"content-type": "text/plain"}, b"how to write " + meta("0;/x")[12:]) is None


async def test_a_page_that_only_leads_on_is_followed_and_told(site: Site) -> None:
    site.pages["/old"] = stub("0; url=newer?x=1")
    site.pages["/newer?x=1"] = answer(302, Location="/newest")
    site.pages["/newest"] = answer(body=b"<p>Here", Refresh="1; url=http://other.example/last")
    site.pages["other.example/last"] = answer(body=b"<p>There", Refresh="600")
    async with site.client("other.example") as client:
        page = await client.fetch(f"{URL}/old")
    assert (page.url, page.body) == ("http://other.example/last", b"<p>There")
    assert page.redirects == (f"{URL}/old", f"{URL}/newer?x=1", f"{URL}/newest")


async def test_robots_txt_and_the_address_guard_hold_for_such_redirects(site: Site) -> None:
    site.pages["/a"] = stub("0; url=http://other.example/private")
    site.pages["/b"] = stub("0; url=http://127.0.0.1/inside")
    site.pages["other.example/robots.txt"] = answer(body=b"User-agent: *\nDisallow: /private")
    async with site.client("other.example") as client:
        with pytest.raises(RobotsDisallowed, match=r"redirected to http://other\.example/private"):
            await client.fetch(f"{URL}/a")
        with pytest.raises(FetchError, match=r"127\.0\.0\.1"):
            await client.fetch(f"{URL}/b")
    assert "/inside" not in site.paths()


@pytest.mark.parametrize(
    "content",
    [
        "0; url=/a",
        "0; url=#top",
        "5; url=/a?again=1",
        "0; url=javascript:go()",
        "0; url=http://[::1",
    ],
)
async def test_a_page_that_comes_back_to_itself_or_leads_nowhere_is_the_page(
    site: Site, content: str
) -> None:
    site.pages["/a"] = stub(content)
    async with site.client() as client:
        page = await client.fetch(f"{URL}/a")
    assert (page.url, page.redirects) == (f"{URL}/a", ())
    assert site.paths().count("/a") == 1


async def test_pages_that_lead_in_a_circle_or_on_and_on_are_taken_as_they_are(site: Site) -> None:
    site.pages["/a"] = stub("0; url=/b")
    site.pages["/b"] = answer(302, Location="/a")
    site.pages["/c"] = stub("0; url=/d")
    site.pages["/d"] = stub("0; url=/c")

    async def on(asked: Asked, writer: object) -> None:
        body = stub(f"0; url={asked.path}x")
        writer.write(body)  # type: ignore[attr-defined]

    site.pages.update({f"/e{'x' * n}": on for n in range(9)})
    async with site.client(max_redirects=3) as client:
        assert (await client.fetch(f"{URL}/a")).url == f"{URL}/a"
        assert (await client.fetch(f"{URL}/c")).url == f"{URL}/d"
        assert (await client.fetch(f"{URL}/e")).url == f"{URL}/exxx"


async def test_what_stands_behind_such_a_page_is_never_not_modified(site: Site) -> None:
    site.pages["/feed"] = stub(
        "0; url=/moved", ETag='"1"', Last_Modified="Fri, 01 Jan 2021 00:00:00 GMT"
    )
    site.pages["/moved"] = answer(body=b"<rss>", ETag='"2"')
    async with site.client() as client:
        page = await client.fetch(f"{URL}/feed", validators=Validators('"0"'))
        assert page.body == b"<rss>"
        assert not page.validators
    assert "if-none-match" not in site.log[-1].headers


@pytest.mark.parametrize("status", [404, 503, 403])
async def test_an_error_page_that_leads_to_the_front_page_is_an_error(
    site: Site, status: int
) -> None:
    site.pages["/gone"] = answer(status, meta("0; url=/"), Content_Type="text/html")
    site.pages["/"] = answer(body=b"front page")
    async with site.client() as client:
        assert (await client.fetch(f"{URL}/gone")).status == status


async def test_a_page_made_to_be_slow_to_read_is_left(site: Site) -> None:
    for page in (b"<" * 65_000, b"<!--" * 16_000, b"<meta a='" * 8_000, b"<script>" * 9_000):
        assert refresh_of(HTML, b"http-equiv refresh" + page) is None

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from sources.client import Client, ClientSettings
from sources.errors import (
    AddressRefused,
    FetchError,
    TimedOut,
    TooManyRedirects,
    Unreachable,
)
from sources.page import Validators
from sources.source import FetchRules

from .conftest import Asked, Site, answer

pytestmark = pytest.mark.anyio
URL = "http://news.example"


async def test_a_page_comes_with_its_address_status_headers_and_bytes(site: Site) -> None:
    site.pages["/a?b=c"] = answer(
        body=b"<p>Hello", Content_Type="Text/HTML; charset=utf-8", ETag='"1"'
    )
    async with site.client() as client:
        page = await client.fetch(f"{URL}/a?b=c#part")
    assert (page.status, page.body, page.url) == (200, b"<p>Hello", f"{URL}/a?b=c")
    assert page.content_type == "text/html"
    assert page.headers["content-type"] == "Text/HTML; charset=utf-8"
    assert page.validators == Validators(etag='"1"')
    assert page.fetched_at.tzinfo is UTC


async def test_the_site_learns_who_asks(site: Site) -> None:
    site.pages["/"] = answer()
    async with site.client(contact="desk@example.org") as client:
        await client.fetch(URL)
    headers = site.log[-1].headers
    assert headers["user-agent"].startswith("Copydesk/")
    assert headers["user-agent"].endswith("; desk@example.org)")
    assert headers["host"] == "news.example"


async def test_missing_pages_are_pages(site: Site) -> None:
    async with site.client() as client:
        page = await client.fetch(f"{URL}/nothing")
    assert (page.status, page.body) == (404, b"no such page")


async def test_a_304_that_nobody_asked_for_is_no_answer(site: Site) -> None:
    site.pages["/feed"] = answer(304, ETag='"2"')
    async with site.client() as client:
        with pytest.raises(Unreachable, match="304 to a request without conditions") as caught:
            await client.fetch(f"{URL}/feed")
    assert caught.value.passing


async def test_unchanged_pages_are_not_sent_again(site: Site) -> None:
    site.pages["/feed"] = answer(304, ETag='W/"2"')
    async with site.client() as client:
        known = Validators('W/"2"', "Mon, 02 Nov 2026 10:00:00 GMT")
        page = await client.fetch(f"{URL}/feed", validators=known, accept="feed")
    assert page.not_modified
    assert page.body == b""
    assert page.validators == known
    headers = site.log[-1].headers
    assert headers["if-none-match"] == 'W/"2"'
    assert headers["if-modified-since"] == "Mon, 02 Nov 2026 10:00:00 GMT"
    assert "rss" in headers["accept"]


async def test_a_validator_cannot_smuggle_a_header_in(site: Site) -> None:
    site.pages["/"] = answer()
    async with site.client() as client:
        await client.fetch(URL, validators=Validators('"1"\r\nX-Evil: 1'))
    assert "x-evil" not in site.log[-1].headers
    assert "if-none-match" not in site.log[-1].headers


async def test_one_connection_serves_many_pages(site: Site) -> None:
    site.pages["/"] = answer(body=b"x" * 1000)
    async with site.client(concurrency=1) as client:
        for _ in range(5):
            await client.fetch(URL)
    assert len(site.log) == 6  # robots.txt, too
    assert site.connections == 1


async def test_connections_to_many_hosts_are_closed_again(site: Site) -> None:
    hosts = [f"h{number}.example" for number in range(200)]
    site.pages["/"] = answer(body=b"x")
    async with site.client(*hosts) as client:
        pages = await asyncio.gather(*(client.fetch(f"http://{host}/") for host in hosts))
        assert [page.body for page in pages] == [b"x"] * 200
        await asyncio.sleep(0.05)
        assert len([t for t in site._tasks if not t.done()]) <= 128
    await asyncio.sleep(0.05)
    assert all(task.done() for task in site._tasks)


# Redirects


async def test_redirects_are_followed_and_told(site: Site) -> None:
    site.pages["/old"] = answer(301, Location="/newer?x=1#top")
    site.pages["/newer?x=1"] = answer(308, Location="//www.news.example/é")
    site.pages["www.news.example/%C3%A9"] = answer(body=b"here")
    async with site.client("www.news.example") as client:
        page = await client.fetch(f"{URL}/old")
    assert page.url == "http://www.news.example/%C3%A9"
    assert page.requested_url == f"{URL}/old"
    assert page.redirects == (f"{URL}/old", f"{URL}/newer?x=1")
    assert page.body == b"here"


async def test_a_circle_of_redirects_ends(site: Site) -> None:
    site.pages["/a"] = answer(302, Location="/b")
    site.pages["/b"] = answer(302, Location="/a")
    async with site.client() as client:
        with pytest.raises(TooManyRedirects, match=r"circle: \S+/a -> \S+/b -> \S+/a"):
            await client.fetch(f"{URL}/a")


async def test_an_endless_chain_of_redirects_ends(site: Site) -> None:
    async def onward(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(302, Location=f"/{int(asked.path[1:]) + 1}"))

    site.pages.update({f"/{number}": onward for number in range(10)})
    async with site.client(max_redirects=3) as client:
        with pytest.raises(TooManyRedirects, match="more than 3 redirects"):
            await client.fetch(f"{URL}/1")
    assert site.paths() == ["/robots.txt", "/1", "/2", "/3", "/4"]


async def test_a_site_that_wants_its_cookie_back_gets_it_once(site: Site) -> None:
    async def gate(asked: Asked, writer: asyncio.StreamWriter) -> None:
        if asked.headers.get("cookie") == "seen=1":
            writer.write(answer(body=b"in"))
        else:
            writer.write(answer(302, Location="/gate", Set_Cookie="seen=1; Path=/; HttpOnly"))

    site.pages["/gate"] = gate
    async with site.client() as client:
        assert (await client.fetch(f"{URL}/gate")).body == b"in"
        # Whoever insists gets it with the next page too, which then costs one request.
        before = len(site.log)
        assert (await client.fetch(f"{URL}/gate")).body == b"in"
    assert len(site.log) == before + 1


async def test_no_other_cookie_is_kept(site: Site) -> None:
    site.pages["/story"] = answer(Set_Cookie="meter=1")
    site.pages["/moved"] = answer(302, Set_Cookie="meter=2", Location="/story")
    async with site.client() as client:
        for path in ("/story", "/moved", "/story"):
            await client.fetch(f"{URL}{path}")
    assert "cookie" not in site.log[-1].headers


@pytest.mark.parametrize("location", ["", "http://[broken/", "http://a..b/"])
async def test_a_redirect_to_nowhere_is_the_page_itself(site: Site, location: str) -> None:
    site.pages["/"] = answer(302, b"moved", Location=location)
    async with site.client() as client:
        page = await client.fetch(URL)
    assert (page.status, page.body) == (302, b"moved")


async def test_a_redirect_to_another_scheme_is_refused(site: Site) -> None:
    site.pages["/"] = answer(302, Location="file:///etc/passwd")
    async with site.client() as client:
        with pytest.raises(AddressRefused, match="redirects to file:///etc/passwd"):
            await client.fetch(URL)


async def test_a_log_in_for_one_host_is_not_told_to_another(site: Site) -> None:
    site.pages["/"] = answer(302, Location="http://other.example/")
    site.pages["other.example/"] = answer()
    rules = FetchRules(headers=(("Authorization", "Bearer x"), ("Accept-Language", "hy")))
    async with site.client("other.example") as client:
        await client.fetch(URL, rules=rules)
    asked = {(a.host, a.path): a.headers for a in site.log}
    assert asked["news.example", "/"]["authorization"] == "Bearer x"
    assert asked["other.example", "/"]["accept-language"] == "hy"
    assert "authorization" not in asked["other.example", "/"]
    assert "authorization" not in asked["other.example", "/robots.txt"]


async def test_user_and_password_of_an_address_are_not_sent(site: Site) -> None:
    site.pages["/"] = answer()
    async with site.client() as client:
        page = await client.fetch("http://user:secret@news.example/")
    assert "authorization" not in site.log[-1].headers
    assert page.url == f"{URL}/"


# Failures and retries


async def test_what_fails_for_a_moment_is_tried_again(site: Site) -> None:
    async def half(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 X\r\nContent-Length: 10\r\n\r\nhalf")
        writer.close()

    pages = [answer(503), half, answer(body=b"ok")]

    async def next_one(asked: Asked, writer: asyncio.StreamWriter) -> None:
        page = pages.pop(0)
        if isinstance(page, bytes):
            writer.write(page)
        else:
            await page(asked, writer)

    site.pages["/"] = next_one
    async with site.client(retries=2) as client:
        assert (await client.fetch(URL)).body == b"ok"
    assert site.paths().count("/") == 3


async def test_a_server_in_trouble_is_a_page_after_the_retries(site: Site) -> None:
    site.pages["/"] = answer(500, b"oops")
    async with site.client(retries=1) as client:
        page = await client.fetch(URL)
    assert (page.status, page.body, page.retry_after) == (500, b"oops", None)
    assert site.paths().count("/") == 2


async def test_an_answer_that_breaks_off_is_no_page(site: Site) -> None:
    async def half(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 X\r\nContent-Length: 10\r\n\r\nhalf")
        writer.close()

    site.pages["/"] = half
    async with site.client() as client:
        with pytest.raises(Unreachable, match="the answer broke off"):
            await client.fetch(URL)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "without an answer"),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "no HTTP"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000, "no HTTP"),
    ],
)
async def test_what_is_no_http_is_unreachable(site: Site, raw: bytes, reason: str) -> None:
    async def respond(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)
        writer.close()

    site.pages["/"] = respond
    async with site.client() as client:
        with pytest.raises(Unreachable, match=reason):
            await client.fetch(URL, rules=FetchRules(robots=False))


async def test_a_closed_port_is_said_to_be_one() -> None:
    server = await asyncio.start_server(lambda r, w: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    settings = ClientSettings(connect_to={"news.example": f"127.0.0.1:{port}"}, retries=0)
    async with Client(settings) as client:
        with pytest.raises(Unreachable, match="connection refused"):
            await client.fetch(URL)


async def test_a_name_that_does_not_resolve_is_said_to_be_one() -> None:
    import socket

    async def resolve(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    async with Client(ClientSettings(retries=0), resolve=resolve) as client:
        with pytest.raises(Unreachable, match=r"name gone\.example not resolved"):
            await client.fetch("http://gone.example/")


async def test_a_silent_server_times_out(site: Site) -> None:
    site.slow = 5
    async with site.client(read_timeout=0.1) as client:
        with pytest.raises(TimedOut, match=r"no byte within 0\.1 s"):
            await client.fetch(URL, rules=FetchRules(robots=False))


async def test_a_dripping_server_times_out(site: Site) -> None:
    async def drip(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 X\r\n\r\n")
        while True:
            writer.write(b".")
            await writer.drain()
            await asyncio.sleep(0.02)

    site.pages["/"] = drip
    async with site.client(total_timeout=0.3, retries=3) as client:
        with pytest.raises(TimedOut, match=r"not downloaded within 0\.3 s"):
            await client.fetch(URL)
    assert site.paths().count("/") == 1


async def test_a_cancelled_download_leaves_the_host_free(site: Site) -> None:
    site.pages["/quick"] = answer(body=b"ok")

    async def never(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    site.pages["/never"] = never
    async with site.client(concurrency=1, total_concurrency=1) as client:
        hanging = [asyncio.create_task(client.fetch(f"{URL}/never")) for _ in range(3)]
        await asyncio.sleep(0.1)
        for task in hanging:
            task.cancel()
        await asyncio.gather(*hanging, return_exceptions=True)
        page = await asyncio.wait_for(client.fetch(f"{URL}/quick"), 5)
    assert page.body == b"ok"


async def test_mistakes_in_the_program_are_not_called_network_trouble(site: Site) -> None:
    site.pages["/"] = answer()

    def now() -> datetime:
        raise ZeroDivisionError

    async with Client(site.settings(), now=now) as client:
        with pytest.raises(ZeroDivisionError):
            await client.fetch(URL)


# Retry-After


async def test_a_short_rest_is_given_to_the_whole_host(site: Site) -> None:
    site.pages["/busy"] = [answer(429, Retry_After="1"), answer(body=b"now")]
    site.pages["/other"] = answer()
    async with site.client(retries=1) as client:
        first = asyncio.create_task(client.fetch(f"{URL}/busy"))
        await site.until(lambda: "/busy" in site.paths())
        await asyncio.sleep(0.1)
        await client.fetch(f"{URL}/other")
        assert (await first).body == b"now"
    refused = site.times("/busy")[0]
    assert site.times("/busy")[1] - refused > 0.9
    assert site.times("/other")[0] - refused > 0.9


async def test_a_long_rest_is_told_at_once_and_kept(site: Site) -> None:
    site.pages["/busy"] = answer(503, Retry_After="3600")
    site.pages["/"] = answer()
    async with site.client(retries=5) as client:
        page = await client.fetch(f"{URL}/busy")
        assert (page.status, page.retry_after) == (503, 3600.0)
        with pytest.raises(
            Unreachable, match=r"asked to be left alone for another 3[56]\d\d s"
        ) as caught:
            await client.fetch(URL)
        assert caught.value.passing
    assert site.paths() == ["/robots.txt", "/busy"]


async def test_a_rest_may_be_given_as_a_date(site: Site) -> None:
    now = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    when = (now + timedelta(minutes=10)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    site.pages["/"] = answer(429, Retry_After=when)
    async with Client(site.settings(), now=lambda: now) as client:
        assert (await client.fetch(URL)).retry_after == 600.0


@pytest.mark.parametrize(
    "url",
    ["", "news.example/a", "ftp://news.example/", "http://", "http://news.example:99999/",
     "http://news.example:0/", "javascript:alert(1)", "http://ex ample.com/", "http://[::1/", "http://a..b/",
     "http://" + "a" * 9000, "http://\udcff.example/", "http://news.example/" + "x" * 9000],
)  # fmt: skip
async def test_hopeless_addresses_are_refused(url: str) -> None:
    async with Client() as client:
        with pytest.raises(AddressRefused):
            await client.fetch(url)


async def test_every_failure_names_the_address_in_one_line(site: Site) -> None:
    async with site.client() as client:
        for url in ("http://10.0.0.1/", "nonsense", "http://[::ffff:127.0.0.1]/"):
            with pytest.raises(FetchError) as caught:
                await client.fetch(url)
            assert caught.value.url == url
            assert "\n" not in str(caught.value)

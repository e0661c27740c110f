"""WARC files as warcio writes them, from disk and over HTTP: ours are found, the others are not touched."""

from __future__ import annotations

import asyncio
import gzip
import io
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from sources.client import Client, ClientSettings
from sources.endpoints.archived_page import PassedOver
from sources.endpoints.warc import read_warc_file, warc_locations
from sources.errors import EndpointError
from sources.source import FetchRules
from tests.conftest import Answer

OURS = "http://paper.example"
RULES = FetchRules(delay=0.0)


def ours(url: str) -> bool:
    return url.startswith((OURS, "https://paper.example"))


class Warc:
    """A WARC file in the making."""

    def __init__(self, *, packed: bool = True) -> None:
        self.stream = io.BytesIO()
        self.writer = WARCWriter(self.stream, gzip=packed)
        self.writer.write_record(self.writer.create_warcinfo_record("x.warc", {"software": "test"}))

    def add(
        self, url: str, body: bytes = b"<p>Hello", status: str = "200 OK", **headers: str
    ) -> None:
        """An answer; header names with ``_`` for ``-``."""
        given = {"Content-Type": "text/html; charset=utf-8"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        http = StatusAndHeaders(status, list(given.items()), protocol="HTTP/1.1")
        self.writer.write_record(
            self.writer.create_warc_record(
                url,
                "response",
                payload=io.BytesIO(body),
                http_headers=http,
                warc_headers_dict={"WARC-Date": "2026-11-20T10:00:00Z"},
            )
        )

    @property
    def bytes(self) -> bytes:
        return self.stream.getvalue()


def read(location, *, start=0, counts=None, wanted=ours, site=None):
    async def run():
        settings = ClientSettings(
            delay=0.0,
            retries=0,
            connect_to={"crawl.example": f"127.0.0.1:{site.port}"} if site else {},
        )
        async with Client(settings) as client:
            found = []
            error = None
            try:
                async for page in read_warc_file(
                    str(location), wanted, client, rules=RULES, start=start, passed_over=counts
                ):
                    found.append(page)
            except EndpointError as problem:
                error = problem
            return found, error

    return asyncio.run(run())


def crowd(count: int, every: int) -> Warc:
    """Answers of many sites, of which every so-manieth is ours."""
    warc = Warc()
    for number in range(count):
        host = OURS if number % every == 0 else f"http://site{number % 97}.example"
        warc.add(f"{host}/{number}", b"<p>%d</p>" % number + b"x" * 300)
    return warc


def test_five_hundred_of_ten_thousand_records_are_ours(tmp_path):
    path = tmp_path / "news.warc.gz"
    path.write_bytes(crowd(10_000, 20).bytes)
    counts = PassedOver()
    found, error = read(path, counts=counts)
    assert error is None
    assert [page.url for page in found] == [f"{OURS}/{n}" for n in range(0, 10_000, 20)]
    assert (counts.others, counts.broken) == (9500, 0)


def test_a_page_is_as_if_it_had_just_been_downloaded(tmp_path):
    warc = Warc()
    warc.add(
        f"{OURS}/story",
        gzip.compress("<p>Über die Brücke".encode()),
        Content_Encoding="gzip",
        ETag='"7"',
    )
    (tmp_path / "a.warc.gz").write_bytes(warc.bytes)
    [found], _ = read(tmp_path / "a.warc.gz")
    page = found.page
    assert (page.url, page.status, page.content_type) == (f"{OURS}/story", 200, "text/html")
    assert page.body.decode() == "<p>Über die Brücke"
    assert page.fetched_at == datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert page.validators.etag == '"7"'
    assert "content-encoding" not in page.headers


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"5\r\nHello\r\n6\r\n world\r\n0\r\n\r\n", {"Transfer_Encoding": "chunked"}),
        (b"Hello world", {"Transfer_Encoding": "chunked"}),
        (b"<p>Hello world", {"Content_Encoding": "gzip"}),
    ],
)
def test_codings_are_undone_where_the_body_has_them(tmp_path, body, headers):
    warc = Warc()
    warc.add(f"{OURS}/x", body, **headers)
    (tmp_path / "a.warc.gz").write_bytes(warc.bytes)
    [found], _ = read(tmp_path / "a.warc.gz")
    assert found.page.body.removeprefix(b"<p>") == b"Hello world"


def test_what_is_no_page_is_counted_and_passed_over(tmp_path):
    warc = Warc()
    warc.add(f"{OURS}/missing", status="404 Not Found")
    warc.add(f"{OURS}/picture", Content_Type="image/png")
    warc.add("dns:paper.example", Content_Type="text/dns")
    warc.add(f"{OURS}/broken", b"\x1f\x8b\x08rubbish", Content_Encoding="gzip")
    warc.add(f"{OURS}/bomb", gzip.compress(b"\0" * 40_000_000), Content_Encoding="gzip")
    warc.add("http://other.example/")
    record = warc.writer.create_revisit_record(
        f"{OURS}/again", "sha1:X", f"{OURS}/x", "2026-11-20T10:00:00Z"
    )
    warc.writer.write_record(record)
    warc.add(f"{OURS}/good")
    (tmp_path / "a.warc.gz").write_bytes(warc.bytes)
    counts = PassedOver()
    found, error = read(tmp_path / "a.warc.gz", counts=counts)
    assert [page.url for page in found] == [f"{OURS}/good"]
    assert error is None
    assert (counts.broken, counts.too_large, counts.revisits, counts.others) == (1, 1, 1, 1)
    assert counts.no_page >= 3


@pytest.mark.parametrize("packed", [True, False])
def test_reading_goes_on_from_any_page(tmp_path, packed):
    warc = Warc(packed=packed)
    for number in range(50):
        warc.add(f"{OURS}/{number}")
    path = tmp_path / ("a.warc.gz" if packed else "a.warc")
    path.write_bytes(warc.bytes)
    whole, _ = read(path)
    assert len(whole) == 50
    for page in whole[::9]:
        rest, error = read(path, start=int(page.position))
        assert error is None
        assert [p.url for p in rest] == [p.url for p in whole[whole.index(page) :]]


def test_a_file_that_breaks_off_gives_what_came_before(tmp_path):
    body = crowd(40, 1).bytes
    (tmp_path / "a.warc.gz").write_bytes(body[: len(body) - 200])
    found, _ = read(tmp_path / "a.warc.gz")
    assert len(found) >= 38


@pytest.mark.parametrize(
    "body", [b"", b"<html>no archive</html>" * 50, gzip.compress(b"nothing" * 100)]
)
def test_what_is_no_warc_is_told(tmp_path, body):
    (tmp_path / "a.warc.gz").write_bytes(body)
    found, error = read(tmp_path / "a.warc.gz")
    assert found == []
    assert "WARC" in str(error)
    assert "\n" not in str(error)


def test_a_file_over_http_is_streamed_and_may_be_gone_on_with(site):
    body = crowd(2000, 10).bytes
    asked = []

    def ranged(host: str, path: str) -> Answer | None:
        if path != "/news.warc.gz":
            return None
        said = site.log[-1].headers.get("range", "")
        asked.append(said)
        start = int(re.findall(r"\d+", said)[0]) if said else 0
        return Answer(body[start:], 206 if said else 200, {"content-encoding": "identity"})

    site.elsewhere = ranged
    found, error = read("http://crawl.example/news.warc.gz", site=site)
    assert error is None
    assert [page.url for page in found] == [f"{OURS}/{n}" for n in range(0, 2000, 10)]
    middle = found[100]
    rest, _ = read("http://crawl.example/news.warc.gz", site=site, start=int(middle.position))
    assert [page.url for page in rest] == [page.url for page in found[100:]]
    assert asked == ["", f"bytes={middle.position}-"]


def locations(location, site=None):
    async def run():
        settings = ClientSettings(
            delay=0.0, connect_to={"crawl.example": f"127.0.0.1:{site.port}"} if site else {}
        )
        async with Client(settings) as client:
            return await warc_locations(str(location), client, rules=RULES)

    return asyncio.run(run())


def test_files_folders_and_lists_are_several_files(tmp_path, site):
    for name in ("b.warc.gz", "a.warc.gz", "notes.txt"):
        (tmp_path / name).write_bytes(b"")
    both = [str(tmp_path / "a.warc.gz"), str(tmp_path / "b.warc.gz")]
    assert locations(tmp_path) == both
    assert locations(tmp_path / "a.warc.gz") == both[:1]
    (tmp_path / "list").write_text(
        "# ours\na.warc.gz\n\nb.warc.gz\nhttp://crawl.example/c.warc.gz\n"
    )
    assert locations(tmp_path / "list") == [*both, "http://crawl.example/c.warc.gz"]
    listed = gzip.compress(
        b"crawl-data/CC-NEWS/2026/11/one.warc.gz\ncrawl-data/CC-NEWS/2026/11/two.warc.gz\n"
    )
    site.put(
        "http://crawl.example/crawl-data/CC-NEWS/2026/11/warc.paths.gz",
        listed,
        content_encoding="identity",
    )
    assert locations("http://crawl.example/crawl-data/CC-NEWS/2026/11/warc.paths.gz", site) == [
        "http://crawl.example/crawl-data/CC-NEWS/2026/11/one.warc.gz",
        "http://crawl.example/crawl-data/CC-NEWS/2026/11/two.warc.gz",
    ]


@pytest.mark.parametrize("make", [lambda path: path / "none", lambda path: path])
def test_a_place_without_warc_files_is_told(tmp_path: Path, make):
    with pytest.raises(EndpointError, match=r"no such file|names no WARC file"):
        locations(make(tmp_path))

"""WARC files, from disk and over HTTP: whole, resumed, broken, cut off, abandoned."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import io
import re
import threading
import time
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import brotli
import httpx
import pytest
from fastwarc.stream_io import ZstdWriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from sources.endpoints.archives import warc_bytes, warc_records
from sources.endpoints.archives.archived_page import LARGEST, ArchivedPage, PassedOver
from sources.endpoints.archives.warc import read_warc_file, warc_locations
from sources.errors import EndpointError, FetchError, Unreachable
from sources.source import FetchRules

PAPER = "https://paper.example"
HTML = [("Content-Type", "text/html; charset=utf-8")]


class File:
    """A WARC file in the making, and where its records begin."""

    def __init__(self, *, packed: bool = True) -> None:
        self._buffer = io.BytesIO()
        self._writer = WARCWriter(self._buffer, gzip=packed)
        self.offsets: list[int] = []
        self.records: list[bytes] = []

    def add(
        self,
        url: str,
        body: bytes,
        *,
        http: list[tuple[str, str]] | None = None,
        status: str = "200 OK",
        kind: str = "response",
        protocol: str = "HTTP/1.1",
        **fields: str,
    ) -> File:
        answer = None
        if kind == "request":
            answer = StatusAndHeaders(
                "GET / HTTP/1.1", [("Host", "paper.example")], is_http_request=True
            )
        elif kind in ("response", "revisit"):
            answer = StatusAndHeaders(status, HTML if http is None else http, protocol=protocol)
        record = self._writer.create_warc_record(
            url,
            kind,
            payload=io.BytesIO(body),
            http_headers=answer,
            warc_headers_dict={
                "WARC-Date": "2026-11-03T10:20:30Z",
                **{name.replace("_", "-"): value for name, value in fields.items()},
            },
        )
        self.offsets.append(self._buffer.tell())
        self._writer.write_record(record)
        self.records.append(self.data[self.offsets[-1] :])
        return self

    @property
    def data(self) -> bytes:
        return self._buffer.getvalue()


def story(number: int, size: int = 600) -> bytes:
    words = " ".join(f"w{number * 7919 % (word + 11)}" for word in range(size // 4))
    return f"<html><title>Story {number}</title><p>{words}</p></html>".encode()


def stories(count: int, *, packed: bool = True, size: int = 600) -> File:
    file = File(packed=packed)
    for number in range(count):
        file.add(f"{PAPER}/{number}", story(number, size))
    return file


def read(
    location: Path | str,
    start: int = 0,
    wanted: Callable[[str], bool] = lambda url: True,
    fetcher: Fetcher | None = None,
) -> tuple[list[ArchivedPage], PassedOver, Exception | None]:
    """(pages, what was passed over, the error that ended it)."""
    counts = PassedOver()
    pages: list[ArchivedPage] = []

    async def collect() -> None:
        found = read_warc_file(
            str(location), wanted, fetcher, rules=FetchRules(), start=start, passed_over=counts
        )
        async with contextlib.aclosing(found):
            async for page in found:
                pages.append(page)

    try:
        asyncio.run(collect())
    except (EndpointError, FetchError) as error:
        return pages, counts, error
    return pages, counts, None


@pytest.fixture
def put(tmp_path: Path) -> Callable[..., Path]:
    def put(data: bytes, name: str = "news.warc.gz") -> Path:
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return put


def numbers(pages: list[ArchivedPage]) -> list[int]:
    return [int(page.url.rpartition("/")[2]) for page in pages]


# What a page is


def test_a_page_is_as_if_just_downloaded(put) -> None:
    headers = [*HTML, ("ETag", '"7"'), ("X-Twice", "first"), ("x-twice", "second")]
    [found], _, error = read(put(File().add(f"{PAPER}/2026/bridge", story(1), http=headers).data))
    page = found.page
    assert error is None
    assert found.url == page.url == page.requested_url == f"{PAPER}/2026/bridge"
    assert (page.status, page.body, page.content_type) == (200, story(1), "text/html")
    assert page.headers["x-twice"] == "first"
    assert page.validators.etag == '"7"'
    assert page.fetched_at == datetime(2026, 11, 3, 10, 20, 30, tzinfo=UTC)


def chunked(body: bytes, ending: bytes = b"0\r\n\r\n") -> bytes:
    halves = body[:100], body[100:]
    return b"".join(b"%x;note=1\r\n%s\r\n" % (len(half), half) for half in halves) + ending


@pytest.mark.parametrize(
    ("stored", "headers"),
    [
        (gzip.compress(story(1)), {"Content-Encoding": "gzip"}),
        (zlib.compress(story(1)), {"Content-Encoding": "deflate"}),
        (brotli.compress(story(1)), {"Content-Encoding": "br"}),
        (chunked(story(1)), {"Transfer-Encoding": "chunked"}),
        (
            chunked(gzip.compress(story(1))),
            {"Transfer-Encoding": "chunked", "Content-Encoding": "gzip"},
        ),
        # Crawlers that unpack and put together keep the headers all the same.
        (story(1), {"Content-Encoding": "gzip"}),
        (story(1), {"Content-Encoding": "br"}),
        (story(1), {"Transfer-Encoding": "chunked"}),
        (story(1), {"X-Crawler-Content-Encoding": "gzip", "Content-Length": "77"}),
    ],
)
def test_codings_are_undone(put, stored: bytes, headers: dict[str, str]) -> None:
    file = File().add(f"{PAPER}/1", stored, http=[*HTML, *headers.items()])
    [found], _, _ = read(put(file.data))
    assert found.page.body == story(1)
    assert not {"content-encoding", "transfer-encoding"} & set(found.page.headers)


@pytest.mark.parametrize(
    ("change", "counted"),
    [
        ({"kind": "request"}, "no_page"),
        ({"kind": "metadata"}, "no_page"),
        ({"kind": "resource"}, "no_page"),
        ({"kind": "revisit"}, "revisits"),
        ({"status": "404 Not Found"}, "no_page"),
        ({"status": "301 Moved", "http": [*HTML, ("Location", "/x")]}, "no_page"),
        ({"http": [("Content-Type", "image/jpeg")]}, "no_page"),
        ({"http": [("Content-Type", "application/pdf")]}, "no_page"),
        ({"body": b""}, "no_page"),
        ({"url": "dns:paper.example"}, "no_page"),
        ({"url": "https://elsewhere.example/1"}, "others"),
        # What the crawler left off is no whole article.
        ({"WARC_Truncated": "length"}, "cut"),
        ({"WARC_Segment_Number": "1"}, "cut"),
        ({"body": b"x" * (LARGEST + 1)}, "too_large"),
        (
            {
                "body": gzip.compress(b"x" * (LARGEST + 1)),
                "http": [*HTML, ("Content-Encoding", "gzip")],
            },
            "too_large",
        ),
        (
            {
                "body": gzip.compress(story(1))[:-30],
                "http": [*HTML, ("Content-Encoding", "gzip")],
            },
            "broken",
        ),
        (
            {
                "body": chunked(story(1), b"fff\r\ncut"),
                "http": [*HTML, ("Transfer-Encoding", "chunked")],
            },
            "broken",
        ),
        ({"protocol": "SPDY", "status": ""}, "broken"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_what_is_no_page_is_passed_over_and_counted(put, change, counted: str) -> None:
    given_ = {"url": f"{PAPER}/1", "body": story(1), **change}
    file = File().add(f"{PAPER}/0", story(0)).add(**given_).add(f"{PAPER}/2", story(2))
    pages, counts, error = read(put(file.data), wanted=lambda url: "//paper.example/" in url)
    assert numbers(pages) == [0, 2]
    assert error is None
    assert {name: getattr(counts, name) for name in counts.__slots__ if getattr(counts, name)} == {
        counted: 1
    }


@pytest.mark.parametrize(
    "change",
    [
        {"protocol": "HTTP/2", "status": "200"},
        {"protocol": "HTTP/1.0", "status": "200"},
        {"http": []},
        {"http": [("content-type", "application/xhtml+xml")]},
        {"url": f"<{PAPER}/1>"},
    ],
    ids=str,
)
def test_records_as_odd_crawlers_write_them_are_read(put, change) -> None:
    [found], _, _ = read(put(File().add(**{"url": f"{PAPER}/1", "body": story(1), **change}).data))
    assert (found.url, found.page.body) == (f"{PAPER}/1", story(1))


def test_a_record_of_another_site_is_judged_by_its_header_alone(put) -> None:
    asked = []

    def wanted(url: str) -> bool:
        asked.append(url)
        return url.endswith("/1")

    broken = [*HTML, ("Content-Encoding", "gzip")]
    file = (
        File().add(f"{PAPER}/0", b"\x1f\x8b\x08 no gzip", http=broken).add(f"{PAPER}/1", story(1))
    )
    pages, counts, _ = read(put(file.data), wanted=wanted)
    assert asked == [f"{PAPER}/0", f"{PAPER}/1"]
    assert numbers(pages) == [1]
    assert (counts.others, counts.broken) == (1, 0)


# Places


@pytest.mark.parametrize("packed", [True, False], ids=["gzip", "plain"])
def test_reading_goes_on_behind_any_page(put, packed: bool) -> None:
    file = stories(5, packed=packed)
    path = put(file.data, "news.warc.gz" if packed else "news.warc")
    pages, _, _ = read(path)
    assert [page.position for page in pages] == [*file.offsets[1:], len(file.data)]
    for page in pages:
        rest, _, error = read(path, int(page.position))
        assert numbers(rest) == list(range(numbers([page])[0] + 1, 5))
        assert error is None


def test_a_file_packed_as_one_is_read_and_taken_up_at_its_beginning(put) -> None:
    pages, _, error = read(put(gzip.compress(stories(4, packed=False).data)))
    assert (numbers(pages), error) == ([0, 1, 2, 3], None)
    assert [page.position for page in pages[:3]] == [0, 0, 0]


def test_zstd_is_read_and_resumed(put) -> None:
    data = b""
    ends = []
    for record in stories(4, packed=False).records:
        packed = io.BytesIO()
        with ZstdWriter(packed) as writer:
            writer.write(record)
        data += packed.getvalue()
        ends.append(len(data))
    path = put(data, "news.warc.zst")
    pages, _, error = read(path)
    assert ([page.position for page in pages], error) == (ends, None)
    assert numbers(read(path, ends[1])[0]) == [2, 3]
    pages, _, error = read(put(data[:-20], "cut.warc.zst"))
    assert numbers(pages) == [0, 1, 2]
    assert "breaks off" in str(error)


# Damage


@pytest.mark.parametrize("packed", [True, False], ids=["gzip", "plain"])
@pytest.mark.parametrize("at", [3, 40, 0.5, -30], ids=str)
def test_of_a_file_that_breaks_off_what_came_before_stays(put, packed: bool, at: float) -> None:
    file = stories(5, packed=packed)
    name = "news.warc.gz" if packed else "news.warc"
    begin = file.offsets[3]
    length = len(file.records[3])
    cut = begin + (int(length * at) if isinstance(at, float) else at if at > 0 else length + at)
    pages, _, error = read(put(file.data[:cut], name))
    assert numbers(pages) == [0, 1, 2]
    assert isinstance(error, EndpointError)
    assert "breaks off" in str(error)
    # Once it has come whole, nothing of it is missing.
    rest, _, error = read(put(file.data, name), int(pages[-1].position))
    assert (numbers(rest), error) == ([3, 4], None)


@pytest.mark.parametrize("place", ["magic", "header", "middle", "trailer"])
def test_a_broken_member_costs_its_own_record_alone(put, place: str) -> None:
    file = stories(6)
    data = bytearray(file.data)
    begin, end = file.offsets[2], file.offsets[3]
    at = {"magic": begin, "header": begin + 12, "middle": (begin + end) // 2, "trailer": end - 6}
    data[at[place] : at[place] + 4] = b"\xff\x00\xff\x00"
    pages, counts, error = read(put(bytes(data)))
    assert (numbers(pages), counts.broken, error) == ([0, 1, 3, 4, 5], 1, None)


SMALL = stories(4, size=200).data


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_one_wrong_byte_costs_one_record_at_most(put, data) -> None:
    broken = bytearray(SMALL)
    at = data.draw(st.integers(0, len(SMALL) - 1))
    broken[at] ^= data.draw(st.integers(1, 255))
    pages, _, _ = read(put(bytes(broken)))
    assert len(pages) >= 3
    # A checksum stands behind each: what comes is right.
    assert all(page.page.body == story(numbers([page])[0], 200) for page in pages)


def test_a_broken_header_costs_its_own_record_alone(put) -> None:
    file = stories(5, packed=False)
    data = file.data.replace(b"WARC/1.0", b"WORK/1.0", 3).replace(b"WORK/1.0", b"WARC/1.0", 2)
    pages, counts, error = read(put(data, "news.warc"))
    assert (numbers(pages), counts.broken, error) == ([0, 1, 3, 4], 1, None)


@pytest.mark.parametrize("packed", [True, False], ids=["gzip", "plain"])
def test_a_page_cannot_forge_a_record(put, packed: bool) -> None:
    forged = File(packed=False).add("https://victim.example/9", story(9)).data
    file = File(packed=packed)
    file.add(f"{PAPER}/0", b"<p>" + b"\r\n\r\n" + forged + b"</p>").add(f"{PAPER}/1", story(1))
    file.add(f"{PAPER}/2", story(2))
    data = bytearray(file.data)
    data[file.offsets[1] : file.offsets[1] + 4] = b"\0\0\0\0"
    pages, _, _ = read(put(bytes(data), "news.warc.gz" if packed else "news.warc"))
    assert numbers(pages) == [0, 2]


@pytest.mark.parametrize("length", [b"5", b"99999999999", b"-1", b"abc", b"9" * 30])
def test_a_length_that_lies_costs_its_own_record_alone(put, length: bytes) -> None:
    file = stories(4, packed=False)
    parts = file.records[:]
    parts[1] = re.sub(rb"Content-Length: \d+", b"Content-Length: " + length, parts[1], count=1)
    pages, counts, error = read(put(b"".join(gzip.compress(part) for part in parts)))
    assert (numbers(pages), error) == ([0, 2, 3], None)
    assert counts.broken + counts.too_large + counts.no_page >= 1


def test_a_length_beyond_the_file_is_told(put) -> None:
    data = re.sub(
        rb"Content-Length: \d+", b"Content-Length: 9999999", stories(3, packed=False).data
    )
    _, _, error = read(put(data, "news.warc"))
    assert "breaks off" in str(error)


@pytest.mark.parametrize(
    "data",
    [b"", b"<html>Not found</html>" * 50, gzip.compress(b"hello " * 100), b"PK\x03\x04" * 100],
    ids=["empty", "html", "gzip", "zip"],
)
def test_what_is_no_warc_is_said(put, data: bytes) -> None:
    _, _, error = read(put(data))
    assert isinstance(error, EndpointError)
    assert "expected a WARC file" in str(error)
    assert "\n" not in str(error)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    for path in (tmp_path / "gone.warc.gz", tmp_path):
        assert "no such file" in str(read(path)[2])


def test_a_bomb_is_left_packed(put, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warc_bytes, "BOMB_FROM", 1024 * 1024)
    bomb = re.sub(
        rb"Content-Length: \d+", b"Content-Length: 99999999", stories(1, packed=False).data
    )
    packed = gzip.compress(bomb + b"\0" * 80_000_000)
    data = stories(1).data + packed + File().add(f"{PAPER}/2", story(2)).data
    pages, counts, error = read(put(data), wanted=lambda url: True)
    assert (numbers(pages), counts.too_large, error) == ([0, 2], 2, None)


def test_endless_rubbish_ends(put, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warc_records, "MOST_TRIED", 500)
    monkeypatch.setattr(warc_records, "MOST_BROKEN", 20)
    _, _, error = read(put(stories(1).data + b"\x1f\x8b\x08\0" * 5000))
    assert "no end of it" in str(error)
    broken = b"".join(record[:-8] + b"12345678" for record in stories(40).records)
    _, _, error = read(put(broken))
    assert "more than 20 places" in str(error)


def test_ten_thousand_records_are_passed_over_in_a_few_seconds(put) -> None:
    one = File().add("https://elsewhere.example/1", story(1, 12_000)).data
    ours = File().add(f"{PAPER}/1", story(2, 12_000)).data
    path = put((one * 19 + ours) * 500)
    began = time.process_time()
    pages, counts, _ = read(path, wanted=lambda url: "//paper.example/" in url)
    assert (len(pages), counts.others) == (500, 9500)
    # Half a second where nothing else runs; processor time, with a wide margin.
    assert time.process_time() - began < 8


# Over HTTP


class Fetcher:
    """The protocol over httpx, as small as can be."""

    def __init__(self) -> None:
        self.starts: list[int] = []
        self.open = 0
        #: Bytes given out.
        self.given = 0

    @contextlib.asynccontextmanager
    async def stream(
        self, url: str, *, rules: FetchRules | None = None, start: int = 0
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        self.starts.append(start)
        self.open += 1
        headers = {"Accept-Encoding": "identity"}
        if start:
            headers["Range"] = f"bytes={start}-"
        try:
            async with (
                httpx.AsyncClient(verify=False, timeout=5) as client,
                client.stream("GET", url, headers=headers) as answer,
            ):
                if answer.status_code not in (200, 206, 416):
                    raise EndpointError(url, f"the server answered {answer.status_code}")
                yield self._chunks(answer, 0 if answer.status_code == 206 else start)
        except httpx.HTTPError as error:
            raise Unreachable(url, f"connection broken: {error}") from error
        finally:
            self.open -= 1

    async def _chunks(self, answer: httpx.Response, left_out: int) -> AsyncIterator[bytes]:
        if answer.status_code == 416:
            return
        async for chunk in answer.aiter_raw():
            kept = chunk[left_out:]
            left_out = max(0, left_out - len(chunk))
            self.given += len(kept)
            if kept:
                yield kept


class Server:
    """Serves ``files`` by path, with or without ranges, and breaks off where it is told to."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.ranges = True
        #: Bytes after which an answer breaks off, each once.
        self.breaks: list[int] = []
        self.hang = False
        self.port = 0

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"


@pytest.fixture
def server() -> Iterator[Server]:
    serving = Server()
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            data = serving.files.get(self.path)
            if data is None:
                self.send_error(404)
                return
            match = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
            begin = int(match[1]) if match and serving.ranges else 0
            if begin and begin >= len(data):
                self.send_response(416)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.send_response(206 if begin else 200)
            self.send_header("Content-Length", str(len(data) - begin))
            self.end_headers()
            data = data[begin:]
            if serving.breaks:
                data = data[: serving.breaks.pop(0)]
            with contextlib.suppress(OSError):
                self.wfile.write(data)
            if serving.hang:
                over.wait(10)

        def log_message(self, format: str, *args: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    serving.port = http.server_port
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield serving
    over.set()
    http.shutdown()
    http.server_close()
    thread.join()


def test_a_file_is_read_from_the_web_as_from_disk(server: Server, put) -> None:
    file = stories(40, size=20_000)
    server.files["/news.warc.gz"] = file.data
    fetcher = Fetcher()
    pages, _, error = read(server.url("/news.warc.gz"), fetcher=fetcher)
    assert error is None
    assert pages == read(put(file.data))[0]
    assert fetcher.open == 0


@pytest.mark.parametrize("ranges", [True, False], ids=["ranges", "no ranges"])
def test_it_is_resumed_with_and_without_ranges(server: Server, ranges: bool) -> None:
    file = stories(10)
    server.files["/news.warc.gz"] = file.data
    server.ranges = ranges
    fetcher = Fetcher()
    pages, _, error = read(server.url("/news.warc.gz"), file.offsets[7], fetcher=fetcher)
    assert (numbers(pages), error, fetcher.starts) == ([7, 8, 9], None, [file.offsets[7]])
    assert pages[-1].position == len(file.data)
    assert fetcher.given == len(file.data) - file.offsets[7]
    assert read(server.url("/news.warc.gz"), len(file.data), fetcher=fetcher)[0::2] == ([], None)


def test_a_download_that_breaks_off_is_taken_up_where_it_broke_off(server: Server) -> None:
    file = stories(10)
    server.files["/news.warc.gz"] = file.data
    server.breaks = [file.offsets[3] + 10, 40, 0, 0]
    fetcher = Fetcher()
    pages, counts, error = read(server.url("/news.warc.gz"), fetcher=fetcher)
    assert (numbers(pages), counts.broken, error) == (list(range(10)), 0, None)
    assert fetcher.starts[:3] == [0, file.offsets[3] + 10, file.offsets[3] + 50]


def test_a_server_that_only_breaks_off_is_given_up(server: Server) -> None:
    file = stories(10)
    server.files["/news.warc.gz"] = file.data
    server.breaks = [file.offsets[3], *[0] * 20]
    fetcher = Fetcher()
    pages, _, error = read(server.url("/news.warc.gz"), fetcher=fetcher)
    assert isinstance(error, FetchError)
    assert numbers(pages) == [0, 1, 2]
    assert len(fetcher.starts) == 5
    assert "404" in str(read(server.url("/gone.warc.gz"), fetcher=fetcher)[2])


def reading_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("warc")]


def test_a_slow_reader_holds_back_the_network(server: Server) -> None:
    server.files["/news.warc.gz"] = File().add(f"{PAPER}/0", story(0)).data + gzip.compress(
        bytes(range(256)) * 200_000, 0
    )
    fetcher = Fetcher()

    async def first_page() -> int:
        found = read_warc_file(server.url("/news.warc.gz"), lambda url: True, fetcher)
        async with contextlib.aclosing(found):
            await anext(found)
            given = -1
            # Until nothing more comes: 50 MB wait on the other side.
            while given != fetcher.given:
                given = fetcher.given
                await asyncio.sleep(0.1)
        return given

    assert asyncio.run(first_page()) < 4 * warc_bytes.MOST_AHEAD
    assert (fetcher.open, reading_threads()) == (0, [])


@pytest.mark.parametrize("hang", [True, False], ids=["waiting for the network", "at work"])
def test_it_can_be_cancelled_at_any_time_and_leaves_no_thread(server: Server, hang: bool) -> None:
    file = stories(3)
    other = File().add("https://elsewhere.example/1", story(1, 50_000)).data
    server.files["/news.warc.gz"] = file.data + (other * 2000 if not hang else b"")
    server.hang = hang
    if hang:
        server.breaks = [file.offsets[2] + 5]
    fetcher = Fetcher()
    pages = []
    two = asyncio.Event()

    async def consume() -> None:
        found = read_warc_file(
            server.url("/news.warc.gz"), lambda url: url.startswith(PAPER), fetcher
        )
        async with contextlib.aclosing(found):
            async for page in found:
                pages.append(page)
                if len(pages) == 2:
                    two.set()

    async def cancelled() -> None:
        task = asyncio.create_task(consume())
        await two.wait()
        await asyncio.sleep(0.05)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        # Nothing is left, while the loop still runs.
        assert (fetcher.open, reading_threads()) == (0, [])
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(cancelled())


def test_reading_from_disk_is_left_in_the_middle_of_a_large_file(put) -> None:
    other = File().add("https://elsewhere.example/1", story(1, 50_000)).data
    path = put(stories(1).data + other * 3000)

    async def first_page() -> None:
        found = read_warc_file(str(path), lambda url: url.startswith(PAPER), None)
        await anext(found)
        task = asyncio.ensure_future(anext(found))
        await asyncio.sleep(0.02)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, StopAsyncIteration):
            await task
        await found.aclose()
        assert reading_threads() == []

    asyncio.run(first_page())


# Lists


def locations(location: Path | str, fetcher: Fetcher | None = None) -> list[str]:
    return asyncio.run(warc_locations(str(location), fetcher))


def test_a_file_is_itself_and_a_folder_its_files(tmp_path: Path) -> None:
    for name in ("b.warc.gz", "2026/a.warc", "c.WARC.gz", "notes.txt", ".tmp/d.warc"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = [str(tmp_path / name) for name in ("2026/a.warc", "b.warc.gz", "c.WARC.gz")]
    assert locations(tmp_path) == found
    assert locations(tmp_path / "b.warc.gz") == [found[1]]
    assert locations("https://data.example/a.warc.gz?x=1") == ["https://data.example/a.warc.gz?x=1"]


def test_a_list_on_disk_names_files_beside_it_and_addresses(tmp_path: Path) -> None:
    path = tmp_path / "warc.paths.gz"
    text = (
        "# November\n2026/a.warc.gz\n\nhttps://data.example/b.warc.gz\nindex.html\nfile:///c.warc\n"
    )
    path.write_bytes(gzip.compress(text.encode()))
    assert locations(path) == [str(tmp_path / "2026/a.warc.gz"), "https://data.example/b.warc.gz"]


def test_a_list_on_the_web_is_relative_to_itself_or_to_the_root(server: Server) -> None:
    lists = "crawl-data/NEWS/2026/11/a.warc.gz\n/b.warc.gz\nc.warc.gz\n"
    server.files["/crawl-data/NEWS/2026/11/warc.paths.gz"] = gzip.compress(lists.encode())
    server.files["/sets/list.txt"] = b"sets/d.warc.gz\nmore/e.warc.gz\ncrawl-data/f.warc.gz"
    at = server.url("/crawl-data/NEWS/2026/11/")
    assert locations(f"{at}warc.paths.gz", Fetcher()) == [
        f"{at}a.warc.gz",
        server.url("/b.warc.gz"),
        f"{at}c.warc.gz",
    ]
    assert locations(server.url("/sets/list.txt"), Fetcher()) == [
        server.url("/sets/d.warc.gz"),
        server.url("/sets/more/e.warc.gz"),
        server.url("/crawl-data/f.warc.gz"),
    ]


def test_a_list_of_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("a page\n")
    (tmp_path / "list.gz").write_bytes(gzip.compress(b"a.warc.gz\n")[:-9])
    (tmp_path / "empty").mkdir()
    for name, says in [
        ("list.txt", "names no WARC file"),
        ("list.gz", "broken gzip"),
        ("empty", "names no WARC file"),
        ("gone", "no such file"),
    ]:
        with pytest.raises(EndpointError, match=says):
            locations(tmp_path / name)

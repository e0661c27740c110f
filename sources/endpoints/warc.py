"""WARC files (ISO 28500:2017; Common Crawl's CC-NEWS among them), from disk or over HTTP, streamed.

A record is judged by its header: what is of another site is passed over before its HTTP answer is
read, let alone unpacked. Memory holds one record. Reading goes on from any record's place, since each
is a gzip member of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import io
import zlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit

from sources.client.decoding import BodyTooLarge, BrokenBody, decoder_for
from sources.endpoints.archived_page import ArchivedPage, PassedOver
from sources.errors import EndpointError
from sources.page import Page, Validators
from sources.source import FetchRules

__all__ = ["StreamFetcher", "read_warc_file", "warc_locations"]

#: Bytes of a record's body, packed and unpacked; no article's page is larger.
LARGEST_RECORD = 20 * 1024 * 1024
LARGEST_LIST = 16 * 1024 * 1024
MOST_FILES = 100_000
_SUFFIXES = (".warc", ".warc.gz", ".warc.zst", ".arc.gz")


class StreamFetcher(Protocol):
    """What reading over HTTP needs of the client."""

    def stream(
        self, url: str, *, rules: FetchRules = ..., start: int = 0
    ) -> contextlib.AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """The bytes of a large file from ``start`` on; raises ``FetchError``."""


async def warc_locations(
    location: str, fetcher: StreamFetcher | None, *, rules: FetchRules | None = None
) -> list[str]:
    """The WARC files that ``location`` means: a file, a folder of them, or a list of addresses.

    A list is text, one path or address a line, gzipped or not, as Common Crawl's ``warc.paths.gz``;
    what is relative in it begins at the root of the list's host, or in the list's folder.

    Raises:
        EndpointError: there is nothing, or no WARC file among it.
        FetchError: the list does not come.
    """
    if "://" in location:
        if urlsplit(location).path.lower().endswith(_SUFFIXES):
            return [location]
        text = await _listed(location, fetcher, rules)
        # Common Crawl's lists name paths from the root: crawl-data/CC-NEWS/2026/11/...
        lines = [
            urljoin(location, line if "://" in line else f"/{line.lstrip('/')}") for line in text
        ]
        return _checked(lines, location)
    return await asyncio.to_thread(_on_disk, Path(location))


def _on_disk(path: Path) -> list[str]:
    location = str(path)
    if path.is_dir():
        files = (file for file in path.iterdir() if file.name.lower().endswith(_SUFFIXES))
        return _checked(sorted(map(str, files)), location)
    if not path.is_file():
        raise EndpointError(
            location, "no such file; expected a WARC file, a folder or a list of them"
        )
    if path.name.lower().endswith(_SUFFIXES):
        return [location]
    with path.open("rb") as stream:
        lines = _lines(stream.read(LARGEST_LIST), location)
    return _checked(
        [line if "://" in line else str(path.parent / line) for line in lines], location
    )


async def _listed(
    location: str, fetcher: StreamFetcher | None, rules: FetchRules | None
) -> list[str]:
    assert fetcher is not None
    body = b""
    async with fetcher.stream(location, rules=rules or FetchRules()) as chunks:
        async for chunk in chunks:
            body += chunk
            if len(body) > LARGEST_LIST:
                raise EndpointError(location, f"the list is larger than {LARGEST_LIST >> 20} MiB")
    return _lines(body, location)


def _lines(body: bytes, location: str) -> list[str]:
    if body[:2] == b"\x1f\x8b":
        try:
            with gzip.open(io.BytesIO(body)) as unpacked:
                body = unpacked.read(LARGEST_LIST)
        except (OSError, EOFError, zlib.error) as error:
            raise EndpointError(location, f"the list is broken gzip: {error}") from None
    lines = [line.strip() for line in body.decode("utf-8", "replace").splitlines()]
    return [line for line in lines if line and not line.startswith("#")][:MOST_FILES]


def _checked(found: list[str], location: str) -> list[str]:
    good = [name for name in found if urlsplit(name).path.lower().endswith(_SUFFIXES)]
    if not good:
        raise EndpointError(
            location, f"names no WARC file; expected names that end in {', '.join(_SUFFIXES)}"
        )
    return good


async def read_warc_file(
    location: str,
    wanted: Callable[[str], bool],
    fetcher: StreamFetcher | None,
    *,
    rules: FetchRules | None = None,
    start: int = 0,
    passed_over: PassedOver | None = None,
) -> AsyncGenerator[ArchivedPage]:
    """The pages of one WARC file whose address is ``wanted``, in the file's order.

    Args:
        location: path, or address.
        wanted: by the address in the record's header.
        fetcher: for an address.
        rules: of the source.
        start: the ``position`` of a page read before; that page comes again.
        passed_over: counts what gave no page.

    Raises:
        EndpointError: no WARC, or it breaks off; what came before has been yielded by then.
        FetchError: the file does not come.
    """
    counts = passed_over if passed_over is not None else PassedOver()
    if "://" not in location:
        try:
            stream: Any = Path(location).open("rb")  # noqa: ASYNC230, SIM115 - closed below
        except OSError as error:
            raise EndpointError(location, f"cannot be read: {error.strerror or error}") from None
        with contextlib.closing(stream):
            stream.seek(start)
            async for page in _pages(stream, location, wanted, start, counts):
                yield page
        return
    assert fetcher is not None
    async with fetcher.stream(location, rules=rules or FetchRules(), start=start) as chunks:
        wire = _Wire(chunks, asyncio.get_running_loop())
        async for page in _pages(wire, location, wanted, start, counts):
            yield page


async def _pages(
    stream: Any, location: str, wanted: Callable[[str], bool], start: int, counts: PassedOver
) -> AsyncIterator[ArchivedPage]:
    records = _records(stream, location, wanted, start, counts)
    try:
        # On a thread: unpacking is the work of a core, and a stream waits for the network.
        while (page := await asyncio.to_thread(next, records, None)) is not None:
            yield page
    finally:
        with contextlib.suppress(ValueError, RuntimeError):
            records.close()


class _Wire(io.RawIOBase):
    """Chunks that come on the event loop, read as a file from another thread: pulled, so that no
    more is held than one chunk.
    """

    def __init__(self, chunks: AsyncIterator[bytes], loop: asyncio.AbstractEventLoop) -> None:
        self._chunks = chunks
        self._loop = loop
        self._held = b""
        self._at = 0
        self._failure: BaseException | None = None

    def readable(self) -> bool:
        """True."""
        return True

    def tell(self) -> int:
        """Bytes read so far."""
        return self._at

    def read(self, size: int = -1) -> bytes:
        """Up to ``size`` bytes; empty at the end."""
        if not self._held:
            pulled = asyncio.run_coroutine_threadsafe(_next(self._chunks), self._loop)
            self._held = pulled.result()
        size = len(self._held) if size < 0 else size
        piece, self._held = self._held[:size], self._held[size:]
        self._at += len(piece)
        return piece


async def _next(chunks: AsyncIterator[bytes]) -> bytes:
    async for chunk in chunks:
        if chunk:
            return chunk
    return b""


def _records(
    stream: Any, location: str, wanted: Callable[[str], bool], start: int, counts: PassedOver
) -> Generator[ArchivedPage]:
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    def is_wanted(record: Any) -> bool:
        """By the header alone; whoever is not is passed over unread."""
        target = _target(record)
        if record.record_type == WarcRecordType.revisit:
            counts.revisits += 1
        elif record.record_type != WarcRecordType.response or target is None:
            counts.no_page += 1
        elif not wanted(target):
            counts.others += 1
        elif record.content_length > LARGEST_RECORD:
            counts.too_large += 1
        else:
            return True
        return False

    seen = 0
    try:
        for record in ArchiveIterator(stream, func_filter=is_wanted, parse_http=True):
            seen += 1
            page = _page(record, counts)
            if page is not None:
                yield ArchivedPage(page.url, page, start + record.stream_pos)
    except (OSError, EOFError, ValueError, RuntimeError) as error:
        raise EndpointError(location, f"the WARC file breaks off: {error}") from None
    total = seen + counts.others + counts.no_page + counts.revisits + counts.too_large
    if not total and start == 0:
        raise EndpointError(location, "expected a WARC file, got something without a record")


def _target(record: Any) -> str | None:
    target = record.headers.get("WARC-Target-URI")
    # Some writers put it into angle brackets, as the grammar of 1.0 did by mistake.
    return target.strip().strip("<>") if isinstance(target, str) and "://" in target else None


def _page(record: Any, counts: PassedOver) -> Page | None:
    """The answer that a record holds; ``None`` where it is no page."""
    answer = record.http_headers
    if answer is None or answer.status_code is None:
        counts.no_page += 1
        return None
    headers: dict[str, str] = {}
    for name, value in answer.astuples():
        headers.setdefault(name.lower(), value)
    media = headers.get("content-type", "").partition(";")[0].strip().lower()
    if answer.status_code != 200 or (media and "html" not in media and media != "text/plain"):
        counts.no_page += 1
        return None
    url = _target(record) or ""
    try:
        # One more than the cap: what is larger shows itself.
        raw = record.reader.read(LARGEST_RECORD + 1)
        if "chunked" in headers.get("transfer-encoding", "").lower():
            raw = _without_chunks(raw)
        body = _decoded(raw, headers.get("content-encoding", ""))
    except BodyTooLarge:
        counts.too_large += 1
        return None
    except (BrokenBody, OSError, ValueError):
        counts.broken += 1
        return None
    headers.pop("content-encoding", None)
    return Page(
        requested_url=url,
        url=url,
        status=200,
        headers=headers,
        body=body,
        fetched_at=_date(record),
        validators=Validators(headers.get("etag"), headers.get("last-modified")),
    )


def _decoded(raw: bytes, coding: str) -> bytes:
    if not coding:
        return raw
    decoder = decoder_for(coding, LARGEST_RECORD)
    try:
        decoder.feed(raw)
        return decoder.finish()
    except BrokenBody:
        # Common Crawl stores bodies unpacked under headers that say otherwise.
        if raw[:2] != b"\x1f\x8b" and b"<" in raw[:1000]:
            return raw
        raise


def _without_chunks(raw: bytes) -> bytes:
    """The body of a chunked answer (RFC 9112, section 7.1); as it is where it is not chunked."""
    parts: list[bytes] = []
    at = 0
    while True:
        end = raw.find(b"\r\n", at, at + 64)
        size_text = raw[at:end].partition(b";")[0].strip() if end >= 0 else b""
        try:
            size = int(size_text, 16)
        except ValueError:
            return raw if not parts else b"".join(parts)
        if size == 0:
            return b"".join(parts)
        parts.append(raw[end + 2 : end + 2 + size])
        at = end + 2 + size + 2


def _date(record: Any) -> datetime:
    stated = record.headers.get("WARC-Date") or ""
    try:
        moment = datetime.fromisoformat(stated)
    except ValueError:
        return datetime.now(UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

"""WARC files (ISO 28500:2017; Common Crawl's CC-NEWS among them), from disk or over HTTP, streamed.

A record is judged by its header: what is of another site is passed over before its HTTP answer is
read. Memory holds one record and a bounded stretch of the file, whatever the speed of network and
database. The usual file is a row of gzip members, a record each: they are taken apart here, since
fastwarc ends a file that breaks off without a word, half a record included, and ends at a broken
member; here the break is told, and what is behind a broken member is read.
"""

from __future__ import annotations

import asyncio
import gzip
import io
import os
import zlib
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final
from urllib.parse import urljoin, urlsplit

from sources.endpoints.archives.archived_page import ArchivedPage, PassedOver
from sources.endpoints.archives.warc_bytes import FileBytes, Pipe, Wire, pump_bytes
from sources.endpoints.archives.warc_records import WarcRecords
from sources.errors import EndpointError
from sources.fetcher import StreamFetcher
from sources.source import FetchRules

__all__ = ["read_warc_file", "warc_locations"]

LARGEST_LIST: Final = 16 * 1024 * 1024
MOST_FILES: Final = 100_000
_SUFFIXES = (".warc", ".warc.gz", ".warc.zst")


async def warc_locations(
    location: str, fetcher: StreamFetcher | None, *, rules: FetchRules | None = None
) -> list[str]:
    """The WARC files that ``location`` means: a file, a folder of them, or a list.

    A list is text, one path or address a line, gzipped or not, as Common Crawl's
    ``warc.paths.gz``. What is relative in it is so to the list, except for paths that begin with a
    folder that the list itself is in (``crawl-data/...``): those begin at the root of its host.

    Raises:
        EndpointError: there is nothing, or no WARC file among it.
        FetchError: the list does not come.
    """
    if "://" in location:
        if urlsplit(location).path.lower().endswith(_SUFFIXES):
            return [location]
        lines = _lines(await _downloaded(location, fetcher, rules), location)
        return _checked([_absolute(line, location) for line in lines], location)
    return await asyncio.to_thread(_on_disk, location)


def _on_disk(location: str) -> list[str]:
    path = Path(location)
    if path.is_dir():
        found: list[str] = []
        for where, folders, names in os.walk(path):
            folders[:] = [name for name in folders if not name.startswith(".")]
            found += [
                os.path.join(where, name) for name in names if name.lower().endswith(_SUFFIXES)
            ]
        return _checked(sorted(found), location)
    if not path.is_file():
        raise EndpointError(
            location, "no such file; expected a WARC file, a folder of them or a list"
        )
    if path.name.lower().endswith(_SUFFIXES):
        return [location]
    try:
        with path.open("rb") as stream:
            body = stream.read(LARGEST_LIST + 1)
    except OSError as error:
        raise EndpointError(location, f"cannot be read: {error.strerror or error}") from None
    if len(body) > LARGEST_LIST:
        raise EndpointError(location, f"the list is larger than {LARGEST_LIST >> 20} MiB")
    return _checked(
        [line if "://" in line else str(path.parent / line) for line in _lines(body, location)],
        location,
    )


async def _downloaded(url: str, fetcher: StreamFetcher | None, rules: FetchRules | None) -> bytes:
    if fetcher is None:
        raise EndpointError(url, "cannot be downloaded here; expected a file")
    parts: list[bytes] = []
    size = 0
    async with fetcher.stream(url, rules=rules or FetchRules()) as chunks:
        async for chunk in chunks:
            parts.append(chunk)
            size += len(chunk)
            if size > LARGEST_LIST:
                raise EndpointError(url, f"the list is larger than {LARGEST_LIST >> 20} MiB")
    return b"".join(parts)


def _lines(body: bytes, location: str) -> list[str]:
    if body[:2] == b"\x1f\x8b":
        try:
            with gzip.open(io.BytesIO(body)) as unpacked:
                body = unpacked.read(LARGEST_LIST)
        except (OSError, EOFError, zlib.error) as error:
            raise EndpointError(location, f"the list is broken gzip: {error}") from None
    lines = (line.strip() for line in body.decode("utf-8", "replace").splitlines())
    return [line for line in lines if line and not line.startswith("#")][:MOST_FILES]


def _absolute(line: str, location: str) -> str:
    root = line.lstrip("/").partition("/")[0]
    if "://" not in line and (root == "crawl-data" or f"/{root}/" in urlsplit(location).path):
        line = f"/{line.lstrip('/')}"
    try:
        return urljoin(location, line)
    except ValueError:
        return ""


def _checked(found: list[str], location: str) -> list[str]:
    good = [
        name
        for name in found
        if name.partition("?")[0].lower().endswith(_SUFFIXES)
        and ("://" not in name or name.startswith(("http://", "https://")))
    ]
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

    Close it (``contextlib.aclosing``) where it is not read to its end: a thread reads for it. A
    download that breaks off is taken up again where it broke off.

    Args:
        location: path, or address.
        wanted: by the address in the record's header; called on another thread.
        fetcher: for an address.
        rules: of the source.
        start: the ``position`` of the last page that has been dealt with.
        passed_over: counts what gave no page.

    Raises:
        EndpointError: no WARC file, or it breaks off; what came before has been yielded by then.
        FetchError: the file does not come.
    """
    counts = passed_over if passed_over is not None else PassedOver()
    pump: asyncio.Task[None] | None = None
    pipe: Pipe | FileBytes
    # A packed stream of another kind than gzip can be taken up at its beginning alone.
    begin = 0 if urlsplit(location).path.lower().endswith(".zst") else start
    if "://" in location:
        if fetcher is None:
            raise EndpointError(location, "cannot be downloaded here; expected a file")
        pipe = Pipe(asyncio.get_running_loop())
        pump = asyncio.create_task(
            pump_bytes(fetcher, location, rules or FetchRules(), begin, pipe)
        )
    else:
        pipe = FileBytes(location, begin)
    records = WarcRecords(Wire(pipe.pull, begin), location, wanted, counts, start).pages()
    thread = ThreadPoolExecutor(1, thread_name_prefix="warc")
    try:
        while True:
            page = await asyncio.get_running_loop().run_in_executor(thread, next, records, None)
            if page is None:
                return
            yield page
    finally:
        # The thread meets the closed pipe at its next read, and needs nothing of this loop.
        pipe.close()
        thread.submit(records.close)
        thread.shutdown(wait=True)
        if pump is not None:
            pump.cancel()
            await asyncio.gather(pump, return_exceptions=True)

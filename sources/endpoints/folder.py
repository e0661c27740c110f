"""A folder of saved pages or text dumps: browsers' saved pages, MHTML (RFC 2557), mirrors, text.

Where a page came from, it says itself (MHTML's ``Content-Location``, browsers' ``saved from url``, its
canonical address), or its path does, in a mirror as wget makes it (``www.paper.example/2026/story.html``).
A text dump has none: it is filed under an address of its own in the source's house.
"""

from __future__ import annotations

import email
import email.policy
import gzip
import hashlib
import os
import re
import stat
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote, urljoin, urlsplit

from sources.endpoints.archived_page import ArchivedPage, PassedOver
from sources.errors import EndpointError
from sources.page import Page

__all__ = ["read_folder"]

LARGEST: Final = 20 * 1024 * 1024
DEEPEST: Final = 30
_PAGES = (".html", ".htm", ".xhtml", ".shtml", ".php", ".asp", ".aspx")
_MHTML = (".mhtml", ".mht")
_HOST = re.compile(r"(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}(?::\d{1,5})?")
_SAVED_FROM = re.compile(
    rb"<!--\s{0,20}(?:saved from url=\(\d{1,6}\)|Page saved with SingleFile\s{1,20}url:\s{0,5})"
    rb"(https?://[^\s>]{1,2000})"
)
_CANONICAL = re.compile(
    rb"""<link\b(?=[^>]{0,500}\brel=["']?canonical\b)[^>]{0,500}?\bhref=["']?(https?://[^"'\s>]{1,2000})""",
    re.IGNORECASE,
)
_OG_URL = re.compile(
    rb"""<meta\b(?=[^>]{0,500}["']og:url["'])[^>]{0,500}?\bcontent=["']?(https?://[^"'\s>]{1,2000})""",
    re.IGNORECASE,
)


def read_folder(
    folder: Path,
    wanted: Callable[[str], bool],
    *,
    home: str,
    start_after: str = "",
    passed_over: PassedOver | None = None,
) -> Iterator[ArchivedPage]:
    """The pages beneath ``folder`` whose address is ``wanted``, in the order of their paths.

    Hidden files, links out of the folder, and what is no page are passed over.

    Args:
        folder: is looked through to its depths.
        wanted: by the page's address.
        home: of the source, beneath which texts without an address are filed.
        start_after: the ``position`` of a page read before.
        passed_over: counts what gave no page.

    Raises:
        EndpointError: it is no folder, or cannot be read.
    """
    counts = passed_over if passed_over is not None else PassedOver()
    if not folder.is_dir():
        raise EndpointError(str(folder), "no such folder")
    for path in _files(folder, counts):
        position = path.relative_to(folder).as_posix()
        if start_after and position <= start_after:
            continue
        page = _page(path, position, home, counts)
        if page is None:
            continue
        if not wanted(page.url):
            counts.others += 1
            continue
        yield ArchivedPage(page.url, page, position)


def _files(folder: Path, counts: PassedOver) -> Iterator[Path]:
    """Regular files, sorted by their whole path; links are not followed."""
    found: list[str] = []
    for where, folders, names in os.walk(folder, onerror=_unreadable):
        folders[:] = [name for name in folders if not name.startswith(".")]
        if where.count(os.sep) - str(folder).count(os.sep) >= DEEPEST:
            folders.clear()
        found += [os.path.join(where, name) for name in names if not name.startswith(".")]
    for name in sorted(found, key=lambda name: Path(name).relative_to(folder).as_posix()):
        path = Path(name)
        try:
            mode = path.lstat().st_mode
        except OSError:
            counts.broken += 1
            continue
        if stat.S_ISREG(mode):
            yield path
        else:
            counts.no_page += 1


def _unreadable(error: OSError) -> None:
    raise EndpointError(str(error.filename), f"cannot be read: {error.strerror}") from None


def _page(path: Path, position: str, home: str, counts: PassedOver) -> Page | None:
    name = path.name.lower()
    packed = name.endswith(".gz")
    suffix = Path(name.removesuffix(".gz")).suffix
    if suffix not in (*_PAGES, *_MHTML, ".txt"):
        counts.no_page += 1
        return None
    try:
        body = _body(path, packed=packed)
    except (OSError, EOFError, zlib.error):
        counts.broken += 1
        return None
    if body is None:
        counts.too_large += 1
        return None
    url: str | None = None
    if suffix in _MHTML:
        body, url = _of_mhtml(body)
        if body is None:
            counts.broken += 1
            return None
    kind = "text/plain" if suffix == ".txt" else "text/html"
    if suffix != ".txt":
        url = url or _stated(body) or _of_path(position)
    url = url or _own_address(body, position, home)
    return Page(
        requested_url=url,
        url=url,
        status=200,
        headers={"content-type": kind},
        body=body,
        fetched_at=datetime.fromtimestamp(path.stat().st_mtime, UTC),
    )


def _body(path: Path, *, packed: bool) -> bytes | None:
    """The file's bytes, unpacked; ``None`` beyond the cap."""
    if packed:
        with gzip.open(path) as unpacked:
            body = unpacked.read(LARGEST + 1)
    else:
        with path.open("rb") as stream:
            body = stream.read(LARGEST + 1)
    return body if len(body) <= LARGEST else None


def _of_mhtml(body: bytes) -> tuple[bytes | None, str | None]:
    """The page of a web archive and its address: the first part that is HTML."""
    message = email.message_from_bytes(body, policy=email.policy.default)
    for part in message.walk():
        if part.get_content_type() == "text/html":
            content = part.get_payload(decode=True)
            where = part.get("Content-Location") or message.get("Snapshot-Content-Location")
            address = str(where).strip() if where else None
            good = address if address and address.startswith(("http://", "https://")) else None
            return (content if isinstance(content, bytes) else None), good
    return None, None


def _stated(body: bytes) -> str | None:
    head = body[:200_000]
    for pattern in (_SAVED_FROM, _CANONICAL, _OG_URL):
        match = pattern.search(head)
        if match is not None:
            url = match[1].decode("utf-8", "replace").replace("&amp;", "&")
            try:
                if urlsplit(url).hostname:
                    return url
            except ValueError:
                continue
    return None


def _of_path(position: str) -> str | None:
    """The address that a mirror's path shows: ``host/path``."""
    host, slash, rest = position.removesuffix(".gz").partition("/")
    if not slash or not _HOST.fullmatch(host.lower()):
        return None
    rest = re.sub(r"(?:^|(?<=/))index\.html?$", "", rest)
    # wget writes a query into the name: story.html?id=3, or @id=3 where the system forbids "?"
    path, mark, query = rest.partition("?")
    return f"https://{host}/{quote(path, safe='/%:@~!$&()*+,;=-._')}{mark}{query}"


def _own_address(body: bytes, position: str, home: str) -> str:
    """An address for a page that does not say where it came from: the same text, the same address."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", Path(position).stem)[:80].strip("-")
    digest = hashlib.blake2b(body, digest_size=8).hexdigest()
    return urljoin(home, f"/#!copydesk-file/{digest}-{name}")

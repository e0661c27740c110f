"""A folder of saved pages or text dumps: browsers' saved pages, MHTML (RFC 2557), mirrors, text.

Where a page came from is said by itself (MHTML's ``Content-Location``, a browser's ``saved from url``,
HTTrack's ``Mirrored from``), or by its path, in a mirror as wget makes it
(``www.paper.example/2026/story.html``), or, where nothing else says it, by its canonical address. What
says nothing, a text dump above all, is filed under an address of its own in the source's house.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import html
import os
import quopri
import re
import stat
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.message import Message
from email.parser import BytesHeaderParser
from hashlib import blake2b
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import quote, urljoin, urlsplit

from sources.endpoints.archives.archived_page import LARGEST, ArchivedPage, PassedOver
from sources.errors import EndpointError
from sources.page import Page

__all__ = ["OWN_ADDRESS", "read_folder"]

#: How deep folders, and parts of an MHTML file, may lie within one another.
DEEPEST: Final = 40
DEEPEST_PART: Final = 4
MOST_PARTS: Final = 20_000
LARGEST_HEADER: Final = 16 * 1024
#: Of a page, where its own address is looked for.
HEAD: Final = 200_000
#: In the addresses of what has none: behind the home, in a fragment that keys keep.
OWN_ADDRESS: Final = "#!copydesk-file/"

_PAGES = frozenset([".html", ".htm", ".xhtml", ".xht", ".shtml", ".php", ".asp", ".aspx", ".jsp"])
_MHTML = frozenset([".mhtml", ".mht"])
#: Of mirrors, and no articles.
_NO_TEXT = frozenset(
    [
        "robots.txt",
        "ads.txt",
        "app-ads.txt",
        "humans.txt",
        "security.txt",
        "llms.txt",
        "hts-log.txt",
    ]
)
_HOST = re.compile(
    r"(?:[a-z0-9_-]{1,63}\.){1,8}[a-z][a-z0-9-]{1,62}(?:[:+]\d{1,5})?", re.IGNORECASE
)
_INDEX = re.compile(r"(?:^|(?<=/))index\.html?$")
_MARKUP = re.compile(
    rb"\s{0,1000}(?:\xef\xbb\xbf)?\s{0,1000}<(?:!doctype\s{1,20}html|html\b|!--|\?xml)", re.I
)
_SAVED_FROM = re.compile(
    rb"<!--\s{0,20}(?:saved from url=\(\d{1,6}\)|Page saved with SingleFile\s{1,20}url:\s{0,5})"
    rb"(https?://[^\s>]{1,2000})",
    re.IGNORECASE,
)
_MIRRORED_FROM = re.compile(
    rb"<!--\s{0,5}Mirrored from ([^\s<>]{1,2000}) by HTTrack", re.IGNORECASE
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
    home: str | None = None,
    start_after: str = "",
    passed_over: PassedOver | None = None,
) -> Iterator[ArchivedPage]:
    """The pages beneath ``folder`` whose address is ``wanted``, in the order of their paths.

    Hidden files, links, and what is no page are passed over; so is what cannot be read.

    Args:
        folder: is looked through to its depths.
        wanted: by the page's address; not asked about an address that is made here.
        home: of the source, behind which texts without an address are filed; without it they are
            passed over.
        start_after: the ``position`` of the last page that has been dealt with: its path, relative
            to ``folder``, with ``/``.
        passed_over: counts what gave no page.

    Raises:
        EndpointError: it is no folder, or cannot be read.
    """
    counts = passed_over if passed_over is not None else PassedOver()
    if not folder.is_dir():
        raise EndpointError(str(folder), "no such folder")
    # The folder may be the host's own, of a mirror.
    root = folder.resolve().name
    root = f"{root}/" if _HOST.fullmatch(root) else ""
    for path, position in _files(folder, "", start_after, counts, 1):
        try:
            taken = _taken(path, root + position)
            if taken is None:
                counts.no_page += 1
                continue
            body, modified = taken
        except _Special:
            counts.special += 1
        except _TooLarge:
            counts.too_large += 1
        except (OSError, EOFError, zlib.error):
            counts.broken += 1
        else:
            page = _page(body, modified, root + position, wanted, home, counts)
            if page is not None:
                yield ArchivedPage(page.url, page, position)


class _Special(Exception):
    """A pipe, a device or a link."""


class _TooLarge(Exception):
    """Beyond ``LARGEST``, packed or not."""


def _files(
    folder: Path, before: str, start_after: str, counts: PassedOver, depth: int
) -> Iterator[tuple[Path, str]]:
    """Files and their paths within the folder, in the order of these as texts; links not followed."""
    try:
        with os.scandir(folder) as found:
            entries = [
                (_shown(entry.name) + ("/" if entry.is_dir(follow_symlinks=False) else ""), entry)
                for entry in found
            ]
    except OSError as error:
        if depth == 1:
            raise EndpointError(str(folder), f"cannot be read: {error.strerror}") from None
        counts.broken += 1
        return
    # With the slash, so that folders stand where the paths of their files do.
    entries.sort(key=lambda entry: entry[0])
    names = {name for name, _ in entries}
    for name, entry in entries:
        position = before + name
        if name.startswith(".") or entry.is_symlink():
            counts.special += 1
        elif not name.endswith("/"):
            if position > start_after:
                yield Path(entry.path), position
        elif depth >= DEEPEST:
            counts.special += 1
        elif not (_is_behind(position, start_after) or _belongs_to_page(name, names)):
            yield from _files(Path(entry.path), position, start_after, counts, depth + 1)


def _is_behind(folder: str, start_after: str) -> bool:
    """Whether everything in ``folder`` comes before ``start_after``."""
    return folder < start_after and not start_after.startswith(folder)


def _belongs_to_page(folder: str, names: set[str]) -> bool:
    """Whether ``folder`` holds what a browser saved beside a page: frames of advertisements, scripts."""
    for ending in ("_files/", ".files/", "-files/"):
        if folder.endswith(ending):
            stem = folder.removesuffix(ending)
            return f"{stem}.html" in names or f"{stem}.htm" in names
    return False


def _shown(name: str) -> str:
    """A file's name as text that a database takes: names need not be UTF-8."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _taken(path: Path, position: str) -> tuple[bytes, float] | None:
    """A file's bytes, unpacked, and when it was changed; ``None`` where it is no page by its name."""
    name = PurePosixPath(position).name.lower()
    packed = name.endswith(".gz")
    suffix = _suffix(position)
    known = (
        suffix in _PAGES
        or suffix in _MHTML
        or (suffix == ".txt" and name.removesuffix(".gz") not in _NO_TEXT)
    )
    if not known and (suffix == ".txt" or _of_path(position) is None):
        return None
    # A pipe put in a file's place would keep us waiting; a link would lead out of the folder.
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as stream:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise _Special
        if status.st_size > LARGEST:
            raise _TooLarge
        # In a mirror, addresses without an ending are pages too; or a picture, by what is in them.
        if not known and not packed and not _MARKUP.match(stream.read(4096)):
            return None
        stream.seek(0)
        if packed:
            with gzip.GzipFile(fileobj=stream) as unpacked:
                body = unpacked.read(LARGEST + 1)
        else:
            body = stream.read(LARGEST + 1)
    if len(body) > LARGEST:
        raise _TooLarge
    if not known and not _MARKUP.match(body[:4096]):
        return None
    return body, status.st_mtime


def _suffix(position: str) -> str:
    name = PurePosixPath(position).name.lower().removesuffix(".gz")
    return PurePosixPath(name.partition("?")[0]).suffix


def _page(
    body: bytes,
    modified: float,
    position: str,
    wanted: Callable[[str], bool],
    home: str | None,
    counts: PassedOver,
) -> Page | None:
    """The page in a file; ``None`` with the reason counted."""
    suffix = _suffix(position)
    kind = "text/plain" if suffix == ".txt" else "text/html"
    addresses: list[str] = []
    if suffix in _MHTML:
        part = _of_mhtml(body)
        if part is None:
            counts.broken += 1
            return None
        body, kind, addresses = part
    if not body.strip():
        counts.no_page += 1
        return None
    if suffix != ".txt":
        addresses += _stated(body, position)
    elif (shown := _of_path(position)) is not None:
        addresses.append(shown)
    url = next((address for address in addresses if wanted(address)), None)
    if url is None and addresses and suffix != ".txt":
        counts.others += 1
        return None
    if url is None:
        if home is None:
            counts.no_address += 1
            return None
        # The same text has the same address, wherever it lies.
        url = urljoin(home, f"/{OWN_ADDRESS}{blake2b(body, digest_size=12).hexdigest()}")
    return Page(
        requested_url=url,
        url=url,
        status=200,
        headers={"content-type": kind},
        body=body,
        fetched_at=_time(modified),
    )


def _time(modified: float) -> datetime:
    try:
        return datetime.fromtimestamp(modified, UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.now(UTC)


# Addresses


def _stated(body: bytes, position: str) -> list[str]:
    """Where a page may have come from, the surest first."""
    head = body[:HEAD]
    found: list[str | None] = [_matched(_SAVED_FROM, head), _matched(_MIRRORED_FROM, head)]
    # HTTrack writes its mark in front of the end of the page too.
    if found[1] is None:
        found[1] = _matched(_MIRRORED_FROM, body[-2000:])
    found += [_of_path(position), _matched(_CANONICAL, head), _matched(_OG_URL, head)]
    return [url for url in found if url is not None]


def _matched(pattern: re.Pattern[bytes], text: bytes) -> str | None:
    match = pattern.search(text)
    if match is None:
        return None
    url = html.unescape(match[1].decode("utf-8", "replace"))
    return _good(url if "://" in url[:8] else f"https://{url}")


def _good(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        return url if parts.scheme in ("http", "https") and parts.hostname else None
    except ValueError:
        return None


def _of_path(position: str) -> str | None:
    """The address that a mirror's path shows: ``[folder/] host/path``."""
    folders = position.removesuffix(".gz").split("/")
    at = next((at for at, name in enumerate(folders[:-1]) if _HOST.fullmatch(name)), None)
    if at is None:
        return None
    host = folders[at].replace("+", ":")
    rest = _INDEX.sub("", "/".join(folders[at + 1 :]))
    # wget writes the query into the name, and with --adjust-extension an ending behind it.
    path, mark, query = rest.partition("?")
    query = query.removesuffix(".html")
    return _good(
        f"https://{host}/{quote(path, safe='/%:@~!$&()*+,;=')}{mark}{quote(query, safe=_QUERY)}"
    )


_QUERY = "/%:@~!$&()*+,;=?"


# MHTML


def _of_mhtml(body: bytes) -> tuple[bytes, str, list[str]] | None:
    """(page, content type, addresses) of a web archive: its first part that is HTML.

    Parts are cut by their boundaries here, in one pass: the standard library's parser looks at every
    line for every boundary around it.
    """
    header, content = _split(body)
    found = _first_html(header, content, 1)
    if found is None:
        return None
    part, page = found
    stated = (header.get("Snapshot-Content-Location"), part.get("Content-Location"))
    addresses = [_good(str(value).strip()) for value in stated if value]
    charset = part.get_content_charset()
    kind = f"text/html; charset={charset}" if charset else "text/html"
    return page, kind, [url for url in dict.fromkeys(addresses) if url is not None]


def _first_html(header: Message, content: bytes, depth: int) -> tuple[Message, bytes] | None:
    kind = header.get_content_type()
    if kind == "text/html":
        page = _decoded(content, str(header.get("Content-Transfer-Encoding", "")).strip().lower())
        return None if page is None else (header, page)
    boundary = header.get_boundary()
    if not kind.startswith("multipart/") or not boundary or depth > DEEPEST_PART:
        return None
    for part in _parts(content, boundary.encode("utf-8", "replace")):
        found = _first_html(*_split(part), depth + 1)
        if found is not None:
            return found
    return None


def _parts(content: bytes, boundary: bytes) -> Iterator[bytes]:
    """What stands between the boundary's lines (RFC 2046, section 5.1.1), the last maybe cut off."""
    line = re.compile(rb"(?:\A|\n)--" + re.escape(boundary) + rb"(--)?[ \t]{0,100}(?=\r?\n|\Z)")
    begin: int | None = None
    for match in islice(line.finditer(content), MOST_PARTS):
        if begin is not None:
            yield content[begin : match.start()]
        if match[1]:
            return
        begin = match.end()
    if begin is not None:
        yield content[begin:]


def _split(part: bytes) -> tuple[Message, bytes]:
    """Header and content of a part."""
    part = part.lstrip(b"\r\n")
    ends = [(at, len(sign)) for sign in (b"\r\n\r\n", b"\n\n") if (at := part.find(sign)) >= 0]
    at, length = min(ends, default=(len(part), 0))
    header = BytesHeaderParser().parsebytes(part[: min(at, LARGEST_HEADER)])
    return header, part[at + length :]


def _decoded(content: bytes, coding: str) -> bytes | None:
    try:
        if coding == "base64":
            return base64.b64decode(content)
        return quopri.decodestring(content) if coding == "quoted-printable" else content
    except (ValueError, binascii.Error):
        return None

"""From the bytes of an answer to the markup of a sitemap: unpacked, and without the dirt around it.

Files are packed once, twice, or with something behind the packed part; scripts that make sitemaps print
warnings before them, and caches and frames put HTML around them.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from itertools import chain

from sources.errors import EndpointError

__all__ = ["Chunks", "clean_beginning"]

#: The protocol allows 50 MiB and 50,000 addresses a file; real files exceed both a little.
LARGEST = 64 * 1024 * 1024
CHUNK = 64 * 1024
#: How often a file may be packed.
MOST_PACKED = 3
_GZIP = b"\x1f\x8b"
_ROOT = re.compile(rb"<(?:[a-z][\w.-]{0,30}:)?(?:urlset|sitemapindex)(?=[\s/>])", re.IGNORECASE)
_DECLARATION = re.compile(rb"<\?xml\s[^<>]{0,200}\?>", re.IGNORECASE)
#: What may stand between a declaration and the root.
_BETWEEN = re.compile(rb"(?:\s{1,1000}|<!--.{0,4000}?-->|<[?!][^<>]{0,1000}>){0,20}", re.DOTALL)
#: Entries without a root around them.
_BARE = re.compile(rb"(?:<\?xml[^<>]{0,200}\?>)?\s{0,1000}<url[\s>]", re.IGNORECASE)


class Chunks:
    """``body`` in chunks, unpacked where it is packed; never more than ``LARGEST`` bytes in all, nor
    of any file in a file.

    What is wrong with the packing ends the chunks and stands in ``error``: what came before is whole.
    """

    def __init__(self, body: bytes, url: str) -> None:
        self._url = url
        self._pieces = _unpacked(_sliced(body), MOST_PACKED)
        self.error: EndpointError | None = None

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self.error is not None:
            raise StopIteration
        try:
            return next(self._pieces)
        except zlib.error as problem:
            self.error = EndpointError(self._url, f"the sitemap is broken gzip: {problem}")
        except EOFError:
            self.error = EndpointError(
                self._url, "the sitemap's gzip breaks off; what came before was read"
            )
        except OverflowError:
            most = LARGEST // 2**20
            self.error = EndpointError(
                self._url, f"the sitemap is larger than {most} MiB unpacked; left"
            )
        raise StopIteration


def _sliced(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), CHUNK):
        yield body[start : start + CHUNK]


def _bounded(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """``pieces`` that are not empty.

    Raises:
        OverflowError: they come to more than ``LARGEST`` bytes.
    """
    total = 0
    for piece in pieces:
        total += len(piece)
        if total > LARGEST:
            raise OverflowError
        if piece:
            yield piece


def _unpacked(pieces: Iterator[bytes], times: int) -> Iterator[bytes]:
    """``pieces``, gunzipped as often as they are gzip.

    Raises:
        zlib.error: the first member is broken.
        EOFError: one breaks off.
        OverflowError: one is too large.
    """
    first = b""
    for piece in pieces:
        first += piece
        if len(first) >= 2:
            break
    if times == 0 or first[:2] != _GZIP:
        yield from _bounded(chain([first], pieces))
        return
    yield from _unpacked(_bounded(_gunzipped(first, pieces)), times - 1)


def _gunzipped(first: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Members of a gzip file, one behind the other (RFC 1952, section 2.2); what follows and is none
    (padding, a comment of a cache) is left.
    """
    rest = first
    while True:
        unpack = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        while not unpack.eof:
            if not rest:
                rest = next(pieces, b"")
                if not rest:
                    raise EOFError
            yield unpack.decompress(rest, CHUNK)
            rest = unpack.unused_data if unpack.eof else unpack.unconsumed_tail
        while len(rest.lstrip(b"\x00")) < 2 and (more := next(pieces, b"")):
            rest = rest.lstrip(b"\x00") + more
        rest = rest.lstrip(b"\x00")
        if rest[:2] != _GZIP:
            return


def clean_beginning(first: bytes) -> bytes:
    """The beginning of a sitemap without what does not belong to it, where a root can be seen in it."""
    if _BARE.match(first):
        declared = _DECLARATION.match(first)
        start = declared.end() if declared else 0
        return first[:start] + b"<urlset>" + first[start:]
    root = _ROOT.search(first)
    if root is None:
        return first
    declared = None
    for declared in _DECLARATION.finditer(first, 0, root.start()):  # noqa: B007 - the last one counts
        pass
    if declared is not None:
        between = _BETWEEN.match(first, declared.end(), root.start())
        clean = between is not None and between.end() == root.start()
        if declared.start() == 0 and clean:
            return first
        # Two declarations, or text between: of them only the encoding matters.
        return declared[0] + first[root.start() :]
    return first if not first[: root.start()].strip() else first[root.start() :]

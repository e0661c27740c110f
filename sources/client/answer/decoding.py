"""Undoing content codings while a body streams in, never beyond a cap: a bomb does not expand.

gzip is RFC 1952, deflate RFC 1950 or bare RFC 1951, br RFC 7932; content codings RFC 9110,
section 8.4.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from sources.client.answer import inflating

__all__ = ["ACCEPTED", "BodyDecoder", "BodyTooLarge", "BrokenBody", "decoder_for"]

#: What the client announces, because it can undo it.
ACCEPTED = "gzip, deflate, br"
#: Most that one step of decompression yields.
CHUNK = 512 * 1024
#: Codings on top of each other; servers behind servers compress twice.
MOST_CODINGS = 2
#: Announced by servers, and no coding at all.
_NO_CODINGS = frozenset(["", "identity", "none", "utf-8", "utf8", "binary", "8bit", "text", "null"])


class BodyTooLarge(Exception):
    """The body is beyond the cap."""


class BrokenBody(Exception):
    """The body is not what its coding says, or breaks off."""


class _Coding(Protocol):
    def steps(self, data: bytes) -> Iterator[bytes]:
        """What ``data`` becomes, in pieces of ``CHUNK`` bytes or little more."""
        ...

    def finish(self) -> None:
        """Raise ``BrokenBody`` where more should have come."""
        ...


class _Deflate:
    """gzip (also of several members) and deflate, which comes with or without zlib's frame."""

    def __init__(self, coding: str) -> None:
        self._gzip = coding == "gzip"
        self._head = b""
        self._unpack: inflating.Unpacker | None = None
        #: Set where a server says gzip and sends none.
        self._plain = False

    def steps(self, data: bytes) -> Iterator[bytes]:
        if self._plain:
            yield data
            return
        if self._unpack is None:
            data = self._head + data
            if len(data) < 2:
                self._head = data
                return
            self._unpack = self._begun(data)
        unpack = self._unpack
        if unpack is None:
            self._plain = True
            yield data
            return
        while data:
            if unpack.eof:
                if not self._gzip or data[:1] != b"\x1f":
                    return  # padding behind the end
                unpack = self._unpack = inflating.unpacker(inflating.GZIP)
            full = True
            while full and not unpack.eof:
                try:
                    piece = unpack.decompress(data, CHUNK)
                except inflating.BROKEN as error:
                    name = "gzip" if self._gzip else "deflate"
                    raise BrokenBody(f"broken {name} ({error})") from None
                yield piece
                data = unpack.unconsumed_tail
                full = len(piece) >= CHUNK
            if not unpack.eof:
                return
            data = unpack.unused_data

    def _begun(self, data: bytes) -> inflating.Unpacker | None:
        """What unpacks a body that begins so; ``None`` where it is not packed at all."""
        if self._gzip:
            return inflating.unpacker(inflating.GZIP) if data[:2] == b"\x1f\x8b" else None
        # RFC 1950, section 2.2: method 8 in a zlib header that is a multiple of 31.
        framed = data[0] & 0x0F == 8 and (data[0] << 8 | data[1]) % 31 == 0
        return inflating.unpacker(inflating.ZLIB if framed else inflating.BARE)

    def finish(self) -> None:
        cut = self._unpack is not None and not self._unpack.eof
        if not self._plain and (cut or (self._unpack is None and self._head)):
            raise BrokenBody("its compressed data ends too early")


class _Brotli:
    def __init__(self) -> None:
        import brotli

        self._error: type[Exception] = brotli.error
        self._unpack = brotli.Decompressor()
        self._begun = False

    def steps(self, data: bytes) -> Iterator[bytes]:
        self._begun = self._begun or bool(data)
        if self._unpack.is_finished():
            return  # padding behind the end
        try:
            yield self._unpack.process(data, output_buffer_limit=CHUNK)
            while not self._unpack.can_accept_more_data():
                yield self._unpack.process(b"", output_buffer_limit=CHUNK)
        except self._error as error:
            raise BrokenBody(f"broken br ({error})") from None

    def finish(self) -> None:
        if self._begun and not self._unpack.is_finished():
            raise BrokenBody("its compressed data ends too early")


class BodyDecoder:
    """Turns the bytes on the wire into the body."""

    def __init__(self, codings: list[_Coding], limit: int, *, cut: bool) -> None:
        """``limit`` caps each stage in bytes; with ``cut`` the beginning is kept instead of raising."""
        self._codings = codings
        self._limit = limit
        self._cut = cut
        self._sizes = [0] * (len(codings) + 1)
        self._parts: list[bytes] = []
        #: Whether the cap is reached; only with ``cut``.
        self.full = False

    def feed(self, data: bytes) -> None:
        """Take more.

        Raises:
            BodyTooLarge, BrokenBody: beyond the cap; not what the coding says.
        """
        self._feed(data, len(self._codings))

    def _feed(self, data: bytes, stage: int) -> None:
        if stage < len(self._codings):
            self._sizes[stage] += len(data)
            if self._sizes[stage] > self._limit:
                if not self._cut:
                    raise BodyTooLarge
                self.full = True
                data = data[: len(data) - (self._sizes[stage] - self._limit)]
        if stage == 0:
            if data:
                self._parts.append(data)
            return
        for piece in self._codings[stage - 1].steps(data):
            self._feed(piece, stage - 1)
            if self.full:
                return

    def so_far(self) -> bytes:
        """What came until now."""
        return b"".join(self._parts)

    def finish(self) -> bytes:
        """The whole body.

        Raises:
            BrokenBody: it breaks off.
        """
        if not self.full:
            for coding in self._codings:
                coding.finish()
        return self.so_far()


def decoder_for(header: str, limit: int, *, cut: bool = False) -> BodyDecoder:
    """The decoder for a ``Content-Encoding`` header; ``limit`` caps the body in bytes.

    Raises:
        BrokenBody: a coding that we did not announce, or too many on top of each other.
    """
    names = [name.strip().lower().removeprefix("x-") for name in header[:200].split(",")]
    names = [name for name in names if name not in _NO_CODINGS]
    if len(names) > MOST_CODINGS:
        raise BrokenBody(f"{len(names)} content codings on top of each other")
    codings: list[_Coding] = []
    for name in names:
        if name in ("gzip", "deflate"):
            codings.append(_Deflate(name))
        elif name == "br":
            codings.append(_Brotli())
        else:
            raise BrokenBody(f"content coding {name[:40]!r}, which was not asked for")
    return BodyDecoder(codings, limit, cut=cut)

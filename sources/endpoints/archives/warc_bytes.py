"""The bytes of a WARC file for the thread that reads it: from disk or off the network, packed or not.

Memory holds a bounded stretch of the file, whatever the speed of network and reader.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import zlib
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Final

from sources.errors import EndpointError, FetchError
from sources.fetcher import StreamFetcher
from sources.source import FetchRules

__all__ = [
    "FileBytes",
    "MemberStream",
    "Pipe",
    "PlainStream",
    "Stopped",
    "Wire",
    "pump_bytes",
]

#: Bytes read at once; held between network and reader; kept to look again behind a broken place.
CHUNK: Final = 64 * 1024
MOST_AHEAD: Final = 1024 * 1024
MOST_KEPT: Final = 4 * 1024 * 1024
#: A record that grows so many times beyond so many bytes is a bomb; the rest of it is left packed.
BOMB_FROM, BOMB_GROWTH = 64 * 1024 * 1024, 200
#: Times in a row, and in all, that a download which broke off is taken up again.
RESUMED_IN_VAIN, RESUMED_IN_ALL = 3, 50


class Stopped(Exception):
    """Nobody wants the rest."""


class FileBytes:
    """A file on disk."""

    def __init__(self, location: str, start: int) -> None:
        path = Path(location)
        if not path.is_file():
            raise EndpointError(location, "no such file; expected a WARC file")
        try:
            self._stream: BinaryIO = path.open("rb")
            self._stream.seek(start)
        except OSError as error:
            raise EndpointError(location, f"cannot be read: {error.strerror or error}") from None
        self._location = location
        self._lock = threading.Lock()

    def pull(self) -> bytes:
        """What comes next; empty at the end."""
        with self._lock:
            if self._stream.closed:
                raise Stopped
            try:
                return self._stream.read(CHUNK)
            except OSError as error:
                raise EndpointError(
                    self._location, f"cannot be read: {error.strerror or error}"
                ) from None

    def close(self) -> None:
        """End; ``pull`` raises from now on."""
        with self._lock:
            self._stream.close()


class Pipe:
    """Takes bytes on the event loop and gives them to a thread; holds ``MOST_AHEAD`` of them."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._room = asyncio.Event()
        self._changed = threading.Condition()
        self._chunks: deque[bytes] = deque()
        self._held = 0
        self._ended = False
        self._failure: BaseException | None = None
        self._closed = False

    async def put(self, chunk: bytes) -> None:
        """Take ``chunk``, once there is room for it."""
        for at in range(0, len(chunk), CHUNK):
            piece = chunk[at : at + CHUNK]
            while not self._taken(piece):
                await self._room.wait()

    def _taken(self, piece: bytes) -> bool:
        with self._changed:
            if self._closed:
                return True
            if self._held >= MOST_AHEAD:
                self._room.clear()
                return False
            self._chunks.append(piece)
            self._held += len(piece)
            self._changed.notify()
            return True

    def end(self, failure: BaseException | None = None) -> None:
        """Nothing more comes; with a ``failure``, which ``pull`` raises behind what came."""
        with self._changed:
            self._ended, self._failure = True, failure
            self._changed.notify()

    def close(self) -> None:
        """Nothing more is wanted; ``pull`` raises from now on."""
        with self._changed:
            self._closed = True
            self._chunks.clear()
            self._changed.notify()

    def pull(self) -> bytes:
        """What comes next, waiting for it; empty at the end. For the thread."""
        with self._changed:
            while not (self._chunks or self._ended or self._closed):
                self._changed.wait()
            if self._closed:
                raise Stopped
            if not self._chunks:
                if self._failure is not None:
                    raise self._failure
                return b""
            chunk = self._chunks.popleft()
            self._held -= len(chunk)
        with contextlib.suppress(RuntimeError):  # a loop that is closed waits for nothing
            self._loop.call_soon_threadsafe(self._room.set)
        return chunk


async def pump_bytes(
    fetcher: StreamFetcher, url: str, rules: FetchRules, start: int, pipe: Pipe
) -> None:
    """Download into ``pipe``, taking up again what broke off on the way."""
    at = start
    in_vain = 0
    for _ in range(RESUMED_IN_ALL):
        before = at
        try:
            async with fetcher.stream(url, rules=rules, start=at) as chunks:
                async for chunk in chunks:
                    at += len(chunk)
                    await pipe.put(chunk)
            pipe.end()
            return
        except FetchError as error:
            in_vain = 0 if at > before else in_vain + 1
            if at == start or not error.passing or in_vain > RESUMED_IN_VAIN:
                pipe.end(error)
                return
            failure = error
        except BaseException as error:
            # Also where this task alone is cancelled: the end of a file must not be mistaken.
            pipe.end(error if isinstance(error, Exception) else EndpointError(url, "stopped"))
            raise
    pipe.end(failure)


class Wire:
    """The file's bytes in order, with the place, and a way back to where a member began."""

    def __init__(self, pull: Callable[[], bytes], offset: int) -> None:
        self._pull = pull
        self._held = bytearray()
        #: In what is held: what comes next, and what was marked.
        self._at = 0
        self._mark = 0
        #: Of what comes next, in bytes from the file's beginning.
        self.offset = offset
        #: What ``pull`` raised; it is the end here, so that nothing of it passes through fastwarc.
        self.failure: BaseException | None = None

    def _more(self) -> bool:
        if self.failure is not None:
            return False
        try:
            data = self._pull()
        except BaseException as failure:
            self.failure = failure
            return False
        kept = self._mark if self._at - self._mark <= MOST_KEPT else self._at
        del self._held[:kept]
        self._at -= kept
        self._mark = 0
        self._held += data
        return bool(data)

    def chunk(self) -> bytes:
        """What comes next; empty at the end."""
        if self._at == len(self._held) and not self._more():
            return b""
        data = bytes(self._held[self._at : self._at + CHUNK])
        self.unread(-len(data))
        return data

    def unread(self, size: int) -> None:
        """Go back by ``size`` bytes of what ``chunk`` gave last."""
        self._at -= size
        self.offset -= size

    def peek(self, size: int) -> bytes:
        """The next ``size`` bytes, fewer only at the end; they come again."""
        while len(self._held) - self._at < size and self._more():
            pass
        return bytes(self._held[self._at : self._at + size])

    def mark(self) -> None:
        """Remember this place."""
        self._mark = self._at

    def rewind(self) -> None:
        """Back to the place remembered, or as far as is kept."""
        self.unread(self._at - self._mark)

    def skip(self, size: int) -> None:
        """Go on by ``size`` bytes."""
        while size > 0 and (data := self.chunk()):
            self.unread(max(0, len(data) - size))
            size -= len(data)
            self.mark()

    def skip_to(self, sign: bytes) -> None:
        """Go on to ``sign``, or the end."""
        while self.peek(len(sign)):
            found = self._held.find(sign, self._at)
            if found >= 0:
                self.skip(found - self._at)
                return
            # It may stand across the border of what is held.
            self.skip(max(len(self._held) - self._at - len(sign) + 1, 1))


class PlainStream:
    """A file of records that is not packed, for fastwarc."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        #: The last bytes given.
        self.tail = b""

    def read(self, size: int = CHUNK) -> bytes:
        """Up to ``size`` bytes."""
        data = self._wire.chunk()
        if 0 <= size < len(data):
            self._wire.unread(len(data) - size)
            data = data[:size]
        self.tail = (self.tail + data)[-4:] if len(data) < 4 else data[-4:]
        return data

    def tell(self) -> int:
        """The place in the file."""
        return self._wire.offset


class MemberStream:
    """One gzip member, unpacked for fastwarc; what goes wrong is its end, and stands in ``fault``."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._unpack = zlib.decompressobj(zlib.MAX_WBITS | 16)
        self._start = wire.offset
        self._size = 0
        #: ``cut``, ``broken`` or ``bomb``.
        self.fault: str | None = None

    def read(self, size: int = CHUNK) -> bytes:
        """Up to ``size`` bytes."""
        size = CHUNK if size < 0 else max(1, min(size, CHUNK))
        while not self._unpack.eof and self.fault is None:
            packed = self._wire.chunk()
            if not packed:
                self.fault = "cut"
                break
            try:
                data = self._unpack.decompress(packed, size)
            except zlib.error:
                self.fault = "broken"
                break
            self._wire.unread(len(self._unpack.unconsumed_tail or self._unpack.unused_data))
            self._size += len(data)
            grown = self._size > BOMB_GROWTH * (self._wire.offset - self._start)
            if grown and self._size > BOMB_FROM:
                self.fault = "bomb"
                break
            if data:
                return data
        return b""

    def tell(self) -> int:
        """The place in the record."""
        return self._size

    def drain(self) -> None:
        """Go on to the member's end."""
        while self.read():
            pass

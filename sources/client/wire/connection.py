"""One connection on asyncio: a request is written, its answer read as it comes, then the next.

What comes is read into one buffer that all connections of a loop share, and parsed there and then;
whoever waits for it is woken when there is a head, a good piece of the body, or its end, and not for
each packet.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncGenerator

import httpx

from sources.client.wire.framing import AnswerReader

__all__ = ["BUFFER", "Connection"]

#: Bytes that are read at once at most.
BUFFER = 256 * 1024
#: Bytes that may wait to be taken before the peer is slowed down.
MOST_WAITING = 256 * 1024
#: Bytes of a body that are worth waking somebody.
PIECE = 64 * 1024


class Connection(asyncio.BufferedProtocol):
    """HTTP/1.1 to one peer; it serves one request at a time."""

    def __init__(self, buffer: bytearray) -> None:
        """``buffer`` may be shared: what is read into it is parsed before anything else is read."""
        self._buffer = memoryview(buffer)
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._reader: AnswerReader | None = None
        #: Whoever waits for the head or for more of the body.
        self._waiter: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._for_head = False
        #: Seconds without a byte that are borne, and when the last came.
        self._silence = 0.0
        self._heard = 0.0
        #: Whether the peer fell silent while a part of the body waited, which is told first.
        self._stalled = False
        self._paused = False
        self._ended = False
        self._lost: Exception | None = None
        #: When its last answer was over, by the loop's clock.
        self.idle_since = self._loop.time()

    # What asyncio tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection stands."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def get_buffer(self, sizehint: int) -> memoryview:
        """Where what comes is put."""
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        """So many bytes of the buffer came."""
        reader = self._reader
        if reader is None:
            self.close()  # it speaks unasked, most often to say that it will close
            return
        self._heard = self._loop.time()
        reader.feed(self._buffer[:nbytes])
        if reader.error is not None:
            self.close()
        elif reader.waiting > MOST_WAITING and not self._paused and self._transport is not None:
            self._paused = True
            self._transport.pause_reading()
        if self._waiter is not None and self._worth_waking(reader):
            self._wake()

    def eof_received(self) -> bool:
        """The peer has no more to say."""
        self._end()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is over."""
        self._lost = exc
        self._end()

    # What its owner asks

    async def start_tls(self, context: ssl.SSLContext, host: str) -> None:
        """Go on over TLS with the peer, who has to be ``host``.

        Raises:
            OSError: no handshake; it is closed then.
        """
        assert self._transport is not None
        try:
            transport = await self._loop.start_tls(
                self._transport, self, context, server_hostname=host
            )
            if transport is None:
                raise ConnectionError("the connection was closed during the handshake")
        except BaseException:
            self.close()
            raise
        self._transport = transport

    @property
    def open(self) -> bool:
        """Whether a request may be written to it."""
        return not self._ended and self._transport is not None and not self._transport.is_closing()

    async def ask(self, request: bytes, silence: float) -> AnswerReader:
        """Write ``request``, and return when the head of its answer is there.

        Raises:
            httpx.TransportError, Failure: no answer; ``silence`` seconds without a byte.
        """
        if not self.open or self._transport is None:
            raise httpx.WriteError("the connection is closed") from self._lost
        reader = self._reader = AnswerReader()
        self._silence = silence
        self._transport.write(request)
        while not reader.begun:
            if reader.error is not None or self._ended:
                raise self._trouble(reader)
            await self._more()
        return reader

    async def parts(self) -> AsyncGenerator[bytes]:
        """The body of the answer to what was asked, in pieces as they come.

        Raises:
            httpx.TransportError, Failure: it breaks off, or is broken.
        """
        reader = self._reader
        assert reader is not None
        while True:
            over = reader.complete or reader.error is not None or self._ended
            if not over and not self._stalled and reader.waiting < PIECE:
                await self._more()
            elif reader.parts:
                self._stalled = False
                data = reader.take()
                self._resume()
                yield data
            elif reader.complete:
                return
            else:
                raise self._trouble(reader)

    def release(self) -> bool:
        """Whether its answer is read to the end and another request may be written to it."""
        reader, self._reader = self._reader, None
        self.idle_since = self._loop.time()
        if reader is None or not (reader.complete and reader.reusable and self.open):
            return False
        self._resume()
        return True

    def close(self) -> None:
        """Close at once; what was not sent yet is dropped."""
        if self._transport is not None:
            self._transport.abort()

    def _worth_waking(self, reader: AnswerReader) -> bool:
        return (
            reader.complete
            or reader.error is not None
            or reader.waiting >= PIECE
            or (self._for_head and reader.begun)
        )

    def _trouble(self, reader: AnswerReader) -> Exception:
        if reader.error is not None:
            return reader.error
        error = httpx.ReadError(str(self._lost or "the connection is closed"))
        error.__cause__ = self._lost
        return error

    async def _more(self) -> None:
        """Return when there may be something new to look at.

        Raises:
            httpx.ReadTimeout: nothing came for too long.
        """
        reader = self._reader
        self._for_head = reader is not None and not reader.begun
        self._heard = self._loop.time()
        self._waiter = self._loop.create_future()
        self._timer = self._loop.call_at(self._heard + self._silence, self._listen)
        try:
            await self._waiter
        finally:
            self._waiter = None
            self._timer.cancel()

    def _listen(self) -> None:
        """See whether the peer has been silent for too long: one timer for all that comes meanwhile."""
        until = self._heard + self._silence
        if self._waiter is None or self._waiter.done():
            return
        if until > self._loop.time():
            self._timer = self._loop.call_at(until, self._listen)
        elif self._reader is not None and self._reader.parts:
            self._stalled = True
            self._wake()
        else:
            self._waiter.set_exception(httpx.ReadTimeout(""))

    def _resume(self) -> None:
        if self._paused and self._transport is not None:
            self._paused = False
            if not self._transport.is_closing():
                self._transport.resume_reading()

    def _end(self) -> None:
        self._ended = True
        # Where it broke, that is what is told: not that the answer is cut off, too.
        if self._reader is not None and self._lost is None:
            self._reader.end()
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

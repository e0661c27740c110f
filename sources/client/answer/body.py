"""Reading one answer's body under its caps."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from sources.client.answer.decoding import BodyTooLarge, BrokenBody, decoder_for
from sources.client.failure import Failure
from sources.client.wire.transport import Answer
from sources.errors import TooLarge, Unreachable

__all__ = ["Caps", "read_body"]

#: Read of an error page or a redirect: enough for a message, and to keep the connection.
ASIDE = 256 * 1024
_BODILESS = frozenset([204, 205, 304])


@dataclass(frozen=True, slots=True)
class Caps:
    """Bytes of a body."""

    #: After decompression.
    body: int
    #: Of a compressed body, on the wire.
    wire: int
    #: Take the beginning of a larger body instead of refusing it.
    cut: bool = False


async def read_body(answer: Answer, caps: Caps) -> bytes:
    """The body, decompressed as it streams, never beyond the caps.

    Raises:
        Failure: ``TooLarge``, or ``Unreachable`` where it is broken or cut off.
    """
    if answer.status in _BODILESS:
        async with contextlib.aclosing(answer.chunks()) as chunks:
            async for _ in chunks:
                break
        return b""
    aside = not 200 <= answer.status < 300
    if aside:
        caps = Caps(min(caps.body, ASIDE), min(caps.wire, ASIDE), cut=True)
    coding = answer.headers.get("content-encoding", "")
    most = caps.wire if coding else caps.body
    announced = answer.headers.get("content-length", "")[:20]
    if not caps.cut and announced.isascii() and announced.isdigit() and int(announced) > most:
        raise Failure(TooLarge, f"{announced} bytes announced, at most {most} are read")
    wire = 0
    try:
        decoder = decoder_for(coding, caps.body, cut=caps.cut)
        async with contextlib.aclosing(answer.chunks()) as chunks:
            async for chunk in chunks:
                wire += len(chunk)
                decoder.feed(chunk)
                if decoder.full or (caps.cut and wire > most):
                    return decoder.so_far()
                if wire > most:
                    raise Failure(TooLarge, f"more than {most} bytes on the wire")
        return decoder.finish()
    except BodyTooLarge:
        raise Failure(TooLarge, f"more than {caps.body} bytes after decompression") from None
    except BrokenBody as error:
        if aside:
            return b""  # what an error page says is not worth an error of its own
        raise Failure(Unreachable, f"the answer broke off: {error}", again=True) from None

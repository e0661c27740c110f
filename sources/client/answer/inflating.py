"""What undoes deflate: Intel's library where its wheel is there, about twice as fast, else Python's zlib.

Both give the same bytes; how they word an error differs. isal keeps some of what it was given inside, so
whoever asks for a piece at a time asks until one is not full: ``unconsumed_tail`` alone does not say that
there is no more.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Protocol

__all__ = ["BARE", "BROKEN", "GZIP", "ZLIB", "Unpacker", "unpacker"]

#: What stands around the deflate stream: RFC 1952, RFC 1950, nothing.
GZIP, ZLIB, BARE = zlib.MAX_WBITS | 16, zlib.MAX_WBITS, -zlib.MAX_WBITS


class Unpacker(Protocol):
    """One stream, as ``zlib.decompressobj``."""

    @property
    def eof(self) -> bool: ...  # noqa: D102
    @property
    def unconsumed_tail(self) -> bytes: ...  # noqa: D102
    @property
    def unused_data(self) -> bytes: ...  # noqa: D102
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...  # noqa: D102


def _fastest() -> tuple[Callable[[int], Unpacker], tuple[type[Exception], ...]]:
    try:
        from isal import igzip_lib, isal_zlib
    except ImportError:
        return zlib.decompressobj, (zlib.error,)

    broken: tuple[type[Exception], ...] = (igzip_lib.IsalError, zlib.error)  # type: ignore[assignment]
    return isal_zlib.decompressobj, broken


#: ``unpacker(GZIP)`` begins a stream; what is no such stream raises one of ``BROKEN``.
unpacker, BROKEN = _fastest()

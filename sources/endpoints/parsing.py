"""Where what a site sent is parsed, and how what was found comes back from there.

A parser of a hostile document may take minutes or gigabytes, so whoever collects has it run in a
process that can be ended (``ingest.workers.documents``). Without such a process it runs here.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import ParamSpec, Protocol, TypeVar

from sources.endpoints.document import Following
from sources.errors import EndpointError
from sources.link import Announced

__all__ = ["ParsedDocument", "Parsing", "pack_document", "parse_here"]

P = ParamSpec("P")
R = TypeVar("R")

#: Entries that are packed together, so that no event loop is held up by unpacking many.
BATCH = 500
#: A longer address cannot be asked for: servers read 8 kB of a request's first line.
LONGEST_ADDRESS = 8000
#: Bytes of everything that one document announces; the largest sitemaps come to 15 MB.
LARGEST_PACKED = 64 * 1024 * 1024


class Parsing(Protocol):
    """Runs a parser somewhere."""

    async def __call__(
        self, url: str, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """What ``function``, of a module and not raising, makes of ``args``; all can be pickled.

        Args:
            url: of the document, for messages.
            function: the parser.
            args: of ``function``.
            kwargs: of ``function``.

        Raises:
            EndpointError: it took more CPU time or memory than it may.
        """


async def parse_here(url: str, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """Parse in this process, however long it takes: for programs that trust what they read."""
    return function(*args, **kwargs)


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """What one document announces, packed; iterated, the entries come in its order."""

    parts: tuple[bytes, ...]
    #: What was wrong with the document; raised behind the entries before it.
    error: EndpointError | None = None

    def __iter__(self) -> Iterator[Announced | Following]:
        for part in self.parts:
            # Packed by ourselves, in ``pack_document``.
            yield from pickle.loads(part)  # noqa: S301
        if self.error is not None:
            raise self.error


def pack_document(url: str, entries: Iterable[Announced | Following]) -> ParsedDocument:
    """Read ``entries`` to their end, or to where the document at ``url`` breaks off."""
    parts: list[bytes] = []
    size = 0
    error: EndpointError | None = None
    kept = _short_enough(entries)
    while error is None:
        batch: list[Announced | Following] = []
        try:
            for entry in kept:
                batch.append(entry)
                if len(batch) == BATCH:
                    break
        except EndpointError as problem:
            error = problem
        if not batch:
            break
        part = pickle.dumps(batch, pickle.HIGHEST_PROTOCOL)
        size += len(part)
        if size > LARGEST_PACKED:
            most = LARGEST_PACKED // 2**20
            error = EndpointError(url, f"announces more than {most} MB; the rest was left")
            break
        parts.append(part)
    return ParsedDocument(tuple(parts), error)


def _short_enough(
    entries: Iterable[Announced | Following],
) -> Iterator[Announced | Following]:
    return (entry for entry in entries if len(entry.url) <= LONGEST_ADDRESS)

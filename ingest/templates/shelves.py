"""The shelves of one process, and what the database holds of them: read once, written as they change.

The shelves are the process's own. Another process begins with what the database knows, and adds what
it counts itself (``storage.templates``).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from ingest.templates.kept import KeptTemplate
from ingest.templates.shelf import Shelf
from storage.errors import StorageError
from storage.publishers import ensure_source
from storage.templates import TemplateRow, save_templates, templates_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from sqlalchemy import Connection

    Ask = Callable[[Callable[[Connection], Any]], Awaitable[Any]]

__all__ = ["Shelves", "kept_of", "row_of", "stored_shelf", "write_shelf"]

#: Bytes of all pages that are gathered for learning, compressed.
MOST_BYTES = 8_000_000
#: Pages of a source after which the counts of its templates are written.
WRITE_EVERY = 100
#: Comparisons that a confidence which was stored is taken to stand for, at most.
_REMEMBERED = 10.0
_BOTH = tuple(
    each.name
    for each in fields(TemplateRow)
    if each.name in {of_kept.name for of_kept in fields(KeptTemplate)}
)


class Shelves:
    """The shelves of the sources that one process reads, with the templates in one database."""

    def __init__(self, read: Ask, write: Ask, now: Callable[[], datetime]) -> None:
        """No shelf yet.

        Args:
            read: asks the database something.
            write: has the database's writer do something.
            now: the time of day.
        """
        self._read = read
        self._write = write
        self._now = now
        self._shelves: OrderedDict[str, Shelf] = OrderedDict()
        self._turns: dict[str, asyncio.Lock] = {}
        self._unwritten: dict[str, int] = {}

    async def of(self, source: str) -> Shelf:
        """The shelf of ``source``, with what the database knew when it was first asked for.

        Raises:
            StorageError: the database cannot go on.
        """
        if source not in self._shelves:
            async with self._turns.setdefault(source, asyncio.Lock()):
                if source not in self._shelves:
                    kept = await self._read(lambda c: _kept(c, source))
                    self._shelves[source] = Shelf(source, kept)
        self._shelves.move_to_end(source)
        return self._shelves[source]

    async def note_page(self, shelf: Shelf) -> None:
        """Count one page that changed no template's standing; now and then all counts are written.

        Raises:
            StorageError: the database cannot go on.
        """
        self._unwritten[shelf.source] = self._unwritten.get(shelf.source, 0) + 1
        if self._unwritten[shelf.source] >= WRITE_EVERY:
            await self.save(shelf)

    async def save(self, shelf: Shelf) -> None:
        """Write what has come to the shelf, and put on it what others have written.

        Raises:
            StorageError: the database cannot go on; what could not be written is written later.
        """
        source, now = shelf.source, self._now()
        # One after the other: each adds what was counted since the last.
        async with self._turns.setdefault(source, asyncio.Lock()):
            self._unwritten.pop(source, None)
            changed = shelf.changed()
            if not changed:
                shelf.adopt(await self._read(lambda c: _kept(c, source)))
                return
            news = [(row_of(source, kept), kept.written) for kept in changed]
            for kept in changed:
                kept.changed, kept.written = False, kept.counts

            def save(connection: Connection) -> tuple[list[int], list[KeptTemplate]]:
                ensure_source(connection, source, now)
                return save_templates(connection, news), _kept(connection, source)

            try:
                versions, stored = await self._write(save)
            except BaseException:
                for kept, (_, written) in zip(changed, news, strict=True):
                    kept.changed, kept.written = True, written
                raise
            for kept, version in zip(changed, versions, strict=True):
                shelf.renumber(kept, version)
            shelf.left = [kept for kept in shelf.left if kept.changed]
            shelf.adopt(stored)

    async def flush(self, source: str) -> None:
        """Write what is known of the templates of ``source``.

        Raises:
            StorageError: the database cannot go on.
        """
        shelf = self._shelves.get(source)
        if shelf is not None:
            await self.save(shelf)

    async def aclose(self) -> None:
        """Write what is known of all templates, where the database still takes it."""
        with contextlib.suppress(StorageError):
            for shelf in self._shelves.values():
                await self.save(shelf)

    def bound(self, newest: Shelf) -> None:
        """Forget the pages that were gathered longest ago, where all together are too many."""
        total = 0
        for shelf in reversed(self._shelves.values()):
            total += shelf.bytes
            if total > MOST_BYTES and shelf is not newest:
                shelf.drop_examples()


def stored_shelf(connection: Connection, source: str) -> Shelf:
    """The shelf of ``source`` as the database knows it."""
    return Shelf(source, _kept(connection, source))


def write_shelf(connection: Connection, shelf: Shelf) -> None:
    """Write what has come to a shelf that nobody else works with."""
    changed = shelf.changed()
    news = [(row_of(shelf.source, kept), kept.written) for kept in changed]
    for kept, version in zip(changed, save_templates(connection, news), strict=True):
        shelf.renumber(kept, version)


def row_of(source: str, kept: KeptTemplate) -> TemplateRow:
    """A template as the database keeps it."""
    same = {name: getattr(kept, name) for name in _BOTH}
    return TemplateRow(source=source, confidence=round(kept.confidence, 4), **same)


def kept_of(row: TemplateRow) -> KeptTemplate:
    """A template as it was kept; what the last comparisons said is made of its confidence."""
    recent = min(float(row.checked), _REMEMBERED)
    agreed = max(row.confidence * (recent + 1.2) - 1, 0.0)
    return KeptTemplate(
        **{name: getattr(row, name) for name in _BOTH},
        recent_checked=recent,
        recent_agreed=min(agreed, recent),
        changed=False,
        written=row.counts,
    )


def _kept(connection: Connection, source: str) -> list[KeptTemplate]:
    return [kept_of(row) for row in templates_of(connection, source)]

"""Pages compressed and restored with the dictionary of their source (``storage.pages.compression``).

A page is packed before the transaction that stores it (``storage.pages.raw_pages``), by whoever downloaded it;
a dictionary is made apart from it too, since that takes a tenth of a second.
"""

from __future__ import annotations

import hashlib
import http.client
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage.engine.statements import run, stored_time
from storage.pages.compression import (
    PAGES,
    PageCompression,
    make_dictionary,
    pack_dictionary,
    unpack_dictionary,
)
from storage.schema import page_dictionaries, raw_pages

__all__ = ["NEWEST_DICTIONARY", "NewDictionary", "PackedPage", "PageArchive", "RawPage", "Reading"]

#: Dictionaries held ready to restore pages, those used last.
_READY = 12
#: Bytes of those held ready to compress pages, of the sources used last; to load one anew for every
#: page costs more than all else that is done for an article.
_ROOM = 32_000_000
#: What one takes beside its own bytes: its tables, and those of the compressor.
_TABLES = 2_000_000
#: A dictionary is replaced when pages come out this much larger than its first did.
_WORSE, _AFTER = 1.6, 20
#: Header fields of the transfer, which is over.
_OF_TRANSFER = frozenset({"content-encoding", "transfer-encoding", "content-length", "connection"})


#: After so many pages of a source it is asked whether another process has made a dictionary.
_ASK_EVERY = 64

NEWEST_DICTIONARY = (
    "SELECT id, made_at FROM page_dictionaries WHERE source = ? ORDER BY id DESC LIMIT 1"
)

#: How to come by a connection that reads, where one is needed.
Reading = Callable[[], AbstractContextManager[sa.Connection]]
#: A dictionary, by its number and when it was made: a number may be given again after a rollback.
_Identity = tuple[int, datetime]


@dataclass(frozen=True, slots=True)
class RawPage:
    """A page as it was downloaded, its codings undone; ``headers`` with names in lower case."""

    url: str
    fetched_at: datetime
    status: int
    headers: Mapping[str, str]
    body: bytes
    id: int = 0
    source: str = ""
    link_id: int = 0

    def as_message(self) -> bytes:
        """Status line, header fields and body as of HTTP/1.1 (RFC 9112)."""
        reason = http.client.responses.get(self.status, "")
        head = [f"HTTP/1.1 {self.status} {reason}"]
        for name, value in self.headers.items():
            if name.lower() not in _OF_TRANSFER:
                head.append(f"{name}: {' '.join(value.split())}")
        head += [f"content-length: {len(self.body)}", "", ""]
        return "\r\n".join(head).encode("utf-8", "replace") + self.body


@dataclass(frozen=True, slots=True)
class PackedPage:
    """A page as it is stored, made before the transaction that stores it."""

    source: str
    link_id: int
    page: RawPage
    digest: str
    #: Bytes of its message.
    size: int
    data: bytes
    #: What it takes to restore it.
    dictionary: _Identity | None


@dataclass(frozen=True, slots=True)
class NewDictionary:
    """A dictionary that is to be stored, and the one that it takes the place of."""

    source: str
    data: bytes
    share: float
    after: int


class _Ready:
    def __init__(self, identity: _Identity | None, dictionary: bytes | None, share: float) -> None:
        self.identity = identity
        self.compression = PageCompression(dictionary)
        self.first_share = share
        self.share = share
        self.pages = 0
        #: While it compresses: pages of other sources are compressed at the same time.
        self.busy = threading.Lock()
        #: Pages until it is asked whether there is a newer one.
        self.asks_in = _ASK_EVERY if identity is not None else 0


class PageArchive:
    """Compresses and restores pages with the dictionary of their source. Thread-safe."""

    def __init__(self) -> None:
        self._newest: OrderedDict[str, _Ready] = OrderedDict()
        self._old: OrderedDict[int, PageCompression] = OrderedDict()
        self._lock = threading.Lock()

    def asks(self, source: str) -> bool:
        """Whether to pack the next page of ``source`` the database is asked for its dictionary."""
        with self._lock:
            ready = self._newest.get(source)
            return ready is None or ready.asks_in <= 0

    def pack(self, reading: Reading, source: str, link_id: int, page: RawPage) -> PackedPage:
        """``page`` compressed, as the answer to a link of ``source``.

        ``reading`` is best a connection outside of any transaction that writes: a dictionary that is
        taken back is one that nobody has.
        """
        if self.asks(source):
            with reading() as connection:
                self._load(connection, source)
        message = page.as_message()
        with self._lock:
            ready = self._newest.get(source) or _Ready(None, None, 1.0)
            if source in self._newest:
                self._newest.move_to_end(source)
        with ready.busy:
            data = ready.compression.compress(message)
        with self._lock:
            ready.pages += 1
            ready.asks_in -= 1
            ready.share += 0.1 * (len(data) / max(len(message), 1) - ready.share)
        digest = hashlib.sha256(page.body).hexdigest()
        return PackedPage(source, link_id, page, digest, len(message), data, ready.identity)

    def _load(self, connection: sa.Connection, source: str) -> None:
        row = run(connection, NEWEST_DICTIONARY, (source,)).first()
        identity = (row[0], stored_time(row[1])) if row is not None else None
        with self._lock:
            ready = self._newest.get(source)
            if ready is not None and ready.identity == identity:
                ready.asks_in = _ASK_EVERY if identity is not None else 0
            else:
                ready = self._newest[source] = _load(connection, source, identity)
            self._newest.move_to_end(source)
            while len(self._newest) > 1 and self._size() > _ROOM:
                self._newest.popitem(last=False)

    def _size(self) -> int:
        return sum(ready.compression.size + _TABLES for ready in self._newest.values())

    def forget(self, source: str) -> None:
        """The dictionary of ``source`` is not there any more."""
        with self._lock:
            self._newest.pop(source, None)

    def wants_dictionary(self, source: str) -> bool:
        """Whether pages of this source would come out smaller with a new dictionary.

        Said once; then again only after as many pages.
        """
        with self._lock:
            ready = self._newest.get(source)
            if ready is None:
                return False
            if ready.identity is None:
                wanted = ready.pages >= PAGES
            else:
                wanted = ready.pages >= _AFTER and ready.share > _WORSE * ready.first_share
            if wanted:
                ready.pages = ready.asks_in = 0
            return wanted

    def new_dictionary(self, connection: sa.Connection, source: str) -> NewDictionary | None:
        """Make a dictionary from the newest pages of ``source``, where there are enough of them."""
        present = run(connection, NEWEST_DICTIONARY, (source,)).scalar()
        newest = [
            self.restore(connection, number).as_message()
            for number in connection.execute(
                sa.select(raw_pages.c.id)
                .where(raw_pages.c.source == source)
                .order_by(raw_pages.c.id.desc())
                .limit(PAGES)
            ).scalars()
        ]
        if len(newest) < PAGES:
            return None
        # The share to keep to: of the newest page, given those before it.
        trial = PageCompression(make_dictionary(newest[1:]))
        share = len(trial.compress(newest[0])) / max(len(newest[0]), 1)
        data = pack_dictionary(make_dictionary(newest))
        return NewDictionary(source, data, share, present or 0)

    def restore(self, connection: sa.Connection, page_id: int) -> RawPage:
        """A stored page.

        Raises:
            LookupError: there is none of this number.
            DatabaseUnavailable: it is damaged.
        """
        row = connection.execute(sa.select(raw_pages).where(raw_pages.c.id == page_id)).first()
        if row is None:
            raise LookupError(page_id)
        with self._lock:
            message = self._compression(connection, row.dictionary_id).restore(row.page)
        head, _, body = message.partition(b"\r\n\r\n")
        lines = head.decode("utf-8", "replace").split("\r\n")[1:]
        fields = (line.partition(": ") for line in lines)
        return RawPage(
            url=row.url,
            fetched_at=row.fetched_at,
            status=row.status,
            headers={name: value for name, _, value in fields},
            body=body,
            id=row.id,
            source=row.source,
            link_id=row.link_id,
        )

    def _compression(self, connection: sa.Connection, number: int | None) -> PageCompression:
        key = number or 0
        known = self._old.get(key)
        if known is None:
            dictionary = None
            if number is not None:
                data = connection.execute(
                    sa.select(page_dictionaries.c.data).where(page_dictionaries.c.id == number)
                ).scalar_one()
                dictionary = unpack_dictionary(data)
            known = self._old[key] = PageCompression(dictionary)
        self._old.move_to_end(key)
        if len(self._old) > _READY:
            self._old.popitem(last=False)
        return known


def _load(connection: sa.Connection, source: str, identity: _Identity | None) -> _Ready:
    if identity is not None:
        row = connection.execute(
            sa.select(page_dictionaries).where(page_dictionaries.c.id == identity[0])
        ).one()
        return _Ready(identity, unpack_dictionary(row.data), row.share)
    ready = _Ready(None, None, 1.0)
    ready.pages = len(
        connection.execute(
            sa.select(raw_pages.c.id).where(raw_pages.c.source == source).limit(PAGES)
        ).all()
    )
    return ready

"""Raw pages: what was downloaded for an article, kept so that it can be read again without a request.

A page is kept as an HTTP message (status line, header fields, body with its codings undone), under
the link that it answers, compressed with the dictionary of its source (``storage.page_compression``).
"""

from __future__ import annotations

import hashlib
import http.client
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage.page_compression import (
    PAGES,
    PageCompression,
    make_dictionary,
    pack_dictionary,
    unpack_dictionary,
)
from storage.schema import articles, links, page_dictionaries, raw_pages

__all__ = [
    "PageArchive",
    "RawPage",
    "get_page",
    "keep_page",
    "newest_pages",
    "page_ids",
    "page_of_article",
    "pages_read_by",
    "prune_pages",
]

#: Dictionaries held ready, of the sources used last; each takes a few MB.
_READY = 12
#: A dictionary is replaced when pages come out this much larger than its first did.
_WORSE, _AFTER = 1.6, 20
#: Header fields of the transfer, which is over.
_OF_TRANSFER = frozenset({"content-encoding", "transfer-encoding", "content-length", "connection"})


_NEWEST_DICTIONARY = sa.text("SELECT max(id) FROM page_dictionaries WHERE source = :source")
_NEWEST_DIGEST = sa.text(
    "SELECT digest FROM raw_pages WHERE link_id = :link ORDER BY id DESC LIMIT 1"
)


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


class _Ready:
    def __init__(self, number: int | None, dictionary: bytes | None, share: float) -> None:
        self.number = number
        self.compression = PageCompression(dictionary)
        self.first_share = share
        self.share = share
        self.pages = 0


class PageArchive:
    """Compresses and restores pages with the dictionary of their source. Thread-safe."""

    def __init__(self) -> None:
        self._newest: OrderedDict[str, _Ready] = OrderedDict()
        self._old: OrderedDict[int, PageCompression] = OrderedDict()
        self._lock = threading.Lock()

    def pack(
        self, connection: sa.Connection, source: str, page: RawPage
    ) -> tuple[bytes, int | None]:
        """``page`` compressed, and the number of the dictionary that it takes to restore it."""
        message = page.as_message()
        # Asked for each time: another process may have made one, and a rollback may have taken ours.
        number = connection.execute(_NEWEST_DICTIONARY, {"source": source}).scalar()
        with self._lock:
            ready = self._newest.get(source)
            if ready is None or ready.number != number:
                ready = self._newest[source] = _load(connection, source, number)
            self._newest.move_to_end(source)
            if len(self._newest) > _READY:
                self._newest.popitem(last=False)
            packed = ready.compression.compress(message)
            ready.pages += 1
            ready.share += 0.1 * (len(packed) / max(len(message), 1) - ready.share)
        return packed, number

    def wants_dictionary(self, source: str) -> bool:
        """Whether pages of this source would come out smaller with a new dictionary."""
        with self._lock:
            ready = self._newest.get(source)
            if ready is None:
                return False
            if ready.number is None:
                return ready.pages >= PAGES
            return ready.pages >= _AFTER and ready.share > _WORSE * ready.first_share

    def learn(self, connection: sa.Connection, source: str, now: datetime) -> None:
        """Make a dictionary from the newest pages of ``source``, where there are enough of them."""
        with self._lock:
            ready = self._newest.get(source)
            if ready is not None:  # asked again only after as many pages
                ready.pages = 0
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
            return
        # The share to keep to: of the newest page, given those before it.
        trial = PageCompression(make_dictionary(newest[1:]))
        share = len(trial.compress(newest[0])) / max(len(newest[0]), 1)
        connection.execute(
            sa.insert(page_dictionaries).values(
                source=source,
                data=pack_dictionary(make_dictionary(newest)),
                share=share,
                made_at=now,
            )
        )

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


def _load(connection: sa.Connection, source: str, number: int | None) -> _Ready:
    if number is not None:
        row = connection.execute(
            sa.select(page_dictionaries).where(page_dictionaries.c.id == number)
        ).one()
        return _Ready(number, unpack_dictionary(row.data), row.share)
    ready = _Ready(None, None, 1.0)
    ready.pages = len(
        connection.execute(
            sa.select(raw_pages.c.id).where(raw_pages.c.source == source).limit(PAGES)
        ).all()
    )
    return ready


def keep_page(
    connection: sa.Connection,
    archive: PageArchive,
    source: str,
    link_id: int,
    page: RawPage,
    now: datetime,
) -> int | None:
    """Store a page under its link; ``None`` where the link's newest page is the same already."""
    digest = hashlib.sha256(page.body).hexdigest()
    if connection.execute(_NEWEST_DIGEST, {"link": link_id}).scalar() == digest:
        return None
    packed, dictionary = archive.pack(connection, source, page)
    number: int = connection.execute(
        sa.insert(raw_pages)
        .values(
            source=source,
            link_id=link_id,
            url=page.url,
            fetched_at=page.fetched_at,
            status=page.status,
            digest=digest,
            bytes=len(page.as_message()),
            stored_bytes=len(packed),
            dictionary_id=dictionary,
            page=packed,
        )
        .returning(raw_pages.c.id)
    ).scalar_one()
    if archive.wants_dictionary(source):
        archive.learn(connection, source, now)
    return number


def get_page(connection: sa.Connection, archive: PageArchive, page_id: int) -> RawPage | None:
    """The page of this number, if it is kept."""
    try:
        return archive.restore(connection, page_id)
    except LookupError:
        return None


def page_of_article(connection: sa.Connection, article_id: int) -> int | None:
    """The number of the newest page that is kept of an article."""
    found: int | None = connection.execute(
        sa.select(sa.func.max(raw_pages.c.id))
        .join_from(links, raw_pages, raw_pages.c.link_id == links.c.id)
        .where(
            links.c.article_id == article_id,
            sa.or_(links.c.reason.is_(None), links.c.reason != "same_text"),
        )
    ).scalar()
    return found


def newest_pages(connection: sa.Connection, source: str, limit: int) -> list[int]:
    """Numbers of the newest kept pages of ``source``, one of a link, the newest first."""
    # A link that is looked at again and again has a few pages, not many.
    rows = connection.execute(
        sa.select(raw_pages.c.id, raw_pages.c.link_id)
        .where(raw_pages.c.source == source)
        .order_by(raw_pages.c.id.desc())
        .limit(3 * limit)
    )
    return _one_of_each(((row.id, row.link_id) for row in rows), limit)


def pages_read_by(
    connection: sa.Connection, source: str, extractor: str, limit: int
) -> list[tuple[int, int]]:
    """(page, article) of the newest articles of ``source`` that ``extractor`` made."""
    rows = connection.execute(
        sa.select(raw_pages.c.id, articles.c.id.label("article_id"))
        .join_from(articles, links, links.c.article_id == articles.c.id)
        .join(raw_pages, raw_pages.c.link_id == links.c.id)
        .where(
            articles.c.source == source,
            articles.c.extractor == extractor,
            sa.or_(links.c.reason.is_(None), links.c.reason != "same_text"),
        )
        .order_by(articles.c.filed_at.desc(), raw_pages.c.id.desc())
        .limit(3 * limit)
    ).all()
    pages = {row.id: row.article_id for row in rows}
    return [(number, pages[number]) for number in _one_of_each(pages.items(), limit)]


def _one_of_each(rows: Iterable[tuple[int, int]], limit: int) -> list[int]:
    """The first number of each of what they belong to."""
    first: dict[int, int] = {}
    for number, owner in rows:
        first.setdefault(owner, number)
    return list(first.values())[:limit]


def page_ids(
    connection: sa.Connection,
    sources: Sequence[str],
    since: datetime | None,
    *,
    after: int,
    last: int,
    limit: int,
) -> list[int]:
    """Numbers of kept pages above ``after`` and up to ``last``, rising; of every source for none."""
    query = sa.select(raw_pages.c.id).where(raw_pages.c.id > after, raw_pages.c.id <= last)
    if sources:
        query = query.where(raw_pages.c.source.in_(sources))
    if since is not None:
        query = query.where(raw_pages.c.fetched_at >= since)
    return list(connection.execute(query.order_by(raw_pages.c.id).limit(limit)).scalars())


def prune_pages(
    connection: sa.Connection, *, before: datetime | None, most_bytes: int | None, limit: int = 500
) -> int:
    """Remove up to ``limit`` pages that are older than ``before``, or too many; how many.

    What is removed goes oldest first. A dictionary that no page needs, and that is not its source's
    newest, goes too.
    """
    doomed: list[int] = []
    if before is not None:
        doomed = list(_oldest(connection, raw_pages.c.fetched_at < before, limit))
    if not doomed and most_bytes is not None:
        total = connection.execute(sa.select(sa.func.sum(raw_pages.c.stored_bytes))).scalar() or 0
        over = int(total) - most_bytes
        rows = connection.execute(
            sa.select(raw_pages.c.id, raw_pages.c.stored_bytes)
            .order_by(raw_pages.c.fetched_at, raw_pages.c.stored_bytes)
            .limit(limit)
        )
        for number, size in rows:
            if over <= 0:
                break
            doomed.append(number)
            over -= size
    if not doomed:
        return 0
    connection.execute(sa.delete(raw_pages).where(raw_pages.c.id.in_(doomed)))
    newest = sa.select(sa.func.max(page_dictionaries.c.id)).group_by(page_dictionaries.c.source)
    used = sa.select(raw_pages.c.dictionary_id).where(raw_pages.c.dictionary_id.is_not(None))
    connection.execute(
        sa.delete(page_dictionaries).where(
            page_dictionaries.c.id.not_in(newest), page_dictionaries.c.id.not_in(used)
        )
    )
    return len(doomed)


def _oldest(
    connection: sa.Connection, condition: sa.ColumnElement[bool], limit: int
) -> Iterator[int]:
    query = sa.select(raw_pages.c.id).where(condition).order_by(raw_pages.c.fetched_at)
    yield from connection.execute(query.limit(limit)).scalars()

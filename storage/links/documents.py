"""Endpoints that discovery found, and the documents fetched from endpoints with their validators."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Literal

import sqlalchemy as sa

from storage.async_store import AsyncStore
from storage.engine.stored_text import MAX_KEY
from storage.engine.upsert import insert_or_update
from storage.links.backfills import note_document
from storage.links.link import NewLink
from storage.links.recording import RecordedLinks, record_links
from storage.publishers import ensure_source
from storage.schema import documents, endpoints

__all__ = [
    "DocumentAnswer",
    "DocumentRow",
    "EndpointRow",
    "RecordedDocument",
    "documents_of",
    "known_endpoints",
    "record_document",
    "record_endpoints",
    "take_document",
]

#: Links recorded in one transaction: the loop breathes between two.
BATCH = 2000


@dataclass(frozen=True, slots=True)
class EndpointRow:
    """One endpoint: ``kind`` is ``feed``, ``sitemap``, ``listing``, ``wordpress`` or ``ghost``."""

    kind: str
    url: str
    selector: str | None = None
    archive: bool = False
    #: When it was found last; given when read, set by ``record_endpoints``.
    discovered_at: datetime | None = field(default=None, compare=False)


def known_endpoints(connection: sa.Connection, source: str) -> list[EndpointRow]:
    """The endpoints of ``source`` that were recorded, in the order in which they were."""
    rows = connection.execute(
        sa.select(endpoints).where(endpoints.c.source == source).order_by(endpoints.c.id)
    )
    return [
        EndpointRow(row.kind, row.url, row.selector, row.archive, row.discovered_at) for row in rows
    ]


def record_endpoints(
    connection: sa.Connection,
    source: str,
    rows: Iterable[EndpointRow],
    now: datetime,
    *,
    origin: Literal["file", "discovered"] = "discovered",
) -> None:
    """Record endpoints; a known one (same source, address, kind) takes the new rest.

    An address too long for an index is left out: it could not be asked under its cut form.
    """
    ensure_source(connection, source, now)
    for row in rows:
        if len(row.url.encode("utf-8", "replace")) > MAX_KEY:
            continue
        changes = {
            "selector": row.selector,
            "archive": row.archive,
            "origin": origin,
            "discovered_at": now,
        }
        connection.execute(
            insert_or_update(connection, endpoints, ["source", "url", "kind"], changes),
            {
                "source": source,
                "kind": row.kind,
                "url": row.url,
                **changes,
            },
        )


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document of an endpoint as it was read last."""

    etag: str | None
    last_modified: str | None
    #: (address, modified) of the documents that it names.
    following: tuple[tuple[str, str | None], ...]
    #: Whether the last attempt failed.
    failed: bool
    checked_at: datetime
    #: By which rules it was read.
    rules: str | None = None
    #: Links that it announced when it was read last.
    link_count: int = 0


def documents_of(connection: sa.Connection, source: str) -> dict[str, DocumentRow]:
    """Every document of ``source`` that was read, by its address."""
    rows = connection.execute(
        sa.select(
            documents.c.url,
            documents.c.etag,
            documents.c.last_modified,
            documents.c.following,
            documents.c.error,
            documents.c.checked_at,
            documents.c.rules,
            documents.c.link_count,
        ).where(documents.c.source == source)
    )
    return {
        row.url: DocumentRow(
            row.etag,
            row.last_modified,
            tuple((url, modified) for url, modified in row.following or ()),
            row.error is not None,
            row.checked_at,
            row.rules,
            row.link_count,
        )
        for row in rows
    }


@dataclass(frozen=True, slots=True)
class RecordedDocument:
    """What became of the links of one reading of a document, in all."""

    #: Links that it announced.
    announced: int = 0
    #: Those that nobody had announced before.
    new: int = 0
    known: int = 0
    #: Those of ``known`` that were done and are due again, since they were modified.
    changed: int = 0

    def plus(self, announced: int, recorded: RecordedLinks) -> RecordedDocument:
        """With what one more batch of ``announced`` links came to."""
        return RecordedDocument(
            self.announced + announced,
            self.new + recorded.new,
            self.known + recorded.known,
            self.changed + recorded.changed,
        )


@dataclass(frozen=True, slots=True)
class DocumentAnswer:
    """What the request for a document brought, known once its links have been read."""

    #: Of its endpoint, as in ``documents.kind``.
    kind: str
    endpoint_url: str | None = None
    #: HTTP status; ``None`` where no answer came.
    status: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    error: str | None = None
    #: (address, modified) of the documents that it names.
    following: Sequence[tuple[str, str | None]] = ()
    #: Whether it need not be asked for again by the backfill that read it.
    whole: bool = True
    #: By which rules its links were taken.
    rules: str | None = None
    #: Where it is now, where it has moved for good.
    moved_to: str | None = None


async def take_document(
    store: AsyncStore,
    source: str,
    url: str,
    links: Iterable[NewLink],
    answer: Callable[[], DocumentAnswer],
    *,
    now: Callable[[], datetime],
    backfill_id: int | None = None,
) -> RecordedDocument:
    """Record a document of an endpoint: all of its links, then that it was read.

    ``links`` may be lazy and a million: they are taken a batch at a time, each batch a transaction.
    What says that the document was read (its validators; for a backfill its place in
    ``backfill_documents``) is stored with the last of them, so that a kill before that has all of it
    asked for again and loses nothing.

    Args:
        store: where to.
        source: whose it is.
        url: its address.
        links: what it announces.
        answer: what the request brought; asked when ``links`` has come to its end.
        now: the time of day.
        backfill_id: the backfill that reads it and will fetch its links; a poll where left out.

    Raises:
        StorageError: the database cannot go on.
    """
    so_far = RecordedDocument()
    batch: list[NewLink] = []
    for link in links:
        batch.append(link)
        if len(batch) >= BATCH:
            so_far = await store.write(
                partial(_record_batch, source, url, batch, so_far, backfill_id, now())
            )
            batch = []
    said = answer()
    return await store.write(
        partial(_record_last, source, url, batch, so_far, backfill_id, now(), said)
    )


def _record_batch(
    source: str,
    url: str,
    batch: list[NewLink],
    so_far: RecordedDocument,
    backfill_id: int | None,
    now: datetime,
    connection: sa.Connection,
) -> RecordedDocument:
    planned = backfill_id is not None
    recorded = record_links(connection, source, batch, now, document_url=url, planned=planned)
    if not planned and (recorded.new or recorded.changed):
        # Now, since the rest of a reading that is killed will find them known.
        connection.execute(
            sa.update(documents)
            .where(documents.c.source == source, documents.c.url == url)
            .values(changed_at=now)
        )
    return so_far.plus(len(batch), recorded)


def _record_last(
    source: str,
    url: str,
    batch: list[NewLink],
    so_far: RecordedDocument,
    backfill_id: int | None,
    now: datetime,
    said: DocumentAnswer,
    connection: sa.Connection,
) -> RecordedDocument:
    if backfill_id is None:
        return record_document(
            connection,
            source,
            url,
            kind=said.kind,
            etag=said.etag,
            last_modified=said.last_modified,
            status=said.status,
            error=said.error,
            links=batch,
            now=now,
            endpoint_url=said.endpoint_url,
            following=said.following,
            so_far=so_far,
            rules=said.rules,
            moved_to=said.moved_to,
        )
    recorded = record_links(connection, source, batch, now, document_url=url, planned=True)
    if said.whole:
        note_document(connection, backfill_id, url, now, following=said.following)
    return so_far.plus(len(batch), recorded)


def record_document(
    connection: sa.Connection,
    source: str,
    url: str,
    *,
    kind: str,
    etag: str | None,
    last_modified: str | None,
    status: int | None,
    error: str | None,
    links: Sequence[NewLink],
    now: datetime,
    endpoint_url: str | None = None,
    following: Sequence[tuple[str, str | None]] | None = None,
    so_far: RecordedDocument = RecordedDocument(),
    rules: str | None = None,
    moved_to: str | None = None,
) -> RecordedDocument:
    """Record one fetched document of an endpoint: its links and its validators, together.

    In one transaction, since a validator stored without its links would lose them for good. After
    an error, and after a 304, the validators of the last good answer stay.

    ``following``: (address, modified) of the documents that it names, as a sitemap index does.
    ``so_far``: what the batches before this one came to, where the document has too many links for
    one transaction: see :func:`take_document`.
    ``rules``: by which of the source file its links were taken; kept beside the validators, which
    say nothing to whoever reads by others.
    ``moved_to``: the address that answers now, where that of the document has moved for good.
    """
    last = record_links(connection, source, links, now, document_url=url)
    recorded = so_far.plus(len(links), last)
    good = error is None and status != 304
    values: dict[str, Any] = {
        "endpoint_url": endpoint_url,
        "kind": kind,
        "status": status,
        "error": error,
        "checked_at": now,
    }
    if error is None:
        values["moved_to"] = moved_to
    if good:
        values |= {"etag": etag, "last_modified": last_modified, "link_count": recorded.announced}
        values["rules"] = rules
        values["following"] = [list(pair) for pair in following] if following else None
    elif error is None:
        values |= {k: v for k, v in (("etag", etag), ("last_modified", last_modified)) if v}
    if recorded.new or recorded.changed:
        values["changed_at"] = now
    connection.execute(
        insert_or_update(connection, documents, ["source", "url"], values),
        {"source": source, "url": url, "link_count": recorded.announced, **values},
    )
    return recorded

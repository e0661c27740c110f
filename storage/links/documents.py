"""Endpoints that discovery found, and the documents fetched from endpoints with their validators."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from storage.engine.stored_text import MAX_KEY
from storage.engine.upsert import insert_or_update
from storage.links.link import NewLink
from storage.links.recording import RecordedLinks, record_links
from storage.publishers import ensure_source
from storage.schema import documents, endpoints

__all__ = [
    "DocumentRow",
    "EndpointRow",
    "RecordedLinks",
    "documents_of",
    "known_endpoints",
    "record_document",
    "record_endpoints",
    "validators_for",
]


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


def validators_for(
    connection: sa.Connection, source: str, url: str
) -> tuple[str | None, str | None]:
    """(ETag, Last-Modified) of the last good answer for a document; ``(None, None)`` for none."""
    row = connection.execute(
        sa.select(documents.c.etag, documents.c.last_modified).where(
            documents.c.source == source, documents.c.url == url
        )
    ).first()
    return (None, None) if row is None else (row.etag, row.last_modified)


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
        ).where(documents.c.source == source)
    )
    return {
        row.url: DocumentRow(
            row.etag,
            row.last_modified,
            tuple((url, modified) for url, modified in row.following or ()),
            row.error is not None,
            row.checked_at,
        )
        for row in rows
    }


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
    planned: bool = False,
) -> RecordedLinks:
    """Record one fetched document of an endpoint: its links and its validators, together.

    In one transaction, since a validator stored without its links would lose them for good. After
    an error, and after a 304, the validators of the last good answer stay.

    ``following``: (address, modified) of the documents that it names, as a sitemap index does.
    ``planned``: as for :func:`storage.links.recording.record_links`.
    """
    recorded = record_links(connection, source, links, now, document_url=url, planned=planned)
    good = error is None and status != 304
    values: dict[str, Any] = {
        "endpoint_url": endpoint_url,
        "kind": kind,
        "status": status,
        "error": error,
        "checked_at": now,
    }
    if good:
        values |= {"etag": etag, "last_modified": last_modified, "link_count": len(links)}
        values["following"] = [list(pair) for pair in following] if following else None
    elif error is None:
        values |= {k: v for k, v in (("etag", etag), ("last_modified", last_modified)) if v}
    if recorded.new or recorded.changed:
        values["changed_at"] = now
    connection.execute(
        insert_or_update(connection, documents, ["source", "url"], values),
        {"source": source, "url": url, "link_count": len(links), **values},
    )
    return recorded

"""Links: recorded before they are fetched, each once, with what has become of it.

States: ``pending`` (to be fetched), ``failed`` (to be tried again at ``next_attempt_at``), ``done``,
``duplicate``, ``refused``, ``gone``, ``given_up``. Only the first two are ever due.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Literal

import sqlalchemy as sa

from storage.column_types import AnyRow
from storage.publishers import ensure_source
from storage.schema import links
from storage.stored_text import stored_key
from storage.times import is_later, moment
from storage.upsert import insert_ignoring

__all__ = [
    "DueLink",
    "NewLink",
    "RecordedLinks",
    "due_links",
    "mark_fetched_failure",
    "record_links",
]

#: Links per statement: bounds its parameters (SQLite takes 32,766) and our memory.
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class NewLink:
    """One announced address; times are ISO 8601 exactly as precise as the endpoint was."""

    #: What makes two addresses one article; unique over all sources, the first announcer wins.
    key: str
    #: Absolute address as announced.
    url: str
    title: str | None = None
    published: str | None = None
    modified: str | None = None
    authors: tuple[str, ...] = ()
    language: str | None = None
    #: Body that the endpoint carried, as HTML; dropped once the link is done.
    content: str | None = None


@dataclass(frozen=True, slots=True)
class DueLink:
    """A link that is to be fetched now."""

    id: int
    source: str
    key: str
    url: str
    title: str | None
    published: str | None
    modified: str | None
    authors: tuple[str, ...]
    language: str | None
    content: str | None
    #: Fetches that have failed so far.
    attempts: int
    #: The article of an earlier fetch, where the endpoint announced a change since.
    article_id: int | None


@dataclass(frozen=True, slots=True)
class RecordedLinks:
    """What became of a document's links."""

    new: int = 0
    #: Known before, and left as they were or changed.
    known: int = 0
    #: Those of ``known`` that were done and are due again, since they were modified.
    changed: int = 0


def record_links(
    connection: sa.Connection,
    source: str,
    new_links: Iterable[NewLink],
    now: datetime,
    *,
    document_url: str | None = None,
) -> RecordedLinks:
    """Record links that were announced; known ones are left alone, at no cost in writes.

    Except: a done link announced as modified later than before is due again (``changed``), and a
    time of modification is kept where a later one, or none before, was announced.
    """
    ensure_source(connection, source, now)
    new = known = changed = 0
    announced = iter(new_links)
    while chunk := list(islice(announced, _CHUNK)):
        by_key: dict[str, NewLink] = {}
        for link in chunk:
            by_key.setdefault(stored_key(link.key), link)
        before = {
            row.key: row
            for row in connection.execute(
                sa.select(links.c.key, links.c.id, links.c.state, links.c.announced_modified).where(
                    links.c.key.in_(by_key)
                )
            )
        }
        inserted = _insert(
            connection,
            [
                _row(source, key, link, document_url, now)
                for key, link in by_key.items()
                if key not in before
            ],
        )
        new += inserted
        known += len(by_key) - inserted
        for key, row in before.items():
            changed += _note_change(connection, row, by_key[key])
    return RecordedLinks(new, known, changed)


def due_links(connection: sa.Connection, source: str, now: datetime, limit: int) -> list[DueLink]:
    """Up to ``limit`` links to fetch: pending ones, newest announced first, then due retries.

    Pending ones without an announced time come after those with one, in the order of discovery.
    """
    # Three questions that an index answers each: one ORDER BY would sort a backfill's million
    # pending links for every batch.
    pending = links.c.state == "pending"
    questions = (
        (
            sa.and_(pending, links.c.announced_at.is_not(None)),
            (links.c.announced_at.desc(), links.c.id.desc()),
        ),
        (sa.and_(pending, links.c.announced_at.is_(None)), (links.c.id,)),
        (
            sa.and_(links.c.state == sa.literal_column("'failed'"), links.c.next_attempt_at <= now),
            (links.c.next_attempt_at, links.c.id),
        ),
    )
    found: list[DueLink] = []
    for condition, order in questions:
        if len(found) >= limit:
            break
        query = (
            sa.select(
                links.c.id,
                links.c.source,
                links.c.key,
                links.c.url,
                links.c.title,
                links.c.announced_published,
                links.c.announced_modified,
                links.c.authors,
                links.c.language,
                links.c.content,
                links.c.attempts,
                links.c.article_id,
            )
            .where(links.c.source == source, condition)
            .order_by(*order)
            .limit(limit - len(found))
        )
        found.extend(
            DueLink(
                id=row.id,
                source=row.source,
                key=row.key,
                url=row.url,
                title=row.title,
                published=row.announced_published,
                modified=row.announced_modified,
                authors=tuple(row.authors),
                language=row.language,
                content=row.content,
                attempts=row.attempts,
                article_id=row.article_id,
            )
            for row in connection.execute(query)
        )
    return found


def mark_fetched_failure(
    connection: sa.Connection,
    link_id: int,
    *,
    state: Literal["failed", "refused", "gone", "given_up"],
    reason: str,
    detail: str | None,
    retry_at: datetime | None,
    status: int | None,
    now: datetime,
) -> None:
    """Say why a fetch gave no article; ``reason`` is a short code, ``detail`` a line for a person.

    ``failed`` needs ``retry_at``; without one the link is ``given_up``. An article of an earlier
    fetch stays.
    """
    if state == "failed" and retry_at is None:
        state = "given_up"
    values: dict[str, Any] = {
        "state": state,
        "reason": reason,
        "detail": detail,
        "status": status,
        "attempts": links.c.attempts + 1,
        "next_attempt_at": retry_at if state == "failed" else None,
        "fetched_at": now,
    }
    if state in ("refused", "gone"):
        values["content"] = None
    # A duplicate that is looked at again is an address of its own until its text says otherwise.
    values["article_id"] = sa.case(
        (links.c.reason == "same_text", sa.null()), else_=links.c.article_id
    )
    connection.execute(sa.update(links).where(links.c.id == link_id).values(values))


def _insert(connection: sa.Connection, rows: Sequence[dict[str, Any]]) -> int:
    if not rows:
        return 0
    result = connection.execute(
        insert_ignoring(connection, links), rows, execution_options={"preserve_rowcount": True}
    )
    return int(result.rowcount)


def _row(
    source: str, key: str, link: NewLink, document_url: str | None, now: datetime
) -> dict[str, Any]:
    announced = moment(link.published) or moment(link.modified)
    return {
        "source": source,
        "key": key,
        "url": link.url,
        "title": link.title,
        "announced_published": link.published,
        "announced_at": announced.at if announced else None,
        "announced_modified": link.modified,
        "authors": list(link.authors),
        "language": link.language,
        "content": link.content,
        "document_url": document_url,
        "state": "pending",
        "attempts": 0,
        "discovered_at": now,
    }


def _note_change(connection: sa.Connection, row: AnyRow, link: NewLink) -> int:
    """1 where the link is due again."""
    before = row.announced_modified
    if link.modified is None or moment(link.modified) is None:
        return 0
    # Only forward: two endpoints that announce two times would else make it due at every poll.
    if before is not None and moment(before) is not None and not is_later(link.modified, before):
        return 0
    values: dict[str, Any] = {"announced_modified": link.modified}
    again = row.state == "done" and before is not None
    if again:
        values |= {"state": "pending", "attempts": 0, "content": link.content}
    connection.execute(sa.update(links).where(links.c.id == row.id).values(values))
    return int(again)

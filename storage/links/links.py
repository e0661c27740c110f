"""Links: recorded before they are fetched, each once, with what has become of it.

States: ``pending`` (to be fetched), ``planned`` (to be fetched by a backfill), ``failed`` (to be
tried again at ``next_attempt_at``), ``done``, ``duplicate``, ``refused``, ``gone``, ``given_up``.
A link whose article is young, or was announced as modified, is looked at again at ``look_again_at``,
conditionally.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Literal

import sqlalchemy as sa

from storage.changes import note
from storage.engine.column_types import AnyRow
from storage.engine.moments import is_later, moment
from storage.engine.stored_text import stored_key
from storage.engine.upsert import insert_ignoring
from storage.publishers import ensure_source
from storage.schema import articles, links
from storage.transaction import Transaction

__all__ = [
    "DueLink",
    "NewLink",
    "RecordedLinks",
    "due_links",
    "fetched_keys",
    "get_link",
    "links_of_keys",
    "links_of_time",
    "mark_fetched_failure",
    "mark_looked",
    "record_links",
]

#: Links per statement: bounds its parameters (SQLite takes 32,766) and our memory.
_CHUNK = 500
#: An article that its site announces as modified again and again, and that never is, is left alone
#: for so long after the first, second, ... look in vain.
_IN_VAIN = (
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=16),
    timedelta(days=3),
    timedelta(days=10),
    timedelta(days=30),
)


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
    #: Where the page is downloaded from, where that is not ``url``: an archive's copy.
    fetch_url: str | None = None
    #: The day that the address itself shows, where nothing states a time: for order and range only.
    dated: str | None = None
    #: Why it will not be fetched, where its address already says that it is no article.
    refused: str | None = None


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
    #: The article of an earlier fetch, which is looked at again.
    article_id: int | None
    fetch_url: str | None = None
    #: Validators of that fetch (RFC 9110, section 13).
    etag: str | None = None
    last_modified: str | None = None
    #: Looks in a row that found nothing new.
    looks_in_vain: int = 0
    #: Whether a backfill found it, so that the time of discovery says nothing of its age.
    planned: bool = False
    discovered_at: datetime | None = None


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
    planned: bool = False,
) -> RecordedLinks:
    """Record links that were announced; known ones are left alone, at no cost in writes.

    Except: a done link announced as modified later than before is due again (``changed``), at once
    or, where earlier looks were in vain, later and later; a time of modification is kept where a
    later one, or none before, was announced; and a planned link that a poll announces is pending.

    ``planned``: a backfill announces them, which fetches them itself.
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
                sa.select(
                    links.c.key,
                    links.c.id,
                    links.c.source,
                    links.c.state,
                    links.c.announced_modified,
                    links.c.article_id,
                    links.c.fetched_at,
                    links.c.looks_in_vain,
                ).where(links.c.key.in_(by_key))
            )
        }
        inserted = _insert(
            connection,
            [
                _row(source, key, link, document_url, now, planned=planned)
                for key, link in by_key.items()
                if key not in before
            ],
        )
        new += inserted
        known += len(by_key) - inserted
        for key, row in before.items():
            changed += _note_change(connection, row, by_key[key], now)
            if row.state == "planned" and not planned and row.source == source:
                connection.execute(
                    sa.update(links).where(links.c.id == row.id).values(state="pending")
                )
    return RecordedLinks(new, known, changed)


def due_links(connection: sa.Connection, source: str, now: datetime, limit: int) -> list[DueLink]:
    """Up to ``limit`` links to fetch: pending ones, newest first, then retries, then second looks.

    Pending ones without an announced time come after those with one, in the order of discovery.
    """
    # Questions that an index answers each: one ORDER BY would sort a backfill's million pending
    # links for every batch.
    pending = links.c.state == "pending"
    return _ask(
        connection,
        source,
        limit,
        (pending & links.c.announced_at.is_not(None), _NEWEST),
        (pending & links.c.announced_at.is_(None), (links.c.id,)),
        _retries(now),
        (links.c.look_again_at <= now, (links.c.look_again_at, links.c.id)),
    )


def links_of_time(
    connection: sa.Connection,
    source: str,
    now: datetime,
    limit: int,
    *,
    since: datetime | None,
    until: datetime | None,
    oldest_first: bool = False,
) -> list[DueLink]:
    """Up to ``limit`` links to fetch that were announced from ``since`` to before ``until``.

    By their time, newest first or oldest first; those of unknown time last. Retries that are due
    come at the end.
    """
    window: sa.ColumnElement[bool] = sa.true()
    if since is not None:
        window = window & (links.c.announced_at >= since)
    if until is not None:
        window = window & (links.c.announced_at < until)
    known = links.c.announced_at.is_not(None) & window
    order = (links.c.announced_at, links.c.id) if oldest_first else _NEWEST
    found: list[DueLink] = []
    for time, sequence in ((known, order), (links.c.announced_at.is_(None), (links.c.id,))):
        for state in ("planned", "pending"):
            question = ((links.c.state == state) & time, sequence)
            found += _ask(connection, source, limit - len(found), question)
    retry, sequence = _retries(now)
    window = sa.or_(links.c.announced_at.is_(None), window)
    return found + _ask(connection, source, limit - len(found), (retry & window, sequence))


_Question = tuple[sa.ColumnElement[bool], Sequence[sa.ColumnElement[Any]]]

_NEWEST: Sequence[sa.ColumnElement[Any]] = (links.c.announced_at.desc(), links.c.id.desc())


def _retries(now: datetime) -> _Question:
    failed = links.c.state == sa.literal_column("'failed'")
    return failed & (links.c.next_attempt_at <= now), (links.c.next_attempt_at, links.c.id)


def _ask(
    connection: sa.Connection, source: str, limit: int, *questions: _Question
) -> list[DueLink]:
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
                links.c.fetch_url,
                links.c.etag,
                links.c.last_modified,
                links.c.looks_in_vain,
                links.c.state,
                links.c.discovered_at,
            )
            .where(links.c.source == source, condition)
            .order_by(*order)
            .limit(limit - len(found))
        )
        found.extend(map(_due, connection.execute(query)))
    return found


def _due(row: AnyRow) -> DueLink:
    return DueLink(
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
        fetch_url=row.fetch_url,
        etag=row.etag,
        last_modified=row.last_modified,
        looks_in_vain=row.looks_in_vain,
        planned=row.state == "planned",
        discovered_at=row.discovered_at,
    )


def get_link(connection: sa.Connection, link_id: int) -> DueLink:
    """The link of this number, which there is."""
    return _due(connection.execute(sa.select(links).where(links.c.id == link_id)).one())


def fetched_keys(connection: sa.Connection, keys: Iterable[str]) -> set[str]:
    """Those of ``keys`` whose link has been dealt with: there is nothing to fetch."""
    waiting = ("pending", "planned", "failed")
    by_key = {stored_key(key): key for key in keys}
    rows = connection.execute(
        sa.select(links.c.key).where(links.c.key.in_(by_key), links.c.state.not_in(waiting))
    )
    return {by_key[key] for (key,) in rows}


def links_of_keys(
    connection: sa.Connection, source: str, keys: Iterable[str]
) -> dict[str, DueLink]:
    """The links of ``keys`` that wait to be fetched, by key."""
    by_key = {stored_key(key): key for key in keys}
    waiting = links.c.key.in_(by_key) & links.c.state.in_(("pending", "planned", "failed"))
    found = _ask(connection, source, len(by_key), (waiting, (links.c.id,)))
    return {by_key[due.key]: due for due in found}


def mark_fetched_failure(
    transaction: Transaction,
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
        "look_again_at": None,
    }
    if state in ("refused", "gone"):
        values["content"] = None
    # A duplicate that is looked at again is an address of its own until its text says otherwise.
    values["article_id"] = sa.case(
        (links.c.reason == "same_text", sa.null()), else_=links.c.article_id
    )
    with transaction.seeing(link_id):
        transaction.execute(sa.update(links).where(links.c.id == link_id).values(values))


def mark_looked(
    transaction: Transaction,
    link_id: int,
    *,
    status: int | None,
    look_again_at: datetime | None,
    now: datetime,
    etag: str | None = None,
    last_modified: str | None = None,
    reason: str | None = None,
    detail: str | None = None,
    withdrawn: bool = False,
) -> None:
    """Note a look at a known article that brought no text: unchanged, unreadable, or withdrawn.

    The article stays. ``withdrawn``: its page is gone (404, 410); the article is marked, and the
    mark is taken away when a later look finds the page again.
    """
    values: dict[str, Any] = {
        "state": "gone" if withdrawn else "done",
        "reason": reason,
        "detail": detail,
        "status": status,
        "attempts": 0,
        "next_attempt_at": None,
        "fetched_at": now,
        "look_again_at": look_again_at,
        "looks_in_vain": links.c.looks_in_vain + 1,
        "content": None,
    }
    values |= {k: v for k, v in (("etag", etag), ("last_modified", last_modified)) if v}
    article = transaction.execute(
        sa.update(links).where(links.c.id == link_id).values(values).returning(links.c.article_id)
    ).scalar()
    seen = articles.c.withdrawn_at.is_(None) if withdrawn else articles.c.withdrawn_at.is_not(None)
    if article is not None and (withdrawn or reason is None):
        marked = transaction.execute(
            sa.update(articles)
            .where(articles.c.id == article, seen)
            .values(withdrawn_at=now if withdrawn else None, updated_at=now)
        )
        if marked.rowcount:
            note(transaction, "withdrawn" if withdrawn else "returned", article)


def _insert(connection: sa.Connection, rows: Sequence[dict[str, Any]]) -> int:
    if not rows:
        return 0
    result = connection.execute(
        insert_ignoring(connection, links), rows, execution_options={"preserve_rowcount": True}
    )
    return int(result.rowcount)


def _row(
    source: str,
    key: str,
    link: NewLink,
    document_url: str | None,
    now: datetime,
    *,
    planned: bool,
) -> dict[str, Any]:
    announced = moment(link.published) or moment(link.dated) or moment(link.modified)
    state = "planned" if planned else "pending"
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
        "state": "refused" if link.refused else state,
        "reason": link.refused,
        "attempts": 0,
        "discovered_at": now,
        "fetch_url": link.fetch_url,
    }


def _note_change(connection: sa.Connection, row: AnyRow, link: NewLink, now: datetime) -> int:
    """1 where the link is due again."""
    before = row.announced_modified
    if link.modified is None or moment(link.modified) is None:
        return 0
    # Only forward: two endpoints that announce two times would else make it due at every poll.
    if before is not None and moment(before) is not None and not is_later(link.modified, before):
        return 0
    values: dict[str, Any] = {"announced_modified": link.modified}
    withdrawn = row.state == "gone" and row.article_id is not None
    again = (row.state == "done" or withdrawn) and before is not None
    if again and row.looks_in_vain:
        wait = _IN_VAIN[min(row.looks_in_vain, len(_IN_VAIN)) - 1]
        values["look_again_at"] = max(now, (row.fetched_at or now) + wait)
    elif again:
        values |= {"state": "pending", "attempts": 0, "content": link.content}
    connection.execute(sa.update(links).where(links.c.id == row.id).values(values))
    return int(again)

"""Asking for links: those that are to be fetched now, in the order in which they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.engine.stored_text import stored_key
from storage.links.link import DueLink, due_link, select_due
from storage.schema import links

__all__ = ["due_links", "fetched_keys", "get_link", "links_of_keys", "links_of_time"]

#: States of links that have not been dealt with.
_WAITING = ("pending", "planned", "failed")


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
            select_due()
            .where(links.c.source == source, condition)
            .order_by(*order)
            .limit(limit - len(found))
        )
        found.extend(map(due_link, connection.execute(query)))
    return found


def get_link(connection: sa.Connection, link_id: int) -> DueLink:
    """The link of this number, which there is."""
    return due_link(connection.execute(select_due().where(links.c.id == link_id)).one())


def fetched_keys(connection: sa.Connection, keys: Iterable[str]) -> set[str]:
    """Those of ``keys`` whose link has been dealt with: there is nothing to fetch."""
    by_key = {stored_key(key): key for key in keys}
    rows = connection.execute(
        sa.select(links.c.key).where(links.c.key.in_(by_key), links.c.state.not_in(_WAITING))
    )
    return {by_key[key] for (key,) in rows}


def links_of_keys(
    connection: sa.Connection, source: str, keys: Iterable[str]
) -> dict[str, DueLink]:
    """The links of ``keys`` that wait to be fetched, by key."""
    by_key = {stored_key(key): key for key in keys}
    waiting = links.c.key.in_(by_key) & links.c.state.in_(_WAITING)
    found = _ask(connection, source, len(by_key), (waiting, (links.c.id,)))
    return {by_key[due.key]: due for due in found}

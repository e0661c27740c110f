"""Recording links that were announced: each once, before it is fetched."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import sqlalchemy as sa

from storage.engine.column_types import AnyRow
from storage.engine.moments import is_later, moment
from storage.engine.stored_text import stored_key
from storage.engine.upsert import insert_ignoring
from storage.links.link import CLAIMED, NewLink, announced_columns
from storage.publishers import ensure_source
from storage.schema import links

__all__ = ["RecordedLinks", "record_links"]

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

    Except: an address that only a page's claim has named so far is new; a done link announced as
    modified later than before is due again (``changed``), at once or, where earlier looks were in
    vain, later and later; a time of modification is kept where a later one, or none before, was
    announced; and a planned link that a poll announces is pending.

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
                    links.c.reason,
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
            if row.reason == CLAIMED:
                # Only a page has named it so far; now it is announced, by whomever it is of.
                values = _row(source, key, by_key[key], document_url, now, planned=planned)
                taken = connection.execute(
                    sa.update(links)
                    .where(links.c.id == row.id, links.c.reason == CLAIMED)
                    .values(**values, article_id=None, fetched_at=None)
                )
                new, known = new + taken.rowcount, known - taken.rowcount
                continue
            changed += _note_change(connection, row, by_key[key], now)
            if row.state == "planned" and not planned and row.source == source:
                connection.execute(
                    sa.update(links).where(links.c.id == row.id).values(state="pending")
                )
    return RecordedLinks(new, known, changed)


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
        **announced_columns(link),
        "source": source,
        "key": key,
        "announced_at": announced.at if announced else None,
        "document_url": document_url,
        "state": "refused" if link.refused else state,
        "reason": link.refused,
        "attempts": 0,
        "discovered_at": now,
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

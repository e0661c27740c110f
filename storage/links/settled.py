"""The links of an article that was saved: they lead to it, and nothing fetches them again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from storage.article import Article
from storage.engine.statements import run_many, time_value
from storage.engine.stored_text import clean_text
from storage.transaction import Transaction

__all__ = ["FetchedLink", "Visit", "settle_links"]

_SETTLE = (
    "UPDATE links SET state = ?, reason = ?, detail = NULL, article_id = ?, content = NULL,"
    " next_attempt_at = NULL, fetched_at = ?, etag = ?, last_modified = ?, look_again_at = ?,"
    " looks_in_vain = CASE WHEN ? = 1 THEN looks_in_vain + 1 ELSE 0 END WHERE id = ?"
)
_SETTLE_OTHER = (
    "INSERT INTO links (source, key, url, discovered_at, state, reason, article_id, fetched_at,"
    " authors, attempts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, '[]', 0)"
    " ON CONFLICT (key) DO UPDATE SET state = excluded.state, reason = excluded.reason,"
    " detail = NULL, article_id = excluded.article_id, content = NULL, next_attempt_at = NULL,"
    " fetched_at = excluded.fetched_at"
)


@dataclass(frozen=True, slots=True)
class FetchedLink:
    """A link whose page was downloaded."""

    id: int
    key: str


@dataclass(frozen=True, slots=True)
class Visit:
    """The fetch that brought an article."""

    source: str
    link: FetchedLink | None
    now: datetime
    etag: str | None
    last_modified: str | None
    look_again_at: datetime | None


def settle_links(
    transaction: Transaction,
    article: Article,
    article_id: int,
    outcome: Literal["filed", "revised", "unchanged", "duplicate"],
    keys: tuple[str, str | None],
    visit: Visit,
) -> None:
    """Make the link and both keys lead to the article, so that nothing fetches them again."""
    duplicate = outcome == "duplicate"
    at = time_value(transaction, visit.now)
    settled = (
        "duplicate" if duplicate else "done",
        "same_text" if duplicate else None,
        article_id,
        at,
    )
    link = visit.link
    if link is not None:
        look = (
            _clean(visit.etag),
            _clean(visit.last_modified),
            None if duplicate else time_value(transaction, visit.look_again_at),
            1 if outcome == "unchanged" else 0,
        )
        transaction.gather(_write_links, [(*settled, *look, link.id)], about=[link.key, link.id])
    others = [
        (visit.source, key, article.url if key == keys[0] and article.url else key, at, *settled)
        for key in dict.fromkeys(keys)
        if key is not None and (link is None or key != link.key)
    ]
    if others:
        transaction.gather(_write_other_links, others, about=[row[1] for row in others])


def _clean(text: str | None) -> str | None:
    return None if text is None else clean_text(text)


def _write_links(connection: sa.Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    run_many(connection, _SETTLE, rows)


def _write_other_links(connection: sa.Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    run_many(connection, _SETTLE_OTHER, rows)

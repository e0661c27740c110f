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
from storage.links.link import CLAIMED, SAME_ARTICLE, SAME_TEXT
from storage.transaction import Transaction

__all__ = ["FetchedLink", "Leads", "LedKeys", "Visit", "settle_links"]

_SETTLE = (
    "UPDATE links SET state = ?, reason = ?, detail = NULL, probability = NULL, article_id = ?,"
    " content = NULL, next_attempt_at = NULL, fetched_at = ?, etag = ?, last_modified = ?,"
    " look_again_at = ?, looks_in_vain = CASE WHEN ? = 1 THEN looks_in_vain + 1 ELSE 0 END"
    " WHERE id = ?"
)
_INSERT_OTHER = (
    "INSERT INTO links (source, key, url, discovered_at, state, reason, article_id, fetched_at,"
    " authors, attempts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, '[]', 0) ON CONFLICT (key) DO "
)
# What leads to an article already goes on doing so: a redirect is no reason to think otherwise.
_SETTLE_OTHER = _INSERT_OTHER + (
    "UPDATE SET state = excluded.state, reason = excluded.reason,"
    " detail = NULL, probability = NULL, article_id = excluded.article_id, content = NULL,"
    " next_attempt_at = NULL, fetched_at = excluded.fetched_at"
    " WHERE links.article_id IS NULL OR links.reason = 'claimed'"
)
#: An address that was announced, or that is another's, is not settled by a page's word.
_CLAIM = _INSERT_OTHER + "NOTHING"

#: What a save was, and of a duplicate why.
Leads = Literal["filed", "revised", "unchanged", "same_text", "same_article"]


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


@dataclass(frozen=True, slots=True)
class LedKeys:
    """Addresses beside the link's own that lead to an article now."""

    #: Where the page was fetched in the end.
    arrived: str | None
    #: What the page says that its address is, where the article stands there.
    claimed: str | None
    #: The address of ``arrived``, where that is known.
    arrived_url: str | None = None


def settle_links(
    transaction: Transaction,
    article: Article,
    article_id: int,
    outcome: Leads,
    led: LedKeys,
    visit: Visit,
) -> None:
    """Make the link lead to the article that was saved, and the other addresses too.

    The link, and where its page was, are not fetched again. An address that was only claimed is kept
    in mind (``claimed``), and fetched once if an endpoint announces it.
    """
    duplicate = outcome in (SAME_TEXT, SAME_ARTICLE)
    at = time_value(transaction, visit.now)
    settled = (
        "duplicate" if duplicate else "done",
        outcome if duplicate else None,
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
    known = None if link is None else link.key
    if led.arrived not in (None, known):
        own = article.url if led.arrived == led.claimed else led.arrived_url
        url = _clean(own or led.arrived)
        row = (visit.source, led.arrived, url, at, *settled)
        transaction.gather(_write_other_links, [row], about=[led.arrived])
    if led.claimed not in (None, known, led.arrived):
        url = article.url or led.claimed
        claim = (visit.source, led.claimed, url, at, "done", CLAIMED, article_id, at)
        transaction.gather(_write_claims, [claim], about=[led.claimed])


def _clean(text: str | None) -> str | None:
    return None if text is None else clean_text(text)


def _write_links(connection: sa.Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    run_many(connection, _SETTLE, rows)


def _write_other_links(connection: sa.Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    run_many(connection, _SETTLE_OTHER, rows)


def _write_claims(connection: sa.Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    run_many(connection, _CLAIM, rows)

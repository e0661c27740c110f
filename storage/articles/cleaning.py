"""Articles of a source read back, and saved again without lines that turned out to be the site's."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from storage.article import Article, Block
from storage.articles.prepared import storable_article
from storage.articles.rows import (
    article_from,
    read_credits,
    read_struck,
    replace_struck,
    text_columns,
)
from storage.articles.text_index import change_text, indexed_now
from storage.engine.statements import run, time_value
from storage.schema import articles
from storage.text.fingerprint import fingerprint, has_text
from storage.transaction import Transaction

__all__ = ["article_of", "bodies_before", "bodies_since", "save_cleaned"]


# By an index alone which they are, and then the blocks of those.
_BODIES = (
    "SELECT id, blocks FROM articles WHERE id IN (SELECT id FROM articles WHERE source = ? AND"
)
_BEFORE = f"{_BODIES} id < ? ORDER BY id DESC LIMIT ?) ORDER BY id DESC"
_SINCE = f"{_BODIES} filed_at >= ? ORDER BY filed_at DESC, id DESC LIMIT ?) ORDER BY id DESC"
#: Above every number, before every time.
_LAST = (1 << 63) - 1
_FIRST = datetime(1, 1, 1, tzinfo=UTC)


def bodies_before(
    connection: sa.Connection, source: str, before: int | None, limit: int
) -> list[tuple[int, tuple[Block, ...]]]:
    """Up to ``limit`` articles of ``source``, their numbers and blocks, newest first, below ``before``."""
    rows = run(connection, _BEFORE, (source, _LAST if before is None else before, limit))
    return [(number, _blocks(blocks)) for number, blocks in rows]


def bodies_since(
    connection: sa.Connection, source: str, since: datetime | None, limit: int
) -> list[tuple[int, tuple[Block, ...]]]:
    """The newest ``limit`` articles of ``source`` that were filed at ``since`` or after, newest first."""
    at = time_value(connection, _FIRST if since is None else since)
    rows = run(connection, _SINCE, (source, at, limit))
    return [(number, _blocks(blocks)) for number, blocks in rows]


def _blocks(stored: Any) -> tuple[Block, ...]:
    # PostgreSQL's driver has read the JSON, SQLite's gives its text.
    blocks = json.loads(stored) if isinstance(stored, str) else stored
    return tuple(Block(**block) for block in blocks)


def article_of(connection: sa.Connection, article_id: int) -> Article | None:
    """An article as it stands, if it is there."""
    row = connection.execute(sa.select(articles).where(articles.c.id == article_id)).first()
    if row is None:
        return None
    return article_from(row, read_credits(connection, row.id), read_struck(connection, row.id))


def save_cleaned(
    transaction: Transaction, article_id: int, old: Article, new: Article, now: datetime
) -> bool:
    """Store ``new``, which is ``old`` with lines struck, as the article's text; whether it was stored.

    No revision: the publisher changed nothing. Left as it is where the article has changed since it
    was read, where nothing would be left of it, or where its text would be another's of its source.
    """
    new = storable_article(new)
    columns = text_columns(new)
    was = fingerprint(old.text)
    row = transaction.execute(
        sa.select(articles).where(articles.c.id == article_id).with_for_update()
    ).first()
    if row is None or row.fingerprint != was:
        return False
    if not has_text(new.text):
        return False
    twin = transaction.execute(
        sa.select(articles.c.id).where(
            articles.c.source == row.source,
            articles.c.fingerprint == columns["fingerprint"],
            articles.c.id != article_id,
        )
    ).scalar()
    if twin is not None:
        return False
    before = indexed_now(transaction, row)
    transaction.execute(
        sa.update(articles).where(articles.c.id == article_id).values(**columns, updated_at=now)
    )
    replace_struck(transaction, article_id, new.struck)
    after = transaction.execute(sa.select(articles).where(articles.c.id == article_id)).one()
    change_text(transaction, article_id, "cleaned", before, indexed_now(transaction, after))
    return True

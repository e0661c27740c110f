"""Articles of a source read back, and saved again without lines that turned out to be the site's."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from storage.article import Article
from storage.articles.prepared import storable_article
from storage.articles.rows import (
    article_from,
    read_credits,
    read_struck,
    replace_struck,
    text_columns,
)
from storage.articles.text_index import change_text, indexed_now
from storage.schema import articles
from storage.text.fingerprint import has_text
from storage.transaction import Transaction

__all__ = ["articles_before", "save_cleaned"]


def articles_before(
    connection: sa.Connection, source: str, before: int | None, limit: int
) -> list[tuple[int, Article]]:
    """Up to ``limit`` articles of ``source`` with their numbers, newest first, below number ``before``."""
    query = sa.select(articles).where(articles.c.source == source)
    if before is not None:
        query = query.where(articles.c.id < before)
    rows = connection.execute(query.order_by(articles.c.id.desc()).limit(limit)).all()
    return [
        (
            row.id,
            article_from(row, read_credits(connection, row.id), read_struck(connection, row.id)),
        )
        for row in rows
    ]


def save_cleaned(
    transaction: Transaction, article_id: int, old: Article, new: Article, now: datetime
) -> bool:
    """Store ``new``, which is ``old`` with lines struck, as the article's text; whether it was stored.

    No revision: the publisher changed nothing. Left as it is where the article has changed since it
    was read, where nothing would be left of it, or where its text would be another's of its source.
    """
    new = storable_article(new)
    columns = text_columns(new)
    row = transaction.execute(
        sa.select(articles).where(articles.c.id == article_id).with_for_update()
    ).first()
    if row is None or row.fingerprint != text_columns(old)["fingerprint"]:
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

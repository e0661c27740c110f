"""Links to the further pages of an article that its site divides: they lead to it, and are not fetched alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.engine.stored_text import clean_text, stored_key
from storage.engine.upsert import insert_ignoring
from storage.links.link import CLAIMED, PART
from storage.schema import links, raw_pages

__all__ = ["parts_of_article", "record_parts"]


def record_parts(
    connection: sa.Connection, source: str, article_id: int, parts: Mapping[str, str], now: datetime
) -> dict[str, int]:
    """Make the addresses of ``parts`` lead to the article whose parts stand there.

    What has led to an article already goes on doing so.

    Args:
        connection: in a transaction.
        source: whose they are.
        article_id: of the article.
        parts: the key of each part's address, and the address.
        now: aware.

    Returns:
        the key of each part, and the number of its link.
    """
    by_key = {stored_key(key): (key, url) for key, url in parts.items()}
    settled: dict[str, Any] = {
        "state": "duplicate",
        "reason": PART,
        "detail": None,
        "article_id": article_id,
        "fetched_at": now,
        "content": None,
        "next_attempt_at": None,
    }
    rows: list[dict[str, Any]] = [
        {
            **settled,
            "source": source,
            "key": key,
            "url": clean_text(url),
            "discovered_at": now,
            "authors": [],
            "attempts": 0,
        }
        for key, (_, url) in by_key.items()
    ]
    if not rows:
        return {}
    connection.execute(insert_ignoring(connection, links), rows)
    connection.execute(
        sa.update(links)
        .where(
            links.c.key.in_(by_key),
            sa.or_(links.c.article_id.is_(None), links.c.reason == CLAIMED),
        )
        .values(**settled)
    )
    found = connection.execute(
        sa.select(links.c.key, links.c.id).where(
            links.c.key.in_(by_key), links.c.article_id == article_id, links.c.reason == PART
        )
    )
    return {by_key[row.key][0]: row.id for row in found}


def parts_of_article(
    connection: sa.Connection, article_id: int
) -> tuple[tuple[str, ...], dict[str, int]]:
    """Addresses of the further parts of an article in their order, and the newest page kept of each."""
    rows = connection.execute(
        sa.select(links.c.url, sa.func.max(raw_pages.c.id).label("page"))
        .select_from(links)
        .outerjoin(raw_pages, raw_pages.c.link_id == links.c.id)
        .where(links.c.article_id == article_id, links.c.reason == PART)
        .group_by(links.c.id, links.c.url)
        .order_by(links.c.id)
    ).all()
    return tuple(row.url for row in rows), {row.url: row.page for row in rows if row.page}

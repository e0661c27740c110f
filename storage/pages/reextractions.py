"""How far reading stored pages again has come, and which pages it reads.

Of an article's pages only the newest is read: an older one holds an older text. A page that is
older than the article's text, since later ones were not kept, is not read at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from storage.pages.raw_pages import page_of_article
from storage.schema import links, raw_pages, reextractions, revisions

__all__ = ["Reextraction", "begin_reextraction", "finish", "is_worth_reading", "note_done"]

#: How long a page may wait, once it has come, until its text is saved.
_TO_BE_SAVED = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Reextraction:
    """One reading of stored pages: those numbered above ``done`` and up to ``last`` are left."""

    id: int
    done: int
    last: int
    #: Whether it goes on where another ended early.
    resumed: bool


def begin_reextraction(connection: sa.Connection, asked: str, now: datetime) -> Reextraction:
    """The unfinished reading that was asked for in the same words, or a new one."""
    row = connection.execute(
        sa.select(reextractions)
        .where(reextractions.c.asked == asked, reextractions.c.finished_at.is_(None))
        .order_by(reextractions.c.id.desc())
    ).first()
    if row is not None:
        return Reextraction(row.id, row.done_id, row.last_id, resumed=True)
    last = connection.execute(sa.select(sa.func.max(raw_pages.c.id))).scalar() or 0
    number = connection.execute(
        sa.insert(reextractions)
        .values(asked=asked, started_at=now, done_id=0, last_id=last)
        .returning(reextractions.c.id)
    ).scalar_one()
    return Reextraction(number, 0, last, resumed=False)


def note_done(connection: sa.Connection, reextraction_id: int, done: int) -> None:
    """Pages up to number ``done`` have been read."""
    connection.execute(
        sa.update(reextractions).where(reextractions.c.id == reextraction_id).values(done_id=done)
    )


def finish(connection: sa.Connection, reextraction_id: int, now: datetime) -> None:
    """All pages have been read."""
    connection.execute(
        sa.update(reextractions)
        .where(reextractions.c.id == reextraction_id)
        .values(finished_at=now, done_id=reextractions.c.last_id)
    )


def is_worth_reading(connection: sa.Connection, page_id: int) -> bool:
    """Whether a page is the newest of its article (or link), and as new as the article's text."""
    page = connection.execute(
        sa.select(
            raw_pages.c.fetched_at,
            raw_pages.c.link_id,
            links.c.article_id,
            links.c.state,
        )
        .join_from(raw_pages, links, links.c.id == raw_pages.c.link_id)
        .where(raw_pages.c.id == page_id)
    ).first()
    if page is None or page.state == "duplicate":
        return False
    if page.article_id is None:
        newest = connection.execute(
            sa.select(sa.func.max(raw_pages.c.id)).where(raw_pages.c.link_id == page.link_id)
        ).scalar()
        return newest == page_id
    if page_of_article(connection, page.article_id) != page_id:
        return False
    changed = connection.execute(
        sa.select(sa.func.max(revisions.c.replaced_at, type_=revisions.c.replaced_at.type)).where(
            revisions.c.article_id == page.article_id, revisions.c.cause != "reextracted"
        )
    ).scalar()
    return changed is None or changed - page.fetched_at <= _TO_BE_SAVED

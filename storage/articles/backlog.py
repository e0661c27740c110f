"""Articles that were filed before there were search and stories, taken up in their order."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from storage.schema import articles, index_backlogs
from storage.transaction import Transaction

__all__ = ["Backlog", "backlog", "work_off"]


@dataclass(frozen=True, slots=True)
class Backlog:
    """What an index has not come to: articles numbered above ``done`` and up to ``last``."""

    name: str
    done: int
    last: int


def backlog(connection: sa.Connection) -> list[Backlog]:
    """The indices that have articles waiting, by name; empty almost always."""
    rows = connection.execute(sa.select(index_backlogs).order_by(index_backlogs.c.name))
    return [Backlog(row.name, row.done_id, row.last_id) for row in rows]


def work_off(transaction: Transaction, limit: int = 100) -> int:
    """Take up to ``limit`` articles into an index that waits for them; 0 when all are in.

    Otherwise how many, or 1 where one index is done and another still waits.
    """
    waiting = transaction.execute(
        sa.select(index_backlogs).order_by(index_backlogs.c.name).limit(1).with_for_update()
    ).first()
    if waiting is None:
        return 0
    rows = transaction.execute(
        sa.select(articles)
        .where(articles.c.id > waiting.done_id, articles.c.id <= waiting.last_id)
        .order_by(articles.c.id)
        .limit(limit)
    ).all()
    mine = index_backlogs.c.name == waiting.name
    if not rows:
        transaction.execute(sa.delete(index_backlogs).where(mine))
        return 1 if len(backlog(transaction)) else 0
    # There almost never are any, and a run that asks does without what they take.
    from storage.articles.text_index import indexed_now
    from storage.changes import note
    from storage.search.index import index
    from storage.stories.placing import remember_text

    for row in rows:
        now = indexed_now(transaction, row)
        if waiting.name == "search":
            index(transaction, row.id, now.searchable)
        else:
            remember_text(transaction, row.id, now.sketched)
            note(transaction, None, row.id, text=now.sketched)
    transaction.execute(sa.update(index_backlogs).where(mine).values(done_id=rows[-1].id))
    return len(rows)

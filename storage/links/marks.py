"""What became of a link whose fetch brought no new text; ``settled`` has those that brought one."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from storage.changes import note
from storage.links.link import SAME_ARTICLE, SAME_TEXT
from storage.schema import articles, links
from storage.transaction import Transaction, may_be_done

__all__ = ["mark_fetched_failure", "mark_looked"]


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
    probability: float | None = None,
) -> None:
    """Say why a fetch gave no article; ``reason`` is a short code, ``detail`` a line for a person.

    ``probability``: how likely the page was held for an article, where that was weighed.
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
        "attempts": links.c.attempts + _once(transaction, now),
        "next_attempt_at": retry_at if state == "failed" else None,
        "fetched_at": now,
        "look_again_at": None,
        "probability": probability,
    }
    if state in ("refused", "gone"):
        values["content"] = None
    # A duplicate that is looked at again is an address of its own until its text says otherwise.
    values["article_id"] = sa.case(
        (links.c.reason.in_((SAME_TEXT, SAME_ARTICLE)), sa.null()), else_=links.c.article_id
    )
    with transaction.seeing(link_id):
        transaction.execute(sa.update(links).where(links.c.id == link_id).values(values))


def _once(transaction: Transaction, now: datetime) -> Any:
    """1, or nothing more where this very fetch was counted by a commit whose answer was lost."""
    if not may_be_done(transaction):
        return 1
    return sa.case((links.c.fetched_at == now, 0), else_=1)


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
        "looks_in_vain": links.c.looks_in_vain + _once(transaction, now),
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

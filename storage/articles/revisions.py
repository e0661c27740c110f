"""Earlier texts of an article: what makes one, and what had changed when it was replaced.

A text that differs only in what a page says anew by itself (a counter, the time of the last update,
a teaser that rotates) is no change; ``storage.articles.passing_lines`` knows those.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from storage.articles.rows import read_credits, read_struck
from storage.engine.column_types import AnyRow
from storage.schema import revisions

__all__ = ["Cause", "keep_revision"]

#: Who changed the text: its publisher; we, by reading the same page anew; we, since the article's own
#: address was fetched, where its text was that of a further view of it (print, AMP) before.
Cause = Literal["publisher", "reextracted", "own_address"]

_KEPT = ("title", "standfirst", "text", "blocks", "authors", "published", "modified")
#: Columns whose change makes a revision, by the name under which ``changed`` lists them.
_REVISED = {"title": "title", "standfirst": "standfirst", "fingerprint": "text"}


def keep_revision(
    connection: sa.Connection,
    old: AnyRow,
    changes: dict[str, Any],
    now: datetime,
    *,
    cause: Cause = "publisher",
) -> None:
    """Keep ``old``, a row of ``articles`` that is about to take ``changes``."""
    seen_at = connection.execute(
        sa.select(sa.func.max(revisions.c.replaced_at, type_=revisions.c.replaced_at.type)).where(
            revisions.c.article_id == old.id
        )
    ).scalar()
    changed = [name for column, name in _REVISED.items() if column in changes]
    added, removed = _word_counts(old, changes, changed)
    connection.execute(
        sa.insert(revisions).values(
            article_id=old.id,
            number=old.revision,
            fingerprint=old.fingerprint,
            credits=[asdict(each) for each in read_credits(connection, old.id)],
            struck=[asdict(each) for each in read_struck(connection, old.id)],
            seen_at=seen_at or old.filed_at,
            replaced_at=now,
            cause=cause,
            changed=changed,
            words_added=added,
            words_removed=removed,
            **{name: getattr(old, name) for name in _KEPT},
        )
    )


def _word_counts(old: AnyRow, changes: dict[str, Any], changed: Collection[str]) -> tuple[int, int]:
    """Words of title, standfirst and text that came and went, moved ones left out."""
    before: Counter[str] = Counter()
    after: Counter[str] = Counter()
    for name in changed:
        before.update((getattr(old, name) or "").split())
        after.update((changes.get(name) or "").split())
    return (after - before).total(), (before - after).total()

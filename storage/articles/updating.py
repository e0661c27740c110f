"""A new text of a known article: a revision, a change in place, or none that counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa

from storage.article import Article, Credit
from storage.articles.looks import judge_look
from storage.articles.passing_lines import differ_in_passing_lines_only
from storage.articles.prepared import storable_article
from storage.articles.revisions import Cause, keep_revision
from storage.articles.rows import (
    metadata_columns,
    read_credits,
    read_struck,
    replace_credits,
    replace_struck,
    text_columns,
)
from storage.articles.text_index import change_text, indexed_now
from storage.changes import ChangeKind, note
from storage.engine.column_types import AnyRow
from storage.engine.statements import run
from storage.links.link import SAME_TEXT
from storage.schema import articles
from storage.text.fingerprint import has_text
from storage.transaction import Transaction

__all__ = [
    "OWN_ADDRESS",
    "Outcome",
    "Saved",
    "article_with_text",
    "save_reextracted",
    "update_article",
]

Outcome = Literal["filed", "revised", "unchanged", "duplicate", "unlike"]

#: ``Saved.reason`` where the page of the article's own address took the place of a further view's.
OWN_ADDRESS = "own_address"
#: An article's own address that is fetched so soon after a further view of it brings no revision.
MET_TOGETHER = timedelta(days=1)

_WITH_TEXT = "SELECT id FROM articles WHERE source = ? AND fingerprint = ?"


@dataclass(frozen=True, slots=True)
class Saved:
    """What a save was, and the article that the link now leads to."""

    outcome: Outcome
    article_id: int
    #: Of a duplicate ``same_text`` or ``same_article``; of ``unlike`` what the page is instead;
    #: ``own_address`` where ``unchanged`` is read from another page from now on, and may have taken
    #: its text.
    reason: str | None = None
    #: The same for a person.
    detail: str | None = None


def article_with_text(
    transaction: Transaction, source: str, fingerprint: str, *, but: int | None = None
) -> int | None:
    """The article of ``source`` with this text, where it is not ``but``."""
    found: int | None = run(transaction, _WITH_TEXT, (source, fingerprint)).scalar()
    return None if found == but else found


def update_article(
    transaction: Transaction,
    old: AnyRow,
    article: Article,
    values: dict[str, Any],
    now: datetime,
    *,
    cause: Cause = "publisher",
    announced: str | None = None,
) -> Saved:
    """Bring the article of the row ``old`` up to date with what its page holds now.

    ``values``: the columns of ``article``. ``announced``: the title under which its link was
    announced. A look of ours (``cause`` other than ``reextracted``) whose page is not the article
    any more leaves everything as it is: ``unlike``.

    Raises:
        sqlalchemy.exc.IntegrityError: another process filed the new text a moment ago.
    """
    if cause == "publisher" and values["fingerprint"] != old.fingerprint:
        unlike = judge_look(
            title=old.title,
            text=old.text,
            new_title=article.title,
            new_text=article.text,
            announced=announced,
            loses_part=old.complete and not article.complete,
        )
        if unlike is not None:
            return Saved("unlike", old.id, reason=unlike.reason, detail=unlike.detail)
    # What was known once is not lost because one download lacks it.
    kept = {name for name, value in values.items() if value is None or value == []}
    for time in ("published", "modified"):
        if values[time] is not None:  # the statement and its instant belong together
            kept -= {f"{time}_at", f"{time}_precision"}
    changes = {
        name: value
        for name, value in values.items()
        if name not in kept and value != getattr(old, name)
    }
    if changes.keys() == {"probability"}:
        changes.clear()  # another opinion of the same page is no news of the article
    returned = old.withdrawn_at is not None and cause != "reextracted"
    if returned:
        changes["withdrawn_at"] = None
        note(transaction, "returned", old.id)
    passing = (
        cause == "publisher"
        and "fingerprint" in changes
        and differ_in_passing_lines_only(
            [(block["type"], block["text"]) for block in old.blocks],
            [(block.type, block.text) for block in article.blocks],
        )
    )
    if passing:
        del changes["fingerprint"]
    if not changes.keys() & {"fingerprint", "title", "standfirst"}:
        # The same text set otherwise (blanks, quotes): the stored one stands.
        for name in ("text", "blocks", "words"):
            changes.pop(name, None)
        _update_in_place(transaction, old, article, changes, now)
        return Saved("unchanged", old.id)
    if passing:
        for name in ("text", "blocks", "words"):
            changes.pop(name, None)
    if "fingerprint" in changes:
        twin = article_with_text(transaction, old.source, values["fingerprint"], but=old.id)
        if twin is not None:
            return Saved("duplicate", twin, SAME_TEXT)
    before = indexed_now(transaction, old)
    # Two views of one article, met together: nobody changed it.
    in_place = cause == "own_address" and now - old.filed_at < MET_TOGETHER
    kind: ChangeKind = "updated"
    if not in_place:
        keep_revision(transaction, old, changes, now, cause=cause)
        changes["revision"] = old.revision + 1
        kind = "reextracted" if cause == "reextracted" else "revised"
    transaction.execute(
        sa.update(articles).where(articles.c.id == old.id).values(**changes, updated_at=now)
    )
    replace_credits(transaction, old.id, article.credits)
    replace_struck(transaction, old.id, article.struck)
    change_text(
        transaction, old.id, kind, before, indexed_now(transaction, _row(transaction, old.id))
    )
    return Saved("unchanged" if in_place else "revised", old.id, OWN_ADDRESS if in_place else None)


def _update_in_place(
    transaction: Transaction,
    old: AnyRow,
    article: Article,
    changes: dict[str, Any],
    now: datetime,
) -> None:
    known = read_credits(transaction, old.id) if article.credits else ()
    credits_differ = [each.said for each in article.credits] != [each.said for each in known]
    struck_differ = bool(article.struck) and article.struck != read_struck(transaction, old.id)
    if not (changes or credits_differ or struck_differ):
        if _fills_in(article.credits, known):
            replace_credits(transaction, old.id, article.credits)
            note(transaction, None, old.id, credited=True)
        return
    before = indexed_now(transaction, old)
    if credits_differ or _fills_in(article.credits, known):
        replace_credits(transaction, old.id, article.credits)
    if struck_differ:
        replace_struck(transaction, old.id, article.struck)
    transaction.execute(
        sa.update(articles).where(articles.c.id == old.id).values(**changes, updated_at=now)
    )
    # That it is back was noted; nothing else may have happened.
    only_back = changes.keys() == {"withdrawn_at"} and not (credits_differ or struck_differ)
    kind: ChangeKind | None = None if only_back else "updated"
    change_text(
        transaction, old.id, kind, before, indexed_now(transaction, _row(transaction, old.id))
    )


def _fills_in(new: Sequence[Credit], known: Sequence[Credit]) -> bool:
    """Whether ``new``, which says the same, tells how sure it is of what an older reader left open.

    Another opinion of the same words is no news of the article, and stands as it was first stored.
    """
    return any(
        (then.probability is None and now.probability is not None)
        or (then.cue is None and now.cue is not None)
        for now, then in zip(new, known, strict=True)
    )


def _row(transaction: Transaction, article_id: int) -> AnyRow:
    return transaction.execute(sa.select(articles).where(articles.c.id == article_id)).one()


def save_reextracted(
    transaction: Transaction, article_id: int, article: Article, now: datetime
) -> Saved:
    """Save what reading the stored page of an article anew has made of it: ``revised`` by us,
    ``unchanged``, or ``duplicate`` where another article of the source has that text.

    The article keeps its address and its links; ``ValueError`` for one without text.
    """
    article = storable_article(article)
    if not has_text(article.text):
        raise ValueError(f"{article.url or article_id}: an article without text is not stored")
    old = transaction.execute(
        sa.select(articles).where(articles.c.id == article_id).with_for_update()
    ).one()
    values = {**text_columns(article), **metadata_columns(article)}
    del values["url"]
    # Its story follows from what is known today, also where its own credits are the same.
    note(transaction, None, article_id, credited=True)
    return update_article(transaction, old, article, values, now, cause="reextracted")

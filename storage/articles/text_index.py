"""What follows from an article's text, kept in step with it: search, marks, the change feed.

Articles that were filed before there were such indices wait in ``index_backlogs``; until their turn
has come (``storage.articles.backlog``) they are in no index, and are not taken out of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from storage.article import Credit
from storage.articles.prepared import PreparedArticle
from storage.articles.rows import read_credits
from storage.changes import ChangeKind, note
from storage.engine.column_types import AnyRow
from storage.schema import index_backlogs
from storage.search.index import index, unindex
from storage.stories.placing import forget_text, remember_text
from storage.text.searchable import Searchable
from storage.text.sketch import SketchedText
from storage.text.tokens import tokens_of
from storage.transaction import Transaction

__all__ = ["Indexed", "add_text", "change_text", "indexed_now"]


class Indexed:
    """The parts of an article that indices are made of; tokens are made once, when asked for."""

    def __init__(
        self,
        *,
        title: str | None,
        standfirst: str | None,
        text: str,
        authors: Sequence[str],
        credits: Sequence[Credit],
        fingerprint: str | None = None,
    ) -> None:
        self._given: dict[str, Any] = {
            "title": title,
            "standfirst": standfirst,
            "authors": list(authors),
            "credits": [name for credit in credits for name in credit.names],
        }
        #: Whom its story is credited to follows from them.
        self.credits = tuple(credits)
        self._text = text
        self._fingerprint = fingerprint
        self._sketched: SketchedText | None = None

    @property
    def sketched(self) -> SketchedText:
        """The text as stories compare it."""
        if self._sketched is None:
            self._sketched = SketchedText(tokens_of(self._text), fingerprint=self._fingerprint)
        return self._sketched

    @property
    def searchable(self) -> Searchable:
        """What search finds it by."""
        return Searchable.of(body=self.sketched.tokens, **self._given)

    def same_text(self, other: Indexed) -> bool:
        """Whether the two have one text, letter by letter."""
        return self._text == other._text

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Indexed) and self._given == other._given and self._text == other._text
        )

    __hash__ = None  # type: ignore[assignment]


def indexed_now(connection: sa.Connection, row: AnyRow) -> Indexed:
    """What is indexed of a row of ``articles`` and its credits as they stand."""
    return Indexed(
        title=row.title,
        standfirst=row.standfirst,
        text=row.text,
        authors=row.authors,
        credits=read_credits(connection, row.id),
        fingerprint=row.fingerprint,
    )


def add_text(transaction: Transaction, article_id: int, source: str, new: PreparedArticle) -> None:
    """An article of ``source`` was filed."""
    index(transaction, article_id, new.searchable)
    sketched = new.sketched
    remember_text(transaction, article_id, sketched)
    note(transaction, "filed", article_id, text=sketched, source=source)


def change_text(
    transaction: Transaction, article_id: int, kind: ChangeKind | None, old: Indexed, new: Indexed
) -> None:
    """An article is another now: ``old`` is what was indexed of it."""
    waiting = _waiting(transaction, article_id)
    if old != new and "search" not in waiting:
        unindex(transaction, article_id, old.searchable)
        index(transaction, article_id, new.searchable)
    if old.same_text(new) or "stories" in waiting:
        note(transaction, kind, article_id, credited=old.credits != new.credits)
        return
    forget_text(transaction, article_id, old.sketched)
    remember_text(transaction, article_id, new.sketched)
    note(transaction, kind, article_id, text=new.sketched)


def _waiting(connection: sa.Connection, article_id: int) -> set[str]:
    """The indices that have not come to this article yet."""
    return set(
        connection.execute(
            sa.select(index_backlogs.c.name).where(
                index_backlogs.c.done_id < article_id, index_backlogs.c.last_id >= article_id
            )
        ).scalars()
    )

"""The change feed: each thing that happened to an article once, in the order of the commits.

A reader keeps the number of the last row that it has seen, asks for what comes after, and misses
nothing. On SQLite one transaction writes at a time, so numbers rise with commits by themselves. On
PostgreSQL a number is given when a row is inserted, and a slower transaction could commit a smaller
number after a reader has passed it; so the rows of a transaction are all inserted at its very end,
under a lock that is held until the commit is visible. Stories are found under the same lock: two
processes that file two copies at once would otherwise not see each other's.

Operations call :func:`note`; the rest follows at the end of their transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, get_args

import sqlalchemy as sa

from storage.engine.inserts import insert_rows
from storage.engine.statements import on_server, run, run_listed
from storage.locks import advisory_key
from storage.schema import changes
from storage.transaction import Transaction

if TYPE_CHECKING:
    from storage.text.sketch import SketchedText

__all__ = [
    "KINDS",
    "Change",
    "ChangeKind",
    "commit_changes",
    "last_change",
    "note",
    "read_changes",
]

ChangeKind = Literal[
    "filed",
    "revised",
    "updated",
    "cleaned",
    "reextracted",
    "withdrawn",
    "returned",
    "story",
    "merged",
]
#: What ``changes.kind`` may be, as ``docs/database.md`` explains it.
KINDS: tuple[ChangeKind, ...] = get_args(ChangeKind)

_CHUNK = 500
_LOCK = "SELECT pg_advisory_xact_lock(?)"
_NOW = (
    "SELECT a.id, a.source, a.revision, s.story_id FROM articles AS a"
    " LEFT JOIN story_articles AS s ON s.article_id = a.id WHERE a.id IN (??)"
)


@dataclass(frozen=True, slots=True)
class Change:
    """One row of the feed."""

    #: The cursor: what comes after this row has a greater one.
    id: int
    at: datetime
    kind: ChangeKind
    article_id: int
    source: str
    #: Of the article after the change.
    revision: int
    #: Of the article after the change.
    story_id: int | None


@dataclass(frozen=True, slots=True)
class _Noted:
    kind: ChangeKind | None
    article_id: int
    #: Its new text, where its story is to be found.
    text: SketchedText | None
    #: Of a new article: then nothing about it need be looked up.
    source: str | None = None
    #: Whether whom its text is credited to is another, or surer, now.
    credited: bool = False


def note(
    transaction: Transaction,
    kind: ChangeKind | None,
    article_id: int,
    *,
    text: SketchedText | None = None,
    source: str | None = None,
    credited: bool = False,
) -> None:
    """Something happened to an article in this transaction; ``text`` is its text where that is new.

    Without a ``kind`` only its story is found, or, where ``credited`` says that the credits of its old
    text are others, described anew. ``source``: whose article it is, where it is new.
    """
    transaction.at_end(commit_changes, [_Noted(kind, article_id, text, source, credited)])


def commit_changes(transaction: Transaction, noted: Sequence[_Noted]) -> None:
    """Find the stories of what was noted in a transaction, and write the rows of the feed."""
    # A run that changes nothing does without what compares texts.
    from storage.stories.placing import foresee, place_in_stories
    from storage.stories.summary import credit_again

    rows: list[tuple[ChangeKind, int]] = []
    texts: dict[int, SketchedText] = {}
    # Of what was only filed there is nothing to look up, unless it comes into a story.
    new: dict[int, str] = {}
    seen: set[int] = set()
    for change in noted:
        if change.text is not None:
            texts[change.article_id] = change.text  # the newest of each
        if change.kind is not None:
            rows.append((change.kind, change.article_id))
        if change.source is not None and change.article_id not in seen:
            new[change.article_id] = change.source
        else:
            new.pop(change.article_id, None)
        seen.add(change.article_id)
    said = {article_id for _, article_id in rows}
    if on_server(transaction):
        # What can be compared is compared before the others have to wait.
        foresee(transaction, transaction.once, texts)
        run(transaction, _LOCK, (advisory_key("changes"),))
    now = datetime.now(UTC)
    for kind, other in place_in_stories(transaction, texts, now, filed=frozenset(new)):
        new.pop(other, None)
        if other not in said:
            rows.append((kind, other))
    credit_again(
        transaction,
        {change.article_id for change in noted if change.credited} - texts.keys(),
    )
    _insert(transaction, list(dict.fromkeys(rows)), new, now)


def _insert(
    connection: sa.Connection,
    rows: Sequence[tuple[ChangeKind, int]],
    new: Mapping[int, str],
    now: datetime,
) -> None:
    known: dict[int, tuple[str, int, int | None]] = {
        number: (source, 1, None) for number, source in new.items()
    }
    ids = sorted({article_id for _, article_id in rows} - new.keys())
    for start in range(0, len(ids), _CHUNK):
        for number, source, revision, story in run_listed(
            connection, _NOW, ids[start : start + _CHUNK]
        ):
            known[number] = (source, revision, story)
    names = ("source", "revision", "story_id")
    insert_rows(
        connection,
        changes,
        [
            {
                "at": now,
                "kind": kind,
                "article_id": article_id,
                **dict(zip(names, known[article_id], strict=True)),
            }
            for kind, article_id in rows
            if article_id in known
        ],
    )


def read_changes(
    connection: sa.Connection,
    since: int,
    limit: int = 1000,
    *,
    source: str | None = None,
    kinds: Sequence[str] = (),
) -> list[Change]:
    """Up to ``limit`` changes after the cursor ``since`` (0: from the first), oldest first."""
    query = sa.select(changes).where(changes.c.id > since).order_by(changes.c.id).limit(limit)
    if source is not None:
        query = query.where(changes.c.source == source)
    if kinds:
        query = query.where(changes.c.kind.in_(kinds))
    return [Change(*row) for row in connection.execute(query)]


def last_change(connection: sa.Connection) -> int:
    """The cursor of the newest change; 0 where there is none."""
    return connection.execute(sa.select(sa.func.max(changes.c.id))).scalar() or 0

"""Stories: which articles carry the same text, found when an article is filed or its text changes.

Candidates come from ``story_marks`` (``storage.text.sketch``), the nearest few are compared word by
word (``matching``). A late arrival may belong to several stories: the oldest takes the others in, and
each of them says so in ``merged_into``.

Stories are placed under the lock of the change feed, one transaction at a time, and so nothing is done
there that could be done before: :func:`foresee` goes the same way without the lock and without writing,
so that what texts share is known (``comparing``) when :func:`place_in_stories` asks. It decides by what
is there then; what came meanwhile it compares itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from storage.engine.inserts import insert_all, insert_of
from storage.engine.statements import run, run_many, time_value
from storage.schema import sketches, stories, story_articles, story_marks
from storage.stories.comparing import Comparisons
from storage.stories.matching import Matcher
from storage.stories.neighbours import Neighbours
from storage.stories.summary import summarise
from storage.text.sketch import SketchedText
from storage.transaction import Transaction

__all__ = ["foresee", "forget_text", "place_in_stories", "remember_text"]

_FORGET_SKETCH = "DELETE FROM sketches WHERE article_id = ?"
_FORGET_MARK = "DELETE FROM story_marks WHERE mark = ? AND article_id = ?"
_NEW_STORY = insert_of(
    stories, "articles", "sources", "languages", "made_at", "updated_at", returning="id"
)
_JOIN = insert_of(story_articles, "article_id", "story_id", "share", "closest_id")
_SHARE = "UPDATE story_articles SET share = ?, closest_id = ? WHERE article_id = ?"
_MOVE = "UPDATE story_articles SET story_id = ? WHERE story_id = ? RETURNING article_id"
_MERGED = "UPDATE stories SET merged_into = ?, articles = 0, updated_at = ? WHERE id = ?"
_REST = "SELECT article_id FROM story_articles WHERE story_id = ? AND article_id <> ? LIMIT 2"
_LEFT = "DELETE FROM story_articles WHERE article_id = ?"

_Event = tuple[Literal["story", "merged"], int]


def remember_text(transaction: Transaction, article_id: int, text: SketchedText) -> None:
    """Let the text of an article be found as a candidate, and compared."""
    if text.marks:
        transaction.gather(_write_marks, [(mark, article_id) for mark in text.marks])
        transaction.gather(_write_sketches, [(article_id, text.sketch)])


def _write_marks(connection: sa.Connection, marks: Sequence[tuple[int, int]]) -> None:
    # Side by side in the index, which is larger than any cache.
    insert_all(connection, story_marks, ("mark", "article_id"), sorted(set(marks)), skip=True)


def _write_sketches(connection: sa.Connection, rows: Sequence[tuple[int, bytes]]) -> None:
    newest = sorted(dict(rows).items())
    insert_all(connection, sketches, ("article_id", "shingles"), newest, replacing=("shingles",))


def forget_text(transaction: Transaction, article_id: int, text: SketchedText) -> None:
    """Let an article no longer be found by the text that it had."""
    if text.marks:
        transaction.write_waiting()
        run_many(transaction, _FORGET_MARK, [(mark, article_id) for mark in text.marks])
        run(transaction, _FORGET_SKETCH, (article_id,))


def foresee(
    connection: sa.Connection,
    once: Callable[[Callable[[], Comparisons]], Comparisons],
    texts: Mapping[int, SketchedText],
) -> None:
    """Compare texts that are about to be placed with what is there; writes nothing.

    ``texts`` by the numbers of their articles; by negative ones where those have none yet. ``once``:
    see ``Transaction.once``.
    """
    comparisons = once(Comparisons)
    texts = {number: text for number, text in texts.items() if text.marks}
    near = Neighbours(connection, texts, comparisons)
    matcher = Matcher(connection, near, comparisons)
    for number in near.nearest:
        matches = matcher.matches(number, texts[number])
        if matches:
            known = [match.story_id for match in matches if match.story_id is not None]
            # A story that is not there yet has a number that none has.
            near.story_of[number] = story = min(known, default=-abs(number))
            near.story_of.update((m.article_id, story) for m in matches if m.story_id is None)


def place_in_stories(
    transaction: Transaction,
    texts: Mapping[int, SketchedText],
    now: datetime,
    *,
    filed: Collection[int] = (),
) -> list[_Event]:
    """Put articles with a new text where they belong; the articles whose story changed, and how.

    One after the other, in the order of ``texts``; their marks have been written. ``filed``: those that
    this transaction has filed, so that they can be of no story yet.
    """
    comparisons = transaction.once(Comparisons)
    near = Neighbours(transaction, texts, comparisons)
    # One whose text has nothing in common with any other may be of a story by the text that it had.
    others = [number for number in texts if number not in near.nearest and number not in filed]
    near.ask_stories(others)
    placing = _Placing(transaction, near, comparisons, now)
    events: list[_Event] = []
    for number in texts:
        if number in near.nearest or number in near.story_of:
            events += placing.place(number, texts[number])
    placing.finish()
    return events


class _Placing:
    """Places the texts of one transaction; what it writes for several, it writes at once."""

    def __init__(
        self, transaction: Transaction, near: Neighbours, comparisons: Comparisons, now: datetime
    ) -> None:
        self._transaction = transaction
        self._story_of = near.story_of
        self._matcher = Matcher(transaction, near, comparisons, self._write)
        self._now = now
        #: Rows of ``story_articles`` that wait, by their article: story, share and closest.
        self._joining: dict[int, tuple[int, float, int]] = {}
        self._shares: dict[int, tuple[float, int]] = {}
        #: Stories that articles have joined, with these; and those that are described anew.
        self._joined: defaultdict[int, list[int]] = defaultdict(list)
        self._changed: set[int] = set()

    def place(self, article_id: int, text: SketchedText) -> list[_Event]:
        before = self._story_of.get(article_id)
        matches = self._matcher.matches(article_id, text)
        events: list[_Event] = []
        if before is not None and before not in {match.story_id for match in matches}:
            # What it had in common with its story is gone: that one takes no part in what follows.
            events += self._leave(article_id, before)
            before = None
        if not matches:
            return events
        known = {match.story_id for match in matches if match.story_id is not None}
        target = min(known) if known else self._new_story()
        for other in sorted(known - {target}):
            events += self._merge(other, target)
        best = max(matches, key=lambda match: match.share)
        joining = [(article_id, best.share, best.article_id)] if before is None else []
        joining += [
            (match.article_id, match.share, article_id)
            for match in matches
            if match.story_id is None
        ]
        for number, share, closest in joining:
            self._joining[number] = (target, share, closest)
            self._story_of[number] = target
        events += [("story", number) for number, _, _ in joining]
        self._joined[target] += [number for number, _, _ in joining]
        if before is not None:
            self._shares[article_id] = (best.share, best.article_id)
        if len(known) > 1 or not known or before is not None:
            self._changed.add(target)
        return events

    def finish(self) -> None:
        """Write what waits, and describe the stories that have changed."""
        self._write()
        grown = {
            story: numbers
            for story, numbers in self._joined.items()
            if numbers and story not in self._changed
        }
        summarise(self._transaction, self._changed, self._now, grown)

    def _write(self) -> None:
        rows = [(number, *values) for number, values in self._joining.items()]
        self._joining.clear()
        run_many(self._transaction, _JOIN, rows)
        shares = [(*values, number) for number, values in self._shares.items()]
        self._shares.clear()
        run_many(self._transaction, _SHARE, shares)

    def _new_story(self) -> int:
        at = time_value(self._transaction, self._now)
        number: int = run(self._transaction, _NEW_STORY, (0, "[]", "[]", at, at)).scalar()
        return number

    def _merge(self, story: int, into: int) -> list[_Event]:
        self._write()
        moved = run(self._transaction, _MOVE, (into, story)).scalars()
        at = time_value(self._transaction, self._now)
        run(self._transaction, _MERGED, (into, at, story))
        for number, its in list(self._story_of.items()):
            if its == story:
                self._story_of[number] = into
        self._joined.pop(story, None)
        self._changed.discard(story)
        return [("merged", number) for number in moved]

    def _leave(self, article_id: int, story: int) -> list[_Event]:
        """An article whose text is another one leaves its story; the last one left alone does too."""
        self._write()
        rest = run(self._transaction, _REST, (story, article_id)).scalars()
        leaving = [article_id, *rest] if len(rest) == 1 else [article_id]
        run_many(self._transaction, _LEFT, [(number,) for number in leaving])
        for number in leaving:
            self._story_of.pop(number, None)
        self._changed.add(story)
        return [("story", number) for number in leaving]

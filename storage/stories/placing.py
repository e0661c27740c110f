"""Stories: which articles carry the same text, found when an article is filed or its text changes.

Candidates come from ``story_marks`` (``storage.text.sketch``), the nearest few are compared word by
word. A late arrival may belong to several stories: the oldest takes the others in, and each of them
says so in ``merged_into``. But a page that holds the texts of several articles whole (a digest, or a
site that wants to take stories over) joins nothing together: texts are of one story only where they
share words with one another. Called under the lock of the change feed, so one transaction at a time.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Literal

import sqlalchemy as sa

from storage.engine.inserts import insert_of
from storage.engine.statements import on_server, run, run_listed, run_many
from storage.engine.stored_text import encode_json
from storage.schema import stories, story_articles, story_marks
from storage.stories.summary import add_to_summary, summarise
from storage.text.sketch import SketchedText, is_same_story, shared_in_runs
from storage.transaction import Transaction

__all__ = ["TextsReady", "forget_marks", "place_in_story", "remember_marks", "shared_marks"]

#: Rows read of one mark: a stock phrase may stand in thousands of texts.
PER_MARK = 40
#: Texts compared word by word with a new one, at most, and of one story.
MOST_COMPARED, PER_STORY = 8, 2

#: Two texts that both stand in a third are of one story only where they share so much themselves.
RELATED = 0.2
#: A text so many times as long as another may hold it beside others.
HOLDS = 1.5

_MARK = insert_of(story_marks, "mark", "article_id", skip=True)
_CHUNK = 5000
_SHARED = (
    "SELECT mark, article_id FROM (SELECT json_extract(value, '$[0]') AS mark,"
    " json_extract(value, '$[1]') AS article_id FROM json_each(?)) AS mine"
    " WHERE EXISTS (SELECT 1 FROM story_marks AS other"
    " WHERE other.mark = mine.mark AND other.article_id <> mine.article_id)"
)
_SHARED_ON_SERVER = (
    "SELECT mine.mark, mine.article_id FROM unnest(CAST(? AS bigint[]), CAST(? AS bigint[]))"
    " AS mine (mark, article_id) WHERE EXISTS (SELECT 1 FROM story_marks AS other"
    " WHERE other.mark = mine.mark AND other.article_id <> mine.article_id)"
)
_TEXTS = "SELECT id, text FROM articles WHERE id IN (??)"
_STORIES = "SELECT article_id, story_id FROM story_articles WHERE article_id IN (??)"
# The shortest: what is copied whole from several articles is as good a witness as none.
_OTHERS = (
    "SELECT a.id, a.text FROM articles AS a WHERE a.id IN (SELECT s.article_id FROM story_articles"
    " AS s WHERE s.story_id = ? AND s.article_id <> ? AND s.article_id <> ?"
    " ORDER BY s.article_id LIMIT 200) ORDER BY a.words, a.id LIMIT 4"
)
#: Texts that stay ready to be compared: what is copied once is copied again soon.
_MOST_READY = 512

_Event = tuple[Literal["story", "merged"], int]


@dataclass(frozen=True, slots=True)
class _Match:
    article_id: int
    story_id: int | None
    share: float
    text: SketchedText


def remember_marks(transaction: Transaction, article_id: int, marks: Sequence[int]) -> None:
    """Let the text of an article be found as a candidate."""
    transaction.gather(_write_marks, [(mark, article_id) for mark in marks])


def _write_marks(connection: sa.Connection, marks: Sequence[tuple[int, int]]) -> None:
    # Side by side in the index, which is larger than any cache.
    run_many(connection, _MARK, sorted(set(marks)))


def shared_marks(
    connection: sa.Connection, texts: Sequence[tuple[int, SketchedText]]
) -> dict[int, list[int]]:
    """Those marks of articles and their texts that other articles have too, by the article."""
    marks = [(mark, number) for number, text in texts for mark in text.marks]
    found: defaultdict[int, list[int]] = defaultdict(list)
    for start in range(0, len(marks), _CHUNK):
        some = marks[start : start + _CHUNK]
        if on_server(connection):
            lists = ([mark for mark, _ in some], [number for _, number in some])
            rows = run(connection, _SHARED_ON_SERVER, lists)
        else:
            rows = run(connection, _SHARED, (encode_json(some),))
        for mark, number in rows.all():
            found[number].append(mark)
    return found


def forget_marks(connection: sa.Connection, article_id: int, marks: Sequence[int]) -> None:
    """Let an article no longer be found by the text that it had."""
    if marks:
        connection.execute(
            sa.delete(story_marks).where(
                story_marks.c.mark.in_(marks), story_marks.c.article_id == article_id
            )
        )


def place_in_story(
    transaction: Transaction,
    article_id: int,
    text: SketchedText,
    now: datetime,
    *,
    shared: Sequence[int] | None = None,
) -> list[_Event]:
    """Put an article with a new text where it belongs; the articles whose story changed, and how.

    ``shared``: those of its marks that other articles have, where that is known.
    """
    others = _sharing(transaction, article_id, text.marks if shared is None else sorted(shared))
    nearest = [number for number, _ in others.most_common(PER_MARK)]
    story_of = _stories_of(transaction, [*nearest, article_id])
    before = story_of.pop(article_id, None)
    ready = transaction.once(TextsReady)
    matches = _matches(transaction, article_id, text, nearest, story_of, ready)
    if len(matches) > 1:
        matches = _of_one_story(text, matches)
    if nearest:
        ready.add(article_id, text)
    events: list[_Event] = []
    if before is not None and before not in {match.story_id for match in matches}:
        # What it had in common with its story is gone: that one takes no part in what follows.
        events += _leave(transaction, article_id, before, now)
        before = None
    if not matches:
        return events
    known = {match.story_id for match in matches if match.story_id is not None}
    target = min(known) if known else _new_story(transaction, now)
    for other in sorted(known - {target}):
        events += _merge(transaction, other, target, now)
    best = max(matches, key=lambda match: match.share)
    joining = [(article_id, best.share, best.article_id)] if before is None else []
    joining += [
        (match.article_id, match.share, article_id) for match in matches if match.story_id is None
    ]
    if joining:
        transaction.execute(
            sa.insert(story_articles),
            [
                {"article_id": number, "story_id": target, "share": share, "closest_id": closest}
                for number, share, closest in joining
            ],
        )
        events += [("story", number) for number, _, _ in joining]
    if before is not None:
        transaction.execute(
            sa.update(story_articles)
            .where(story_articles.c.article_id == article_id)
            .values(share=best.share, closest_id=best.article_id)
        )
    if len(known) > 1 or not known or before is not None:
        summarise(transaction, target, now)
    else:
        add_to_summary(transaction, target, [number for number, _, _ in joining], now)
    return events


def _stories_of(connection: sa.Connection, article_ids: Sequence[int]) -> dict[int, int]:
    return dict(run_listed(connection, _STORIES, article_ids).all())


def _matches(
    connection: sa.Connection,
    article_id: int,
    text: SketchedText,
    nearest: Sequence[int],
    story_of: dict[int, int],
    ready: TextsReady,
) -> list[_Match]:
    """Of the articles nearest to a text those that carry the same, of each story few."""
    found: list[_Match] = []
    tried: defaultdict[int, int] = defaultdict(int)
    joined: set[int] = set()
    compared = 0
    texts: dict[int, str] = {}
    for place, number in enumerate(nearest):
        story = story_of.get(number)
        if story is not None:
            if story in joined or tried[story] >= PER_STORY:
                continue
            tried[story] += 1
        if compared >= MOST_COMPARED:
            break
        compared += 1
        if number not in texts:
            ahead = nearest[place : place + MOST_COMPARED - compared + 1]
            texts |= dict(run_listed(connection, _TEXTS, ahead).all())
        if number not in texts:
            continue
        other = ready.of(number, texts[number])
        common = shared_in_runs(text, other)
        if not is_same_story(common):
            continue
        if story is not None:
            if other.length >= HOLDS * text.length and not _is_related(
                connection, text, story, (number, article_id), ready
            ):
                continue
            joined.add(story)
        found.append(_Match(number, story, round(common, 4), other))
    return found


def _is_related(
    connection: sa.Connection,
    text: SketchedText,
    story_id: int,
    but: tuple[int, int],
    ready: TextsReady,
) -> bool:
    """Whether a text that stands in a longer one of a story shares words with the rest of it.

    With each of the rest: what else holds it whole, as another digest does, speaks for nothing.
    """
    others = run(connection, _OTHERS, (story_id, *but)).all()
    return all(shared_in_runs(text, ready.of(number, other)) >= RELATED for number, other in others)


def _of_one_story(text: SketchedText, matches: Sequence[_Match]) -> list[_Match]:
    """Those of ``matches`` that are of one story with ``text`` and with one another.

    All of them, as a rule. Where some have nothing in common but that ``text`` holds them, those stay
    that make up most of it, if there are any.
    """
    groups: list[list[_Match]] = []
    # The shortest first, so that those that a longer one may hold are known.
    for match in sorted(matches, key=lambda match: match.text.length):
        near = [
            group
            for group in groups
            if any(shared_in_runs(match.text, other.text) >= RELATED for other in group)
        ]
        if all(match.text.length >= HOLDS * o.text.length for group in near for o in group):
            near = []  # it may hold them as ``text`` does
        groups = [group for group in groups if group not in near]
        groups.append([match, *(other for group in near for other in group)])
    if len(groups) == 1:
        return list(matches)
    whole = max(1, text.length)

    def held(group: Sequence[_Match]) -> float:
        return max(match.share * min(match.text.length, whole) / whole for match in group)

    most = max(groups, key=held)
    return most if is_same_story(held(most)) else []


class TextsReady:
    """The texts that were compared last, by their article, while they are its text.

    One writer's, so of one thread.
    """

    def __init__(self) -> None:
        self._texts: OrderedDict[int, tuple[int, SketchedText]] = OrderedDict()

    def of(self, article_id: int, text: str) -> SketchedText:
        """The text of an article as it is compared."""
        known = self._texts.get(article_id)
        # By the text too: a number may be given again after a rollback.
        if known is not None and known[0] == hash(text):
            self._texts.move_to_end(article_id)
            return known[1]
        return self.add(article_id, SketchedText(text=text))

    def add(self, article_id: int, text: SketchedText) -> SketchedText:
        """Have the text of an article ready."""
        if text.text:
            self._texts[article_id] = (hash(text.text), text.compact())
            self._texts.move_to_end(article_id)
            if len(self._texts) > _MOST_READY:
                self._texts.popitem(last=False)
        return text


def _sharing(connection: sa.Connection, article_id: int, marks: Sequence[int]) -> Counter[int]:
    """The articles that share marks, and how many."""
    if not marks:
        return Counter()
    values = tuple(value for mark in marks for value in (mark, PER_MARK))
    shared = Counter(run(connection, _candidates(len(marks)), values).scalars())
    del shared[article_id]
    return shared


@lru_cache
def _candidates(marks: int) -> str:
    """The newest articles of each of so many marks: copies come within days of each other."""
    one = (
        "SELECT article_id FROM (SELECT article_id FROM story_marks WHERE mark = ?"
        " ORDER BY article_id DESC LIMIT ?) AS mark_{}"
    )
    return " UNION ALL ".join(one.format(place) for place in range(marks))


def _new_story(connection: sa.Connection, now: datetime) -> int:
    number: int = connection.execute(
        sa.insert(stories)
        .values(articles=0, sources=[], languages=[], made_at=now, updated_at=now)
        .returning(stories.c.id)
    ).scalar_one()
    return number


def _merge(connection: sa.Connection, story: int, into: int, now: datetime) -> list[_Event]:
    moved = connection.execute(
        sa.update(story_articles)
        .where(story_articles.c.story_id == story)
        .values(story_id=into)
        .returning(story_articles.c.article_id)
    ).scalars()
    events: list[_Event] = [("merged", number) for number in moved]
    connection.execute(
        sa.update(stories)
        .where(stories.c.id == story)
        .values(merged_into=into, articles=0, updated_at=now)
    )
    return events


def _leave(connection: sa.Connection, article_id: int, story: int, now: datetime) -> list[_Event]:
    """An article whose text is another one now leaves its story; the last one left alone does too."""
    leaving = [article_id]
    others = connection.execute(
        sa.select(story_articles.c.article_id)
        .where(story_articles.c.story_id == story, story_articles.c.article_id != article_id)
        .limit(2)
    ).scalars()
    rest = list(others)
    if len(rest) == 1:
        leaving += rest
    connection.execute(sa.delete(story_articles).where(story_articles.c.article_id.in_(leaving)))
    summarise(connection, story, now)
    return [("story", number) for number in leaving]

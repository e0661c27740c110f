"""Stories: which articles carry the same text, found when an article is filed or its text changes.

Candidates come from ``story_marks`` (``storage.text_sketch``), the nearest few are compared word by
word. A late arrival may belong to several stories: the oldest takes the others in, and each of them
says so in ``merged_into``. Called under the lock of the change feed, so one transaction at a time.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Literal

import sqlalchemy as sa

from storage.gathering import gather
from storage.schema import stories, story_articles, story_marks
from storage.statements import on_server, run, run_many
from storage.stored_text import encode_json
from storage.story_summary import add_to_summary, summarise
from storage.text_sketch import SketchedText, is_same_story, shared_in_runs

__all__ = ["forget_marks", "place_in_story", "remember_marks", "with_candidates"]

#: Rows read of one mark: a stock phrase may stand in thousands of texts.
PER_MARK = 40
#: Texts compared word by word with a new one, at most, and of one story.
MOST_COMPARED, PER_STORY = 8, 2

_MARK = "INSERT INTO story_marks (mark, article_id) VALUES (?, ?) ON CONFLICT DO NOTHING"
_CHUNK = 5000
_SHARING = (
    "SELECT article_id FROM (SELECT json_extract(value, '$[0]') AS mark,"
    " json_extract(value, '$[1]') AS article_id FROM json_each(?)) AS mine"
    " WHERE EXISTS (SELECT 1 FROM story_marks AS other"
    " WHERE other.mark = mine.mark AND other.article_id <> mine.article_id)"
)
_SHARING_ON_SERVER = (
    "SELECT mine.article_id FROM unnest(CAST(? AS bigint[]), CAST(? AS bigint[]))"
    " AS mine (mark, article_id) WHERE EXISTS (SELECT 1 FROM story_marks AS other"
    " WHERE other.mark = mine.mark AND other.article_id <> mine.article_id)"
)
_TEXT = sa.text("SELECT text FROM articles WHERE id = :id")
_STORY = sa.text("SELECT story_id FROM story_articles WHERE article_id = :id")

_Event = tuple[Literal["story", "merged"], int]


@dataclass(frozen=True, slots=True)
class _Match:
    article_id: int
    story_id: int | None
    share: float


def remember_marks(connection: sa.Connection, article_id: int, marks: Sequence[int]) -> None:
    """Let the text of an article be found as a candidate."""
    gather(connection, _write_marks, [(mark, article_id) for mark in marks])


def _write_marks(connection: sa.Connection, marks: Sequence[tuple[int, int]]) -> None:
    # Side by side in the index, which is larger than any cache.
    run_many(connection, _MARK, sorted(set(marks)))


def with_candidates(
    connection: sa.Connection, texts: Sequence[tuple[int, SketchedText]]
) -> set[int]:
    """Those of articles and their texts that share a mark with another article."""
    marks = [(mark, number) for number, text in texts for mark in text.marks]
    found: set[int] = set()
    for start in range(0, len(marks), _CHUNK):
        some = marks[start : start + _CHUNK]
        if on_server(connection):
            lists = ([mark for mark, _ in some], [number for _, number in some])
            found.update(run(connection, _SHARING_ON_SERVER, lists).scalars())
        else:
            found.update(run(connection, _SHARING, (encode_json(some),)).scalars())
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
    connection: sa.Connection, article_id: int, text: SketchedText, now: datetime
) -> list[_Event]:
    """Put an article with a new text where it belongs; the articles whose story changed, and how."""
    matches = _matches(connection, article_id, text)
    before = _story_of(connection, article_id)
    if not matches:
        return [] if before is None else _leave(connection, article_id, before, now)
    known = {match.story_id for match in matches if match.story_id is not None}
    if before is not None:
        known.add(before)
    events: list[_Event] = []
    target = min(known) if known else _new_story(connection, now)
    for other in sorted(known - {target}):
        events += _merge(connection, other, target, now)
    best = max(matches, key=lambda match: match.share)
    joining = [(article_id, best.share, best.article_id)] if before is None else []
    joining += [
        (match.article_id, match.share, article_id) for match in matches if match.story_id is None
    ]
    if joining:
        connection.execute(
            sa.insert(story_articles),
            [
                {"article_id": number, "story_id": target, "share": share, "closest_id": closest}
                for number, share, closest in joining
            ],
        )
        events += [("story", number) for number, _, _ in joining]
    if before is not None:
        connection.execute(
            sa.update(story_articles)
            .where(story_articles.c.article_id == article_id)
            .values(share=best.share, closest_id=best.article_id)
        )
    if len(known) > 1 or not known or before is not None:
        summarise(connection, target, now)
    else:
        add_to_summary(connection, target, [number for number, _, _ in joining], now)
    return events


def _matches(connection: sa.Connection, article_id: int, text: SketchedText) -> list[_Match]:
    """The articles that carry the same text, of each story and of none the nearest."""
    shared = _sharing_marks(connection, article_id, text.marks)
    if not shared:
        return []
    nearest = [number for number, _ in shared.most_common(PER_MARK)]
    story_of = {
        row.article_id: row.story_id
        for row in connection.execute(
            sa.select(story_articles.c.article_id, story_articles.c.story_id).where(
                story_articles.c.article_id.in_(nearest)
            )
        )
    }
    found: list[_Match] = []
    tried: defaultdict[int, int] = defaultdict(int)
    joined: set[int] = set()
    compared = 0
    for number in nearest:
        story = story_of.get(number)
        if story is not None:
            if story in joined or tried[story] >= PER_STORY:
                continue
            tried[story] += 1
        if compared >= MOST_COMPARED:
            break
        compared += 1
        other = connection.execute(_TEXT, {"id": number}).scalar()
        if other is None:
            continue
        common = shared_in_runs(text, SketchedText(text=other))
        if is_same_story(common):
            found.append(_Match(number, story, round(common, 4)))
            if story is not None:
                joined.add(story)
    return found


def _sharing_marks(
    connection: sa.Connection, article_id: int, marks: Sequence[int]
) -> Counter[int]:
    """The articles that share marks, and how many."""
    if not marks:
        return Counter()
    found = connection.execute(
        _candidates(len(marks)),
        {"per_mark": PER_MARK, **{f"mark_{place}": mark for place, mark in enumerate(marks)}},
    )
    shared = Counter(found.scalars())
    del shared[article_id]
    return shared


@lru_cache
def _candidates(marks: int) -> sa.TextClause:
    """The newest articles of each of so many marks: copies come within days of each other."""
    one = (
        "SELECT article_id FROM (SELECT article_id FROM story_marks WHERE mark = :mark_{}"
        " ORDER BY article_id DESC LIMIT :per_mark) AS mark_{}"
    )
    return sa.text(" UNION ALL ".join(one.format(place, place) for place in range(marks)))


def _story_of(connection: sa.Connection, article_id: int) -> int | None:
    found: int | None = connection.execute(_STORY, {"id": article_id}).scalar()
    return found


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

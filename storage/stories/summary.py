"""What a story knows of its articles: the first, the original, languages, sources, how many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from storage.engine.statements import run, run_listed, run_many, stored_time, time_value
from storage.engine.stored_text import encode_json
from storage.schema import articles, stories, story_articles
from storage.stories.origin import WEIGHTS, CreditOf, Member, infer_origin

__all__ = ["credit_again", "summarise"]

#: Articles by which a story is described; a newcomer beyond is counted, no more.
DESCRIBED_BY = 200


#: Of :class:`_Row`, in their order.
_MEMBERS = (
    "SELECT m.story_id, a.id, a.source, a.language, a.publisher, a.published_at,"
    " a.published_precision, a.filed_at, s.title, s.house, s.home"
    " FROM story_articles AS m JOIN articles AS a ON a.id = m.article_id"
    " JOIN sources AS s ON s.name = a.source WHERE {which} ORDER BY a.id"
)
_MEMBERS_OF_ALL = _MEMBERS.format(which="m.story_id IN (??)")
_MEMBERS_OF_ONE = _MEMBERS.format(which="m.story_id = ?") + f" LIMIT {DESCRIBED_BY}"
_COUNTS = "SELECT story_id, count(*) FROM story_articles WHERE story_id IN (??) GROUP BY story_id"
_CREDITS = " ".join(
    (
        "SELECT",
        ", ".join(CreditOf.__slots__),
        "FROM credits WHERE article_id IN (??) AND role IN",
        f"({', '.join(map(repr, WEIGHTS))}) ORDER BY id",
    )
)
_ANNOUNCED = (
    "SELECT article_id, min(discovered_at) FROM links WHERE article_id IN (??) GROUP BY article_id"
)
#: What a story says of who was first, in the order of :func:`_first_and_original`.
_ORIGIN = (
    "first_article_id",
    "original",
    "original_article_id",
    "original_house",
    "original_from",
    "original_sources",
)
_TELL = " ".join(("UPDATE stories SET", ", ".join(f"{name} = ?" for name in _ORIGIN)))
_DESCRIBE = f"{_TELL}, articles = ?, sources = ?, languages = ?, updated_at = ? WHERE id = ?"
_TELL_AGAIN = f"{_TELL} WHERE id = ?"
_TOLD = " ".join(("SELECT", ", ".join(_ORIGIN), "FROM stories WHERE id = ?"))


def summarise(
    connection: sa.Connection,
    story_ids: Collection[int],
    now: datetime,
    grown: Mapping[int, Sequence[int]] | None = None,
) -> None:
    """Describe stories anew from their articles, and those that have ``grown`` by the articles given."""
    grown = grown or {}
    if not (story_ids or grown):
        return
    # With those that have joined.
    counts: dict[int, int] = dict(run_listed(connection, _COUNTS, {*story_ids, *grown}).all())
    large = [story for story in grown if counts[story] > DESCRIBED_BY]
    for story in large:
        _count_in(connection, story, counts[story], grown[story], now)
    _describe(connection, {*story_ids, *grown}.difference(large), counts, now)


def _count_in(
    connection: sa.Connection, story_id: int, count: int, article_ids: Sequence[int], now: datetime
) -> None:
    """A story that is described by others has grown."""
    row = connection.execute(sa.select(stories).where(stories.c.id == story_id)).one()
    new = connection.execute(
        sa.select(articles.c.source, articles.c.language).where(articles.c.id.in_(article_ids))
    ).all()
    connection.execute(
        sa.update(stories)
        .where(stories.c.id == story_id)
        .values(
            articles=count,
            sources=sorted({*row.sources, *(each.source for each in new)}),
            languages=sorted({*row.languages, *(each.language for each in new if each.language)}),
            updated_at=now,
        )
    )


def _describe(
    connection: sa.Connection, story_ids: Collection[int], counts: Mapping[int, int], now: datetime
) -> None:
    if not story_ids:
        return
    members = _members(connection, story_ids, counts)
    told = _first_and_original(connection, members)
    at = time_value(connection, now)
    rows: list[tuple[Any, ...]] = []
    for story in sorted(story_ids):
        its = members.get(story, [])
        sources = encode_json(sorted({row.source for row in its}))
        languages = encode_json(sorted({row.language for row in its if row.language}))
        rows.append((*told[story], counts.get(story, 0), sources, languages, at, story))
    run_many(connection, _DESCRIBE, rows)


def credit_again(connection: sa.Connection, article_ids: Collection[int]) -> None:
    """The credits of some articles are others: what follows from them is told anew of their stories.

    Nothing has joined or left, so a story's ``updated_at`` stays.
    """
    if not article_ids:
        return
    found = set(
        connection.execute(
            sa.select(story_articles.c.story_id).where(story_articles.c.article_id.in_(article_ids))
        ).scalars()
    )
    if not found:
        return
    counts: dict[int, int] = dict(run_listed(connection, _COUNTS, found).all())
    now = _first_and_original(connection, _members(connection, found, counts))
    for story in sorted(found):
        if tuple(run(connection, _TOLD, (story,)).one()) != now[story]:
            run(connection, _TELL_AGAIN, (*now[story], story))


class _Row(NamedTuple):
    """An article of a story, and what is known of its source."""

    id: int
    source: str
    language: str | None
    publisher: str | None
    published_at: datetime | None
    published_precision: str | None
    filed_at: datetime
    source_title: str | None
    house: str | None
    home: str | None


def _members(
    connection: sa.Connection, story_ids: Collection[int], counts: Mapping[int, int]
) -> dict[int, list[_Row]]:
    """The articles by which each story is described, the first filed first."""
    found: dict[int, list[_Row]] = {story: [] for story in story_ids}
    small = [story for story in story_ids if counts.get(story, 0) <= DESCRIBED_BY]
    rows = list(run_listed(connection, _MEMBERS_OF_ALL, small)) if small else []
    for story in found.keys() - set(small):
        rows += run(connection, _MEMBERS_OF_ONE, (story,))
    for story, number, source, language, publisher, published, precision, filed, *its in rows:
        found[story].append(
            _Row(
                number,
                source,
                language,
                publisher,
                None if published is None else stored_time(published),
                precision,
                stored_time(filed),
                *its,
            )
        )
    return found


def _first_and_original(
    connection: sa.Connection, members: Mapping[int, Sequence[_Row]]
) -> dict[int, tuple[Any, ...]]:
    """What each story says of who was first: what was seen, and beside it what credits let infer."""
    numbers = [row.id for rows in members.values() for row in rows]
    announced: dict[int, datetime] = {}
    said: defaultdict[int, list[CreditOf]] = defaultdict(list)
    if numbers:
        for number, at in run_listed(connection, _ANNOUNCED, numbers):
            announced[number] = stored_time(at)
        for row in run_listed(connection, _CREDITS, numbers):
            credit = CreditOf(*row)
            said[credit.article_id].append(credit)
    return {story: _told(rows, announced, said) for story, rows in members.items()}


def _told(
    rows: Sequence[_Row],
    announced: Mapping[int, datetime],
    said: Mapping[int, Sequence[CreditOf]],
) -> tuple[Any, ...]:
    """The values of :data:`_ORIGIN` for a story of these articles."""
    seen = _seen_first(rows, announced)
    origin = infer_origin(
        [
            Member(
                row.id,
                row.source,
                row.house,
                row.source_title,
                row.publisher,
                has_home=row.home is not None,
            )
            for row in rows
        ],
        # Articles are read in their order, and so the credits of each.
        [credit for row in rows for credit in said.get(row.id, ())],
        seen.row.id if seen is not None else None,
    )
    if origin is None:
        return (_first(seen, None), None, None, None, None, None)
    own = next((row for row in rows if row.id == origin.article_id), None)
    return (
        _first(seen, own),
        origin.name,
        origin.article_id,
        origin.house,
        origin.inferred_from,
        origin.sources,
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    """The article of a story that was seen first, and when."""

    row: _Row
    at: datetime


def _seen_first(rows: Sequence[_Row], announced: Mapping[int, datetime]) -> _Seen | None:
    if not rows:
        return None
    at = {row.id: min(row.filed_at, announced.get(row.id, row.filed_at)) for row in rows}
    row = min(rows, key=lambda row: (at[row.id], _stated(row), row.id))
    return _Seen(row, at[row.id])


def _first(seen: _Seen | None, credited: _Row | None) -> int | None:
    """The article that was there first: the one that was seen first, whatever others say of themselves.

    A time is easily stated, and whoever states an earlier one would be first everywhere. It counts
    for the article whose house others of the story credit, and among those that were seen at once.
    """
    if seen is None:
        return None
    if credited is not None and _stated(credited) <= seen.at:
        return credited.id
    return seen.row.id


def _stated(row: _Row) -> datetime:
    """When an article was there at the latest, by its own word where that is exact."""
    if row.published_at is None:
        return row.filed_at
    stated = row.published_at
    if row.published_precision == "day":
        stated += timedelta(days=1)
    return min(stated, row.filed_at)

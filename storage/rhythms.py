"""What a source's rhythm is learned from, and the table that keeps what was learned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storage.engine.upsert import insert_or_update
from storage.publishers import ensure_source
from storage.schema import articles, passes, rhythms, sources

__all__ = [
    "Filed",
    "KeptRhythm",
    "PollCost",
    "articles_filed_since",
    "country_of",
    "keep_rhythm",
    "kept_rhythm",
    "kept_rhythms",
    "newest_filed",
    "newest_polls",
    "poll_cost",
]

#: Passes that the cost of a poll is measured on.
_PASSES = 60
_PAGES = (
    "filed", "revised", "unchanged", "duplicate", "refused", "gone", "failed", "withdrawn",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filed:
    """When an article was filed, and when it says that it was published."""

    filed_at: datetime
    published_at: datetime | None = None
    #: ``instant``, ``local`` (its zone was not stated; taken as UTC), ``day``.
    precision: str | None = None


@dataclass(frozen=True, slots=True)
class KeptRhythm:
    """A row of ``rhythms``."""

    source: str
    learned_at: datetime
    articles: int
    rhythm: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PollCost:
    """What polls of a source took of late."""

    #: Requests of a poll, pages of articles left out.
    requests: float
    #: Pages of articles fetched in a day, and polls made.
    pages_a_day: float
    polls_a_day: float


def newest_filed(
    connection: sa.Connection, source: str, limit: int, *, before: datetime | None = None
) -> list[Filed]:
    """The articles of ``source`` that were filed last, the newest first, ``limit`` at most.

    ``before``: of those filed before this time only.
    """
    query = sa.select(
        articles.c.filed_at, articles.c.published_at, articles.c.published_precision
    ).where(articles.c.source == source)
    if before is not None:
        query = query.where(articles.c.filed_at < before)
    rows = connection.execute(query.order_by(articles.c.filed_at.desc()).limit(limit))
    return [Filed(*row) for row in rows]


def newest_polls(connection: sa.Connection, source: str, limit: int) -> list[datetime]:
    """When passes over ``source`` began that could read its endpoints, the oldest first.

    Those of backfills are none. Of very many the newest ``limit``.
    """
    rows = connection.execute(
        sa.select(passes.c.started_at)
        .where(
            passes.c.source == source, passes.c.outcome == "ok", passes.c.started_by != "backfill"
        )
        .order_by(passes.c.started_at.desc())
        .limit(limit)
    )
    return [row.started_at for row in rows][::-1]


def articles_filed_since(connection: sa.Connection, source: str, since: datetime, most: int) -> int:
    """How many articles of ``source`` were filed after ``since``; no more than ``most`` are counted."""
    some = (
        sa.select(articles.c.filed_at)
        .where(articles.c.source == source, articles.c.filed_at > since)
        .limit(most)
        .subquery()
    )
    return int(connection.execute(sa.select(sa.func.count()).select_from(some)).scalar() or 0)


def country_of(connection: sa.Connection, source: str) -> str | None:
    """ISO 3166-1 alpha-2, as its source file says."""
    found: str | None = connection.execute(
        sa.select(sources.c.country).where(sources.c.name == source)
    ).scalar()
    return found


def kept_rhythm(connection: sa.Connection, source: str) -> KeptRhythm | None:
    """What was learned of ``source`` last; ``None`` where nothing was."""
    row = connection.execute(sa.select(rhythms).where(rhythms.c.source == source)).first()
    return KeptRhythm(*row) if row is not None else None


def kept_rhythms(connection: sa.Connection) -> list[KeptRhythm]:
    """What was learned of all sources."""
    return [KeptRhythm(*row) for row in connection.execute(sa.select(rhythms))]


def keep_rhythm(connection: sa.Connection, kept: KeptRhythm) -> None:
    """Keep what was learned, in the place of what was kept before."""
    ensure_source(connection, kept.source, kept.learned_at)
    values = {
        "learned_at": kept.learned_at,
        "articles": kept.articles,
        "rhythm": dict(kept.rhythm),
    }
    connection.execute(
        insert_or_update(connection, rhythms, ["source"], values),
        {"source": kept.source, **values},
    )


def poll_cost(connection: sa.Connection, source: str) -> PollCost | None:
    """What the newest polls of ``source`` took; ``None`` where fewer than two were counted."""
    pages = sum((passes.c[name] for name in _PAGES), sa.literal(0))
    rows = connection.execute(
        sa.select(passes.c.started_at, passes.c.requests, pages.label("pages"))
        .where(
            passes.c.source == source,
            passes.c.outcome == "ok",
            passes.c.started_by != "backfill",
            passes.c.requests.is_not(None),
        )
        .order_by(passes.c.started_at.desc())
        .limit(_PASSES)
    ).all()
    if len(rows) < 2:
        return None
    # The first pass, a feed's whole tail, is not what a day is like.
    alone = sorted(max(1, row.requests - row.pages) for row in rows)
    days = max((rows[0].started_at - rows[-1].started_at) / timedelta(days=1), 1e-3)
    later = rows[:-1]
    return PollCost(
        float(alone[len(alone) // 2]),
        sum(row.pages for row in later) / days,
        len(later) / days,
    )

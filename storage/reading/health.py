"""How a source is, judged from its history: whether its passes succeed, and whether articles come.

One judgement for everybody who tells it: ``copydesk status``, the end of a run, the daemon's log.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from storage.schema import articles, documents, links, passes, sources

__all__ = ["FEWEST_PAGES", "HEALTHY", "SourceHealth", "health_of"]

#: New pages that brought nothing, one after the other, at which nothing comes through any more.
FEWEST_PAGES = 10
#: How far back the history of a source is read, in passes: those of months, at its pace.
_MOST_PASSES = 1000
_POLLS = passes.c.started_by != "backfill"
_ENDED = passes.c.outcome.in_(["ok", "failed"])
_NO_ARTICLE = ("refused", "failed", "gone", "given_up")
#: A sitemap of news is empty where there were no news for two days.
_MAY_BE_EMPTY = "sitemap"


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """How a source is."""

    #: ``broken``: its passes fail, or nothing comes through though they do not.
    state: Literal["healthy", "broken"] = "healthy"
    #: Begin of the first pass that showed it; where nothing is announced, the last new link.
    since: datetime | None = None
    #: The cause, one line for a person.
    why: str | None = None
    #: Passes in a row that showed it.
    passes: int = 0


#: Of a source about which there is nothing to be said.
HEALTHY = SourceHealth()


def health_of(connection: sa.Connection, source: str) -> SourceHealth:
    """How ``source`` is, as of its last pass; a source without a history is healthy.

    A source from which articles came is broken as well where at least :data:`FEWEST_PAGES` new pages
    were looked at since and none of them was an article, or where its endpoints answer and announce
    nothing at all. One that has no news is neither.
    """
    row = connection.execute(
        sa.select(sources.c.failures, sources.c.last_error, sources.c.last_success_at).where(
            sources.c.name == source
        )
    ).first()
    if row is None:
        return HEALTHY
    if row.failures:
        since = _first_failure(connection, source) or row.last_success_at
        return SourceHealth("broken", since, row.last_error, row.failures)
    return _in_vain(connection, source) or _empty(connection, source) or HEALTHY


def _first_failure(connection: sa.Connection, source: str) -> datetime | None:
    """When the first pass began that failed since the last that did not."""
    of_source = passes.c.source == source
    last = connection.execute(
        sa.select(sa.func.max(passes.c.started_at)).where(of_source, passes.c.outcome == "ok")
    ).scalar()
    query = sa.select(sa.func.min(passes.c.started_at)).where(
        of_source, passes.c.outcome == "failed"
    )
    if last is not None:
        query = query.where(passes.c.started_at > last)
    found: datetime | None = connection.execute(query).scalar()
    return found


def _in_vain(connection: sa.Connection, source: str) -> SourceHealth | None:
    """Whether new pages are looked at, and none of them is an article any more."""
    looked = passes.c.refused + passes.c.gone + passes.c.robots + passes.c.failed
    latest = (
        sa.select(
            passes.c.started_at,
            looked.label("in_vain"),
            (passes.c.filed + passes.c.duplicate).label("came"),
        )
        .where(passes.c.source == source, _POLLS, _ENDED)
        .order_by(passes.c.started_at.desc())
        .limit(_MOST_PASSES)
        .subquery()
    )
    history = connection.execute(
        sa.select(latest)
        .where(latest.c.in_vain + latest.c.came > 0)
        .order_by(latest.c.started_at.desc())
    )
    since: datetime | None = None
    pages = count = 0
    for row in history:
        if row.came:
            break
        since, pages, count = row.started_at, pages + row.in_vain, count + 1
    if since is None or pages < FEWEST_PAGES or not _had_articles(connection, source, since):
        return None
    # A page that is tried again counts once, and an article that is looked at again does not.
    new = connection.execute(
        sa.select(links.c.reason, links.c.detail)
        .where(
            links.c.source == source,
            links.c.fetched_at >= since,
            links.c.article_id.is_(None),
            links.c.state.in_(_NO_ARTICLE),
            sa.or_(links.c.discovered_at >= since, links.c.attempts <= 1),
        )
        .order_by(links.c.id.desc())
        .limit(_MOST_PASSES)
    ).all()
    if len(new) < FEWEST_PAGES:
        return None
    (reason, often), *_ = Counter(row.reason or "unknown" for row in new).most_common(1)
    detail = next((row.detail for row in new if row.reason == reason and row.detail), None)
    why = (
        f"nothing comes through any more: none of the last {len(new)} new pages was an article,"
        f" {often} of them: {reason}" + (f" ({detail})" if detail else "")
    )
    return SourceHealth("broken", since, why, count)


def _empty(connection: sa.Connection, source: str) -> SourceHealth | None:
    """Whether its endpoints answer, and announce nothing at all."""
    last = (
        sa.select(sa.func.max(passes.c.started_at))
        .where(passes.c.source == source, _POLLS, passes.c.outcome == "ok")
        .scalar_subquery()
    )
    read = connection.execute(
        sa.select(
            documents.c.kind, documents.c.link_count, documents.c.error, documents.c.changed_at
        ).where(documents.c.source == source, documents.c.checked_at >= last)
    ).all()
    if not read or any(row.link_count or row.error for row in read):
        return None
    kinds = {row.kind for row in read}
    if kinds == {_MAY_BE_EMPTY} or not _had_articles(connection, source, None):
        return None
    since = max((row.changed_at for row in read if row.changed_at), default=None)
    named = " and ".join(sorted(kinds))
    return SourceHealth("broken", since, f"its {named} announces nothing any more", 1)


def _had_articles(connection: sa.Connection, source: str, before: datetime | None) -> bool:
    query = sa.select(articles.c.id).where(articles.c.source == source)
    if before is not None:
        query = query.where(articles.c.filed_at < before)
    return connection.execute(query.limit(1)).first() is not None

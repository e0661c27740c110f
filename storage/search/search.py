"""Searching what is filed, on either database with one query language (``storage.search.query``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from storage.reading.article_filter import ArticleFilter
from storage.reading.summaries import SUMMARY_COLUMNS, ArticleSummary, summary_values
from storage.schema import articles
from storage.search.query import Term, for_fts5, for_tsquery, parse_query
from storage.search.snippet import Snippet, make_snippet

__all__ = ["SearchHit", "search"]

#: Matches that are ranked, the newest: news is asked for while it is news, and ranking a common
#: word's half a million would take seconds.
RANKED = 400
#: Matches up to which a query is answered from PostgreSQL's index alone.
RARE = 5000
#: How much a match counts in title, text, authors, credits.
_WEIGHTS = (8.0, 1.0, 4.0, 4.0)

_FTS = sa.table("article_search", sa.column("rowid", sa.BigInteger), sa.column("article_search"))
_VECTORS = sa.table("article_search", sa.column("article_id", sa.BigInteger), sa.column("document"))


@dataclass(frozen=True, slots=True)
class SearchHit(ArticleSummary):
    """An article that was found; the first is the best."""

    #: Comparable within one answer only; greater is better.
    score: float
    snippet: Snippet


def search(
    connection: sa.Connection,
    query: str,
    chosen: ArticleFilter | None = None,
    *,
    order: Literal["rank", "newest"] = "rank",
    limit: int = 20,
    offset: int = 0,
) -> list[SearchHit]:
    """Articles of a filter that meet every term of ``query``: the best, or those filed last, first.

    By rank, the newest :data:`RANKED` matches are ranked.

    Raises:
        QueryError: the query asks for nothing.
    """
    terms = parse_query(query)
    conditions = (chosen or ArticleFilter()).conditions()
    most = offset + limit if order == "newest" else max(RANKED, offset + limit)
    if connection.dialect.name == "postgresql":
        scored = _in_postgres(connection, terms, conditions, most, ranked=order == "rank")
    else:
        scored = _in_sqlite(connection, terms, conditions, most, ranked=order == "rank")
    if order == "rank":
        scored.sort(key=lambda one: (-one[1], -one[0]))
    return _shown(connection, scored[offset : offset + limit], terms)


def _in_sqlite(
    connection: sa.Connection,
    terms: tuple[Term, ...],
    conditions: list[sa.ColumnElement[bool]],
    most: int,
    *,
    ranked: bool,
) -> list[tuple[int, float]]:
    match = _FTS.c.article_search.op("MATCH")(for_fts5(terms))
    found = sa.select(_FTS.c.rowid).where(match)
    if conditions:
        found = found.join(articles, articles.c.id == _FTS.c.rowid).where(*conditions)
    numbers = list(connection.execute(found.order_by(_FTS.c.rowid.desc()).limit(most)).scalars())
    if not ranked or not numbers:
        return [(number, 0.0) for number in numbers]
    wanted = set(numbers)
    weights = ", ".join(map(str, _WEIGHTS))
    rows = connection.execute(
        sa.select(_FTS.c.rowid, sa.literal_column(f"-bm25(article_search, {weights})"))
        .where(match, _FTS.c.rowid >= numbers[-1])
        .order_by(_FTS.c.rowid.desc())
    )
    return [(number, score) for number, score in rows if number in wanted]


def _in_postgres(
    connection: sa.Connection,
    terms: tuple[Term, ...],
    conditions: list[sa.ColumnElement[bool]],
    most: int,
    *,
    ranked: bool,
) -> list[tuple[int, float]]:
    from sqlalchemy.dialects.postgresql import TSQUERY

    query: Any = sa.cast(sa.literal(for_tsquery(terms)), TSQUERY)
    matches = _VECTORS.c.document.op("@@")(query)
    numbers = _rare_in_postgres(connection, matches)
    if numbers is None:
        found = sa.select(_VECTORS.c.article_id).where(matches)
        if conditions:
            found = found.join(articles, articles.c.id == _VECTORS.c.article_id).where(*conditions)
        found = found.order_by(_VECTORS.c.article_id.desc()).limit(most)
        numbers = list(connection.execute(found).scalars())
    else:
        if conditions:
            chosen = sa.select(articles.c.id).where(articles.c.id.in_(numbers), *conditions)
            numbers = list(connection.execute(chosen).scalars())
        numbers = sorted(numbers, reverse=True)[:most]
    if not ranked or not numbers:
        return [(number, 0.0) for number in numbers]
    # D, C, B, A: text, credits, authors, title.
    weights: sa.ColumnElement[Any] = sa.literal_column("CAST('{0.1, 0.4, 0.4, 1.0}' AS real[])")
    score = sa.func.ts_rank_cd(weights, _VECTORS.c.document, query, 1)
    rows = connection.execute(
        sa.select(_VECTORS.c.article_id, score).where(_VECTORS.c.article_id.in_(numbers))
    )
    return [(number, value) for number, value in rows]


def _rare_in_postgres(
    connection: sa.Connection, matches: sa.ColumnElement[bool]
) -> list[int] | None:
    """All matches where they are few, through the index; ``None`` where they are many.

    Left to itself the planner thinks any word that is not among the commonest frequent enough to
    walk back from the newest article, which for a rare one reads the whole table.
    """
    for setting in ("enable_indexscan", "enable_seqscan"):
        connection.execute(sa.select(sa.func.set_config(setting, "off", True)))
    numbers = list(
        connection.execute(
            sa.select(_VECTORS.c.article_id).where(matches).limit(RARE + 1)
        ).scalars()
    )
    for setting in ("enable_indexscan", "enable_seqscan"):
        connection.execute(sa.select(sa.func.set_config(setting, "on", True)))
    return numbers if len(numbers) <= RARE else None


def _shown(
    connection: sa.Connection, scored: list[tuple[int, float]], terms: tuple[Term, ...]
) -> list[SearchHit]:
    rows = connection.execute(
        sa.select(*SUMMARY_COLUMNS, articles.c.standfirst, articles.c.text).where(
            articles.c.id.in_([number for number, _ in scored])
        )
    ).all()
    texts = {row.id: "\n".join(filter(None, (row.standfirst, row.text))) for row in rows}
    summaries = {values["id"]: values for values in summary_values(connection, rows)}
    return [
        SearchHit(
            **summaries[number],
            score=round(float(score), 6),
            snippet=make_snippet(texts[number], terms),
        )
        for number, score in scored
        if number in summaries
    ]

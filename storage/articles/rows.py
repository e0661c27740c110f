"""An article's values as columns of ``articles``, ``credits`` and ``struck``, and back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.article import Article, Block, Credit, Struck
from storage.articles.prepared import PreparedArticle
from storage.engine.column_types import AnyRow
from storage.engine.moments import moment
from storage.engine.statements import run, run_many, time_value
from storage.engine.stored_text import encode_json
from storage.gathering import gather
from storage.schema import credits as credit_table
from storage.schema import struck as struck_table
from storage.text.fingerprint import fingerprint

__all__ = [
    "add_parts",
    "article_from",
    "insert_article",
    "metadata_columns",
    "read_credits",
    "read_struck",
    "replace_credits",
    "replace_struck",
    "text_columns",
]


def text_columns(article: Article, known_fingerprint: str | None = None) -> dict[str, Any]:
    """The columns that make a revision when they change."""
    text = article.text
    return {
        "title": article.title,
        "standfirst": article.standfirst,
        "text": text,
        "words": len(text.split()),
        "blocks": [{"type": block.type, "text": block.text} for block in article.blocks],
        "fingerprint": known_fingerprint or fingerprint(text),
    }


def metadata_columns(article: Article) -> dict[str, Any]:
    """The columns that are brought up to date in place."""
    published, modified = moment(article.published_at), moment(article.modified_at)
    return {
        "url": article.url,
        "authors": list(article.authors),
        "published": article.published_at,
        "published_at": published.at if published else None,
        "published_precision": published.precision if published else None,
        "modified": article.modified_at,
        "modified_at": modified.at if modified else None,
        "modified_precision": modified.precision if modified else None,
        "language": article.language,
        "section": article.section,
        "tags": list(article.tags),
        "image": article.image,
        "kind": article.kind,
        "complete": article.complete,
        "extractor": article.extractor,
        "organisations": list(article.organisations),
        "image_caption": article.image_caption,
        "image_credit": article.image_credit,
        "publisher": article.publisher,
        "paid": article.paid,
        "reuse": list(article.reuse),
        "declared_language": article.declared_language,
    }


_INSERT = (
    "INSERT INTO articles (source, key, filed_at, updated_at, revision, url, title, standfirst,"
    " text, words, blocks, authors, published, published_at, published_precision, modified,"
    " modified_at, modified_precision, language, section, tags, image, kind, complete, extractor,"
    " fingerprint, organisations, image_caption, image_credit, publisher, paid, reuse,"
    " declared_language) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
    " ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id"
)


def insert_article(
    connection: sa.Connection, prepared: PreparedArticle, *, source: str, key: str, now: datetime
) -> int | None:
    """Its number in ``articles``; ``None`` where its key, or its text at this source, is there."""
    article = prepared.article
    published, modified = moment(article.published_at), moment(article.modified_at)
    at = time_value(connection, now)
    values = (
        source,
        key,
        at,
        at,
        1,
        article.url,
        article.title,
        article.standfirst,
        article.text,
        prepared.words,
        prepared.blocks_json,
        encode_json(article.authors),
        article.published_at,
        time_value(connection, published.at) if published else None,
        published.precision if published else None,
        article.modified_at,
        time_value(connection, modified.at) if modified else None,
        modified.precision if modified else None,
        article.language,
        article.section,
        encode_json(article.tags),
        article.image,
        article.kind,
        article.complete,
        article.extractor,
        prepared.fingerprint,
        encode_json(article.organisations),
        article.image_caption,
        article.image_credit,
        article.publisher,
        article.paid,
        encode_json(article.reuse),
        article.declared_language,
    )
    number: int | None = run(connection, _INSERT, values).scalar()
    return number


def article_from(row: AnyRow, credits: Sequence[Credit], struck: Sequence[Struck]) -> Article:
    """The article that a row of ``articles`` holds."""
    return Article(
        url=row.url,
        title=row.title,
        blocks=tuple(Block(block["type"], block["text"]) for block in row.blocks),
        standfirst=row.standfirst,
        authors=tuple(row.authors),
        published_at=row.published,
        modified_at=row.modified,
        language=row.language,
        section=row.section,
        tags=tuple(row.tags),
        image=row.image,
        credits=tuple(credits),
        struck=tuple(struck),
        kind=row.kind,
        complete=row.complete,
        source=row.source,
        extractor=row.extractor,
        organisations=tuple(row.organisations or ()),
        image_caption=row.image_caption,
        image_credit=row.image_credit,
        publisher=row.publisher,
        paid=row.paid,
        reuse=tuple(row.reuse or ()),
        declared_language=row.declared_language,
    )


def read_credits(connection: sa.Connection, article_id: int) -> tuple[Credit, ...]:
    """The credits of an article, in order."""
    rows = connection.execute(
        sa.select(credit_table)
        .where(credit_table.c.article_id == article_id)
        .order_by(credit_table.c.position)
    )
    return tuple(Credit(row.role, row.name, row.evidence, row.place) for row in rows)


def read_struck(connection: sa.Connection, article_id: int) -> tuple[Struck, ...]:
    """The struck lines of an article, in order."""
    rows = connection.execute(
        sa.select(struck_table)
        .where(struck_table.c.article_id == article_id)
        .order_by(struck_table.c.position)
    )
    return tuple(Struck(row.text, row.reason, row.rule) for row in rows)


def replace_credits(connection: sa.Connection, article_id: int, credits: Sequence[Credit]) -> None:
    """Make ``credits`` the credits of an article."""
    _replace(
        connection,
        credit_table,
        article_id,
        [
            {"role": c.role, "name": c.name, "evidence": c.evidence, "place": c.where}
            for c in credits
        ],
    )


def replace_struck(connection: sa.Connection, article_id: int, struck: Sequence[Struck]) -> None:
    """Make ``struck`` the struck lines of an article."""
    _replace(
        connection,
        struck_table,
        article_id,
        [{"text": s.text, "reason": s.reason, "rule": s.rule} for s in struck],
    )


def add_parts(connection: sa.Connection, article_id: int, article: Article) -> None:
    """Write the credits and struck lines of a new article."""
    gather(
        connection,
        _write_credits,
        [
            (article_id, place, c.role, c.name, c.evidence, c.where)
            for place, c in enumerate(article.credits)
        ],
    )
    gather(
        connection,
        _write_struck,
        [(article_id, place, s.text, s.reason, s.rule) for place, s in enumerate(article.struck)],
    )


def _write_credits(connection: sa.Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    run_many(
        connection,
        "INSERT INTO credits (article_id, position, role, name, evidence, place)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        rows,
    )


def _write_struck(connection: sa.Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    run_many(
        connection,
        "INSERT INTO struck (article_id, position, text, reason, rule) VALUES (?, ?, ?, ?, ?)",
        rows,
    )


def _replace(
    connection: sa.Connection,
    table: sa.Table,
    article_id: int,
    rows: list[dict[str, Any]],
) -> None:
    connection.execute(sa.delete(table).where(table.c.article_id == article_id))
    if rows:
        connection.execute(
            sa.insert(table),
            [{"article_id": article_id, "position": n, **row} for n, row in enumerate(rows)],
        )

"""An article's values as columns of ``articles``, ``credits`` and ``struck``, and back.

A field of ``Article`` is the column of its name, as it is, or where that holds JSON as a list: such
a field is written and read without being named here. What is stored in another way is ``_OTHERWISE``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import datetime
from operator import attrgetter
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from storage.article import Article, Block, Credit, Struck
from storage.articles.prepared import PreparedArticle, block_values
from storage.engine.column_types import AnyRow
from storage.engine.inserts import insert_all, insert_row
from storage.engine.moments import moment
from storage.schema import articles
from storage.schema import credits as credit_table
from storage.schema import struck as struck_table
from storage.text.fingerprint import fingerprint
from storage.transaction import Transaction

__all__ = [
    "CREDIT_COLUMNS",
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

P = TypeVar("P", bound="Credit | Struck")

#: Times as they were stated: each is three columns, what was stated, the instant, how precise it is.
_TIMES = {"published_at": "published", "modified_at": "modified"}
#: Fields that are no column as they are. The source is whose link it is where the article has none.
_OTHERWISE = frozenset({"source", "blocks", "credits", "struck", *_TIMES})
#: Fields whose change makes a revision, and those that are brought up to date in place.
_TEXT = ("title", "standfirst")
_METADATA = tuple(each.name for each in fields(Article) if each.name not in _OTHERWISE.union(_TEXT))
_LISTS = frozenset(name for name in _METADATA if isinstance(articles.c[name].type, sa.JSON))


def text_columns(article: Article, known_fingerprint: str | None = None) -> dict[str, Any]:
    """The columns that make a revision when they change."""
    text = article.text
    return {
        **{name: getattr(article, name) for name in _TEXT},
        "text": text,
        "words": len(text.split()),
        "blocks": block_values(article),
        "fingerprint": known_fingerprint or fingerprint(text),
    }


def metadata_columns(article: Article) -> dict[str, Any]:
    """The columns that are brought up to date in place."""
    values: dict[str, Any] = {}
    for name in _METADATA:
        value = getattr(article, name)
        values[name] = list(value) if name in _LISTS else value
    for field, name in _TIMES.items():
        stated = getattr(article, field)
        time = moment(stated)
        values[name] = stated
        values[f"{name}_at"] = time.at if time else None
        values[f"{name}_precision"] = time.precision if time else None
    return values


def insert_article(
    connection: sa.Connection, prepared: PreparedArticle, *, source: str, key: str, now: datetime
) -> int | None:
    """Its number in ``articles``; ``None`` where its key, or its text at this source, is there."""
    article = prepared.article
    row = {
        "source": source,
        "key": key,
        "filed_at": now,
        "updated_at": now,
        "revision": 1,
        **{name: getattr(article, name) for name in _TEXT},
        "text": article.text,
        "words": prepared.words,
        "blocks": prepared.blocks_json,
        "fingerprint": prepared.fingerprint,
        **metadata_columns(article),
    }
    number: int | None = insert_row(connection, articles, row, skip=True)
    return number


def article_from(row: AnyRow, credits: Sequence[Credit], struck: Sequence[Struck]) -> Article:
    """The article that a row of ``articles`` holds."""
    values: dict[str, Any] = {name: getattr(row, name) for name in (*_TEXT, *_METADATA)}
    for name in _LISTS:
        values[name] = tuple(values[name] or ())
    for field, name in _TIMES.items():
        values[field] = getattr(row, name)
    return Article(
        source=row.source,
        blocks=tuple(Block(**block) for block in row.blocks),
        credits=tuple(credits),
        struck=tuple(struck),
        **values,
    )


class _Parts(Generic[P]):
    """Parts of an article in a table of their own, in order: a field is the column of its name."""

    def __init__(self, table: sa.Table, make: type[P], **renamed: str) -> None:
        names = [each.name for each in fields(make)]
        self._table = table
        self._make: Callable[..., P] = make
        #: In the order of the fields.
        self.columns = tuple(table.c[renamed.get(name, name)] for name in names)
        self._values: Callable[[P], tuple[Any, ...]] = attrgetter(*names)
        columns = (column.name for column in self.columns)
        self._names = ("article_id", "position", *columns)

    def rows(self, article_id: int, parts: Sequence[P]) -> list[tuple[Any, ...]]:
        return [(article_id, place, *self._values(part)) for place, part in enumerate(parts)]

    def write(self, connection: sa.Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        insert_all(connection, self._table, self._names, rows)

    def read(self, connection: sa.Connection, article_id: int) -> tuple[P, ...]:
        query = sa.select(*self.columns).where(self._table.c.article_id == article_id)
        rows = connection.execute(query.order_by(self._table.c.position))
        return tuple(self._make(*row) for row in rows)

    def replace(self, connection: sa.Connection, article_id: int, parts: Sequence[P]) -> None:
        connection.execute(sa.delete(self._table).where(self._table.c.article_id == article_id))
        self.write(connection, self.rows(article_id, parts))


_credits = _Parts(credit_table, Credit, where="place")
_struck = _Parts(struck_table, Struck)
#: The columns of ``credits`` that a :class:`Credit` is made of, in the order of its fields.
CREDIT_COLUMNS = _credits.columns


def read_credits(connection: sa.Connection, article_id: int) -> tuple[Credit, ...]:
    """The credits of an article, in order."""
    return _credits.read(connection, article_id)


def read_struck(connection: sa.Connection, article_id: int) -> tuple[Struck, ...]:
    """The struck lines of an article, in order."""
    return _struck.read(connection, article_id)


def replace_credits(connection: sa.Connection, article_id: int, credits: Sequence[Credit]) -> None:
    """Make ``credits`` the credits of an article."""
    _credits.replace(connection, article_id, credits)


def replace_struck(connection: sa.Connection, article_id: int, struck: Sequence[Struck]) -> None:
    """Make ``struck`` the struck lines of an article."""
    _struck.replace(connection, article_id, struck)


def add_parts(transaction: Transaction, article_id: int, article: Article) -> None:
    """Write the credits and struck lines of a new article."""
    transaction.gather(_write_credits, _credits.rows(article_id, article.credits))
    transaction.gather(_write_struck, _struck.rows(article_id, article.struck))


def _write_credits(connection: sa.Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    _credits.write(connection, rows)


def _write_struck(connection: sa.Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    _struck.write(connection, rows)

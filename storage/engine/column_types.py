"""Column types that mean the same on SQLite and on PostgreSQL.

Migrations use them too: what they put on disk must not change without a migration.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from storage.engine.stored_text import clean_text, stored_key

__all__ = ["AnyRow", "Id", "KeyText", "StoredText", "UtcDateTime"]

#: A row of any query.
AnyRow: TypeAlias = "sa.Row[*tuple[Any, ...]]"

#: Row number: 64 bits. SQLite gives its own row number only to a column spelled INTEGER.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """An instant; goes in aware, comes out aware and in UTC.

    PostgreSQL: ``timestamp with time zone``. SQLite has no such type: text of fixed width such as
    ``2026-11-20T06:00:00.000000Z``, which sorts as time does and SQLite's date functions read.
    """

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text on SQLite, a timestamp with zone elsewhere."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sa.Text())
        return dialect.type_descriptor(sa.DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Turn to UTC; ``ValueError`` for a time without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone cannot be stored: {value!r}")
        value = value.astimezone(UTC)
        if dialect.name == "sqlite":
            return value.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
        return value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """An aware UTC time, whatever the driver gave."""
        if value is None:
            return None
        if isinstance(value, str):
            value = datetime.fromisoformat(value)
        assert isinstance(value, datetime)
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class StoredText(TypeDecorator[str]):
    """Text of any length, free of what a database refuses (see :func:`clean_text`)."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Clean the text."""
        return None if value is None else clean_text(value)


class KeyText(TypeDecorator[str]):
    """An address or key under a unique index: cleaned, and bounded (see :func:`stored_key`)."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Clean and bound the key."""
        return None if value is None else stored_key(value)

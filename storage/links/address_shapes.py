"""What addresses of which shape turned out to be at a source: articles, or something else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import sqlalchemy as sa

from storage.engine.statements import run_many
from storage.engine.stored_text import stored_key
from storage.schema import address_shapes
from storage.transaction import Transaction

__all__ = ["count_shape", "shapes_of"]

#: Shapes read of one source; the frequent ones come first.
MOST_READ = 5000

_COUNT = (
    "INSERT INTO address_shapes (source, shape, articles, others) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (source, shape) DO UPDATE SET"
    " articles = address_shapes.articles + excluded.articles,"
    " others = address_shapes.others + excluded.others"
)


def count_shape(transaction: Transaction, source: str, shape: str, *, article: bool) -> None:
    """Count one more page of ``source`` whose address has this shape."""
    transaction.gather(_write_shapes, [(source, stored_key(shape), article)])


def _write_shapes(connection: sa.Connection, pages: Sequence[tuple[str, str, bool]]) -> None:
    counts = Counter(pages)
    # In one order, so that two processes never wait for each other.
    shapes = sorted({(source, shape) for source, shape, _ in pages})
    run_many(
        connection,
        _COUNT,
        [(*each, counts[(*each, True)], counts[(*each, False)]) for each in shapes],
    )


def shapes_of(connection: sa.Connection, source: str) -> dict[str, tuple[int, int]]:
    """Pages that were (articles, something else), by the shape of their address."""
    total = address_shapes.c.articles + address_shapes.c.others
    rows = connection.execute(
        sa.select(address_shapes)
        .where(address_shapes.c.source == source)
        .order_by(total.desc(), address_shapes.c.shape)
        .limit(MOST_READ)
    )
    return {row.shape: (row.articles, row.others) for row in rows}

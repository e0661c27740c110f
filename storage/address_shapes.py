"""What addresses of which shape turned out to be at a source: articles, or something else."""

from __future__ import annotations

import sqlalchemy as sa

from storage.schema import address_shapes
from storage.upsert import insert_or_count

__all__ = ["count_shape", "shapes_of"]

#: Shapes read of one source; the frequent ones come first.
MOST_READ = 5000


def count_shape(connection: sa.Connection, source: str, shape: str, *, article: bool) -> None:
    """Count one more page of ``source`` whose address has this shape."""
    connection.execute(
        insert_or_count(
            connection, address_shapes, ["source", "shape"], "articles" if article else "others"
        ).values(source=source, shape=shape, articles=int(article), others=int(not article))
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

"""How large the database is, and making it smaller."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from storage.database import Database
from storage.schema import metadata, raw_pages

__all__ = ["Statistics", "TableSize", "read_statistics", "size_of", "vacuum"]


@dataclass(frozen=True, slots=True)
class TableSize:
    """One table; bytes with its indices, ``None`` where the database cannot say."""

    name: str
    rows: int
    bytes: int | None


@dataclass(frozen=True, slots=True)
class Statistics:
    """What the database holds."""

    bytes: int
    #: Of a SQLite file: bytes that are free for what comes next.
    free_bytes: int
    tables: tuple[TableSize, ...]
    #: Of all raw pages: as they came, and as they are stored.
    page_bytes: int
    stored_page_bytes: int


def read_statistics(connection: sa.Connection) -> Statistics:
    """Count; reads every index once."""
    sizes = _sizes(connection)
    names = sorted([*metadata.tables, "article_search"])
    tables = tuple(
        TableSize(
            name,
            connection.execute(sa.select(sa.func.count()).select_from(sa.table(name))).scalar_one(),
            sizes.get(name),
        )
        for name in names
    )
    pages = connection.execute(
        sa.select(sa.func.sum(raw_pages.c.bytes), sa.func.sum(raw_pages.c.stored_bytes))
    ).one()
    return Statistics(
        bytes=size_of(connection),
        free_bytes=_free(connection),
        tables=tables,
        page_bytes=int(pages[0] or 0),
        stored_page_bytes=int(pages[1] or 0),
    )


def size_of(connection: sa.Connection) -> int:
    """Bytes of the database, without a write-ahead log."""
    if connection.dialect.name == "postgresql":
        return int(
            connection.execute(sa.text("SELECT pg_database_size(current_database())")).scalar_one()
        )
    pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    return int(pages * connection.exec_driver_sql("PRAGMA page_size").scalar_one())


def _free(connection: sa.Connection) -> int:
    if connection.dialect.name == "postgresql":
        return 0
    pages = connection.exec_driver_sql("PRAGMA freelist_count").scalar_one()
    return int(pages * connection.exec_driver_sql("PRAGMA page_size").scalar_one())


def _sizes(connection: sa.Connection) -> dict[str, int]:
    if connection.dialect.name == "postgresql":
        rows = connection.execute(
            sa.text(
                "SELECT relname, pg_total_relation_size(oid) FROM pg_class"
                " WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
            )
        )
        return {name: int(size) for name, size in rows}
    try:
        counted = connection.execute(
            sa.text(
                "SELECT coalesce(m.tbl_name, d.name) AS owner, sum(d.pgsize) FROM dbstat AS d"
                " LEFT JOIN sqlite_master AS m ON m.name = d.name WHERE d.aggregate GROUP BY owner"
            )
        ).all()
    except sa.exc.DatabaseError:
        return {}  # a SQLite built without dbstat
    sizes: dict[str, int] = {}
    for name, size in counted:
        owner = "article_search" if name.startswith("article_search_") else name
        sizes[owner] = sizes.get(owner, 0) + int(size)
    return sizes


def vacuum(database: Database) -> tuple[int, int]:
    """Give free space back and bring the planner's figures up to date; bytes before and after.

    On SQLite nobody else may use the file meanwhile, and it takes as much room again while it works.
    """
    with database.outside_transactions() as connection:
        before = size_of(connection)
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("VACUUM (ANALYZE)")
        else:
            connection.exec_driver_sql(
                "INSERT INTO article_search (article_search) VALUES ('optimize')"
            )
            connection.exec_driver_sql("VACUUM")
            connection.exec_driver_sql("ANALYZE")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return before, size_of(connection)
